//! prost: protobuf, with the messages its generator would write.

use std::collections::BTreeMap;

use prost::Message;

use crate::contestant::Contestant;
use crate::values::{BookValues, OrderValues, QuoteValues, Visitor};

#[derive(Default)]
pub struct Prost;

#[derive(Clone, PartialEq, Message)]
pub struct Quote {
    #[prost(string, tag = "1")]
    symbol: String,
    #[prost(sfixed64, tag = "2")]
    time: i64,
    #[prost(double, tag = "3")]
    bid: f64,
    #[prost(double, tag = "4")]
    ask: f64,
    #[prost(uint32, tag = "5")]
    bid_size: u32,
    #[prost(uint32, tag = "6")]
    ask_size: u32,
    #[prost(uint64, tag = "7")]
    sequence: u64,
    #[prost(uint32, tag = "8")]
    side: u32,
}

#[derive(Clone, PartialEq, Message)]
pub struct Level {
    #[prost(double, tag = "1")]
    price: f64,
    #[prost(double, tag = "2")]
    quantity: f64,
}

#[derive(Clone, PartialEq, Message)]
pub struct Book {
    #[prost(string, tag = "1")]
    symbol: String,
    #[prost(sfixed64, tag = "2")]
    time: i64,
    #[prost(uint64, tag = "3")]
    sequence: u64,
    #[prost(message, repeated, tag = "4")]
    bids: Vec<Level>,
    #[prost(message, repeated, tag = "5")]
    asks: Vec<Level>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Order {
    #[prost(bytes = "vec", tag = "1")]
    id: Vec<u8>,
    #[prost(string, tag = "2")]
    symbol: String,
    #[prost(uint32, tag = "3")]
    side: u32,
    #[prost(double, optional, tag = "4")]
    limit_price: Option<f64>,
    #[prost(string, repeated, tag = "5")]
    tags: Vec<String>,
    #[prost(btree_map = "string, string", tag = "6")]
    attributes: BTreeMap<String, String>,
}

impl Contestant<QuoteValues> for Prost {
    const NAME: &'static str = "prost";
    const TITLE: &'static str = "prost";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &QuoteValues) -> Quote {
        Quote {
            symbol: values.symbol.to_owned(),
            time: values.time,
            bid: values.bid,
            ask: values.ask,
            bid_size: values.bid_size,
            ask_size: values.ask_size,
            sequence: values.sequence,
            side: values.side.into(),
        }
    }

    #[inline(always)]
    fn encode(&mut self, message: &Quote, output: &mut Vec<u8>) {
        message.encode(output).expect("a vector has room");
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Quote {
        Quote::decode(body).expect("a valid body")
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

impl Contestant<BookValues> for Prost {
    const NAME: &'static str = "prost";
    const TITLE: &'static str = "prost";
    type Message = Book;
    type Decoded<'a> = Book;

    fn build(values: &BookValues) -> Book {
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

    #[inline(always)]
    fn encode(&mut self, message: &Book, output: &mut Vec<u8>) {
        message.encode(output).expect("a vector has room");
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Book {
        Book::decode(body).expect("a valid body")
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

impl Contestant<OrderValues> for Prost {
    const NAME: &'static str = "prost";
    const TITLE: &'static str = "prost";
    type Message = Order;
    type Decoded<'a> = Order;

    fn build(values: &OrderValues) -> Order {
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        Order {
            id: values.id.to_vec(),
            symbol: values.symbol.to_owned(),
            side: values.side.into(),
            limit_price: values.limit_price,
            tags: values.tags.map(str::to_owned).into(),
            attributes: values.attributes.map(owned).into_iter().collect(),
        }
    }

    #[inline(always)]
    fn encode(&mut self, message: &Order, output: &mut Vec<u8>) {
        message.encode(output).expect("a vector has room");
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Order {
        Order::decode(body).expect("a valid body")
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
