//! Writes one body.

use crate::code::ErrorCode;
use crate::error::EncodeError;
use crate::wire::block::BLOCK_HEADER;
use crate::wire::output::{length_size, put_length};
use crate::wire::reader::{KIND_VARIABLE, LONG_TAG};
use crate::wire::{Codec, Output};

/// How deep messages, unions, lists and maps may lie inside one another; the body itself is the first.
pub const MAXIMUM_DEPTH: u32 = 64;

/// How many variable list elements and map entries one body may have, all together.
pub const MAXIMUM_BUDGET: u32 = 262_144;

/// Writes a body from front to back, keeping the limits a decoder will hold it to.
#[derive(Debug)]
pub struct Encoder<'o, O> {
    pub(crate) output: &'o mut O,
    depth_left: u32,
    budget_left: u32,
}

impl<'o, O: Output> Encoder<'o, O> {
    /// An encoder that adds to the end of `output`.
    #[inline]
    pub fn new(output: &'o mut O) -> Self {
        Self {
            output,
            depth_left: MAXIMUM_DEPTH,
            budget_left: MAXIMUM_BUDGET,
        }
    }

    /// Begins a message, union, list or map.
    ///
    /// # Errors
    /// `DEPTH_EXCEEDED`.
    #[inline]
    pub fn enter(&mut self) -> Result<(), EncodeError> {
        match self.depth_left.checked_sub(1) {
            Some(left) => {
                self.depth_left = left;
                Ok(())
            }
            None => Err(EncodeError::new(ErrorCode::DepthExceeded)),
        }
    }

    /// Ends a message, union, list or map.
    #[inline]
    pub fn leave(&mut self) {
        self.depth_left += 1;
    }

    /// Counts one variable element or map entry, about to be written.
    #[inline]
    pub(crate) fn count_element(&mut self) -> Result<(), EncodeError> {
        match self.budget_left.checked_sub(1) {
            Some(left) => {
                self.budget_left = left;
                Ok(())
            }
            None => Err(EncodeError::new(ErrorCode::BudgetExceeded)),
        }
    }

    /// Writes the block of `N` bytes, which `put` fills.
    ///
    /// # Errors
    /// What `put` refuses.
    #[inline]
    pub fn block<const N: usize>(
        &mut self,
        put: impl FnOnce(&mut [u8; N]) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let size = length_size(N)?;
        let place = self.output.extend(1 + size + N)?;
        if let Some((header, rest)) = place.split_first_mut() {
            *header = BLOCK_HEADER;
            put_length(N, rest);
        }
        match place.last_chunk_mut() {
            Some(block) => put(block),
            None => Err(EncodeError::new(ErrorCode::Truncated)),
        }
    }

    /// Writes a header, a length where the kind has one, and the value.
    pub(crate) fn element<C: Codec>(
        &mut self,
        tag: u16,
        value: &C::Value,
    ) -> Result<(), EncodeError> {
        self.header(tag, C::KIND)?;
        if C::KIND == KIND_VARIABLE {
            self.counted::<C>(value)
        } else {
            C::write(value, self)
        }
    }

    /// Writes a list element, a map key or a map value: packed where its size is fixed, else with its length.
    #[inline]
    pub(crate) fn part<C: Codec>(&mut self, value: &C::Value) -> Result<(), EncodeError> {
        if C::SIZE != 0 {
            C::write(value, self)
        } else {
            self.counted::<C>(value)
        }
    }

    #[inline]
    pub(crate) fn header(&mut self, tag: u16, kind: u8) -> Result<(), EncodeError> {
        if tag < LONG_TAG {
            return self.output.append(&[(tag as u8) << 3 | kind]);
        }
        let [low, high] = tag.to_le_bytes();
        self.output
            .append(&[(LONG_TAG as u8) << 3 | kind, low, high])
    }

    #[inline]
    fn counted<C: Codec>(&mut self, value: &C::Value) -> Result<(), EncodeError> {
        match C::known_length(value) {
            Some(length) => {
                self.length(length)?;
                C::write(value, self)
            }
            None => {
                let start = self.output.position();
                self.output.append(&[0])?;
                C::write(value, self)?;
                self.output.close_length(start)
            }
        }
    }

    #[inline]
    pub(crate) fn length(&mut self, length: usize) -> Result<(), EncodeError> {
        let place = self.output.extend(length_size(length)?)?;
        put_length(length, place);
        Ok(())
    }
}

/// Writes a field that is always there.
///
/// # Errors
/// What the codec refuses, seen from the message.
pub fn write<C: Codec>(
    encoder: &mut Encoder<'_, impl Output>,
    tag: u16,
    name: &'static str,
    value: &C::Value,
) -> Result<(), EncodeError> {
    encoder
        .element::<C>(tag, value)
        .map_err(|error| error.in_field(name))
}

/// Writes a field where it is set.
///
/// # Errors
/// What the codec refuses, seen from the message.
#[inline]
pub fn write_optional<C: Codec>(
    encoder: &mut Encoder<'_, impl Output>,
    tag: u16,
    name: &'static str,
    value: &Option<C::Value>,
) -> Result<(), EncodeError> {
    match value {
        Some(value) => write::<C>(encoder, tag, name, value),
        None => Ok(()),
    }
}
