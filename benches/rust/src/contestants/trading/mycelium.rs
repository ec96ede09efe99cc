use mycelium::{Ascii, Decimal, Message, Timestamp};

use crate::contestant::Contestant;
use crate::contestants::mycelium::{Eager, View};
use crate::trading::instrument::Venue;
use crate::trading::market::{Quote, QuoteView};
use crate::values::{TradingQuoteValues, Visitor};

fn quote(values: &TradingQuoteValues) -> Quote {
    Quote {
        symbol: Ascii::new(values.symbol).expect("a symbol"),
        time: Timestamp::from_nanoseconds(values.time),
        bid: Decimal::from_mantissa(values.bid),
        ask: Decimal::from_mantissa(values.ask),
        bid_size: values.bid_size,
        ask_size: values.ask_size,
        sequence: values.sequence,
        venue: Some(Venue::from_number(values.venue)),
        conditions: Some(values.conditions.map(str::to_owned).into()),
    }
}

impl Contestant<TradingQuoteValues> for Eager {
    const NAME: &'static str = "mycelium";
    const TITLE: &'static str = "Mycelium";
    type Message = Quote;
    type Decoded<'a> = Quote;

    fn build(values: &TradingQuoteValues) -> Quote {
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
        visitor.number(decoded.bid.mantissa() as u64);
        visitor.number(decoded.ask.mantissa() as u64);
        visitor.number(decoded.bid_size.into());
        visitor.number(decoded.ask_size.into());
        visitor.number(decoded.sequence);
        let venue = decoded.venue.map(|venue| venue.number());
        visitor.number(venue.unwrap_or_default().into());
        for condition in decoded.conditions.iter().flatten() {
            visitor.text(condition);
        }
    }
}

impl Contestant<TradingQuoteValues> for View {
    const NAME: &'static str = "mycelium_view";
    const TITLE: &'static str = "Mycelium, in place";
    type Message = Quote;
    type Decoded<'a> = QuoteView<'a>;

    fn build(values: &TradingQuoteValues) -> Quote {
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
        visitor.number(decoded.bid().mantissa() as u64);
        visitor.number(decoded.ask().mantissa() as u64);
        visitor.number(decoded.bid_size().into());
        visitor.number(decoded.ask_size().into());
        visitor.number(decoded.sequence());
        let venue = decoded.venue().map(|venue| venue.number());
        visitor.number(venue.unwrap_or_default().into());
        for condition in decoded.conditions().into_iter().flatten() {
            visitor.text(condition);
        }
    }
}
