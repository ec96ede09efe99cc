//! Fixed-size values with nothing between them: the fields of blocks and structs, the elements of arrays and lists.

use super::fixed::{put, real, write};
use super::message::kept;
use crate::interpreter::object::{is_exactly, Plain, Surprise};
use crate::plan::{ArrayLayout, Fixed, PackedField, StructLayout};
use pyo3_ffi::*;

/// The fields of a block or a struct. Runs of floats, the most frequent, take no decision per field.
#[inline(always)]
pub unsafe fn write_fields(
    fields: &[PackedField],
    object: *mut PyObject,
    start: *mut u8,
) -> Plain<()> {
    let mut fields = fields.iter();
    let mut next = fields.next();
    // SAFETY: the caller vouches for the object, and for room for all fields.
    unsafe {
        while let Some(field) = next {
            if !matches!(field.value, Fixed::Float64) {
                write(
                    &field.value,
                    kept(object, field.place)?,
                    start.add(field.offset),
                )?;
                next = fields.next();
            }
            while let Some(field) = next.filter(|field| matches!(field.value, Fixed::Float64)) {
                put(
                    start.add(field.offset),
                    real(kept(object, field.place)?)?.to_le_bytes(),
                );
                next = fields.next();
            }
        }
    }
    Ok(())
}

#[inline(always)]
unsafe fn write_struct(layout: &StructLayout, value: *mut PyObject, start: *mut u8) -> Plain<()> {
    // SAFETY: an object of exactly this class; every field lies within the struct.
    unsafe {
        if !layout.shape.fits(value) {
            return Err(Surprise);
        }
        write_fields(&layout.fields, value, start)
    }
}

/// Apart from a field's own function, so that structs within structs are not inlined without end.
#[inline(never)]
pub unsafe fn write_inner_struct(
    layout: &StructLayout,
    value: *mut PyObject,
    start: *mut u8,
) -> Plain<()> {
    // SAFETY: as above.
    unsafe { write_struct(layout, value, start) }
}

/// Where the items of a tuple or list stand, and how many there are.
#[inline(always)]
pub unsafe fn items(value: *mut PyObject) -> Plain<(*const *mut PyObject, usize)> {
    // SAFETY: exact tuples and lists; nothing runs that could change them while they are read.
    unsafe {
        if PyTuple_CheckExact(value) != 0 {
            let first = &raw const (*value.cast::<PyTupleObject>()).ob_item;
            Ok((first.cast(), PyTuple_GET_SIZE(value) as usize))
        } else if PyList_CheckExact(value) != 0 {
            Ok((
                (*value.cast::<PyListObject>()).ob_item.cast_const(),
                PyList_GET_SIZE(value) as usize,
            ))
        } else {
            Err(Surprise)
        }
    }
}

/// An array.
#[inline(never)]
pub unsafe fn write_array(layout: &ArrayLayout, value: *mut PyObject, start: *mut u8) -> Plain<()> {
    // SAFETY: room for all elements.
    unsafe {
        let (first, count) = items(value)?;
        if count != layout.length {
            return Err(Surprise);
        }
        write_packed(&layout.element, layout.element_size, first, count, start)
    }
}

/// As many elements with nothing between them.
#[inline(never)]
pub unsafe fn write_packed(
    element: &Fixed,
    element_size: usize,
    first: *const *mut PyObject,
    count: usize,
    start: *mut u8,
) -> Plain<()> {
    // SAFETY: as many live items, and room for as many elements.
    unsafe {
        if let Fixed::Struct(layout) = element {
            return write_structs(layout, first, count, start);
        }
        for index in 0..count {
            write(element, *first.add(index), start.add(index * element_size))?;
        }
    }
    Ok(())
}

/// As many structs with nothing between them.
#[inline(always)]
unsafe fn write_structs(
    layout: &StructLayout,
    first: *const *mut PyObject,
    count: usize,
    start: *mut u8,
) -> Plain<()> {
    // SAFETY: as many live items, each found to be of the struct's class, and room for as many structs.
    unsafe {
        if layout.float_places.is_empty() {
            for index in 0..count {
                write_struct(layout, *first.add(index), start.add(index * layout.size))?;
            }
            return Ok(());
        }
        if !layout.shape.is_current() {
            return Err(Surprise);
        }
        let mut at = start;
        for index in 0..count {
            let value = *first.add(index);
            if !is_exactly(value, layout.shape.class) {
                return Err(Surprise);
            }
            for &place in &layout.float_places {
                put(at, real(kept(value, place)?)?.to_le_bytes());
                at = at.add(size_of::<f64>());
            }
        }
    }
    Ok(())
}
