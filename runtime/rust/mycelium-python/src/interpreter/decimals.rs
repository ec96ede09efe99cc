//! `decimal.Decimal`: made from and read as a mantissa and a scale.
//!
//! The C implementation keeps a decimal as libmpdec does: sign and specials in a byte of flags, an exponent, and words
//! of 19 decimal digits, the first four within the object. An i64 has at most 19 digits, so it is one word. The
//! interpreter offers no call for this; what is assumed is probed when the module is imported.

use super::cell::LockedCell;
use super::object::{attribute, import, is_exactly, Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ptr::null_mut;

const NEGATIVE: u8 = 1;
const SPECIAL: u8 = 2 | 4 | 8; // infinite, quiet and signalling not-a-number
const STATIC: u8 = 16; // the object holds its number...
const STATIC_WORDS: u8 = 32; // ...and the number's words
const WORDS_WITHIN: usize = 4;

#[repr(C)]
struct RawDecimal {
    base: PyObject,
    hash: Py_hash_t,
    flags: u8,
    exponent: isize,
    digits: isize,
    words_used: isize,
    words_there: isize,
    words: *mut u64,
    words_within: [u64; WORDS_WITHIN],
}

static DECIMAL: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

/// Powers of ten that a u64 holds.
const POWERS_OF_TEN: [u64; 20] = {
    let mut powers = [1; 20];
    let mut index = 1;
    while index < 20 {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// The decimal `mantissa / 10^scale`, with exactly `scale` digits of fraction.
#[inline(always)]
pub unsafe fn from_mantissa(mantissa: i64, scale: u8) -> Plain<Owned> {
    let class = DECIMAL.read();
    let coefficient = mantissa.unsigned_abs();
    // SAFETY: a new decimal has the layout that was probed; all of its number is written.
    unsafe {
        let alloc = (*class).tp_alloc.ok_or(Surprise)?;
        let made = Owned::new(alloc(class, 0))?;
        let raw = made.as_ptr().cast::<RawDecimal>();
        (*raw).hash = -1;
        (*raw).flags = STATIC | STATIC_WORDS | if mantissa < 0 { NEGATIVE } else { 0 };
        (*raw).exponent = -isize::from(scale);
        (*raw).digits = decimal_digits(coefficient);
        (*raw).words_used = 1;
        (*raw).words_there = WORDS_WITHIN as isize;
        (*raw).words = &raw mut (*raw).words_within as *mut u64;
        (*raw).words_within[0] = coefficient;
        Ok(made)
    }
}

/// `value * 10^scale`, if the value is a decimal and that is an i64.
#[inline(always)]
pub unsafe fn to_mantissa(value: *mut PyObject, scale: u8) -> Plain<i64> {
    // SAFETY: an exact decimal has the layout that was probed, and at least one word.
    unsafe {
        if !is_exactly(value, DECIMAL.read()) {
            return Err(Surprise);
        }
        let raw = value.cast::<RawDecimal>();
        if (*raw).flags & SPECIAL != 0 || (*raw).words_used != 1 {
            return Err(Surprise);
        }
        let coefficient = *(*raw).words;
        let magnitude = rescaled(coefficient, (*raw).exponent + isize::from(scale))?;
        let number = if (*raw).flags & NEGATIVE != 0 {
            -i128::from(magnitude)
        } else {
            i128::from(magnitude)
        };
        i64::try_from(number).map_err(|_| Surprise)
    }
}

/// `number * 10^scale`, if an i64 holds that.
pub fn mantissa_of_integer(number: i64, scale: u8) -> Plain<i64> {
    let magnitude = rescaled(number.unsigned_abs(), isize::from(scale))?;
    let mantissa = if number < 0 {
        -i128::from(magnitude)
    } else {
        i128::from(magnitude)
    };
    i64::try_from(mantissa).map_err(|_| Surprise)
}

#[inline(always)]
fn rescaled(coefficient: u64, exponent: isize) -> Plain<u64> {
    let power = |exponent: usize| POWERS_OF_TEN.get(exponent).copied().ok_or(Surprise);
    if exponent >= 0 {
        return coefficient
            .checked_mul(power(exponent as usize)?)
            .ok_or(Surprise);
    }
    let divisor = power(exponent.unsigned_abs())?;
    if coefficient.is_multiple_of(divisor) {
        Ok(coefficient / divisor)
    } else {
        Err(Surprise)
    }
}

#[inline(always)]
fn decimal_digits(number: u64) -> isize {
    number
        .checked_ilog10()
        .map_or(1, |power| power as isize + 1)
}

/// Find the class and probe its layout; a surprise where it is not as assumed.
pub unsafe fn prepare() -> Plain<()> {
    // SAFETY: the class is alive as long as its module, which is never unloaded; it is read as raw only after its size
    // proved that the bytes are there.
    unsafe {
        let class = attribute(import(c"decimal")?.as_ptr(), c"Decimal")?;
        if PyType_Check(class.as_ptr()) == 0 {
            return Err(Surprise);
        }
        let type_object = class.as_ptr().cast::<PyTypeObject>();
        if (*type_object).tp_basicsize != size_of::<RawDecimal>() as Py_ssize_t {
            return Err(Surprise);
        }
        for (text, flags, exponent, coefficient) in [
            (c"1.5", 0, -1, 15),
            (c"-0.00000001", NEGATIVE, -8, 1),
            (c"9223372036854775807E-18", 0, -18, i64::MAX as u64),
            (c"0E-8", 0, -8, 0),
            (c"7E+3", 0, 3, 7),
        ] {
            let probe = Owned::new(PyObject_CallFunction(
                class.as_ptr(),
                c"s".as_ptr(),
                text.as_ptr(),
            ))?;
            let raw = probe.as_ptr().cast::<RawDecimal>();
            let within = &raw mut (*raw).words_within as *mut u64;
            let alike = (*raw).flags == STATIC | STATIC_WORDS | flags
                && (*raw).exponent == exponent
                && (*raw).digits == decimal_digits(coefficient)
                && (*raw).words_used == 1
                && (*raw).words_there == WORDS_WITHIN as isize
                && (*raw).words == within
                && (*raw).words_within[0] == coefficient;
            if !alike {
                return Err(Surprise);
            }
        }
        DECIMAL.write(class.into_ptr().cast());
        made_ones_are_true()
    }
}

/// Whether a decimal made here equals the one the interpreter makes.
unsafe fn made_ones_are_true() -> Plain<()> {
    // SAFETY: the class was found and probed.
    unsafe {
        let class = DECIMAL.read().cast::<PyObject>();
        for (mantissa, scale, text) in [
            (-150, 2, c"-1.50"),
            (i64::MIN, 18, c"-9.223372036854775808"),
            (0, 8, c"0E-8"),
        ] {
            let made = from_mantissa(mantissa, scale)?;
            let printed = Owned::new(PyObject_Str(made.as_ptr()))?;
            let wanted = Owned::new(PyObject_CallFunction(class, c"s".as_ptr(), text.as_ptr()))?;
            let same = PyObject_RichCompareBool(made.as_ptr(), wanted.as_ptr(), Py_EQ) == 1
                && PyUnicode_CompareWithASCIIString(printed.as_ptr(), text.as_ptr()) == 0;
            if !same {
                return Err(Surprise);
            }
        }
        Ok(())
    }
}
