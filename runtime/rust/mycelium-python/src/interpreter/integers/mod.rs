//! Python integers to numbers and back. Only exact `int`s, and members of `IntEnum`s, whose digits are laid out alike.
//!
//! CPython 3.11 and 3.12 are read and made digit by digit; newer versions through calls that are public since 3.13.

#[cfg(not(Py_3_13))]
#[path = "digits.rs"]
mod layout;
#[cfg(Py_3_13)]
#[path = "public.rs"]
mod layout;

use super::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;

/// Bytes of the widest integer of the wire, u256.
pub const WIDEST: usize = 32;

/// Whether the object is an `int` and no subclass, so not a bool.
#[inline(always)]
pub unsafe fn is_integer(object: *mut PyObject) -> bool {
    // SAFETY: a live object; the type is a static of the interpreter.
    unsafe { super::object::is_exactly(object, &raw mut PyLong_Type) }
}

/// The integer of a number.
#[inline(always)]
pub unsafe fn from_i64(number: i64) -> Plain<Owned> {
    // SAFETY: makes a new object or returns null.
    unsafe { Owned::new(PyLong_FromLongLong(number)) }
}

/// The integer of a number.
#[inline(always)]
pub unsafe fn from_u64(number: u64) -> Plain<Owned> {
    // SAFETY: makes a new object or returns null.
    unsafe { Owned::new(PyLong_FromUnsignedLongLong(number)) }
}

/// The number, if a u64 holds it.
#[inline(always)]
pub unsafe fn to_u64(object: *mut PyObject) -> Plain<u64> {
    // SAFETY: the caller vouches for an integer.
    match unsafe { layout::magnitude_64(object) }? {
        (false, magnitude) => Ok(magnitude),
        (true, _) => Err(Surprise),
    }
}

/// The number, if an i64 holds it.
#[inline(always)]
pub unsafe fn to_i64(object: *mut PyObject) -> Plain<i64> {
    // SAFETY: the caller vouches for an integer.
    match unsafe { layout::magnitude_64(object) }? {
        (false, magnitude) => i64::try_from(magnitude).map_err(|_| Surprise),
        (true, magnitude) if magnitude <= 1 << 63 => Ok((magnitude as i64).wrapping_neg()),
        _ => Err(Surprise),
    }
}

/// The integer in little-endian two's complement bytes, at most [`WIDEST`] of them.
pub unsafe fn from_wide(bytes: &[u8], signed: bool) -> Plain<Owned> {
    // SAFETY: makes a new object or returns null.
    unsafe { layout::from_wide(bytes, signed) }
}

/// The integer as little-endian two's complement that fills `bytes`, if it fits.
pub unsafe fn to_wide(object: *mut PyObject, bytes: &mut [u8], signed: bool) -> Plain<()> {
    // SAFETY: the caller vouches for an integer.
    unsafe { layout::to_wide(object, bytes, signed) }
}

/// The integer of a number.
#[inline(always)]
pub unsafe fn from_u128(number: u128) -> Plain<Owned> {
    // SAFETY: makes a new object or returns null.
    unsafe { layout::from_u128(number) }
}

/// The number, if a u128 holds it.
#[inline(always)]
pub unsafe fn to_u128(object: *mut PyObject) -> Plain<u128> {
    // SAFETY: the caller vouches for an integer.
    unsafe { layout::to_u128(object) }
}

/// Whether integers are laid out as assumed: numbers go through them unchanged.
pub unsafe fn are_as_assumed() -> bool {
    let words: [i64; 6] = [0, -1, 1 << 30, -(1 << 60), i64::MAX, i64::MIN];
    // SAFETY: integers made here.
    let word_survives = |word: i64| unsafe { to_i64(from_i64(word)?.as_ptr()) };
    // SAFETY: as above.
    let number_survives = |number: u128| unsafe { to_u128(from_u128(number)?.as_ptr()) };
    let pattern: [u8; WIDEST] =
        std::array::from_fn(|index| (index as u8).wrapping_mul(83).wrapping_add(129));
    let bytes_survive = |signed: bool| {
        let mut read = [0; WIDEST];
        // SAFETY: as above.
        unsafe { to_wide(from_wide(&pattern, signed)?.as_ptr(), &mut read, signed)? };
        Ok::<bool, Surprise>(read == pattern)
    };
    words
        .iter()
        .all(|&word| word_survives(word).is_ok_and(|read| read == word))
        && [0, 1 << 64, u128::MAX]
            .iter()
            .all(|&number| number_survives(number).is_ok_and(|read| read == number))
        && [false, true]
            .iter()
            .all(|&signed| bytes_survive(signed) == Ok(true))
}
