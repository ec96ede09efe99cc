//! Written by hand: with the checks Mycelium makes of the same bytes, and with none, as SBE lays messages out.
//!
//! The checked one accepts what an encoder of the same version writes: headers, lengths in their shortest form, and
//! printable symbols. The unchecked one has no headers, trusts what it reads, and only never reads out of bounds.

use crate::contestant::Contestant;
use crate::values::{BookValues, QuoteValues, Visitor};

#[derive(Default)]
pub struct Checked;

#[derive(Default)]
pub struct Unchecked;

/// As generated: numbers without a name survive.
pub enum Side {
    Buy,
    Sell,
    Unknown(u8),
}

impl Side {
    pub fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Buy,
            2 => Self::Sell,
            _ => Self::Unknown(number),
        }
    }

    pub fn number(&self) -> u8 {
        match *self {
            Self::Buy => 1,
            Self::Sell => 2,
            Self::Unknown(number) => number,
        }
    }
}

pub struct Quote {
    symbol: [u8; 8],
    time: i64,
    bid: f64,
    ask: f64,
    bid_size: u32,
    ask_size: u32,
    sequence: u64,
    side: Side,
}

pub struct Level {
    price: f64,
    quantity: f64,
}

pub struct Book {
    symbol: [u8; 8],
    time: i64,
    sequence: u64,
    bids: Vec<Level>,
    asks: Vec<Level>,
}

#[derive(Debug)]
pub enum Malformed {
    Truncated,
    Header,
    Length,
    Symbol,
    Text,
    Order,
}

const QUOTE_SIZE: usize = 49;
const BOOK_BLOCK_SIZE: usize = 24;
const LEVEL_SIZE: usize = 16;

pub fn padded(text: &str) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes
}

pub fn trimmed(symbol: &[u8; 8]) -> &str {
    let length = symbol.iter().position(|byte| *byte == 0).unwrap_or(8);
    std::str::from_utf8(&symbol[..length]).unwrap_or("")
}

/// Printable characters, then NULs: with the top bits clear, eight bytes are compared in one step each.
pub fn is_symbol(bytes: &[u8; 8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const TOP: u64 = 0x80 * EACH;
    let word = u64::from_le_bytes(*bytes);
    let present = word.wrapping_add(0x7F * EACH) & TOP;
    let printable = word.wrapping_add(0x60 * EACH) & TOP;
    let delete = word.wrapping_add(EACH) & TOP;
    let mask = (present >> 7).wrapping_mul(0xFF);
    word & TOP == 0 && present == printable && delete == 0 && mask & mask.wrapping_add(1) == 0
}

pub fn part<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    bytes[offset..offset + N].try_into().expect("N bytes")
}

fn read_quote(block: &[u8; QUOTE_SIZE]) -> Quote {
    Quote {
        symbol: part(block, 0),
        time: i64::from_le_bytes(part(block, 8)),
        bid: f64::from_le_bytes(part(block, 16)),
        ask: f64::from_le_bytes(part(block, 24)),
        bid_size: u32::from_le_bytes(part(block, 32)),
        ask_size: u32::from_le_bytes(part(block, 36)),
        sequence: u64::from_le_bytes(part(block, 40)),
        side: Side::from_number(block[48]),
    }
}

fn write_quote(quote: &Quote, block: &mut [u8; QUOTE_SIZE]) {
    block[0..8].copy_from_slice(&quote.symbol);
    block[8..16].copy_from_slice(&quote.time.to_le_bytes());
    block[16..24].copy_from_slice(&quote.bid.to_le_bytes());
    block[24..32].copy_from_slice(&quote.ask.to_le_bytes());
    block[32..36].copy_from_slice(&quote.bid_size.to_le_bytes());
    block[36..40].copy_from_slice(&quote.ask_size.to_le_bytes());
    block[40..48].copy_from_slice(&quote.sequence.to_le_bytes());
    block[48] = quote.side.number();
}

fn read_levels(bytes: &[u8]) -> Vec<Level> {
    bytes
        .as_chunks::<LEVEL_SIZE>()
        .0
        .iter()
        .map(|level| Level {
            price: f64::from_le_bytes(part(level, 0)),
            quantity: f64::from_le_bytes(part(level, 8)),
        })
        .collect()
}

fn write_levels(levels: &[Level], output: &mut Vec<u8>) {
    let start = output.len();
    output.resize(start + levels.len() * LEVEL_SIZE, 0);
    let places = output[start..].as_chunks_mut::<LEVEL_SIZE>().0;
    for (level, place) in levels.iter().zip(places) {
        place[0..8].copy_from_slice(&level.price.to_le_bytes());
        place[8..16].copy_from_slice(&level.quantity.to_le_bytes());
    }
}

fn decode_checked_quote(body: &[u8]) -> Result<Quote, Malformed> {
    let Some((header, block)) = body.split_first_chunk::<2>() else {
        return Err(Malformed::Truncated);
    };
    if *header != [0x06, QUOTE_SIZE as u8] {
        return Err(Malformed::Header);
    }
    let block: &[u8; QUOTE_SIZE] = block.try_into().map_err(|_| Malformed::Truncated)?;
    if !is_symbol(&part(block, 0)) {
        return Err(Malformed::Symbol);
    }
    Ok(read_quote(block))
}

pub fn write_length(length: usize, output: &mut Vec<u8>) {
    match length {
        0..=253 => output.push(length as u8),
        254..=0xFFFF => {
            let [low, high] = (length as u16).to_le_bytes();
            output.extend_from_slice(&[254, low, high]);
        }
        _ => {
            output.push(255);
            output.extend_from_slice(&(length as u32).to_le_bytes());
        }
    }
}

/// The bytes of a value that a header and a length precede, and what follows it.
pub fn checked_value(bytes: &[u8], header: u8) -> Result<(&[u8], &[u8]), Malformed> {
    let (length, rest) = match *bytes {
        [found, ..] if found != header => return Err(Malformed::Header),
        [_, short, ref rest @ ..] if short < 254 => (usize::from(short), rest),
        [_, 254, low, high, ref rest @ ..] => {
            let length = u16::from_le_bytes([low, high]);
            if length < 254 {
                return Err(Malformed::Length);
            }
            (usize::from(length), rest)
        }
        [_, 255, a, b, c, d, ref rest @ ..] => {
            let length = u32::from_le_bytes([a, b, c, d]);
            if length < 1 << 16 {
                return Err(Malformed::Length);
            }
            (length as usize, rest)
        }
        _ => return Err(Malformed::Truncated),
    };
    rest.split_at_checked(length).ok_or(Malformed::Truncated)
}

fn checked_levels(bytes: &[u8], header: u8) -> Result<(Vec<Level>, &[u8]), Malformed> {
    let (levels, rest) = checked_value(bytes, header)?;
    if levels.len() % LEVEL_SIZE != 0 {
        return Err(Malformed::Length);
    }
    Ok((read_levels(levels), rest))
}

fn decode_checked_book(body: &[u8]) -> Result<Book, Malformed> {
    let (block, rest) = checked_value(body, 0x06)?;
    let block: &[u8; BOOK_BLOCK_SIZE] = block.try_into().map_err(|_| Malformed::Length)?;
    if !is_symbol(&part(block, 0)) {
        return Err(Malformed::Symbol);
    }
    let (bids, rest) = checked_levels(rest, 0x0E)?;
    let (asks, rest) = checked_levels(rest, 0x16)?;
    if !rest.is_empty() {
        return Err(Malformed::Length);
    }
    Ok(Book {
        symbol: part(block, 0),
        time: i64::from_le_bytes(part(block, 8)),
        sequence: u64::from_le_bytes(part(block, 16)),
        bids,
        asks,
    })
}

fn write_book_block(book: &Book, output: &mut Vec<u8>) {
    output.extend_from_slice(&book.symbol);
    output.extend_from_slice(&book.time.to_le_bytes());
    output.extend_from_slice(&book.sequence.to_le_bytes());
}

fn quote(values: &QuoteValues) -> Quote {
    Quote {
        symbol: padded(values.symbol),
        time: values.time,
        bid: values.bid,
        ask: values.ask,
        bid_size: values.bid_size,
        ask_size: values.ask_size,
        sequence: values.sequence,
        side: Side::from_number(values.side),
    }
}

fn book(values: &BookValues) -> Book {
    let levels = |side: &[(f64, f64)]| {
        let level = |&(price, quantity): &(f64, f64)| Level { price, quantity };
        side.iter().map(level).collect()
    };
    Book {
        symbol: padded(values.symbol),
        time: values.time,
        sequence: values.sequence,
        bids: levels(&values.bids),
        asks: levels(&values.asks),
    }
}

fn show_quote(decoded: &Quote, visitor: &mut impl Visitor) {
    visitor.text(trimmed(&decoded.symbol));
    visitor.number(decoded.time as u64);
    visitor.float(decoded.bid);
    visitor.float(decoded.ask);
    visitor.number(decoded.bid_size.into());
    visitor.number(decoded.ask_size.into());
    visitor.number(decoded.sequence);
    visitor.number(decoded.side.number().into());
}

fn show_book(decoded: &Book, visitor: &mut impl Visitor) {
    visitor.text(trimmed(&decoded.symbol));
    visitor.number(decoded.time as u64);
    visitor.number(decoded.sequence);
    for level in decoded.bids.iter().chain(&decoded.asks) {
        visitor.float(level.price);
        visitor.float(level.quantity);
    }
}

impl Contestant<QuoteValues> for Checked {
    const NAME: &'static str = "packed_checked";
    const TITLE: &'static str = "by hand, same checks";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &QuoteValues) -> Quote {
        quote(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Quote, output: &mut Vec<u8>) {
        let mut body = [0; 2 + QUOTE_SIZE];
        body[0] = 0x06;
        body[1] = QUOTE_SIZE as u8;
        write_quote(message, body.last_chunk_mut().expect("a block"));
        output.extend_from_slice(&body);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Quote {
        decode_checked_quote(body).expect("a valid body")
    }

    fn show(decoded: &Quote, visitor: &mut impl Visitor) {
        show_quote(decoded, visitor);
    }
}

impl Contestant<QuoteValues> for Unchecked {
    const NAME: &'static str = "packed_unchecked";
    const TITLE: &'static str = "by hand, no checks";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &QuoteValues) -> Quote {
        quote(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Quote, output: &mut Vec<u8>) {
        let mut block = [0; QUOTE_SIZE];
        write_quote(message, &mut block);
        output.extend_from_slice(&block);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Quote {
        read_quote(body.first_chunk().expect("a whole body"))
    }

    fn show(decoded: &Quote, visitor: &mut impl Visitor) {
        show_quote(decoded, visitor);
    }
}

impl Contestant<BookValues> for Checked {
    const NAME: &'static str = "packed_checked";
    const TITLE: &'static str = "by hand, same checks";
    type Message = Book;
    type Decoded<'a> = Book;

    fn build(values: &BookValues) -> Book {
        book(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Book, output: &mut Vec<u8>) {
        output.extend_from_slice(&[0x06, BOOK_BLOCK_SIZE as u8]);
        write_book_block(message, output);
        for (header, levels) in [(0x0E, &message.bids), (0x16, &message.asks)] {
            output.push(header);
            write_length(levels.len() * LEVEL_SIZE, output);
            write_levels(levels, output);
        }
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Book {
        decode_checked_book(body).expect("a valid body")
    }

    fn show(decoded: &Book, visitor: &mut impl Visitor) {
        show_book(decoded, visitor);
    }
}

impl Contestant<BookValues> for Unchecked {
    const NAME: &'static str = "packed_unchecked";
    const TITLE: &'static str = "by hand, no checks";
    type Message = Book;
    type Decoded<'a> = Book;

    fn build(values: &BookValues) -> Book {
        book(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Book, output: &mut Vec<u8>) {
        write_book_block(message, output);
        for levels in [&message.bids, &message.asks] {
            output.extend_from_slice(&(levels.len() as u16).to_le_bytes());
            write_levels(levels, output);
        }
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Book {
        let (block, rest) = body.split_at(BOOK_BLOCK_SIZE);
        let levels = |bytes: &[u8]| {
            let end = 2 + usize::from(u16::from_le_bytes(part(bytes, 0))) * LEVEL_SIZE;
            (read_levels(&bytes[2..end]), end)
        };
        let (bids, end) = levels(rest);
        let (asks, _) = levels(&rest[end..]);
        Book {
            symbol: part(block, 0),
            time: i64::from_le_bytes(part(block, 8)),
            sequence: u64::from_le_bytes(part(block, 16)),
            bids,
            asks,
        }
    }

    fn show(decoded: &Book, visitor: &mut impl Visitor) {
        show_book(decoded, visitor);
    }
}
