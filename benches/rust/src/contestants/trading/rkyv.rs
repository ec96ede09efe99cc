use std::mem;

use rkyv::rancor::Error;
use rkyv::{Archive, Deserialize, Serialize};

use crate::contestant::Contestant;
use crate::contestants::rkyv::{write_archive, Archived, Owned};
use crate::values::{TradingQuoteValues, Visitor};

#[derive(Archive, Serialize, Deserialize)]
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

impl Contestant<TradingQuoteValues> for Owned {
    const NAME: &'static str = "rkyv";
    const TITLE: &'static str = "rkyv";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &TradingQuoteValues) -> Quote {
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

impl Contestant<TradingQuoteValues> for Archived {
    const NAME: &'static str = "rkyv_archived";
    const TITLE: &'static str = "rkyv, in place";
    type Message = Quote;
    type Decoded<'a> = &'a ArchivedQuote;

    fn build(values: &TradingQuoteValues) -> Quote {
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
        for number in [decoded.time, decoded.bid, decoded.ask] {
            visitor.number(number.to_native() as u64);
        }
        visitor.number(decoded.bid_size.to_native().into());
        visitor.number(decoded.ask_size.to_native().into());
        visitor.number(decoded.sequence.to_native());
        let venue = decoded.venue.as_ref().map(|venue| venue.to_native());
        visitor.number(venue.unwrap_or_default().into());
        for condition in decoded.conditions.iter().flat_map(|each| each.iter()) {
            visitor.text(condition);
        }
    }
}
