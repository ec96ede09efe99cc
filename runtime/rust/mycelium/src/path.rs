//! Where in a message an error happened. Built from the inside out while an error travels up, so that a message
//! without errors never pays for it.

use std::fmt;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The message it all began with.
    Root(&'static str),
    /// A field of a message or struct.
    Field(&'static str),
    /// An element of a list or array, counted from 0.
    Element(usize),
    /// The value under a map key, the key as it is shown.
    Key(String),
    /// A map key itself, by the number of its entry, counted from 0.
    Entry(usize),
    /// A variant of a union.
    Variant(&'static str),
}

/// Steps, innermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path(pub(crate) Vec<Step>);

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in self.0.iter().rev() {
            match step {
                Step::Root(name) => formatter.write_str(name)?,
                Step::Field(name) => write!(formatter, ".{name}")?,
                Step::Element(index) => write!(formatter, "[{index}]")?,
                Step::Key(text) => write!(formatter, "[{text}]")?,
                Step::Entry(index) => write!(formatter, "[#{index}]")?,
                Step::Variant(name) => write!(formatter, "({name})")?,
            }
        }
        Ok(())
    }
}

/// A map key as paths show it: numbers in decimal, enum members by name, text quoted, bytes as quoted hex.
pub trait DescribeKey {
    /// The key in the notation of a path, without the brackets.
    fn describe_key(&self) -> String;
}

/// `text` in double quotes, with JSON escapes for the quote, the backslash and control characters only.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push('"');
    for character in text.chars() {
        match character {
            '"' => shown.push_str("\\\""),
            '\\' => shown.push_str("\\\\"),
            control if u32::from(control) < 0x20 => {
                shown.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => shown.push(other),
        }
    }
    shown.push('"');
    shown
}

impl DescribeKey for String {
    fn describe_key(&self) -> String {
        quoted(self)
    }
}

impl DescribeKey for &str {
    fn describe_key(&self) -> String {
        quoted(self)
    }
}

impl<const N: usize> DescribeKey for [u8; N] {
    fn describe_key(&self) -> String {
        let hex: String = self.iter().map(|byte| format!("{byte:02x}")).collect();
        quoted(&hex)
    }
}

macro_rules! describe_numbers {
    ($($number:ty),*) => {
        $(impl DescribeKey for $number {
            fn describe_key(&self) -> String {
                self.to_string()
            }
        })*
    };
}

describe_numbers!(
    u8,
    u16,
    u32,
    u64,
    u128,
    crate::U256,
    i8,
    i16,
    i32,
    i64,
    i128
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_shown_from_the_root_inwards() {
        let path = Path(vec![
            Step::Field("price"),
            Step::Variant("trade"),
            Step::Element(0),
            Step::Field("events"),
            Step::Root("Batch"),
        ]);
        assert_eq!(path.to_string(), "Batch.events[0](trade).price");
    }

    #[test]
    fn keys_are_shown_as_json_would() {
        assert_eq!("a\"\\\n\u{e9}".describe_key(), "\"a\\\"\\\\\\u000a\u{e9}\"");
        assert_eq!([0xAB_u8, 1].describe_key(), "\"ab01\"");
        assert_eq!((-7_i16).describe_key(), "-7");
    }
}
