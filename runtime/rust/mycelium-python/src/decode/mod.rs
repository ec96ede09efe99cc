//! Bytes to objects, for every legal body. Anything else is a surprise: the careful codec names the offence.
//!
//! The bytes may be memory that others write to, such as a mapped file: each is read once before it is relied on, and
//! never through a Rust reference.

pub mod fixed;
mod map;
pub mod message;
pub mod span;
mod union;
mod variable;

use crate::interpreter::object::{Owned, Plain};
use crate::plan::MessageLayout;
use span::Span;
pub use span::VARIABLE_KIND;

/// Deepest nesting of messages, unions, lists and maps; the top body is depth 1.
pub const MAXIMUM_DEPTH: u32 = 64;

/// Most variable list elements and map entries in one body.
pub const ELEMENT_BUDGET: usize = 262_144;

/// The message in a whole body of `size` bytes.
#[inline(always)]
pub unsafe fn decode_body(layout: &MessageLayout, start: *const u8, size: usize) -> Plain<Owned> {
    let mut budget = ELEMENT_BUDGET;
    // SAFETY: the caller vouches for the bytes.
    unsafe { message::read(layout, Span::new(start, size), 1, &mut budget) }
}
