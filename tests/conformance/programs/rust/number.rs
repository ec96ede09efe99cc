//! What the messages of the suite have in common: a number, and who published it.

use mycelium_bus::BusMessage;

use crate::{current, other};

/// A message that can be told from all others.
pub trait Numbered: BusMessage {
    fn make(from: &str, number: u64, content_bytes: usize) -> Self;
    fn number(&self) -> u64;
    fn from(&self) -> &str;
}

macro_rules! numbered {
    ($message:ty, $($field:ident : $value:expr),*) => {
        impl Numbered for $message {
            fn make(from: &str, number: u64, _content_bytes: usize) -> Self {
                Self { number, from: from.to_owned(), $($field: $value),* }
            }

            fn number(&self) -> u64 {
                self.number
            }

            fn from(&self) -> &str {
                &self.from
            }
        }
    };
}

numbered!(current::Number,);
numbered!(current::Changed,);
numbered!(other::Changed, unit: 1.0);

impl Numbered for current::Blob {
    fn make(from: &str, number: u64, content_bytes: usize) -> Self {
        Self {
            number,
            from: from.to_owned(),
            content: content(number, content_bytes),
        }
    }

    fn number(&self) -> u64 {
        // One whose content was damaged shows as a number nobody published.
        if self.content == content(self.number, self.content.len()) {
            self.number
        } else {
            u64::MAX
        }
    }

    fn from(&self) -> &str {
        &self.from
    }
}

/// Bytes that differ from one number to the next, and from one place to the next.
fn content(number: u64, length: usize) -> Vec<u8> {
    let turn: Vec<u8> = (0..=250_u8).collect();
    let start = usize::try_from(number % 251).unwrap_or(0);
    let mut content = turn.repeat(length / turn.len() + 2);
    content.drain(..start);
    content.truncate(length);
    content
}
