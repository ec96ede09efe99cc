//! flatbuffers, with the calls its compiler would generate and one builder that is used again. It has no object to
//! fill: what an application holds are the plain values, and encoding does all the work. What is decoded has been
//! verified and is read in place.

use flatbuffers::{
    follow_cast_ref, root, FlatBufferBuilder, Follow, ForwardsUOffset, InvalidFlatbuffer, Push,
    PushAlignment, SimpleToVerifyInSlice, Table, TableFinishedWIPOffset, TableUnfinishedWIPOffset,
    VOffsetT, Vector, Verifiable, Verifier, WIPOffset,
};

use crate::contestant::Contestant;
use crate::values::{BookValues, OrderValues, QuoteValues, Subject, Visitor};

#[derive(Default)]
pub struct Flatbuffers(pub FlatBufferBuilder<'static>);

/// The place in a table's directory of the field of this number.
pub const fn slot(number: VOffsetT) -> VOffsetT {
    4 + 2 * number
}

/// A table type: following an offset to it, and verifying it field by field.
macro_rules! table {
    ($name:ident { $($field:literal: $type:ty, $required:literal;)* }) => {
        pub struct $name<'a>(Table<'a>);

        impl<'a> Follow<'a> for $name<'a> {
            type Inner = $name<'a>;

            #[inline]
            unsafe fn follow(bytes: &'a [u8], place: usize) -> Self::Inner {
                // SAFETY: the caller vouches for a table of this type at this place.
                Self(unsafe { Table::new(bytes, place) })
            }
        }

        impl Verifiable for $name<'_> {
            #[inline]
            fn run_verifier(
                verifier: &mut Verifier<'_, '_>,
                place: usize,
            ) -> Result<(), InvalidFlatbuffer> {
                verifier
                    .visit_table(place)?
                    $(.visit_field::<$type>(stringify!($field), slot($field), $required)?)*
                    .finish();
                Ok(())
            }
        }

        impl<'a> $name<'a> {
            /// The field of this number; `T` must be what the table declares.
            #[inline]
            fn field<T: Follow<'a> + 'a>(&self, number: VOffsetT) -> Option<T::Inner> {
                // SAFETY: the table has been verified to hold a `T` there, if anything.
                unsafe { self.0.get::<T>(slot(number), None) }
            }
        }
    };
}
pub(crate) use table;

pub type Text = ForwardsUOffset<&'static str>;

pub type Texts = ForwardsUOffset<Vector<'static, Text>>;
type Levels = ForwardsUOffset<Vector<'static, Level>>;

table!(Quote {
    0: Text, true;
    1: i64, false;
    2: f64, false;
    3: f64, false;
    4: u32, false;
    5: u32, false;
    6: u64, false;
    7: u8, false;
});

table!(Book {
    0: Text, true;
    1: i64, false;
    2: u64, false;
    3: Levels, true;
    4: Levels, true;
});

table!(Attribute {
    0: Text, true;
    1: Text, true;
});

table!(Order {
    0: ForwardsUOffset<Vector<'static, u8>>, true;
    1: Text, true;
    2: u8, false;
    3: bool, false;
    4: f64, false;
    5: Texts, true;
    6: ForwardsUOffset<Vector<'static, ForwardsUOffset<Attribute<'static>>>>, true;
});

/// A struct: two floats side by side.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Level([u8; 16]);

impl Level {
    fn new((price, quantity): (f64, f64)) -> Self {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&price.to_le_bytes());
        bytes[8..].copy_from_slice(&quantity.to_le_bytes());
        Self(bytes)
    }

    fn float(&self, place: usize) -> f64 {
        f64::from_le_bytes(self.0[place..place + 8].try_into().expect("8 bytes"))
    }
}

impl SimpleToVerifyInSlice for Level {}

impl<'a> Follow<'a> for Level {
    type Inner = &'a Level;

    #[inline]
    unsafe fn follow(bytes: &'a [u8], place: usize) -> &'a Level {
        // SAFETY: the caller vouches for a level at this place, and one is 16 bytes of alignment 1.
        unsafe { follow_cast_ref::<Level>(bytes, place) }
    }
}

impl Push for Level {
    type Output = Level;

    #[inline]
    unsafe fn push(&self, place: &mut [u8], _: usize) {
        place.copy_from_slice(&self.0);
    }

    #[inline]
    fn alignment() -> PushAlignment {
        PushAlignment::new(8)
    }
}

impl Verifiable for Level {
    #[inline]
    fn run_verifier(
        verifier: &mut Verifier<'_, '_>,
        place: usize,
    ) -> Result<(), InvalidFlatbuffer> {
        verifier.in_buffer::<Self>(place)
    }
}

impl Flatbuffers {
    pub fn finish(&mut self, table: WIPOffset<TableUnfinishedWIPOffset>, output: &mut Vec<u8>) {
        let root: WIPOffset<TableFinishedWIPOffset> = self.0.end_table(table);
        self.0.finish_minimal(root);
        output.extend_from_slice(self.0.finished_data());
    }

    fn levels(&mut self, levels: &[(f64, f64)]) -> WIPOffset<Vector<'static, Level>> {
        let levels = levels.iter().copied().map(Level::new);
        self.0.create_vector_from_iter(levels)
    }
}

impl Contestant<QuoteValues> for Flatbuffers {
    const NAME: &'static str = "flatbuffers";
    const TITLE: &'static str = "flatbuffers";
    type Message = QuoteValues;
    type Decoded<'a> = Quote<'a>;

    fn build(_: &QuoteValues) -> QuoteValues {
        QuoteValues::values()
    }

    #[inline(always)]
    fn encode(&mut self, message: &QuoteValues, output: &mut Vec<u8>) {
        self.0.reset();
        let symbol = self.0.create_string(message.symbol);
        let table = self.0.start_table();
        self.0.push_slot(slot(1), message.time, 0);
        self.0.push_slot(slot(2), message.bid, 0.0);
        self.0.push_slot(slot(3), message.ask, 0.0);
        self.0.push_slot(slot(6), message.sequence, 0);
        self.0.push_slot(slot(4), message.bid_size, 0);
        self.0.push_slot(slot(5), message.ask_size, 0);
        self.0.push_slot_always(slot(0), symbol);
        self.0.push_slot(slot(7), message.side, 0);
        self.finish(table, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Quote<'_> {
        root::<Quote<'_>>(body).expect("a valid body")
    }

    fn show(decoded: &Quote<'_>, visitor: &mut impl Visitor) {
        visitor.text(
            decoded
                .field::<ForwardsUOffset<&str>>(0)
                .unwrap_or_default(),
        );
        visitor.number(decoded.field::<i64>(1).unwrap_or_default() as u64);
        visitor.float(decoded.field::<f64>(2).unwrap_or_default());
        visitor.float(decoded.field::<f64>(3).unwrap_or_default());
        visitor.number(decoded.field::<u32>(4).unwrap_or_default().into());
        visitor.number(decoded.field::<u32>(5).unwrap_or_default().into());
        visitor.number(decoded.field::<u64>(6).unwrap_or_default());
        visitor.number(decoded.field::<u8>(7).unwrap_or_default().into());
    }
}

impl Contestant<BookValues> for Flatbuffers {
    const NAME: &'static str = "flatbuffers";
    const TITLE: &'static str = "flatbuffers";
    type Message = BookValues;
    type Decoded<'a> = Book<'a>;

    fn build(values: &BookValues) -> BookValues {
        BookValues {
            bids: values.bids.clone(),
            asks: values.asks.clone(),
            ..*values
        }
    }

    #[inline(always)]
    fn encode(&mut self, message: &BookValues, output: &mut Vec<u8>) {
        self.0.reset();
        let asks = self.levels(&message.asks);
        let bids = self.levels(&message.bids);
        let symbol = self.0.create_string(message.symbol);
        let table = self.0.start_table();
        self.0.push_slot(slot(1), message.time, 0);
        self.0.push_slot(slot(2), message.sequence, 0);
        self.0.push_slot_always(slot(0), symbol);
        self.0.push_slot_always(slot(3), bids);
        self.0.push_slot_always(slot(4), asks);
        self.finish(table, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Book<'_> {
        root::<Book<'_>>(body).expect("a valid body")
    }

    fn show(decoded: &Book<'_>, visitor: &mut impl Visitor) {
        visitor.text(
            decoded
                .field::<ForwardsUOffset<&str>>(0)
                .unwrap_or_default(),
        );
        visitor.number(decoded.field::<i64>(1).unwrap_or_default() as u64);
        visitor.number(decoded.field::<u64>(2).unwrap_or_default());
        for side in [3, 4] {
            for level in decoded
                .field::<ForwardsUOffset<Vector<'_, Level>>>(side)
                .unwrap_or_default()
            {
                visitor.float(level.float(0));
                visitor.float(level.float(8));
            }
        }
    }
}

impl Contestant<OrderValues> for Flatbuffers {
    const NAME: &'static str = "flatbuffers";
    const TITLE: &'static str = "flatbuffers";
    type Message = OrderValues;
    type Decoded<'a> = Order<'a>;

    fn build(_: &OrderValues) -> OrderValues {
        OrderValues::values()
    }

    #[inline(always)]
    fn encode(&mut self, message: &OrderValues, output: &mut Vec<u8>) {
        self.0.reset();
        let attributes = message.attributes.map(|(key, value)| {
            let (value, key) = (self.0.create_string(value), self.0.create_string(key));
            let table = self.0.start_table();
            self.0.push_slot_always(slot(0), key);
            self.0.push_slot_always(slot(1), value);
            self.0.end_table(table)
        });
        let attributes = self.0.create_vector(&attributes);
        let tags = message.tags.map(|tag| self.0.create_string(tag));
        let tags = self.0.create_vector(&tags);
        let id = self.0.create_vector(&message.id);
        let symbol = self.0.create_string(message.symbol);
        let table = self.0.start_table();
        if let Some(price) = message.limit_price {
            self.0.push_slot(slot(4), price, 0.0);
            self.0.push_slot(slot(3), true, false);
        }
        self.0.push_slot_always(slot(0), id);
        self.0.push_slot_always(slot(1), symbol);
        self.0.push_slot_always(slot(5), tags);
        self.0.push_slot_always(slot(6), attributes);
        self.0.push_slot(slot(2), message.side, 0);
        self.finish(table, output);
    }

    #[inline(always)]
    fn decode(body: &[u8]) -> Order<'_> {
        root::<Order<'_>>(body).expect("a valid body")
    }

    fn show(decoded: &Order<'_>, visitor: &mut impl Visitor) {
        let id = decoded.field::<ForwardsUOffset<Vector<'_, u8>>>(0);
        visitor.bytes(id.unwrap_or_default().bytes());
        visitor.text(
            decoded
                .field::<ForwardsUOffset<&str>>(1)
                .unwrap_or_default(),
        );
        visitor.number(decoded.field::<u8>(2).unwrap_or_default().into());
        let price = decoded.field::<f64>(4);
        visitor.optional(price.filter(|_| decoded.field::<bool>(3) == Some(true)));
        let tags = decoded.field::<ForwardsUOffset<Vector<'_, ForwardsUOffset<&str>>>>(5);
        for tag in tags.unwrap_or_default() {
            visitor.text(tag);
        }
        type Attributes<'a> = ForwardsUOffset<Vector<'a, ForwardsUOffset<Attribute<'a>>>>;
        for attribute in decoded.field::<Attributes<'_>>(6).unwrap_or_default() {
            for part in [0, 1] {
                visitor.text(
                    attribute
                        .field::<ForwardsUOffset<&str>>(part)
                        .unwrap_or_default(),
                );
            }
        }
    }
}
