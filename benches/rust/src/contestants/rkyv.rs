//! rkyv, always validated: deserialized to what was written, and as an archive read in place.

use std::collections::BTreeMap;
use std::mem;

use rkyv::rancor::Error;
use rkyv::{Archive, Deserialize, Serialize};

use crate::contestant::Contestant;
use crate::values::{BookValues, OrderValues, QuoteValues, Visitor};

#[derive(Default)]
pub struct Owned;

#[derive(Default)]
pub struct Archived;

#[derive(Archive, Serialize, Deserialize)]
pub struct Quote {
    symbol: String,
    time: i64,
    bid: f64,
    ask: f64,
    bid_size: u32,
    ask_size: u32,
    sequence: u64,
    side: u8,
}

#[derive(Archive, Serialize, Deserialize)]
pub struct Level {
    price: f64,
    quantity: f64,
}

#[derive(Archive, Serialize, Deserialize)]
pub struct Book {
    symbol: String,
    time: i64,
    sequence: u64,
    bids: Vec<Level>,
    asks: Vec<Level>,
}

#[derive(Archive, Serialize, Deserialize)]
pub struct Order {
    id: [u8; 16],
    symbol: String,
    side: u8,
    limit_price: Option<f64>,
    tags: Vec<String>,
    attributes: BTreeMap<String, String>,
}

fn quote(values: &QuoteValues) -> Quote {
    Quote {
        symbol: values.symbol.to_owned(),
        time: values.time,
        bid: values.bid,
        ask: values.ask,
        bid_size: values.bid_size,
        ask_size: values.ask_size,
        sequence: values.sequence,
        side: values.side,
    }
}

fn book(values: &BookValues) -> Book {
    let levels = |side: &[(f64, f64)]| {
        let level = |&(price, quantity): &(f64, f64)| Level { price, quantity };
        side.iter().map(level).collect()
    };
    Book {
        symbol: values.symbol.to_owned(),
        time: values.time,
        sequence: values.sequence,
        bids: levels(&values.bids),
        asks: levels(&values.asks),
    }
}

fn order(values: &OrderValues) -> Order {
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    Order {
        id: values.id,
        symbol: values.symbol.to_owned(),
        side: values.side,
        limit_price: values.limit_price,
        tags: values.tags.map(str::to_owned).into(),
        attributes: values.attributes.map(owned).into_iter().collect(),
    }
}

/// Writes into the vector's own memory. Bodies begin where the allocator put them, aligned for any archive.
macro_rules! write_archive {
    ($message:expr, $output:expr) => {
        *$output =
            rkyv::api::high::to_bytes_in::<_, Error>($message, mem::take($output)).expect("room")
    };
}
pub(crate) use write_archive;

impl Contestant<QuoteValues> for Owned {
    const NAME: &'static str = "rkyv";
    const TITLE: &'static str = "rkyv";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &QuoteValues) -> Quote {
        quote(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Quote, output: &mut Vec<u8>) {
        write_archive!(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Quote {
        rkyv::from_bytes::<Quote, Error>(body).expect("a valid body")
    }

    fn show(decoded: &Quote, visitor: &mut impl Visitor) {
        visitor.text(&decoded.symbol);
        visitor.number(decoded.time as u64);
        visitor.float(decoded.bid);
        visitor.float(decoded.ask);
        visitor.number(decoded.bid_size.into());
        visitor.number(decoded.ask_size.into());
        visitor.number(decoded.sequence);
        visitor.number(decoded.side.into());
    }
}

impl Contestant<BookValues> for Owned {
    const NAME: &'static str = "rkyv";
    const TITLE: &'static str = "rkyv";
    type Message = Book;
    type Decoded<'a> = Book;

    fn build(values: &BookValues) -> Book {
        book(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Book, output: &mut Vec<u8>) {
        write_archive!(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Book {
        rkyv::from_bytes::<Book, Error>(body).expect("a valid body")
    }

    fn show(decoded: &Book, visitor: &mut impl Visitor) {
        visitor.text(&decoded.symbol);
        visitor.number(decoded.time as u64);
        visitor.number(decoded.sequence);
        for level in decoded.bids.iter().chain(&decoded.asks) {
            visitor.float(level.price);
            visitor.float(level.quantity);
        }
    }
}

impl Contestant<OrderValues> for Owned {
    const NAME: &'static str = "rkyv";
    const TITLE: &'static str = "rkyv";
    type Message = Order;
    type Decoded<'a> = Order;

    fn build(values: &OrderValues) -> Order {
        order(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Order, output: &mut Vec<u8>) {
        write_archive!(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Order {
        rkyv::from_bytes::<Order, Error>(body).expect("a valid body")
    }

    fn show(decoded: &Order, visitor: &mut impl Visitor) {
        visitor.bytes(&decoded.id);
        visitor.text(&decoded.symbol);
        visitor.number(decoded.side.into());
        visitor.optional(decoded.limit_price);
        for tag in &decoded.tags {
            visitor.text(tag);
        }
        for (key, value) in &decoded.attributes {
            visitor.text(key);
            visitor.text(value);
        }
    }
}

impl Contestant<QuoteValues> for Archived {
    const NAME: &'static str = "rkyv_archived";
    const TITLE: &'static str = "rkyv, in place";
    type Message = Quote;
    type Decoded<'a> = &'a ArchivedQuote;

    fn build(values: &QuoteValues) -> Quote {
        quote(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Quote, output: &mut Vec<u8>) {
        write_archive!(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> &ArchivedQuote {
        rkyv::access::<ArchivedQuote, Error>(body).expect("a valid body")
    }

    fn show(decoded: &&ArchivedQuote, visitor: &mut impl Visitor) {
        visitor.text(&decoded.symbol);
        visitor.number(decoded.time.to_native() as u64);
        visitor.float(decoded.bid.to_native());
        visitor.float(decoded.ask.to_native());
        visitor.number(decoded.bid_size.to_native().into());
        visitor.number(decoded.ask_size.to_native().into());
        visitor.number(decoded.sequence.to_native());
        visitor.number(decoded.side.into());
    }
}

impl Contestant<BookValues> for Archived {
    const NAME: &'static str = "rkyv_archived";
    const TITLE: &'static str = "rkyv, in place";
    type Message = Book;
    type Decoded<'a> = &'a ArchivedBook;

    fn build(values: &BookValues) -> Book {
        book(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Book, output: &mut Vec<u8>) {
        write_archive!(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> &ArchivedBook {
        rkyv::access::<ArchivedBook, Error>(body).expect("a valid body")
    }

    fn show(decoded: &&ArchivedBook, visitor: &mut impl Visitor) {
        visitor.text(&decoded.symbol);
        visitor.number(decoded.time.to_native() as u64);
        visitor.number(decoded.sequence.to_native());
        for level in decoded.bids.iter().chain(decoded.asks.iter()) {
            visitor.float(level.price.to_native());
            visitor.float(level.quantity.to_native());
        }
    }
}

impl Contestant<OrderValues> for Archived {
    const NAME: &'static str = "rkyv_archived";
    const TITLE: &'static str = "rkyv, in place";
    type Message = Order;
    type Decoded<'a> = &'a ArchivedOrder;

    fn build(values: &OrderValues) -> Order {
        order(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Order, output: &mut Vec<u8>) {
        write_archive!(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> &ArchivedOrder {
        rkyv::access::<ArchivedOrder, Error>(body).expect("a valid body")
    }

    fn show(decoded: &&ArchivedOrder, visitor: &mut impl Visitor) {
        visitor.bytes(&decoded.id);
        visitor.text(&decoded.symbol);
        visitor.number(decoded.side.into());
        visitor.optional(decoded.limit_price.as_ref().map(|price| price.to_native()));
        for tag in decoded.tags.iter() {
            visitor.text(tag);
        }
        for (key, value) in decoded.attributes.iter() {
            visitor.text(key);
            visitor.text(value);
        }
    }
}
