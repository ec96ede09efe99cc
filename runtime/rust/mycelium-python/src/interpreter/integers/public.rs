//! The public interface of CPython 3.13 and newer.

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
