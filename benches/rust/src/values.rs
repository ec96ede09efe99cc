//! What every contestant carries: one value of each message, the same as in the other languages.

use std::hint::black_box;

/// `bench.Quote`.
pub struct QuoteValues {
    pub symbol: &'static str,
    pub time: i64,
    pub bid: f64,
    pub ask: f64,
    pub bid_size: u32,
    pub ask_size: u32,
    pub sequence: u64,
    pub side: u8,
}

/// `bench.Book`: price and quantity, 20 levels a side.
pub struct BookValues {
    pub symbol: &'static str,
    pub time: i64,
    pub sequence: u64,
    pub bids: Vec<(f64, f64)>,
    pub asks: Vec<(f64, f64)>,
}

/// `bench.Order`.
pub struct OrderValues {
    pub id: [u8; 16],
    pub symbol: &'static str,
    pub side: u8,
    pub limit_price: Option<f64>,
    pub tags: [&'static str; 3],
    pub attributes: [(&'static str, &'static str); 2],
}

/// The trading schema's own quote: prices as decimals, in units of 10^-8.
pub struct TradingQuoteValues {
    pub symbol: &'static str,
    pub time: i64,
    pub bid: i64,
    pub ask: i64,
    pub bid_size: u32,
    pub ask_size: u32,
    pub sequence: u64,
    pub venue: u16,
    pub conditions: [&'static str; 2],
}

/// A message of the benchmark.
pub trait Subject {
    const NAME: &'static str;
    const TITLE: &'static str;

    fn values() -> Self;

    /// All fields, in the order in which every contestant shows them.
    fn show(&self, visitor: &mut impl Visitor);
}

impl Subject for QuoteValues {
    const NAME: &'static str = "quote";
    const TITLE: &'static str = "Quote: 8 fields, floats";

    fn values() -> Self {
        Self {
            symbol: "EURUSD",
            time: 1_577_898_000_065_000_000,
            bid: 1.1212,
            ask: 1.12172,
            bid_size: 1_000_000,
            ask_size: 2_500_000,
            sequence: 123_456,
            side: 1,
        }
    }

    fn show(&self, visitor: &mut impl Visitor) {
        visitor.text(self.symbol);
        visitor.number(self.time as u64);
        visitor.float(self.bid);
        visitor.float(self.ask);
        visitor.number(self.bid_size.into());
        visitor.number(self.ask_size.into());
        visitor.number(self.sequence);
        visitor.number(self.side.into());
    }
}

impl Subject for BookValues {
    const NAME: &'static str = "book";
    const TITLE: &'static str = "Book: 20 bids and 20 asks";

    fn values() -> Self {
        let side = |price: f64, step: f64, quantity: f64| {
            let level = |level: u32| {
                let level = f64::from(level);
                (price + level * step, quantity + level * 250_000.0)
            };
            (0..20).map(level).collect()
        };
        Self {
            symbol: "EURUSD",
            time: 1_577_898_000_065_000_000,
            sequence: 123_456,
            bids: side(1.1212, -0.00005, 1_000_000.0),
            asks: side(1.12172, 0.00005, 1_250_000.0),
        }
    }

    fn show(&self, visitor: &mut impl Visitor) {
        visitor.text(self.symbol);
        visitor.number(self.time as u64);
        visitor.number(self.sequence);
        for (price, quantity) in self.bids.iter().chain(&self.asks) {
            visitor.float(*price);
            visitor.float(*quantity);
        }
    }
}

impl Subject for OrderValues {
    const NAME: &'static str = "order";
    const TITLE: &'static str = "Order: uuid, optional price, 3 tags, 2 attributes";

    fn values() -> Self {
        Self {
            id: 0x5e3f_2c1a_9b7d_4c6e_8f10_2a3b_4c5d_6e7f_u128.to_be_bytes(),
            symbol: "EURUSD",
            side: 2,
            limit_price: Some(1.12165),
            tags: ["algo", "momentum", "eu"],
            attributes: [("desk", "fx-spot"), ("trader", "mlin")],
        }
    }

    fn show(&self, visitor: &mut impl Visitor) {
        visitor.bytes(&self.id);
        visitor.text(self.symbol);
        visitor.number(self.side.into());
        visitor.optional(self.limit_price);
        for tag in self.tags {
            visitor.text(tag);
        }
        for (key, value) in self.attributes {
            visitor.text(key);
            visitor.text(value);
        }
    }
}

impl Subject for TradingQuoteValues {
    const NAME: &'static str = "trading_quote";
    const TITLE: &'static str = "The trading schema's quote: decimals, timestamp, a list";

    fn values() -> Self {
        Self {
            symbol: "EURUSD",
            time: 1_577_898_000_065_000_000,
            bid: 112_120_000,
            ask: 112_172_000,
            bid_size: 1_000_000,
            ask_size: 2_500_000,
            sequence: 123_456,
            venue: 1,
            conditions: ["firm", "auction"],
        }
    }

    fn show(&self, visitor: &mut impl Visitor) {
        visitor.text(self.symbol);
        for number in [self.time, self.bid, self.ask] {
            visitor.number(number as u64);
        }
        visitor.number(self.bid_size.into());
        visitor.number(self.ask_size.into());
        visitor.number(self.sequence);
        visitor.number(self.venue.into());
        for condition in self.conditions {
            visitor.text(condition);
        }
    }
}

/// Is shown every field of a message.
pub trait Visitor {
    fn number(&mut self, value: u64);
    fn float(&mut self, value: f64);
    fn text(&mut self, value: &str);
    fn bytes(&mut self, value: &[u8]);

    fn optional(&mut self, value: Option<f64>) {
        self.number(value.is_some().into());
        self.float(value.unwrap_or_default());
    }
}

/// What is measured: every field is taken out, and nothing is done with it.
pub struct Discard;

impl Visitor for Discard {
    #[inline]
    fn number(&mut self, value: u64) {
        black_box(value);
    }

    #[inline]
    fn float(&mut self, value: f64) {
        black_box(value);
    }

    #[inline]
    fn text(&mut self, value: &str) {
        black_box(value);
    }

    #[inline]
    fn bytes(&mut self, value: &[u8]) {
        black_box(value);
    }
}

/// What proves that a contestant gives back what it was given.
#[derive(Debug, Default, PartialEq)]
pub struct Collect(Vec<String>);

impl Visitor for Collect {
    fn number(&mut self, value: u64) {
        self.0.push(value.to_string());
    }

    fn float(&mut self, value: f64) {
        self.0.push(value.to_string());
    }

    fn text(&mut self, value: &str) {
        self.0.push(value.to_owned());
    }

    fn bytes(&mut self, value: &[u8]) {
        self.0.push(format!("{value:?}"));
    }
}
