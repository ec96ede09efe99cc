use prost::Message;

use crate::contestant::Contestant;
use crate::contestants::prost::Prost;
use crate::values::{TradingQuoteValues, Visitor};

/// protobuf knows no list that may be absent: an empty one stands for it.
#[derive(Clone, PartialEq, Message)]
pub struct Quote {
    #[prost(string, tag = "1")]
    symbol: String,
    #[prost(sfixed64, tag = "2")]
    time: i64,
    #[prost(sfixed64, tag = "3")]
    bid: i64,
    #[prost(sfixed64, tag = "4")]
    ask: i64,
    #[prost(uint32, tag = "5")]
    bid_size: u32,
    #[prost(uint32, tag = "6")]
    ask_size: u32,
    #[prost(uint64, tag = "7")]
    sequence: u64,
    #[prost(uint32, optional, tag = "8")]
    venue: Option<u32>,
    #[prost(string, repeated, tag = "9")]
    conditions: Vec<String>,
}

impl Contestant<TradingQuoteValues> for Prost {
    const NAME: &'static str = "prost";
    const TITLE: &'static str = "prost";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &TradingQuoteValues) -> Quote {
        Quote {
            symbol: values.symbol.to_owned(),
            time: values.time,
            bid: values.bid,
            ask: values.ask,
            bid_size: values.bid_size,
            ask_size: values.ask_size,
            sequence: values.sequence,
            venue: Some(values.venue.into()),
            conditions: values.conditions.map(str::to_owned).into(),
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
        for number in [decoded.time, decoded.bid, decoded.ask] {
            visitor.number(number as u64);
        }
        visitor.number(decoded.bid_size.into());
        visitor.number(decoded.ask_size.into());
        visitor.number(decoded.sequence);
        visitor.number(decoded.venue.unwrap_or_default().into());
        for condition in decoded.conditions.iter() {
            visitor.text(condition);
        }
    }
}
