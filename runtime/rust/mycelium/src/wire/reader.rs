//! A cursor over one body.

use crate::code::ErrorCode;
use crate::error::DecodeError;
use crate::message::DecodeLimits;
use crate::wire::Codec;

/// Reads a body from front to back. It ends where the innermost open value ends; positions count from the start of
/// the whole body.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    depth_left: u32,
    budget_left: u32,
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
        }
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

    #[cold]
    pub(crate) fn error_here(&self, code: ErrorCode) -> DecodeError {
        DecodeError::new(code, self.position)
    }

    #[inline]
    pub(crate) fn peek_byte(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    #[inline]
    pub(crate) fn advance_to(&mut self, position: usize) {
        self.position = position;
    }

    /// The next `count` bytes.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        match self
            .bytes
            .get(self.position..)
            .and_then(|rest| rest.get(..count))
        {
            Some(taken) => {
                self.position += count;
                Ok(taken)
            }
            None => Err(self.error_here(ErrorCode::Truncated)),
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

    /// Reads a length and makes sure that so many bytes follow.
    #[inline]
    pub(crate) fn length(&mut self) -> Result<usize, DecodeError> {
        match self.peek_byte() {
            Some(short) if short < LENGTH_U16 => {
                self.position += 1;
                self.followed_by(usize::from(short))
            }
            _ => self.long_length(),
        }
    }

    #[inline]
    fn long_length(&mut self) -> Result<usize, DecodeError> {
        let rest = self.rest();
        let (length, size, shortest) = match *rest {
            [LENGTH_U16, low, high, ..] => (
                u32::from(u16::from_le_bytes([low, high])),
                3,
                u32::from(LENGTH_U16),
            ),
            [LENGTH_U32, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]), 5, 1 << 16),
            _ => return Err(self.error_here(ErrorCode::Truncated)),
        };
        if length < shortest {
            return Err(self.error_here(ErrorCode::NonCanonical));
        }
        self.position += size;
        // A length that does not fit the address space cannot be followed by as many bytes.
        self.followed_by(usize::try_from(length).unwrap_or(usize::MAX))
    }

    #[inline]
    fn followed_by(&self, length: usize) -> Result<usize, DecodeError> {
        if length > self.remaining() {
            return Err(self.error_here(ErrorCode::Truncated));
        }
        Ok(length)
    }

    /// Reads a length and makes the value it announces the innermost open one; returns what [`close`](Self::close)
    /// needs to go on behind it.
    #[inline]
    pub(crate) fn open(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.length()?;
        let outer = self.bytes;
        self.bytes = outer.get(..self.position + length).unwrap_or(outer);
        Ok(outer)
    }

    /// Ends the value begun with [`open`](Self::open), which has been read to its end.
    #[inline]
    pub(crate) fn close(&mut self, outer: &'a [u8]) {
        self.bytes = outer;
    }

    /// Begins a message, union, list or map.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), DecodeError> {
        match self.depth_left.checked_sub(1) {
            Some(left) => {
                self.depth_left = left;
                Ok(())
            }
            None => Err(self.error_here(ErrorCode::DepthExceeded)),
        }
    }

    /// Ends a message, union, list or map.
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth_left += 1;
    }

    /// Counts one variable element or map entry, about to be read as number `count` (from 0) of at most `maximum`.
    #[inline]
    pub(crate) fn count_element(
        &mut self,
        count: usize,
        maximum: usize,
    ) -> Result<(), DecodeError> {
        if count >= maximum {
            return Err(self.error_here(ErrorCode::BoundExceeded));
        }
        match self.budget_left.checked_sub(1) {
            Some(left) => {
                self.budget_left = left;
                Ok(())
            }
            None => Err(self.error_here(ErrorCode::BudgetExceeded)),
        }
    }

    /// Reads the header at this place without moving on.
    pub(crate) fn peek_header(&self) -> Result<ElementHeader, DecodeError> {
        let rest = self.rest();
        let Some(first) = rest.first() else {
            return Err(self.error_here(ErrorCode::Truncated));
        };
        let kind = first & 7;
        let short = u16::from(first >> 3);
        if short < LONG_TAG {
            return Ok(ElementHeader {
                tag: short,
                kind,
                end: self.position + 1,
            });
        }
        let [_, low, high, ..] = *rest else {
            return Err(self.error_here(ErrorCode::Truncated));
        };
        let tag = u16::from_le_bytes([low, high]);
        if tag < LONG_TAG {
            return Err(self.error_here(ErrorCode::NonCanonical));
        }
        Ok(ElementHeader {
            tag,
            kind,
            end: self.position + 3,
        })
    }

    /// The bytes of a value of this kind, 0..=6, without its length.
    pub(crate) fn take_kind(&mut self, kind: u8) -> Result<&'a [u8], DecodeError> {
        let size = if kind == KIND_VARIABLE {
            self.length()?
        } else {
            size_of_kind(kind)
        };
        self.take(size)
    }

    /// Reads the value of an element: its length where it has one, then its bytes.
    #[inline]
    pub(crate) fn element<T>(
        &mut self,
        kind: u8,
        size: usize,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        if kind != KIND_VARIABLE {
            return read(self);
        }
        let outer = self.open()?;
        if size != 0 && self.remaining() != size {
            return Err(self.error_here(ErrorCode::BadLength));
        }
        let value = read(self)?;
        self.close(outer);
        Ok(value)
    }

    /// Reads a list element, a map key or a map value: packed where its size is fixed, else a length and its
    /// bytes. `at` is told where the value begins.
    #[inline]
    pub(crate) fn part<C: Codec, T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<(usize, T), DecodeError> {
        if C::SIZE != 0 {
            let start = self.position;
            return Ok((start, read(self)?));
        }
        let outer = self.open()?;
        let start = self.position;
        let value = read(self)?;
        self.close(outer);
        Ok((start, value))
    }
}
