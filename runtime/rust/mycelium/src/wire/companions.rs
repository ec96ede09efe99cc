//! What builders and printed forms share.

use std::fmt;

use crate::error::EncodeError;

/// The value a builder was given for a required field.
///
/// # Errors
/// `ENCODE_TYPE` where it was given none.
#[inline]
pub fn given<T>(
    value: Option<T>,
    message: &'static str,
    name: &'static str,
) -> Result<T, EncodeError> {
    value.ok_or_else(|| EncodeError::missing(message, name))
}

/// The `Debug` form of a union.
///
/// # Errors
/// Those of the formatter.
pub fn show_variant(
    formatter: &mut fmt::Formatter<'_>,
    name: &str,
    value: &dyn fmt::Debug,
) -> fmt::Result {
    formatter.debug_tuple(name).field(value).finish()
}
