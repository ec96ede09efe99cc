//! What a contestant is: one codec with one message.

use std::hint::black_box;

use crate::rounds::Loop;
use crate::values::{Collect, Discard, Subject, Visitor};

/// One codec with the message `S`.
pub trait Contestant<S: Subject>: Default + 'static {
    const NAME: &'static str;
    const TITLE: &'static str;

    /// What an application holds before encoding.
    type Message;

    /// What decoding gives: an object, or something that reads the bytes in place.
    type Decoded<'a>;

    fn build(values: &S) -> Self::Message;

    /// Writes the message to `output`, which is empty and may have room.
    fn encode(&mut self, message: &Self::Message, output: &mut Vec<u8>);

    fn decode(body: &[u8]) -> Self::Decoded<'_>;

    fn show(decoded: &Self::Decoded<'_>, visitor: &mut impl Visitor);
}

/// A contestant ready to be measured: its columns by name.
pub struct Entry {
    pub name: &'static str,
    pub title: &'static str,
    pub size: usize,
    pub columns: Vec<(&'static str, Loop)>,
}

/// Holds the contestant against the values, and makes a loop of each column.
///
/// # Panics
/// Where it reads something else than it was given: its times would mean nothing.
pub fn enter<S: Subject + 'static, C: Contestant<S>>() -> Entry {
    let body = encoded::<S, C>();
    let mut expected = Collect::default();
    S::values().show(&mut expected);
    let mut found = Collect::default();
    C::show(&C::decode(&body), &mut found);
    assert_eq!(found, expected, "{}, {}", C::TITLE, S::TITLE);
    let size = body.len();
    let columns: Vec<(&'static str, Loop)> = vec![
        ("construct", construct::<S, C>()),
        ("encode", encode::<S, C>()),
        ("build_and_encode", build_and_encode::<S, C>()),
        ("decode", decode::<S, C>(body.clone())),
        ("decode_and_read", decode_and_read::<S, C>(body)),
    ];
    Entry {
        name: C::NAME,
        title: C::TITLE,
        size,
        columns,
    }
}

/// As [`enter`], for another way to read what another contestant writes: the columns of decoding alone.
pub fn enter_reader<S: Subject + 'static, C: Contestant<S>>() -> Entry {
    let mut entry = enter::<S, C>();
    entry
        .columns
        .retain(|(column, _)| column.starts_with("decode"));
    entry
}

fn encoded<S: Subject, C: Contestant<S>>() -> Vec<u8> {
    let mut body = Vec::new();
    C::default().encode(&C::build(&S::values()), &mut body);
    body
}

fn construct<S: Subject + 'static, C: Contestant<S>>() -> Loop {
    let values = S::values();
    Box::new(move |count| {
        for _ in 0..count {
            let message = C::build(black_box(&values));
            black_box(&message);
        }
    })
}

fn encode<S: Subject + 'static, C: Contestant<S>>() -> Loop {
    let (mut contestant, mut output) = (C::default(), Vec::with_capacity(4096));
    Box::new(move |count| {
        let message = C::build(&S::values());
        for _ in 0..count {
            output.clear();
            contestant.encode(black_box(&message), &mut output);
            black_box(output.as_slice());
        }
    })
}

fn build_and_encode<S: Subject + 'static, C: Contestant<S>>() -> Loop {
    let (mut contestant, mut output) = (C::default(), Vec::with_capacity(4096));
    let values = S::values();
    Box::new(move |count| {
        for _ in 0..count {
            output.clear();
            let message = C::build(black_box(&values));
            contestant.encode(&message, &mut output);
            black_box(output.as_slice());
        }
    })
}

fn decode<S: Subject, C: Contestant<S>>(body: Vec<u8>) -> Loop {
    Box::new(move |count| {
        for _ in 0..count {
            let decoded = C::decode(black_box(&body));
            black_box(&decoded);
        }
    })
}

fn decode_and_read<S: Subject, C: Contestant<S>>(body: Vec<u8>) -> Loop {
    Box::new(move |count| {
        for _ in 0..count {
            let decoded = C::decode(black_box(&body));
            C::show(black_box(&decoded), &mut Discard);
        }
    })
}
