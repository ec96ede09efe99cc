//! Objects to bytes, for every legal value of a plain type. Anything else is a surprise: the careful codec decides.
//!
//! No Python code runs in here, so nothing that is read can change meanwhile.

mod fixed;
mod map;
mod message;
mod output;
mod packed;
mod variable;

use crate::interpreter::bytes;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::plan::MessageLayout;
use message::Context;
use output::Output;
use pyo3_ffi::*;

pub use crate::decode::{ELEMENT_BUDGET, MAXIMUM_DEPTH};

/// Most bytes that are kept from one message for the next.
const KEPT_BYTES: usize = 1 << 20;

static SCRATCH: LockedCell<Vec<u8>> = LockedCell::new(Vec::new());

/// The body of a message as `bytes`.
#[inline(always)]
pub unsafe fn encode_body(layout: &MessageLayout, object: *mut PyObject) -> Plain<Owned> {
    // SAFETY: the caller vouches for an object of the layout's class.
    unsafe {
        if layout.tagged.is_empty() && !layout.block.is_empty() {
            return encode_block(layout, object);
        }
        with_body(layout, object, |body| {
            bytes::copied(body.as_ptr(), body.len())
        })
    }
}

/// Write the body of a message where there is room for `room` bytes; how many it took. Nothing is written where the
/// room is too small.
#[inline(never)]
pub unsafe fn copy_into(
    layout: &MessageLayout,
    object: *mut PyObject,
    start: *mut u8,
    room: usize,
) -> Plain<usize> {
    // SAFETY: the caller vouches for the object and the room.
    unsafe {
        with_body(layout, object, |body| {
            if body.len() > room {
                return Err(Surprise);
            }
            std::ptr::copy_nonoverlapping(body.as_ptr(), start, body.len());
            Ok(body.len())
        })
    }
}

/// A message that is only a block: its size is known, so it is written in place.
#[inline(always)]
unsafe fn encode_block(layout: &MessageLayout, object: *mut PyObject) -> Plain<Owned> {
    let (prefix, prefix_size) = output::length_prefix(layout.block_size)?;
    let size = 1 + prefix_size + layout.block_size;
    // SAFETY: the new object has that many bytes, and is seen by nobody until all of them are written.
    unsafe {
        let (made, start) = bytes::unwritten(size)?;
        *start = message::BLOCK_HEADER;
        std::ptr::copy_nonoverlapping(prefix.as_ptr(), start.add(1), prefix_size);
        packed::write_fields(&layout.block, object, start.add(1 + prefix_size))?;
        Ok(made)
    }
}

/// Call `take` with the body of a message. Its memory is used again, but not before `take` returns.
#[inline(always)]
pub unsafe fn with_body<T>(
    layout: &MessageLayout,
    object: *mut PyObject,
    take: impl FnOnce(&[u8]) -> Plain<T>,
) -> Plain<T> {
    // SAFETY: the scratch is taken out while it is used.
    let mut output = Output::new(std::mem::take(unsafe { &mut *SCRATCH.get() }));
    let mut budget = ELEMENT_BUDGET;
    // SAFETY: as above.
    let written = unsafe {
        message::write(
            &Context { layout, depth: 1 },
            object,
            &mut output,
            &mut budget,
        )
    };
    let taken = written.and_then(|()| take(output.bytes()));
    let scratch = output.into_scratch();
    if scratch.capacity() <= KEPT_BYTES {
        // SAFETY: as above.
        unsafe { *SCRATCH.get() = scratch };
    }
    taken
}
