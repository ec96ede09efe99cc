//! Bodies: the block, then the tagged fields that are set.

use super::output::{length_prefix, Output};
use super::{fixed, packed, variable};
use crate::interpreter::object::{Plain, Surprise};
use crate::plan::shape::Place;
use crate::plan::{Absence, MessageLayout, TaggedField, Value};
use pyo3_ffi::{PyObject, Py_None};

/// Header of the block.
pub const BLOCK_HEADER: u8 = crate::decode::VARIABLE_KIND;

/// What is passed down while one body is written.
pub struct Context<'l> {
    /// The layout of the message that is written; unions are found in it.
    pub layout: &'l MessageLayout,
    /// How many containers there are around, this one included.
    pub depth: u32,
}

/// What an object keeps at a place, borrowed.
#[inline(always)]
pub unsafe fn kept(object: *mut PyObject, place: Place) -> Plain<*mut PyObject> {
    // SAFETY: the caller vouches that the object's class has that slot.
    let value = unsafe { *object.cast::<u8>().add(place.read).cast::<*mut PyObject>() };
    if value.is_null() {
        Err(Surprise)
    } else {
        Ok(value)
    }
}

/// The body of an object of exactly the layout's class.
#[inline(always)]
pub unsafe fn write(
    context: &Context<'_>,
    object: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<()> {
    let layout = context.layout;
    // SAFETY: the caller vouches for the object.
    unsafe {
        if !layout.block.is_empty() {
            let (prefix, prefix_size) = length_prefix(layout.block_size)?;
            output.fill(1 + prefix_size + layout.block_size, |start| {
                *start = BLOCK_HEADER;
                std::ptr::copy_nonoverlapping(prefix.as_ptr(), start.add(1), prefix_size);
                packed::write_fields(&layout.block, object, start.add(1 + prefix_size))
            })?;
        }
        for field in &layout.tagged {
            write_tagged(context, field, object, output, budget)?;
        }
    }
    Ok(())
}

#[inline(always)]
unsafe fn write_tagged(
    context: &Context<'_>,
    field: &TaggedField,
    object: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<()> {
    // SAFETY: the caller vouches for the object.
    unsafe {
        let value = kept(object, field.place)?;
        if value == Py_None() && matches!(field.absence, Absence::Optional) {
            return Ok(());
        }
        output.header(field.header);
        write_element(
            context,
            &field.value,
            field.header.kind,
            value,
            output,
            budget,
        )
    }
}

/// The value of an element after its header.
#[inline(always)]
pub unsafe fn write_element(
    context: &Context<'_>,
    type_: &Value,
    kind: u8,
    value: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<()> {
    // SAFETY: a live object.
    unsafe {
        match type_ {
            Value::Fixed(fixed) => {
                let size = fixed.size();
                if kind == BLOCK_HEADER {
                    output.length(size)?;
                }
                output.fill(size, |start| fixed::write(fixed, value, start))
            }
            Value::Variable(variable) => {
                variable::write_prefixed(context, variable, value, output, budget)
            }
        }
    }
}
