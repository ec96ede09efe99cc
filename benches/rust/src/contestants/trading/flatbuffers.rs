use flatbuffers::{
    root, Follow, ForwardsUOffset, InvalidFlatbuffer, Table, VOffsetT, Vector, Verifiable, Verifier,
};

use crate::contestant::Contestant;
use crate::contestants::flatbuffers::{slot, table, Flatbuffers, Text, Texts};
use crate::values::{Subject, TradingQuoteValues, Visitor};

table!(Quote {
    0: Text, true;
    1: i64, false;
    2: i64, false;
    3: i64, false;
    4: u32, false;
    5: u32, false;
    6: u64, false;
    7: u16, false;
    8: Texts, false;
});

fn encode(codec: &mut Flatbuffers, message: &TradingQuoteValues, output: &mut Vec<u8>) {
    let builder = &mut codec.0;
    builder.reset();
    let conditions = message
        .conditions
        .map(|condition| builder.create_string(condition));
    let conditions = builder.create_vector(&conditions);
    let symbol = builder.create_string(message.symbol);
    let table = builder.start_table();
    builder.push_slot(slot(1), message.time, 0);
    builder.push_slot(slot(2), message.bid, 0);
    builder.push_slot(slot(3), message.ask, 0);
    builder.push_slot(slot(6), message.sequence, 0);
    builder.push_slot(slot(4), message.bid_size, 0);
    builder.push_slot(slot(5), message.ask_size, 0);
    builder.push_slot_always(slot(0), symbol);
    builder.push_slot_always(slot(8), conditions);
    builder.push_slot(slot(7), message.venue, 0);
    codec.finish(table, output);
}

impl Contestant<TradingQuoteValues> for Flatbuffers {
    const NAME: &'static str = "flatbuffers";
    const TITLE: &'static str = "flatbuffers";
    type Message = TradingQuoteValues;
    type Decoded<'a> = Quote<'a>;

    fn build(_: &TradingQuoteValues) -> TradingQuoteValues {
        TradingQuoteValues::values()
    }

    #[inline(always)]
    fn encode(&mut self, message: &TradingQuoteValues, output: &mut Vec<u8>) {
        encode(self, message, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Quote<'_> {
        root::<Quote<'_>>(body).expect("a valid body")
    }

    fn show(decoded: &Quote<'_>, visitor: &mut impl Visitor) {
        let text = decoded.field::<ForwardsUOffset<&str>>(0);
        visitor.text(text.unwrap_or_default());
        for number in 1..=3 {
            visitor.number(decoded.field::<i64>(number).unwrap_or_default() as u64);
        }
        visitor.number(decoded.field::<u32>(4).unwrap_or_default().into());
        visitor.number(decoded.field::<u32>(5).unwrap_or_default().into());
        visitor.number(decoded.field::<u64>(6).unwrap_or_default());
        visitor.number(decoded.field::<u16>(7).unwrap_or_default().into());
        let conditions = decoded.field::<ForwardsUOffset<Vector<'_, ForwardsUOffset<&str>>>>(8);
        for condition in conditions.unwrap_or_default() {
            visitor.text(condition);
        }
    }
}
