//! A cursor over one body.

use crate::code::ErrorCode;
use crate::error::DecodeError;
use crate::message::DecodeLimits;
use crate::path::Step;
use crate::wire::Codec;

/// Reads a body from front to back. It ends where the innermost open value ends; positions count from the start of
/// the whole body.
///
/// The first offence is kept, and from then on the reader is at its end: whatever else is asked for comes out empty,
/// and the offence is told at last by [`finish`](Self::finish). So those who read need not look for errors after
/// each value.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    depth_left: u32,
    budget_left: u32,
    failure: Option<DecodeError>,
}

/// The header of an element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ElementHeader {
    pub(crate) tag: u16,
    pub(crate) kind: u8,
    /// Where the element's value (or its length) begins.
    pub(crate) end: usize,
}

/// The kind of a value preceded by its length.
pub(crate) const KIND_VARIABLE: u8 = 6;
pub(crate) const KIND_RESERVED: u8 = 7;
/// In a header byte: the tag follows as a u16.
pub(crate) const LONG_TAG: u16 = 31;
/// In a length byte: the length follows as a u16, or as a u32.
pub(crate) const LENGTH_U16: u8 = 254;
pub(crate) const LENGTH_U32: u8 = 255;

/// The size of a value of kind 0..=5, in bytes.
pub(crate) const fn size_of_kind(kind: u8) -> usize {
    1 << kind
}

impl<'a> Reader<'a> {
    /// A reader at the start of a body.
    pub fn new(body: &'a [u8], limits: DecodeLimits) -> Self {
        Self {
            bytes: body,
            position: 0,
            depth_left: limits.depth,
            budget_left: limits.elements,
            failure: None,
        }
    }

    /// Ends reading.
    ///
    /// # Errors
    /// The first offence there was.
    #[inline]
    pub fn finish(self) -> Result<(), DecodeError> {
        self.failure.map_or(Ok(()), Err)
    }

    /// Whether there was an offence.
    #[inline]
    pub(crate) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Takes note of an offence, if it is the first, and goes to the end.
    #[cold]
    pub(crate) fn fail(&mut self, error: DecodeError) {
        self.bytes = &[];
        self.position = 0;
        self.failure.get_or_insert(error);
    }

    /// An offence at this place.
    #[cold]
    pub(crate) fn fail_here(&mut self, code: ErrorCode) {
        self.fail(DecodeError::new(code, self.position));
    }

    /// Says that the offence just found lies inside this step of the path.
    #[cold]
    pub(crate) fn failed_inside(&mut self, step: Step) {
        self.failure = self.failure.take().map(|error| error.inside(step));
    }

    /// How many bytes of the body lie before this place.
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// How many bytes are left of the innermost open value.
    #[inline]
    pub(crate) fn remaining(&self) -> usize {
        self.bytes.len().saturating_sub(self.position)
    }

    #[inline]
    pub(crate) fn peek_byte(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    #[inline]
    pub(crate) fn advance_to(&mut self, position: usize) {
        self.position = position;
    }

    /// Goes to where so many bytes are left of the innermost open value.
    #[inline]
    pub(crate) fn advance_to_rest(&mut self, remaining: usize) {
        self.position = self.bytes.len().saturating_sub(remaining);
    }

    /// The next `count` bytes; none where there are fewer.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> &'a [u8] {
        match self.rest().get(..count) {
            Some(taken) => {
                self.position += count;
                taken
            }
            None => {
                self.fail_here(ErrorCode::Truncated);
                &[]
            }
        }
    }

    /// All bytes left of the innermost open value, which stay where they are.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or(&[])
    }

    /// All bytes left of the innermost open value.
    #[inline]
    pub(crate) fn take_rest(&mut self) -> &'a [u8] {
        let rest = self.rest();
        self.position = self.bytes.len();
        rest
    }

    /// Reads a length and makes sure that so many bytes follow; 0 where they do not.
    #[inline]
    pub(crate) fn length(&mut self) -> usize {
        let (length, size) = match self.peek_byte() {
            Some(short) if short < LENGTH_U16 => (usize::from(short), 1),
            _ => self.long_length(),
        };
        self.position += size;
        if length > self.remaining() {
            self.fail_here(ErrorCode::Truncated);
            return 0;
        }
        length
    }

    /// A length of more than one byte, and the size of the length itself; both 0 where there is none.
    #[inline]
    fn long_length(&mut self) -> (usize, usize) {
        let (length, size, shortest) = match *self.rest() {
            [LENGTH_U16, low, high, ..] => (
                u32::from(u16::from_le_bytes([low, high])),
                3,
                u32::from(LENGTH_U16),
            ),
            [LENGTH_U32, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]), 5, 1 << 16),
            _ => {
                self.fail_here(ErrorCode::Truncated);
                return (0, 0);
            }
        };
        if length < shortest {
            self.fail_here(ErrorCode::NonCanonical);
            return (0, 0);
        }
        // A length that does not fit the address space cannot be followed by as many bytes.
        (usize::try_from(length).unwrap_or(usize::MAX), size)
    }

    /// Reads a length and makes the value it announces the innermost open one; returns what [`close`](Self::close)
    /// needs to go on behind it.
    #[inline]
    pub(crate) fn open(&mut self) -> &'a [u8] {
        let (outer, position) = (self.bytes, self.position);
        let (length, start) = match *self.rest() {
            [short, ..] if short < LENGTH_U16 => (usize::from(short), position + 1),
            [LENGTH_U16, low, high, ..] if high != 0 => {
                (usize::from(u16::from_le_bytes([low, high])), position + 3)
            }
            _ => return self.open_carefully(),
        };
        match outer.get(..start + length) {
            Some(value) => {
                self.position = start;
                self.bytes = value;
                outer
            }
            None => self.open_carefully(),
        }
    }

    /// As [`open`](Self::open), for lengths that are rare or wrong.
    #[cold]
    #[inline(never)]
    fn open_carefully(&mut self) -> &'a [u8] {
        let length = self.length();
        let outer = self.bytes;
        self.bytes = outer.get(..self.position + length).unwrap_or(outer);
        outer
    }

    /// Ends the value begun with [`open`](Self::open), which has been read to its end.
    #[inline]
    pub(crate) fn close(&mut self, outer: &'a [u8]) {
        if !self.has_failed() {
            self.bytes = outer;
        }
    }

    /// Whether another message, union, list or map may begin here.
    #[inline]
    pub(crate) fn may_enter(&self) -> bool {
        self.depth_left != 0
    }

    /// Begins a message, union, list or map.
    #[inline]
    pub(crate) fn enter(&mut self) {
        match self.depth_left.checked_sub(1) {
            Some(left) => self.depth_left = left,
            None => self.fail_here(ErrorCode::DepthExceeded),
        }
    }

    /// Ends a message, union, list or map.
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth_left = self.depth_left.saturating_add(1);
    }

    /// Counts one variable element or map entry, about to be read as number `count` (from 0) of at most `maximum`.
    #[inline]
    pub(crate) fn count_element(&mut self, count: usize, maximum: usize) {
        if count >= maximum {
            self.fail_here(ErrorCode::BoundExceeded);
        }
        match self.budget_left.checked_sub(1) {
            Some(left) => self.budget_left = left,
            None => self.fail_here(ErrorCode::BudgetExceeded),
        }
    }

    /// Reads the header at this place without moving on; None where it is not one.
    pub(crate) fn peek_header(&mut self) -> Option<ElementHeader> {
        let rest = self.rest();
        let Some(first) = rest.first() else {
            self.fail_here(ErrorCode::Truncated);
            return None;
        };
        let kind = first & 7;
        let short = u16::from(first >> 3);
        if short < LONG_TAG {
            return Some(ElementHeader {
                tag: short,
                kind,
                end: self.position + 1,
            });
        }
        let [_, low, high, ..] = *rest else {
            self.fail_here(ErrorCode::Truncated);
            return None;
        };
        let tag = u16::from_le_bytes([low, high]);
        if tag < LONG_TAG {
            self.fail_here(ErrorCode::NonCanonical);
            return None;
        }
        Some(ElementHeader {
            tag,
            kind,
            end: self.position + 3,
        })
    }

    /// The bytes of a value of this kind, 0..=6, without its length.
    pub(crate) fn take_kind(&mut self, kind: u8) -> &'a [u8] {
        let size = if kind == KIND_VARIABLE {
            self.length()
        } else {
            size_of_kind(kind)
        };
        self.take(size)
    }

    /// Reads the value of an element: its length where it has one, then its bytes.
    #[inline]
    pub(crate) fn element<C: Codec, T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        if C::KIND != KIND_VARIABLE {
            return read(self);
        }
        let outer = self.open();
        if C::SIZE != 0 && self.remaining() != C::SIZE {
            self.fail_here(ErrorCode::BadLength);
        }
        let value = read(self);
        self.close(outer);
        value
    }

    /// Reads a list element, a map key or a map value: packed where its size is fixed, else a length and its bytes.
    /// Returns where the value begins, and the value.
    #[inline]
    pub(crate) fn part<C: Codec, T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (usize, T) {
        if C::SIZE != 0 {
            return (self.position, read(self));
        }
        let outer = self.open();
        let start = self.position;
        let value = read(self);
        self.close(outer);
        (start, value)
    }
}
