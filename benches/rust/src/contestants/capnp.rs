//! capnp: its builder is the object an application fills; what is decoded is read in place, text checked when read.

use capnp::message::{Builder, HeapAllocator, Reader, ReaderOptions};
use capnp::serialize::{self, BufferSegments};
use capnp::text;

use crate::contestant::Contestant;
use crate::values::{BookValues, OrderValues, QuoteValues, Visitor};

mod bench_capnp {
    include!(concat!(env!("OUT_DIR"), "/src/contestants/bench_capnp.rs"));
}
pub use bench_capnp::trading_quote;
use bench_capnp::{book, level, order, quote};

#[derive(Default)]
pub struct Capnp;

pub type Message = Builder<HeapAllocator>;
pub type Decoded<'a> = Reader<BufferSegments<&'a [u8]>>;

/// A builder whose first segment is large enough for the whole message and not much larger.
pub fn builder(words: u32) -> Message {
    Builder::new(HeapAllocator::new().first_segment_words(words))
}

pub fn write(message: &Message, output: &mut Vec<u8>) {
    serialize::write_message(output, message).expect("a vector has room");
}

pub fn decode(body: &[u8]) -> Decoded<'_> {
    BufferSegments::new(body, ReaderOptions::new())
        .map(|segments| Reader::new(segments, ReaderOptions::new()))
        .expect("a valid body")
}

pub fn plain(text: capnp::Result<text::Reader<'_>>) -> &str {
    text.expect("a text").to_str().expect("UTF-8")
}

fn fill_levels(mut places: capnp::struct_list::Builder<'_, level::Owned>, levels: &[(f64, f64)]) {
    for (index, (price, quantity)) in levels.iter().enumerate() {
        let mut place = places.reborrow().get(index as u32);
        place.set_price(*price);
        place.set_quantity(*quantity);
    }
}

impl Contestant<QuoteValues> for Capnp {
    const NAME: &'static str = "capnp";
    const TITLE: &'static str = "capnp";
    type Message = Message;
    type Decoded<'a> = Decoded<'a>;

    fn build(values: &QuoteValues) -> Message {
        let mut message = builder(16);
        let mut quote = message.init_root::<quote::Builder<'_>>();
        quote.set_symbol(values.symbol);
        quote.set_time(values.time);
        quote.set_bid(values.bid);
        quote.set_ask(values.ask);
        quote.set_bid_size(values.bid_size);
        quote.set_ask_size(values.ask_size);
        quote.set_sequence(values.sequence);
        quote.set_side(values.side);
        message
    }

    #[inline(always)]
    fn encode(&mut self, message: &Message, output: &mut Vec<u8>) {
        write(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Decoded<'_> {
        decode(body)
    }

    fn show(decoded: &Decoded<'_>, visitor: &mut impl Visitor) {
        let quote = decoded.get_root::<quote::Reader<'_>>().expect("a quote");
        visitor.text(plain(quote.get_symbol()));
        visitor.number(quote.get_time() as u64);
        visitor.float(quote.get_bid());
        visitor.float(quote.get_ask());
        visitor.number(quote.get_bid_size().into());
        visitor.number(quote.get_ask_size().into());
        visitor.number(quote.get_sequence());
        visitor.number(quote.get_side().into());
    }
}

impl Contestant<BookValues> for Capnp {
    const NAME: &'static str = "capnp";
    const TITLE: &'static str = "capnp";
    type Message = Message;
    type Decoded<'a> = Decoded<'a>;

    fn build(values: &BookValues) -> Message {
        let mut message = builder(96);
        let mut book = message.init_root::<book::Builder<'_>>();
        book.set_symbol(values.symbol);
        book.set_time(values.time);
        book.set_sequence(values.sequence);
        fill_levels(
            book.reborrow().init_bids(values.bids.len() as u32),
            &values.bids,
        );
        fill_levels(
            book.reborrow().init_asks(values.asks.len() as u32),
            &values.asks,
        );
        message
    }

    #[inline(always)]
    fn encode(&mut self, message: &Message, output: &mut Vec<u8>) {
        write(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Decoded<'_> {
        decode(body)
    }

    fn show(decoded: &Decoded<'_>, visitor: &mut impl Visitor) {
        let book = decoded.get_root::<book::Reader<'_>>().expect("a book");
        visitor.text(plain(book.get_symbol()));
        visitor.number(book.get_time() as u64);
        visitor.number(book.get_sequence());
        for levels in [book.get_bids(), book.get_asks()] {
            for level in levels.expect("levels") {
                visitor.float(level.get_price());
                visitor.float(level.get_quantity());
            }
        }
    }
}

impl Contestant<OrderValues> for Capnp {
    const NAME: &'static str = "capnp";
    const TITLE: &'static str = "capnp";
    type Message = Message;
    type Decoded<'a> = Decoded<'a>;

    fn build(values: &OrderValues) -> Message {
        let mut message = builder(40);
        let mut order = message.init_root::<order::Builder<'_>>();
        order.set_id(&values.id);
        order.set_symbol(values.symbol);
        order.set_side(values.side);
        order.set_has_limit_price(values.limit_price.is_some());
        order.set_limit_price(values.limit_price.unwrap_or_default());
        let mut tags = order.reborrow().init_tags(values.tags.len() as u32);
        for (index, tag) in values.tags.iter().enumerate() {
            tags.set(index as u32, tag);
        }
        let mut attributes = order
            .reborrow()
            .init_attributes(values.attributes.len() as u32);
        for (index, (key, value)) in values.attributes.iter().enumerate() {
            let mut attribute = attributes.reborrow().get(index as u32);
            attribute.set_key(key);
            attribute.set_value(value);
        }
        message
    }

    #[inline(always)]
    fn encode(&mut self, message: &Message, output: &mut Vec<u8>) {
        write(message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Decoded<'_> {
        decode(body)
    }

    fn show(decoded: &Decoded<'_>, visitor: &mut impl Visitor) {
        let order = decoded.get_root::<order::Reader<'_>>().expect("an order");
        visitor.bytes(order.get_id().expect("bytes"));
        visitor.text(plain(order.get_symbol()));
        visitor.number(order.get_side().into());
        visitor.optional(order.get_has_limit_price().then(|| order.get_limit_price()));
        for tag in order.get_tags().expect("tags") {
            visitor.text(plain(tag));
        }
        for attribute in order.get_attributes().expect("attributes") {
            visitor.text(plain(attribute.get_key()));
            visitor.text(plain(attribute.get_value()));
        }
    }
}
