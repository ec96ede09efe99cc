//! Variable values: text, bytes, lists; maps, messages and unions are next door.

use super::message::{self, Context};
use super::span::Span;
use super::{fixed, map, union, MAXIMUM_DEPTH};
use crate::codec::CodecObject;
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::interpreter::{self, strings};
use crate::plan::{ListLayout, PackedListLayout, Variable};
use pyo3_ffi::*;

/// A value that has exactly these bytes.
#[inline(always)]
pub unsafe fn read(
    context: &Context<'_>,
    value: &Variable,
    bytes: Span,
    budget: &mut usize,
) -> Plain<Owned> {
    // SAFETY: the caller vouches for the bytes and the layout's objects.
    unsafe {
        match value {
            Variable::Text { bounds, remember } => {
                if !bounds.admit(bytes.size()) {
                    return Err(Surprise);
                }
                strings::from_utf8(bytes.at, bytes.size(), *remember)
            }
            Variable::Bytes(bounds) => {
                if !bounds.admit(bytes.size()) {
                    return Err(Surprise);
                }
                interpreter::bytes::copied(bytes.at, bytes.size())
            }
            _ if context.depth >= MAXIMUM_DEPTH => Err(Surprise),
            Variable::PackedList(list) => read_packed_list(list, bytes),
            Variable::List(list) => read_list(context, list, bytes, budget),
            Variable::Map(layout) => map::read(&deeper(context), layout, bytes, budget),
            Variable::Message { codec, .. } => {
                let layout = CodecObject::ready_layout(*codec)?;
                read_message(layout, bytes, context.depth + 1, budget)
            }
            Variable::Union(index) => union::read(&deeper(context), *index, bytes, budget),
        }
    }
}

fn deeper<'l>(context: &Context<'l>) -> Context<'l> {
    Context {
        layout: context.layout,
        depth: context.depth + 1,
    }
}

/// Apart from the body's own function, so that messages within messages are not inlined without end.
#[inline(never)]
unsafe fn read_message(
    layout: &crate::plan::MessageLayout,
    bytes: Span,
    depth: u32,
    budget: &mut usize,
) -> Plain<Owned> {
    // SAFETY: as above.
    unsafe { message::read(layout, bytes, depth, budget) }
}

#[inline(always)]
unsafe fn read_packed_list(list: &PackedListLayout, bytes: Span) -> Plain<Owned> {
    let count = bytes.size() / list.element_size;
    if count * list.element_size != bytes.size() || !list.bounds.admit(count) {
        return Err(Surprise);
    }
    // SAFETY: as above; the elements fill the bytes.
    unsafe { fixed::read_packed(&list.element, list.element_size, bytes.at, count) }
}

#[inline(never)]
unsafe fn read_list(
    context: &Context<'_>,
    list: &ListLayout,
    mut bytes: Span,
    budget: &mut usize,
) -> Plain<Owned> {
    let context = deeper(context);
    let count = count_elements(bytes)?;
    if !list.bounds.admit(count) || count > *budget {
        return Err(Surprise);
    }
    *budget -= count;
    // SAFETY: as above; each item of the new tuple is set once.
    unsafe {
        let made = Owned::new(PyTuple_New(count as Py_ssize_t))?;
        for index in 0..count {
            let element = bytes.prefixed()?;
            let item = read(&context, &list.element, element, budget)?;
            PyTuple_SET_ITEM(made.as_ptr(), index as Py_ssize_t, item.into_ptr());
        }
        // Bytes that others wrote to meanwhile may hold more elements than were counted.
        if bytes.is_empty() {
            Ok(made)
        } else {
            Err(Surprise)
        }
    }
}

/// How many elements there are, each with its length before it.
#[inline(always)]
fn count_elements(mut bytes: Span) -> Plain<usize> {
    let mut count = 0;
    while !bytes.is_empty() {
        bytes.prefixed()?;
        count += 1;
    }
    Ok(count)
}
