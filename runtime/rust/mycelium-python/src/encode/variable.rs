//! Variable values, each after its length: text, bytes, lists, messages and unions; maps are next door.

use super::message::{self, kept, write_element, Context};
use super::output::Output;
use super::packed::{items, write_packed};
use super::{map, MAXIMUM_DEPTH};
use crate::codec::CodecObject;
use crate::interpreter::object::{is_exactly, Plain, Surprise};
use crate::interpreter::{bytes, integers, strings};
use crate::plan::{Header, ListLayout, PackedListLayout, UnionLayout, Variable};
use pyo3_ffi::*;

/// The length of a value, and the value.
#[inline(always)]
pub unsafe fn write_prefixed(
    context: &Context<'_>,
    type_: &Variable,
    value: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<()> {
    // SAFETY: a live object.
    unsafe {
        match type_ {
            Variable::Text { bounds, .. } => {
                let (text, size) = strings::utf8(value)?;
                if !bounds.admit(size) {
                    return Err(Surprise);
                }
                output.length(size)?;
                output.append(text, size);
                return Ok(());
            }
            Variable::Bytes(bounds) => {
                let (content, size) = bytes::content(value).ok_or(Surprise)?;
                if !bounds.admit(size) {
                    return Err(Surprise);
                }
                output.length(size)?;
                output.append(content, size);
                return Ok(());
            }
            _ if context.depth >= MAXIMUM_DEPTH => return Err(Surprise),
            Variable::PackedList(list) => return write_packed_list(list, value, output),
            _ => {}
        }
        let deeper = Context {
            layout: context.layout,
            depth: context.depth + 1,
        };
        let open = output.open();
        match type_ {
            Variable::List(list) => write_list(&deeper, list, value, output, budget)?,
            Variable::Map(layout) => map::write(&deeper, layout, value, output, budget)?,
            Variable::Message { codec, class } => {
                let layout = CodecObject::ready_layout(*codec)?;
                if !is_exactly(value, *class) {
                    return Err(Surprise);
                }
                write_message(
                    &Context {
                        layout,
                        depth: deeper.depth,
                    },
                    value,
                    output,
                    budget,
                )?;
            }
            Variable::Union(index) => write_union(&deeper, *index, value, output, budget)?,
            _ => return Err(Surprise),
        }
        output.close(open)
    }
}

/// Apart from the body's own function, so that messages within messages are not inlined without end.
#[inline(never)]
unsafe fn write_message(
    context: &Context<'_>,
    value: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<()> {
    // SAFETY: an object of exactly the layout's class.
    unsafe { message::write(context, value, output, budget) }
}

#[inline(always)]
unsafe fn write_packed_list(
    list: &PackedListLayout,
    value: *mut PyObject,
    output: &mut Output,
) -> Plain<()> {
    // SAFETY: a live object, whose items do not change.
    unsafe {
        let (first, count) = items(value)?;
        if !list.bounds.admit(count) {
            return Err(Surprise);
        }
        let size = count * list.element_size;
        output.length(size)?;
        output.fill(size, |start| {
            write_packed(&list.element, list.element_size, first, count, start)
        })
    }
}

#[inline(never)]
unsafe fn write_list(
    context: &Context<'_>,
    list: &ListLayout,
    value: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<()> {
    // SAFETY: a live object, whose items do not change.
    unsafe {
        let (first, count) = items(value)?;
        if !list.bounds.admit(count) || count > *budget {
            return Err(Surprise);
        }
        *budget -= count;
        for index in 0..count {
            write_prefixed(context, &list.element, *first.add(index), output, budget)?;
        }
    }
    Ok(())
}

#[inline(never)]
unsafe fn write_union(
    context: &Context<'_>,
    index: usize,
    value: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<()> {
    let union = context.layout.unions.get(index).ok_or(Surprise)?;
    // SAFETY: a live object.
    unsafe {
        for variant in &union.variants {
            if is_exactly(value, variant.shape.class) {
                if !variant.shape.is_current() {
                    return Err(Surprise);
                }
                output.header(variant.header);
                let held = kept(value, variant.place)?;
                return write_element(
                    context,
                    &variant.value,
                    variant.header.kind,
                    held,
                    output,
                    budget,
                );
            }
        }
        write_unknown(union, value, output)
    }
}

/// A variant kept as it came, which must still be one that is not known.
#[cold]
unsafe fn write_unknown(
    union: &UnionLayout,
    value: *mut PyObject,
    output: &mut Output,
) -> Plain<()> {
    // SAFETY: an object of exactly that class.
    unsafe {
        if !union.unknown.fits(value) {
            return Err(Surprise);
        }
        let [tag, kind, held] = union.unknown_places;
        let (tag, kind, held) = (kept(value, tag)?, kept(value, kind)?, kept(value, held)?);
        if !integers::is_integer(tag) || !integers::is_integer(kind) {
            return Err(Surprise);
        }
        let (content, size) = bytes::content(held).ok_or(Surprise)?;
        let tag = u16::try_from(integers::to_u64(tag)?).map_err(|_| Surprise)?;
        let kind = u8::try_from(integers::to_u64(kind)?).map_err(|_| Surprise)?;
        let size_is_right =
            kind == message::BLOCK_HEADER || kind < message::BLOCK_HEADER && size == 1 << kind;
        let is_known = union.variants.iter().any(|variant| variant.tag == tag);
        if tag == 0 || !size_is_right || is_known {
            return Err(Surprise);
        }
        output.header(header_of(tag, kind));
        if kind == message::BLOCK_HEADER {
            output.length(size)?;
        }
        output.append(content, size);
    }
    Ok(())
}

fn header_of(tag: u16, kind: u8) -> Header {
    let [low, high] = tag.to_le_bytes();
    if tag < 31 {
        return Header {
            bytes: [low << 3 | kind, 0, 0, 0],
            size: 1,
            kind,
        };
    }
    Header {
        bytes: [31 << 3 | kind, low, high, 0],
        size: 3,
        kind,
    }
}
