//! Places in a block or struct. The callers know every size as a constant, so that the compiler removes all the
//! checks made here; they are what keeps this free of panics all the same.

use crate::code::ErrorCode;
use crate::error::{DecodeError, EncodeError};
use crate::wire::FixedSize;

/// The first `N` bytes; zeros where there are fewer.
#[inline(always)]
pub fn chunk<const N: usize>(bytes: &[u8]) -> &[u8; N] {
    bytes.first_chunk().unwrap_or(const { &[0; N] })
}

/// The first `N` bytes, to be written.
///
/// # Errors
/// `BAD_LENGTH` where there are fewer.
#[inline(always)]
pub fn chunk_mut<const N: usize>(bytes: &mut [u8]) -> Result<&mut [u8; N], EncodeError> {
    bytes
        .first_chunk_mut()
        .ok_or_else(|| EncodeError::new(ErrorCode::BadLength))
}

/// Checks the field `name`, whose bytes are at `offset` of the block or struct.
///
/// # Errors
/// What [`FixedSize::check`] finds, seen from the block or struct.
#[inline(always)]
pub fn check<T: FixedSize>(
    bytes: &[u8],
    offset: usize,
    name: &'static str,
) -> Result<(), DecodeError> {
    T::check(bytes).map_err(|error| error.moved(offset).in_field(name))
}

/// Reads a field that has been checked.
#[inline(always)]
pub fn get<T: FixedSize>(bytes: &[u8]) -> T::Value {
    T::get(bytes)
}

/// Reads a field of a block that has been checked, at `offset`.
#[inline(always)]
pub fn get_at<T: FixedSize>(block: &[u8], offset: usize) -> T::Value {
    T::get(block.get(offset..).unwrap_or(&[]))
}

/// Reads a field of a block that has been checked, at `offset`; `default` where the block ends before it.
#[inline(always)]
pub fn get_or<T: FixedSize>(block: &[u8], offset: usize, default: T::Value) -> T::Value {
    match block.get(offset..).and_then(|rest| rest.get(..T::SIZE)) {
        Some(bytes) => T::get(bytes),
        None => default,
    }
}

/// Writes the field `name` of a block or struct.
///
/// # Errors
/// What [`FixedSize::put`] refuses.
#[inline(always)]
pub fn put<T: FixedSize>(
    value: &T::Value,
    bytes: &mut [u8],
    name: &'static str,
) -> Result<(), EncodeError> {
    T::put(value, bytes).map_err(|error| error.in_field(name))
}
