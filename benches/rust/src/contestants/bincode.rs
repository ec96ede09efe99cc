//! bincode with fixed-size integers, which it is fastest with.

use std::collections::BTreeMap;

use bincode::config::{Configuration, Fixint, LittleEndian};
use bincode::{Decode, Encode};

use crate::contestant::Contestant;
use crate::values::{BookValues, OrderValues, QuoteValues, Visitor};

const FORM: Configuration<LittleEndian, Fixint> =
    bincode::config::standard().with_fixed_int_encoding();

#[derive(Default)]
pub struct Bincode;

#[derive(Encode, Decode)]
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

#[derive(Encode, Decode)]
pub struct Level {
    price: f64,
    quantity: f64,
}

#[derive(Encode, Decode)]
pub struct Book {
    symbol: String,
    time: i64,
    sequence: u64,
    bids: Vec<Level>,
    asks: Vec<Level>,
}

#[derive(Encode, Decode)]
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

pub fn encode<M: Encode>(message: &M, output: &mut Vec<u8>) {
    bincode::encode_into_std_write(message, output, FORM).expect("a vector has room");
}

pub fn decode<M: Decode<()>>(body: &[u8]) -> M {
    bincode::decode_from_slice(body, FORM)
        .expect("a valid body")
        .0
}

impl Contestant<QuoteValues> for Bincode {
    const NAME: &'static str = "bincode";
    const TITLE: &'static str = "bincode";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &QuoteValues) -> Quote {
        quote(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Quote, output: &mut Vec<u8>) {
        encode(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Quote {
        decode(body)
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

impl Contestant<BookValues> for Bincode {
    const NAME: &'static str = "bincode";
    const TITLE: &'static str = "bincode";
    type Message = Book;
    type Decoded<'a> = Book;

    fn build(values: &BookValues) -> Book {
        book(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Book, output: &mut Vec<u8>) {
        encode(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Book {
        decode(body)
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

impl Contestant<OrderValues> for Bincode {
    const NAME: &'static str = "bincode";
    const TITLE: &'static str = "bincode";
    type Message = Order;
    type Decoded<'a> = Order;

    fn build(values: &OrderValues) -> Order {
        order(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Order, output: &mut Vec<u8>) {
        encode(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Order {
        decode(body)
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
