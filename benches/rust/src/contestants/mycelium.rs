//! Mycelium's generated code: whole messages, and views that read the bytes in place.

use std::collections::BTreeMap;

use mycelium::{Ascii, Message, Timestamp, Uuid};
use mycelium_generated::bench::{Book, BookView, Level, Order, OrderView, Quote, QuoteView, Side};

use crate::contestant::Contestant;
use crate::values::{BookValues, OrderValues, QuoteValues, Visitor};

#[derive(Default)]
pub struct Eager;

#[derive(Default)]
pub struct View;

fn symbol(text: &str) -> Ascii<8> {
    Ascii::new(text).expect("a symbol")
}

fn quote(values: &QuoteValues) -> Quote {
    Quote {
        symbol: symbol(values.symbol),
        time: Timestamp::from_nanoseconds(values.time),
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
        symbol: symbol(values.symbol),
        time: Timestamp::from_nanoseconds(values.time),
        sequence: values.sequence,
        bids: levels(&values.bids),
        asks: levels(&values.asks),
    }
}

fn order(values: &OrderValues) -> Order {
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    Order {
        id: Uuid::from_bytes(values.id),
        symbol: symbol(values.symbol),
        side: Side::from_number(values.side),
        limit_price: values.limit_price,
        tags: values.tags.map(str::to_owned).into(),
        attributes: values
            .attributes
            .map(owned)
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
    }
}

impl Contestant<QuoteValues> for Eager {
    const NAME: &'static str = "mycelium";
    const TITLE: &'static str = "Mycelium";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &QuoteValues) -> Quote {
        quote(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Quote, output: &mut Vec<u8>) {
        message.encode(output).expect("a valid quote");
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Quote {
        Quote::decode(body).expect("a valid body")
    }

    fn show(decoded: &Quote, visitor: &mut impl Visitor) {
        visitor.text(decoded.symbol.as_str());
        visitor.number(decoded.time.nanoseconds() as u64);
        visitor.float(decoded.bid);
        visitor.float(decoded.ask);
        visitor.number(decoded.bid_size.into());
        visitor.number(decoded.ask_size.into());
        visitor.number(decoded.sequence);
        visitor.number(decoded.side.number().into());
    }
}

impl Contestant<QuoteValues> for View {
    const NAME: &'static str = "mycelium_view";
    const TITLE: &'static str = "Mycelium, in place";
    type Message = Quote;
    type Decoded<'a> = QuoteView<'a>;

    fn build(values: &QuoteValues) -> Quote {
        quote(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Quote, output: &mut Vec<u8>) {
        message.encode(output).expect("a valid quote");
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> QuoteView<'_> {
        Quote::view(body).expect("a valid body")
    }

    fn show(decoded: &QuoteView<'_>, visitor: &mut impl Visitor) {
        visitor.text(decoded.symbol().as_str());
        visitor.number(decoded.time().nanoseconds() as u64);
        visitor.float(decoded.bid());
        visitor.float(decoded.ask());
        visitor.number(decoded.bid_size().into());
        visitor.number(decoded.ask_size().into());
        visitor.number(decoded.sequence());
        visitor.number(decoded.side().number().into());
    }
}

impl Contestant<BookValues> for Eager {
    const NAME: &'static str = "mycelium";
    const TITLE: &'static str = "Mycelium";
    type Message = Book;
    type Decoded<'a> = Book;

    fn build(values: &BookValues) -> Book {
        book(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Book, output: &mut Vec<u8>) {
        message.encode(output).expect("a valid book");
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Book {
        Book::decode(body).expect("a valid body")
    }

    fn show(decoded: &Book, visitor: &mut impl Visitor) {
        visitor.text(decoded.symbol.as_str());
        visitor.number(decoded.time.nanoseconds() as u64);
        visitor.number(decoded.sequence);
        for level in decoded.bids.iter().chain(&decoded.asks) {
            visitor.float(level.price);
            visitor.float(level.quantity);
        }
    }
}

impl Contestant<BookValues> for View {
    const NAME: &'static str = "mycelium_view";
    const TITLE: &'static str = "Mycelium, in place";
    type Message = Book;
    type Decoded<'a> = BookView<'a>;

    fn build(values: &BookValues) -> Book {
        book(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Book, output: &mut Vec<u8>) {
        message.encode(output).expect("a valid book");
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> BookView<'_> {
        Book::view(body).expect("a valid body")
    }

    fn show(decoded: &BookView<'_>, visitor: &mut impl Visitor) {
        visitor.text(decoded.symbol().as_str());
        visitor.number(decoded.time().nanoseconds() as u64);
        visitor.number(decoded.sequence());
        for level in decoded.bids().iter().chain(decoded.asks().iter()) {
            visitor.float(level.price);
            visitor.float(level.quantity);
        }
    }
}

impl Contestant<OrderValues> for Eager {
    const NAME: &'static str = "mycelium";
    const TITLE: &'static str = "Mycelium";
    type Message = Order;
    type Decoded<'a> = Order;

    fn build(values: &OrderValues) -> Order {
        order(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Order, output: &mut Vec<u8>) {
        message.encode(output).expect("a valid order");
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Order {
        Order::decode(body).expect("a valid body")
    }

    fn show(decoded: &Order, visitor: &mut impl Visitor) {
        visitor.bytes(decoded.id.as_bytes());
        visitor.text(decoded.symbol.as_str());
        visitor.number(decoded.side.number().into());
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

impl Contestant<OrderValues> for View {
    const NAME: &'static str = "mycelium_view";
    const TITLE: &'static str = "Mycelium, in place";
    type Message = Order;
    type Decoded<'a> = OrderView<'a>;

    fn build(values: &OrderValues) -> Order {
        order(values)
    }

    #[inline(always)]
    fn encode(&mut self, message: &Order, output: &mut Vec<u8>) {
        message.encode(output).expect("a valid order");
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> OrderView<'_> {
        Order::view(body).expect("a valid body")
    }

    fn show(decoded: &OrderView<'_>, visitor: &mut impl Visitor) {
        visitor.bytes(decoded.id().as_bytes());
        visitor.text(decoded.symbol().as_str());
        visitor.number(decoded.side().number().into());
        visitor.optional(decoded.limit_price());
        for tag in decoded.tags().iter() {
            visitor.text(tag);
        }
        for (key, value) in decoded.attributes().iter() {
            visitor.text(key);
            visitor.text(value);
        }
    }
}
