use bincode::{Decode, Encode};

use crate::contestant::Contestant;
use crate::contestants::bincode::{decode, encode, Bincode};
use crate::values::{TradingQuoteValues, Visitor};

#[derive(Encode, Decode)]
pub struct Quote {
    symbol: String,
    time: i64,
    bid: i64,
    ask: i64,
    bid_size: u32,
    ask_size: u32,
    sequence: u64,
    venue: Option<u16>,
    conditions: Option<Vec<String>>,
}

fn quote(values: &TradingQuoteValues) -> Quote {
    Quote {
        symbol: values.symbol.to_owned(),
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

impl Contestant<TradingQuoteValues> for Bincode {
    const NAME: &'static str = "bincode";
    const TITLE: &'static str = "bincode";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &TradingQuoteValues) -> Quote {
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
