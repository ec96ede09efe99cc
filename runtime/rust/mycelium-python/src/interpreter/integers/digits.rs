//! Digits of 30 bits after a word that tells their number and the sign: CPython 3.11 and 3.12.

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
            3 if digit(2) < 16 => digit(0) | digit(1) << DIGIT_BITS | digit(2) << (2 * DIGIT_BITS),
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
