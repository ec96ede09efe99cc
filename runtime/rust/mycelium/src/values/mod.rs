//! Value types of the schema language that Rust itself has no word for.

mod ascii;
mod decimal;
mod time;
mod u256;
mod unknown;
mod uuid;

use std::fmt;

pub(crate) use ascii::is_padded_ascii;
pub use ascii::Ascii;
pub use decimal::Decimal;
pub use time::{Duration, Timestamp};
pub use u256::U256;
pub use unknown::{UnknownVariant, UnknownVariantView};
pub use uuid::Uuid;

/// Text that is no number of the type it was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseNumberError {
    /// There is a character that cannot stand there, or nothing at all.
    Malformed,
    /// The number is larger or more precise than the type can hold.
    OutOfRange,
}

impl fmt::Display for ParseNumberError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Malformed => "not a number",
            Self::OutOfRange => "the type cannot hold this number",
        })
    }
}

impl std::error::Error for ParseNumberError {}
