//! Fixed-size values, whose bytes are all there.

use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::interpreter::{bytes, decimals, integers, strings, uuids};
use crate::plan::shape::Target;
use crate::plan::{EnumLayout, Fixed, Limited, PackedField, StructLayout};
use pyo3_ffi::*;

/// A number as it stands in the bytes.
macro_rules! number {
    ($kind:ty, $at:expr) => {
        // The bytes of a fixed-size value are all there.
        <$kind>::from_le_bytes($at.cast::<[u8; size_of::<$kind>()]>().read())
    };
}

/// The value at a place.
#[inline(always)]
pub unsafe fn read(value: &Fixed, at: *const u8) -> Plain<Owned> {
    // SAFETY: the caller vouches for as many bytes as the value takes.
    unsafe {
        match value {
            Fixed::Float64 => Owned::new(PyFloat_FromDouble(number!(f64, at))),
            Fixed::Unsigned64 => integers::from_u64(number!(u64, at)),
            Fixed::Signed64 => integers::from_i64(number!(i64, at)),
            Fixed::Unsigned32 => integers::from_i64(number!(u32, at).into()),
            Fixed::Unsigned8 => integers::from_i64(number!(u8, at).into()),
            Fixed::Unsigned16 => integers::from_i64(number!(u16, at).into()),
            Fixed::Signed8 => integers::from_i64(number!(i8, at).into()),
            Fixed::Signed16 => integers::from_i64(number!(i16, at).into()),
            Fixed::Signed32 => integers::from_i64(number!(i32, at).into()),
            Fixed::Decimal { scale } => decimals::from_mantissa(number!(i64, at), *scale),
            Fixed::Enum(layout) => read_enum(layout, at),
            Fixed::Ascii { length, remember } => {
                strings::from_padded_ascii(at, usize::from(*length), *remember)
            }
            Fixed::Boolean => read_boolean(*at),
            Fixed::Float32 => Owned::new(PyFloat_FromDouble(number!(f32, at).into())),
            Fixed::Uuid => uuids::from_bytes(at.cast::<[u8; uuids::SIZE]>().read()),
            Fixed::Struct(layout) => read_struct(layout, at),
            Fixed::Wide { bytes, signed } => read_wide(at, usize::from(*bytes), *signed),
            Fixed::Bytes { length } => bytes::copied(at, usize::from(*length)),
            Fixed::Array(layout) => {
                read_packed(&layout.element, layout.element_size, at, layout.length)
            }
            Fixed::Limited(limited) => read_limited(limited, at),
        }
    }
}

#[inline(always)]
unsafe fn read_boolean(byte: u8) -> Plain<Owned> {
    // SAFETY: the truth values are statics.
    unsafe {
        match byte {
            0 => Ok(Owned::of(Py_False())),
            1 => Ok(Owned::of(Py_True())),
            _ => Err(Surprise),
        }
    }
}

/// The number of an enum.
#[inline(always)]
unsafe fn enum_number(layout: &EnumLayout, at: *const u8) -> u64 {
    // SAFETY: an enum's number has these bytes.
    unsafe {
        match layout.bytes {
            1 => u64::from(*at),
            2 => u64::from(number!(u16, at)),
            4 => u64::from(number!(u32, at)),
            _ => number!(u64, at),
        }
    }
}

#[inline(always)]
unsafe fn read_enum(layout: &EnumLayout, at: *const u8) -> Plain<Owned> {
    // SAFETY: the codec holds the members.
    unsafe {
        let number = enum_number(layout, at);
        let member = layout.member(number);
        if member.is_null() {
            read_nameless(layout, number)
        } else {
            Ok(Owned::of(member))
        }
    }
}

/// A number without a name: an open enum makes a member of it.
#[cold]
unsafe fn read_nameless(layout: &EnumLayout, number: u64) -> Plain<Owned> {
    if layout.closed {
        return Err(Surprise);
    }
    // SAFETY: the codec holds the class.
    unsafe {
        let number = integers::from_u64(number)?;
        Owned::new(PyObject_CallOneArg(layout.class.cast(), number.as_ptr()))
    }
}

/// The fields of a block or a struct. Runs of floats, the most frequent, take no decision per field.
#[inline(always)]
pub unsafe fn read_fields(fields: &[PackedField], at: *const u8, target: Target) -> Plain<()> {
    let mut fields = fields.iter();
    let mut next = fields.next();
    // SAFETY: every field lies within the bytes, which the caller vouches for.
    unsafe {
        while let Some(field) = next {
            if !matches!(field.value, Fixed::Float64) {
                target.set(field.place, read(&field.value, at.add(field.offset))?);
                next = fields.next();
            }
            while let Some(field) = next.filter(|field| matches!(field.value, Fixed::Float64)) {
                let number = number!(f64, at.add(field.offset));
                target.set(field.place, Owned::new(PyFloat_FromDouble(number))?);
                next = fields.next();
            }
        }
    }
    Ok(())
}

#[inline(never)]
unsafe fn read_struct(layout: &StructLayout, at: *const u8) -> Plain<Owned> {
    if !layout.shape.is_current() {
        return Err(Surprise);
    }
    // SAFETY: the struct's bytes are there.
    unsafe {
        layout
            .shape
            .make(|target| read_fields(&layout.fields, at, target))
    }
}

#[cold]
unsafe fn read_wide(at: *const u8, bytes: usize, signed: bool) -> Plain<Owned> {
    let mut copy = [0; integers::WIDEST];
    // SAFETY: the bytes are there; they are copied, because others may write to them.
    unsafe {
        std::ptr::copy_nonoverlapping(at, copy.as_mut_ptr(), bytes);
        integers::from_wide(&copy[..bytes], signed)
    }
}

/// As many elements with nothing between them.
#[inline(never)]
pub unsafe fn read_packed(
    element: &Fixed,
    element_size: usize,
    at: *const u8,
    count: usize,
) -> Plain<Owned> {
    // SAFETY: the bytes of all elements are there.
    unsafe {
        match element {
            Fixed::Struct(layout) => read_structs(layout, at, count),
            Fixed::Float64 => tuple_of(count, |index| {
                Owned::new(PyFloat_FromDouble(number!(
                    f64,
                    at.add(index * element_size)
                )))
            }),
            _ => tuple_of(count, |index| read(element, at.add(index * element_size))),
        }
    }
}

/// As many structs with nothing between them.
#[inline(always)]
unsafe fn read_structs(layout: &StructLayout, at: *const u8, count: usize) -> Plain<Owned> {
    if !layout.shape.is_current() {
        return Err(Surprise);
    }
    // SAFETY: the bytes of all structs are there.
    unsafe {
        if layout.float_places.is_empty() {
            return tuple_of(count, |index| {
                let at = at.add(index * layout.size);
                layout
                    .shape
                    .make(|target| read_fields(&layout.fields, at, target))
            });
        }
        let mut at = at.cast::<[u8; 8]>();
        tuple_of(count, |_| {
            layout.shape.make(|target| {
                for &place in &layout.float_places {
                    let number = f64::from_le_bytes(at.read());
                    at = at.add(1);
                    target.set(place, Owned::new(PyFloat_FromDouble(number))?);
                }
                Ok(())
            })
        })
    }
}

/// A tuple of as many items, made one after the other.
#[inline(always)]
pub unsafe fn tuple_of(count: usize, mut item: impl FnMut(usize) -> Plain<Owned>) -> Plain<Owned> {
    // SAFETY: each item of the new tuple is set once; until then it is null, which the collector passes over.
    unsafe {
        let made = Owned::new(PyTuple_New(count as Py_ssize_t))?;
        for index in 0..count {
            PyTuple_SET_ITEM(made.as_ptr(), index as Py_ssize_t, item(index)?.into_ptr());
        }
        Ok(made)
    }
}

/// A number within limits: the number is judged, and then made of the same bytes.
#[inline(never)]
unsafe fn read_limited(limited: &Limited, at: *const u8) -> Plain<Owned> {
    let limits = &limited.limits;
    let mut copy = [0; integers::WIDEST];
    // SAFETY: as many bytes as the number takes; copied, because others may write to them.
    unsafe {
        std::ptr::copy_nonoverlapping(at, copy.as_mut_ptr(), limited.value.size());
        let at = copy.as_ptr();
        match &limited.value {
            Fixed::Unsigned8 => limits.admit_integer((*at).into())?,
            Fixed::Unsigned16 => limits.admit_integer(number!(u16, at).into())?,
            Fixed::Unsigned32 => limits.admit_integer(number!(u32, at).into())?,
            Fixed::Unsigned64 => limits.admit_integer(number!(u64, at).into())?,
            Fixed::Signed8 => limits.admit_integer(number!(i8, at).into())?,
            Fixed::Signed16 => limits.admit_integer(number!(i16, at).into())?,
            Fixed::Signed32 => limits.admit_integer(number!(i32, at).into())?,
            Fixed::Signed64 | Fixed::Decimal { .. } => {
                limits.admit_integer(number!(i64, at).into())?
            }
            Fixed::Float32 => limits.admit_real(number!(f32, at).into())?,
            Fixed::Float64 => limits.admit_real(number!(f64, at))?,
            Fixed::Wide { bytes, signed } => {
                let number = integers::from_wide(&copy[..usize::from(*bytes)], *signed)?;
                limits.admit_object(number.as_ptr())?;
                return Ok(number);
            }
            _ => return Err(Surprise),
        }
        read(&limited.value, at)
    }
}
