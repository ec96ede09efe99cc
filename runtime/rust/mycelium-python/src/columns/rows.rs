//! Where the rows are: frames one after the other, or bodies in buffers of their own.

use crate::decode::span::Span;
use crate::interpreter::export::Export;
use crate::interpreter::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;

const HEADER_SIZE: usize = 8;
const ENVELOPE_SIZE: usize = 56;
const ENVELOPE_FLAG: u8 = 1;
const WIRE_VERSION: u8 = 1;

/// Rows still to be read.
pub enum Rows {
    /// Frames of one type, none longer than the limit.
    Frames {
        rest: Span,
        /// Bytes of all of them.
        size: usize,
        type_id: u16,
        longest: usize,
    },
    /// Bodies, each in a buffer of its own.
    Bodies {
        /// A tuple, which nobody changes.
        bodies: Owned,
        next: usize,
        /// The one that was read last.
        open: Option<Export>,
    },
}

impl Rows {
    /// How many rows are still to be read, if they are like the `rows` before.
    pub fn more(&self, rows: usize) -> usize {
        match self {
            Rows::Frames { rest, size, .. } => {
                rows.saturating_mul(rest.size()) / (size - rest.size()).max(1)
            }
            // SAFETY: a tuple.
            Rows::Bodies { bodies, next, .. } => unsafe {
                PyTuple_GET_SIZE(bodies.as_ptr()) as usize - next
            },
        }
    }

    /// The next body, None where there is no row left. Its bytes stay until the next call.
    #[inline(always)]
    pub fn next(&mut self) -> Plain<Option<Span>> {
        match self {
            Rows::Frames {
                rest,
                type_id,
                longest,
                ..
            } => {
                if rest.is_empty() {
                    Ok(None)
                } else {
                    frame(rest, *type_id, *longest).map(Some)
                }
            }
            // SAFETY: an item of a tuple, which holds it.
            Rows::Bodies { bodies, next, open } => unsafe {
                let place = *next as Py_ssize_t;
                if place == PyTuple_GET_SIZE(bodies.as_ptr()) {
                    return Ok(None);
                }
                *next += 1;
                let export = Export::of(PyTuple_GET_ITEM(bodies.as_ptr(), place))?;
                Ok(Some(open.insert(export).span()))
            },
        }
    }
}

#[inline(always)]
fn frame(rest: &mut Span, type_id: u16, longest: usize) -> Plain<Span> {
    let header = rest.take(HEADER_SIZE)?.array::<HEADER_SIZE>()?;
    let [low, high, flags, version, a, b, c, d] = header;
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    let is_expected = u16::from_le_bytes([low, high]) == type_id
        && version == WIRE_VERSION
        && flags <= ENVELOPE_FLAG;
    if !is_expected || length > longest {
        return Err(Surprise);
    }
    let mut content = rest.take(length)?;
    if flags == ENVELOPE_FLAG {
        content.take(ENVELOPE_SIZE)?;
    }
    Ok(content)
}
