use crate::contestant::Contestant;
use crate::contestants::packed::{
    checked_value, is_symbol, part, write_length, Checked, Malformed,
};
use crate::contestants::packed_text::{checked_texts, text_size, write_text};
use crate::values::{TradingQuoteValues, Visitor};

const BLOCK_SIZE: usize = 52;
const CONDITIONS_MAX: usize = 8;
const CONDITION_BYTES_MAX: usize = 16;

pub struct Quote {
    symbol: [u8; 12],
    time: i64,
    bid: i64,
    ask: i64,
    bid_size: u32,
    ask_size: u32,
    sequence: u64,
    venue: Option<u16>,
    conditions: Option<Vec<String>>,
}

/// Printable characters, then NULs: two overlapping words of eight, and no character after the first NUL.
fn is_long_symbol(symbol: &[u8; 12]) -> bool {
    is_symbol(&part(symbol, 0))
        && is_symbol(&part(symbol, 4))
        && (symbol[3] != 0 || symbol[4..] == [0; 8])
}

fn trimmed(symbol: &[u8; 12]) -> &str {
    let length = symbol.iter().position(|byte| *byte == 0).unwrap_or(12);
    std::str::from_utf8(&symbol[..length]).unwrap_or("")
}

fn decode(body: &[u8]) -> Result<Quote, Malformed> {
    let (block, mut rest) = checked_value(body, 0x06)?;
    let block: &[u8; BLOCK_SIZE] = block.try_into().map_err(|_| Malformed::Length)?;
    let symbol = part(block, 0);
    if !is_long_symbol(&symbol) {
        return Err(Malformed::Symbol);
    }
    let mut venue = None;
    if let [0x09, ref value @ ..] = *rest {
        let (number, after) = value.split_first_chunk().ok_or(Malformed::Truncated)?;
        venue = Some(u16::from_le_bytes(*number));
        rest = after;
    }
    let mut conditions = None;
    if !rest.is_empty() {
        let (value, after) = checked_value(rest, 0x16)?;
        let found = checked_texts(value)?;
        let is_long = |each: &String| each.len() > CONDITION_BYTES_MAX;
        if found.len() > CONDITIONS_MAX || found.iter().any(is_long) || !after.is_empty() {
            return Err(Malformed::Length);
        }
        conditions = Some(found);
    }
    Ok(Quote {
        symbol,
        time: i64::from_le_bytes(part(block, 12)),
        bid: i64::from_le_bytes(part(block, 20)),
        ask: i64::from_le_bytes(part(block, 28)),
        bid_size: u32::from_le_bytes(part(block, 36)),
        ask_size: u32::from_le_bytes(part(block, 40)),
        sequence: u64::from_le_bytes(part(block, 44)),
        venue,
        conditions,
    })
}

fn encode(quote: &Quote, output: &mut Vec<u8>) {
    let mut head = [0; 2 + BLOCK_SIZE];
    head[0] = 0x06;
    head[1] = BLOCK_SIZE as u8;
    head[2..14].copy_from_slice(&quote.symbol);
    head[14..22].copy_from_slice(&quote.time.to_le_bytes());
    head[22..30].copy_from_slice(&quote.bid.to_le_bytes());
    head[30..38].copy_from_slice(&quote.ask.to_le_bytes());
    head[38..42].copy_from_slice(&quote.bid_size.to_le_bytes());
    head[42..46].copy_from_slice(&quote.ask_size.to_le_bytes());
    head[46..54].copy_from_slice(&quote.sequence.to_le_bytes());
    output.extend_from_slice(&head);
    if let Some(venue) = quote.venue {
        let [low, high] = venue.to_le_bytes();
        output.extend_from_slice(&[0x09, low, high]);
    }
    if let Some(conditions) = &quote.conditions {
        output.push(0x16);
        write_length(conditions.iter().map(|each| text_size(each)).sum(), output);
        for condition in conditions {
            write_text(condition, output);
        }
    }
}

impl Contestant<TradingQuoteValues> for Checked {
    const NAME: &'static str = "packed_checked";
    const TITLE: &'static str = "by hand, same checks";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &TradingQuoteValues) -> Quote {
        let mut symbol = [0; 12];
        symbol[..values.symbol.len()].copy_from_slice(values.symbol.as_bytes());
        Quote {
            symbol,
            time: values.time,
            bid: values.bid,
            ask: values.ask,
            bid_size: values.bid_size,
            ask_size: values.ask_size,
            sequence: values.sequence,
            venue: Some(values.venue),
            conditions: Some(values.conditions.map(str::to_owned).into()),
        }
    }

    #[inline(always)]
    fn encode(&mut self, message: &Quote, output: &mut Vec<u8>) {
        encode(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Quote {
        decode(body).expect("a valid body")
    }

    fn show(decoded: &Quote, visitor: &mut impl Visitor) {
        visitor.text(trimmed(&decoded.symbol));
        for number in [decoded.time, decoded.bid, decoded.ask] {
            visitor.number(number as u64);
        }
        visitor.number(decoded.bid_size.into());
        visitor.number(decoded.ask_size.into());
        visitor.number(decoded.sequence);
        visitor.number(decoded.venue.unwrap_or_default().into());
        for condition in decoded.conditions.iter().flatten() {
            visitor.text(condition);
        }
    }
}
