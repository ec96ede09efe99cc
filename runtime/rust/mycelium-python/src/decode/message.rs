//! Bodies: the block, then the tagged fields, those of older and newer writers included.

use super::span::{Span, VARIABLE_KIND};
use super::{fixed, variable, MAXIMUM_DEPTH};
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::plan::shape::Target;
use crate::plan::{Absence, MessageLayout, PackedField, TaggedField, Value};
use pyo3_ffi::{PyDict_CheckExact, PyDict_Copy, PyObject, Py_None};

const BLOCK_HEADER: u8 = VARIABLE_KIND;

/// What is passed down while one body is read.
pub struct Context<'l> {
    /// The layout of the message that is read; unions are found in it.
    pub layout: &'l MessageLayout,
    /// How many containers there are around, this one included.
    pub depth: u32,
}

/// The message in a body at a depth.
#[inline(always)]
pub unsafe fn read(
    layout: &MessageLayout,
    mut body: Span,
    depth: u32,
    budget: &mut usize,
) -> Plain<Owned> {
    if depth > MAXIMUM_DEPTH {
        return Err(Surprise);
    }
    // SAFETY: the caller vouches for the bytes and the layout's objects.
    unsafe {
        layout.shape.make(|target| {
            if !layout.block.is_empty() {
                read_block(layout, &mut body, target)?;
            }
            if layout.tagged.is_empty() && body.is_empty() {
                return Ok(());
            }
            read_tagged(&Context { layout, depth }, body, budget, target)
        })
    }
}

#[inline(always)]
unsafe fn read_block(layout: &MessageLayout, body: &mut Span, target: Target) -> Plain<()> {
    // SAFETY: as for a body; every field read lies within the bytes taken.
    unsafe {
        if body.is_empty() || *body.at != BLOCK_HEADER {
            return fill_block(layout, target);
        }
        body.at = body.at.add(1);
        let block = body.prefixed()?;
        if block.size() < layout.block_size {
            return read_short_block(layout, block, target);
        }
        fixed::read_fields(&layout.block, block.at, target)
    }
}

/// No block, from a writer that had none: every field takes its default.
#[cold]
unsafe fn fill_block(layout: &MessageLayout, target: Target) -> Plain<()> {
    for (field, &default) in layout.block.iter().zip(&layout.block_defaults) {
        // SAFETY: as here.
        unsafe { fill_default(field, default, target)? };
    }
    Ok(())
}

unsafe fn fill_default(field: &PackedField, default: *mut PyObject, target: Target) -> Plain<()> {
    if default.is_null() {
        return Err(Surprise);
    }
    // SAFETY: the codec holds the default.
    unsafe { target.set(field.place, Owned::of(default)) };
    Ok(())
}

/// A block of an older writer ends where a field ends.
#[cold]
unsafe fn read_short_block(layout: &MessageLayout, block: Span, target: Target) -> Plain<()> {
    let size = block.size();
    if layout.block.iter().all(|field| field.end() != size) {
        return Err(Surprise);
    }
    for (field, &default) in layout.block.iter().zip(&layout.block_defaults) {
        // SAFETY: the field lies within the block, or the codec holds its default.
        unsafe {
            if field.end() > size {
                fill_default(field, default, target)?;
            } else {
                target.set(
                    field.place,
                    fixed::read(&field.value, block.at.add(field.offset))?,
                );
            }
        }
    }
    Ok(())
}

#[inline(always)]
unsafe fn read_tagged(
    context: &Context<'_>,
    mut body: Span,
    budget: &mut usize,
    target: Target,
) -> Plain<()> {
    let has_block = !context.layout.block.is_empty();
    let mut expected = context.layout.tagged.iter();
    let mut next = expected.next();
    let mut least_tag = u32::from(has_block);
    // SAFETY: as for a body; every tagged field is set once, in the order of its tag.
    unsafe {
        while !body.is_empty() {
            let (tag, kind) = body.header()?;
            if u32::from(tag) < least_tag {
                return Err(Surprise);
            }
            least_tag = u32::from(tag) + 1;
            while let Some(field) = next.filter(|field| field.tag < tag) {
                fill_absent(field, target)?;
                next = expected.next();
            }
            match next {
                Some(field) if field.tag == tag => {
                    if field.header.kind != kind {
                        return Err(Surprise);
                    }
                    let value = body.of_kind(kind)?;
                    target.set(
                        field.place,
                        read_value(context, &field.value, value, budget)?,
                    );
                    next = expected.next();
                }
                _ => drop(body.of_kind(kind)?), // from a newer writer
            }
        }
        while let Some(field) = next {
            fill_absent(field, target)?;
            next = expected.next();
        }
    }
    Ok(())
}

#[inline(always)]
unsafe fn fill_absent(field: &TaggedField, target: Target) -> Plain<()> {
    // SAFETY: the codec holds the default.
    unsafe {
        let value = match field.absence {
            Absence::Refused => return Err(Surprise),
            Absence::Optional => Owned::of(Py_None()),
            Absence::Default(default) if PyDict_CheckExact(default) != 0 => {
                Owned::new(PyDict_Copy(default))?
            }
            Absence::Default(default) => Owned::of(default),
        };
        target.set(field.place, value);
    }
    Ok(())
}

/// A value that has exactly these bytes.
#[inline(always)]
pub unsafe fn read_value(
    context: &Context<'_>,
    value: &Value,
    bytes: Span,
    budget: &mut usize,
) -> Plain<Owned> {
    // SAFETY: as for a body.
    unsafe {
        match value {
            Value::Fixed(value) if bytes.size() == value.size() => fixed::read(value, bytes.at),
            Value::Fixed(_) => Err(Surprise),
            Value::Variable(value) => variable::read(context, value, bytes, budget),
        }
    }
}
