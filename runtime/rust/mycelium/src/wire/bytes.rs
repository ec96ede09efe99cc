//! Places in a block or struct. The callers know every size as a constant, so that the compiler removes all the
//! checks made here; they are what keeps this free of panics all the same.

use crate::error::{DecodeError, EncodeError};
use crate::wire::FixedSize;

/// The first `N` bytes; zeros where there are fewer.
#[inline(always)]
pub fn chunk<const N: usize>(bytes: &[u8]) -> &[u8; N] {
    bytes.first_chunk().unwrap_or(const { &[0; N] })
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

/// Whether [`check`] would find nothing.
#[inline(always)]
pub fn is_valid<T: FixedSize>(bytes: &[u8]) -> bool {
    T::is_valid(bytes)
}

/// Reads a field that has been checked.
#[inline(always)]
pub fn get<T: FixedSize>(bytes: &[u8]) -> T::Value {
    T::get(bytes)
}

/// As [`get`], for a field too large to be kept in place.
#[inline(never)]
pub fn get_boxed<T: FixedSize>(bytes: &[u8]) -> Box<T::Value> {
    Box::new(T::get(bytes))
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

/// Whether the value of the field `name` may be written.
///
/// # Errors
/// What [`FixedSize::allow`] refuses, seen from the block or struct.
#[inline(always)]
pub fn allow<T: FixedSize>(value: &T::Value, name: &'static str) -> Result<(), EncodeError> {
    T::allow(value).map_err(|error| error.in_field(name))
}

/// Writes a field of a block or struct.
#[inline(always)]
pub fn put<T: FixedSize>(value: &T::Value, bytes: &mut [u8]) {
    T::put(value, bytes);
}
