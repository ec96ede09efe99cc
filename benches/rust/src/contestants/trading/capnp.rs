use crate::contestant::Contestant;
use crate::contestants::capnp::{
    builder, decode, plain, trading_quote, write, Capnp, Decoded, Message,
};
use crate::values::{TradingQuoteValues, Visitor};

fn fill(values: &TradingQuoteValues) -> Message {
    let mut message = builder(24);
    let mut quote = message.init_root::<trading_quote::Builder<'_>>();
    quote.set_symbol(values.symbol);
    quote.set_time(values.time);
    quote.set_bid(values.bid);
    quote.set_ask(values.ask);
    quote.set_bid_size(values.bid_size);
    quote.set_ask_size(values.ask_size);
    quote.set_sequence(values.sequence);
    quote.set_venue(values.venue);
    let mut conditions = quote.init_conditions(values.conditions.len() as u32);
    for (index, condition) in values.conditions.iter().enumerate() {
        conditions.set(index as u32, condition);
    }
    message
}

impl Contestant<TradingQuoteValues> for Capnp {
    const NAME: &'static str = "capnp";
    const TITLE: &'static str = "capnp";
    type Message = Message;
    type Decoded<'a> = Decoded<'a>;

    fn build(values: &TradingQuoteValues) -> Message {
        fill(values)
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
        let quote = decoded
            .get_root::<trading_quote::Reader<'_>>()
            .expect("a quote");
        visitor.text(plain(quote.get_symbol()));
        for number in [quote.get_time(), quote.get_bid(), quote.get_ask()] {
            visitor.number(number as u64);
        }
        visitor.number(quote.get_bid_size().into());
        visitor.number(quote.get_ask_size().into());
        visitor.number(quote.get_sequence());
        visitor.number(quote.get_venue().into());
        for condition in quote.get_conditions().expect("conditions") {
            visitor.text(plain(condition));
        }
    }
}
