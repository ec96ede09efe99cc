//! Fixed-size values, into room for all their bytes.

use super::packed::{write_array, write_inner_struct};
use crate::interpreter::object::{is_exactly, Plain, Surprise};
use crate::interpreter::{bytes, decimals, integers, strings, uuids};
use crate::plan::{EnumLayout, Fixed, Limited};
use pyo3_ffi::*;

/// Write the value; on success all its bytes are written.
#[inline(always)]
pub unsafe fn write(type_: &Fixed, value: *mut PyObject, start: *mut u8) -> Plain<()> {
    // SAFETY: the caller vouches for a live object, and for as much room as the type takes.
    unsafe {
        match type_ {
            Fixed::Float64 => put(start, real(value)?.to_le_bytes()),
            Fixed::Unsigned64 => put(start, integers::to_u64(integer(value)?)?.to_le_bytes()),
            Fixed::Signed64 => put(start, integers::to_i64(integer(value)?)?.to_le_bytes()),
            Fixed::Unsigned32 => put(start, unsigned::<u32>(value)?.to_le_bytes()),
            Fixed::Unsigned16 => put(start, unsigned::<u16>(value)?.to_le_bytes()),
            Fixed::Unsigned8 => put(start, unsigned::<u8>(value)?.to_le_bytes()),
            Fixed::Signed8 => put(start, signed::<i8>(value)?.to_le_bytes()),
            Fixed::Signed16 => put(start, signed::<i16>(value)?.to_le_bytes()),
            Fixed::Signed32 => put(start, signed::<i32>(value)?.to_le_bytes()),
            Fixed::Decimal { scale } => put(start, mantissa(value, *scale)?.to_le_bytes()),
            Fixed::Enum(layout) => return write_enum(layout, value, start),
            Fixed::Ascii { length, .. } => return write_ascii(value, usize::from(*length), start),
            Fixed::Boolean => put(start, [truth(value)?]),
            Fixed::Float32 => put(start, narrow(real(value)?)?.to_le_bytes()),
            Fixed::Uuid => put(start, uuids::to_bytes(value)?),
            Fixed::Struct(layout) => return write_inner_struct(layout, value, start),
            Fixed::Wide { bytes, signed } => {
                return write_wide(value, usize::from(*bytes), *signed, start)
            }
            Fixed::Bytes { length } => return write_bytes(value, usize::from(*length), start),
            Fixed::Array(layout) => return write_array(layout, value, start),
            Fixed::Limited(limited) => return write_limited(limited, value, start),
        }
    }
    Ok(())
}

/// Write bytes where there is room for them.
#[inline(always)]
pub unsafe fn put<const SIZE: usize>(start: *mut u8, bytes: [u8; SIZE]) {
    // SAFETY: the caller vouches for the room.
    unsafe { start.cast::<[u8; SIZE]>().write(bytes) }
}

/// The value, if it is an `int` and no subclass.
#[inline(always)]
unsafe fn integer(value: *mut PyObject) -> Plain<*mut PyObject> {
    // SAFETY: a live object.
    if unsafe { integers::is_integer(value) } {
        Ok(value)
    } else {
        Err(Surprise)
    }
}

#[inline(always)]
unsafe fn unsigned<Number: TryFrom<u64>>(value: *mut PyObject) -> Plain<Number> {
    // SAFETY: a live object.
    Number::try_from(unsafe { integers::to_u64(integer(value)?)? }).map_err(|_| Surprise)
}

#[inline(always)]
unsafe fn signed<Number: TryFrom<i64>>(value: *mut PyObject) -> Plain<Number> {
    // SAFETY: a live object.
    Number::try_from(unsafe { integers::to_i64(integer(value)?)? }).map_err(|_| Surprise)
}

/// The value of a float, or of an integer in its place.
#[inline(always)]
pub unsafe fn real(value: *mut PyObject) -> Plain<f64> {
    // SAFETY: a live object; an exact float has a float's layout.
    unsafe {
        if is_exactly(value, &raw mut PyFloat_Type) {
            return Ok((*value.cast::<PyFloatObject>()).ob_fval);
        }
        real_of_integer(value)
    }
}

#[cold]
unsafe fn real_of_integer(value: *mut PyObject) -> Plain<f64> {
    // SAFETY: an exact integer; one too large leaves an exception.
    unsafe {
        let number = PyLong_AsDouble(integer(value)?);
        if number == -1.0 && !PyErr_Occurred().is_null() {
            Err(Surprise)
        } else {
            Ok(number)
        }
    }
}

/// The nearest f32; a finite number must not become infinite.
#[inline(always)]
fn narrow(number: f64) -> Plain<f32> {
    let narrowed = number as f32;
    if narrowed.is_infinite() && number.is_finite() {
        Err(Surprise)
    } else {
        Ok(narrowed)
    }
}

#[inline(always)]
unsafe fn truth(value: *mut PyObject) -> Plain<u8> {
    // SAFETY: the truth values are statics.
    unsafe {
        if value == Py_True() {
            Ok(1)
        } else if value == Py_False() {
            Ok(0)
        } else {
            Err(Surprise)
        }
    }
}

#[inline(always)]
unsafe fn mantissa(value: *mut PyObject, scale: u8) -> Plain<i64> {
    // SAFETY: a live object.
    unsafe {
        if integers::is_integer(value) {
            return decimals::mantissa_of_integer(integers::to_i64(value)?, scale);
        }
        decimals::to_mantissa(value, scale)
    }
}

/// A member, or an `int`, which a closed enum must have a name for.
#[inline(always)]
unsafe fn write_enum(layout: &EnumLayout, value: *mut PyObject, start: *mut u8) -> Plain<()> {
    // SAFETY: members of an enum are integers.
    unsafe {
        if !is_exactly(value, layout.class) && !integers::is_integer(value) {
            return Err(Surprise);
        }
        let number = integers::to_u64(value)?;
        if layout.closed && layout.member(number).is_null() {
            return Err(Surprise);
        }
        match layout.bytes {
            1 => put(
                start,
                u8::try_from(number).map_err(|_| Surprise)?.to_le_bytes(),
            ),
            2 => put(
                start,
                u16::try_from(number).map_err(|_| Surprise)?.to_le_bytes(),
            ),
            4 => put(
                start,
                u32::try_from(number).map_err(|_| Surprise)?.to_le_bytes(),
            ),
            _ => put(start, number.to_le_bytes()),
        }
    }
    Ok(())
}

#[inline(always)]
unsafe fn write_ascii(value: *mut PyObject, length: usize, start: *mut u8) -> Plain<()> {
    // SAFETY: the text is there as long as the value; it is copied where there is room for it.
    unsafe {
        let (text, size) = strings::utf8(value)?;
        if strings::write_padded_ascii(text, size, start, length) {
            Ok(())
        } else {
            Err(Surprise)
        }
    }
}

#[cold]
unsafe fn write_wide(
    value: *mut PyObject,
    bytes: usize,
    signed: bool,
    start: *mut u8,
) -> Plain<()> {
    let mut copy = [0; integers::WIDEST];
    // SAFETY: an exact integer, and room for its bytes.
    unsafe {
        integers::to_wide(integer(value)?, &mut copy[..bytes], signed)?;
        std::ptr::copy_nonoverlapping(copy.as_ptr(), start, bytes);
    }
    Ok(())
}

#[inline(always)]
unsafe fn write_bytes(value: *mut PyObject, length: usize, start: *mut u8) -> Plain<()> {
    // SAFETY: exact bytes of that length.
    unsafe {
        let (content, size) = bytes::content(value).ok_or(Surprise)?;
        if size != length {
            return Err(Surprise);
        }
        std::ptr::copy_nonoverlapping(content, start, length);
    }
    Ok(())
}

/// A number within limits: what was written is judged.
#[inline(never)]
unsafe fn write_limited(limited: &Limited, value: *mut PyObject, start: *mut u8) -> Plain<()> {
    let limits = &limited.limits;
    // SAFETY: room for the number, whose bytes are all written before they are read.
    unsafe {
        write(&limited.value, value, start)?;
        match &limited.value {
            Fixed::Unsigned8 => limits.admit_integer((*start).into()),
            Fixed::Unsigned16 => {
                limits.admit_integer(u16::from_le_bytes(start.cast::<[u8; 2]>().read()).into())
            }
            Fixed::Unsigned32 => {
                limits.admit_integer(u32::from_le_bytes(start.cast::<[u8; 4]>().read()).into())
            }
            Fixed::Unsigned64 => {
                limits.admit_integer(u64::from_le_bytes(start.cast::<[u8; 8]>().read()).into())
            }
            Fixed::Signed8 => limits.admit_integer((*start as i8).into()),
            Fixed::Signed16 => {
                limits.admit_integer(i16::from_le_bytes(start.cast::<[u8; 2]>().read()).into())
            }
            Fixed::Signed32 => {
                limits.admit_integer(i32::from_le_bytes(start.cast::<[u8; 4]>().read()).into())
            }
            Fixed::Signed64 | Fixed::Decimal { .. } => {
                limits.admit_integer(i64::from_le_bytes(start.cast::<[u8; 8]>().read()).into())
            }
            Fixed::Float32 => {
                limits.admit_real(f32::from_le_bytes(start.cast::<[u8; 4]>().read()).into())
            }
            Fixed::Float64 => limits.admit_real(f64::from_le_bytes(start.cast::<[u8; 8]>().read())),
            Fixed::Wide { .. } => limits.admit_object(value),
            _ => Err(Surprise),
        }
    }
}
