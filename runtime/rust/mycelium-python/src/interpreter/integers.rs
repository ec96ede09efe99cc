//! Python integers to numbers and back. Only exact `int`s, and members of `IntEnum`s, whose digits are laid out alike.
//!
//! CPython 3.11 and 3.12 are read and made digit by digit; newer versions through calls that are public since 3.13.

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

/// Digits of 30 bits after a word that tells their number and the sign: CPython 3.11 and 3.12.
#[cfg(not(Py_3_13))]
mod layout {
    use super::{Owned, Plain, Surprise, WIDEST};
    use pyo3_ffi::*;

    const DIGIT_BITS: usize = 30;

    unsafe extern "C" {
        fn _PyLong_New(digits: Py_ssize_t) -> *mut PyObject;
    }

    #[repr(C)]
    struct Integer {
        base: PyObject,
        size_and_sign: isize,
        first_digit: u32,
    }

    #[cfg(not(Py_3_12))]
    impl Integer {
        #[inline(always)]
        fn digits(&self) -> usize {
            self.size_and_sign.unsigned_abs()
        }

        #[inline(always)]
        fn is_negative(&self) -> bool {
            self.size_and_sign < 0
        }

        fn negate(&mut self) {
            self.size_and_sign = -self.size_and_sign;
        }
    }

    #[cfg(Py_3_12)]
    impl Integer {
        #[inline(always)]
        fn digits(&self) -> usize {
            self.size_and_sign as usize >> 3
        }

        #[inline(always)]
        fn is_negative(&self) -> bool {
            self.size_and_sign & 3 == 2
        }

        fn negate(&mut self) {
            self.size_and_sign = self.size_and_sign & !3 | 2;
        }
    }

    /// Whether it is negative, and its magnitude if 64 bits hold that.
    #[inline(always)]
    pub unsafe fn magnitude_64(object: *mut PyObject) -> Plain<(bool, u64)> {
        let integer = object.cast::<Integer>();
        // SAFETY: an integer has as many digits, one after the other, as its size says.
        unsafe {
            let digit = |index| u64::from(*(&raw const (*integer).first_digit).add(index));
            let magnitude = match (*integer).digits() {
                0 => 0,
                1 => digit(0),
                2 => digit(0) | digit(1) << DIGIT_BITS,
                3 if digit(2) < 16 => {
                    digit(0) | digit(1) << DIGIT_BITS | digit(2) << (2 * DIGIT_BITS)
                }
                _ => return Err(Surprise),
            };
            Ok(((*integer).is_negative(), magnitude))
        }
    }

    #[inline(always)]
    pub unsafe fn to_u128(object: *mut PyObject) -> Plain<u128> {
        let integer = object.cast::<Integer>();
        // SAFETY: as above.
        unsafe {
            let digits = (*integer).digits();
            let digit = |index| u128::from(*(&raw const (*integer).first_digit).add(index));
            if (*integer).is_negative() || digits > 5 || digits == 5 && digit(4) >= 1 << 8 {
                return Err(Surprise);
            }
            Ok((0..digits).fold(0, |number, index| {
                number | digit(index) << (index * DIGIT_BITS)
            }))
        }
    }

    #[inline(always)]
    pub unsafe fn from_u128(number: u128) -> Plain<Owned> {
        if number >> 120 == 0 {
            // SAFETY: as here.
            return unsafe { from_wide(&number.to_le_bytes(), false) };
        }
        // SAFETY: the new integer has room for five digits, the last of which is not zero.
        unsafe {
            let made = Owned::new(_PyLong_New(5))?;
            let first = &raw mut (*made.as_ptr().cast::<Integer>()).first_digit;
            for index in 0..5 {
                let digit = (number >> (index * DIGIT_BITS)) as u32 & ((1 << DIGIT_BITS) - 1);
                *first.add(index) = digit;
            }
            Ok(made)
        }
    }

    pub unsafe fn from_wide(bytes: &[u8], signed: bool) -> Plain<Owned> {
        let negative = signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut magnitude = [0; WIDEST + 8];
        magnitude[..bytes.len()].copy_from_slice(bytes);
        if negative {
            negate(&mut magnitude[..bytes.len()]);
        }
        let used = magnitude
            .iter()
            .rposition(|&byte| byte != 0)
            .map_or(0, |last| {
                8 * last + 8 - magnitude[last].leading_zeros() as usize
            });
        let digits = used.div_ceil(DIGIT_BITS);
        if digits <= 1 {
            let number = i64::from(word_at(&magnitude, 0) as u32);
            // SAFETY: makes a new object.
            return unsafe { super::from_i64(if negative { -number } else { number }) };
        }
        // SAFETY: the new integer has room for that many digits, and is seen by nobody yet.
        unsafe {
            let made = Owned::new(_PyLong_New(digits as Py_ssize_t))?;
            let integer = made.as_ptr().cast::<Integer>();
            for index in 0..digits {
                let bit = index * DIGIT_BITS;
                let digit = word_at(&magnitude, bit / 8) >> (bit % 8) & ((1 << DIGIT_BITS) - 1);
                *(&raw mut (*integer).first_digit).add(index) = digit as u32;
            }
            if negative {
                (*integer).negate();
            }
            Ok(made)
        }
    }

    pub unsafe fn to_wide(object: *mut PyObject, bytes: &mut [u8], signed: bool) -> Plain<()> {
        let integer = object.cast::<Integer>();
        let mut magnitude = [0u8; WIDEST + 16];
        // SAFETY: an integer has as many digits as its size says.
        let negative = unsafe {
            let digits = (*integer).digits();
            if digits * DIGIT_BITS >= WIDEST * 8 + DIGIT_BITS {
                return Err(Surprise);
            }
            for index in 0..digits {
                let bit = index * DIGIT_BITS;
                let digit = u64::from(*(&raw const (*integer).first_digit).add(index)) << (bit % 8);
                let place = &mut magnitude[bit / 8..bit / 8 + 8];
                for (byte, more) in place.iter_mut().zip(digit.to_le_bytes()) {
                    *byte |= more;
                }
            }
            (*integer).is_negative()
        };
        if magnitude[bytes.len()..].iter().any(|&byte| byte != 0) {
            return Err(Surprise);
        }
        bytes.copy_from_slice(&magnitude[..bytes.len()]);
        if negative {
            negate(bytes);
        }
        let reads_negative = signed && bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let is_zero = bytes.iter().all(|&byte| byte == 0);
        if reads_negative == negative || is_zero {
            Ok(())
        } else {
            Err(Surprise)
        }
    }

    fn word_at(bytes: &[u8], index: usize) -> u64 {
        let mut word = [0; 8];
        let there = bytes.len().saturating_sub(index).min(8);
        word[..there].copy_from_slice(&bytes[index..index + there]);
        u64::from_le_bytes(word)
    }

    fn negate(bytes: &mut [u8]) {
        let mut carry = true;
        for byte in bytes {
            let (flipped, overflows) = (!*byte).overflowing_add(u8::from(carry));
            *byte = flipped;
            carry = overflows;
        }
    }
}

/// The public interface of CPython 3.13 and newer.
#[cfg(Py_3_13)]
mod layout {
    use super::{Owned, Plain, Surprise};
    use pyo3_ffi::*;

    const REJECT_NEGATIVE: i32 = Py_ASNATIVEBYTES_REJECT_NEGATIVE;
    const LITTLE_ENDIAN: i32 = Py_ASNATIVEBYTES_LITTLE_ENDIAN;
    const UNSIGNED: i32 = Py_ASNATIVEBYTES_UNSIGNED_BUFFER;

    /// Whether it is negative, and its magnitude if 64 bits hold that.
    #[inline(always)]
    pub unsafe fn magnitude_64(object: *mut PyObject) -> Plain<(bool, u64)> {
        let mut overflow = 0;
        // SAFETY: the caller vouches for an integer.
        unsafe {
            let number = PyLong_AsLongLongAndOverflow(object, &mut overflow);
            if overflow == 0 {
                return Ok((number < 0, number.unsigned_abs()));
            }
            let number = PyLong_AsUnsignedLongLong(object);
            if PyErr_Occurred().is_null() {
                Ok((false, number))
            } else {
                Err(Surprise)
            }
        }
    }

    pub unsafe fn to_u128(object: *mut PyObject) -> Plain<u128> {
        let mut bytes = [0; 16];
        // SAFETY: as below.
        unsafe { to_wide(object, &mut bytes, false)? };
        Ok(u128::from_le_bytes(bytes))
    }

    pub unsafe fn from_u128(number: u128) -> Plain<Owned> {
        // SAFETY: as below.
        unsafe { from_wide(&number.to_le_bytes(), false) }
    }

    pub unsafe fn from_wide(bytes: &[u8], signed: bool) -> Plain<Owned> {
        let make = if signed {
            PyLong_FromNativeBytes
        } else {
            PyLong_FromUnsignedNativeBytes
        };
        // SAFETY: reads that many bytes and makes a new object.
        unsafe { Owned::new(make(bytes.as_ptr().cast(), bytes.len(), LITTLE_ENDIAN)) }
    }

    pub unsafe fn to_wide(object: *mut PyObject, bytes: &mut [u8], signed: bool) -> Plain<()> {
        let sign = if signed {
            0
        } else {
            UNSIGNED | REJECT_NEGATIVE
        };
        let size = bytes.len() as Py_ssize_t;
        // SAFETY: writes at most that many bytes.
        let needed = unsafe {
            PyLong_AsNativeBytes(
                object,
                bytes.as_mut_ptr().cast(),
                size,
                LITTLE_ENDIAN | sign,
            )
        };
        if (0..=size).contains(&needed) {
            Ok(())
        } else {
            Err(Surprise)
        }
    }
}
