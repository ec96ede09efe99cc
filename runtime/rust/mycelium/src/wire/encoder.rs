//! Writes one body.

use crate::code::ErrorCode;
use crate::error::EncodeError;
use crate::path::Step;
use crate::wire::block::BLOCK_HEADER;
use crate::wire::output::{length_size, put_length};
use crate::wire::reader::{KIND_VARIABLE, LONG_TAG};
use crate::wire::{Codec, Output};

/// How deep messages, unions, lists and maps may lie inside one another; the body itself is the first.
pub const MAXIMUM_DEPTH: u32 = 64;

/// How many variable list elements and map entries one body may have, all together.
pub const MAXIMUM_BUDGET: u32 = 262_144;

/// Writes a body from front to back, keeping the limits a decoder will hold it to.
///
/// The first thing it has to refuse is kept and told at last by [`finish`](Self::finish), so that those who write need
/// not look for errors after each value. What has been written is then of no use.
#[derive(Debug)]
pub struct Encoder<'o, O> {
    output: &'o mut O,
    depth_left: u32,
    budget_left: u32,
    failure: Option<EncodeError>,
}

impl<'o, O: Output> Encoder<'o, O> {
    /// An encoder that adds to the end of `output`.
    #[inline]
    pub fn new(output: &'o mut O) -> Self {
        Self {
            output,
            depth_left: MAXIMUM_DEPTH,
            budget_left: MAXIMUM_BUDGET,
            failure: None,
        }
    }

    /// Ends writing.
    ///
    /// # Errors
    /// The first thing there was to refuse.
    #[inline]
    pub fn finish(self) -> Result<(), EncodeError> {
        self.failure.map_or(Ok(()), Err)
    }

    /// Whether there was something to refuse.
    #[inline]
    pub(crate) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    #[cold]
    fn fail(&mut self, error: EncodeError) {
        self.failure.get_or_insert(error);
    }

    /// Refuses the value at hand.
    #[cold]
    pub(crate) fn refuse(&mut self, code: ErrorCode) {
        self.fail(EncodeError::new(code));
    }

    /// Refuses the value at hand, or part of it, where that is what a check of it found.
    #[inline]
    pub fn allow(&mut self, checked: Result<(), EncodeError>) {
        if let Err(error) = checked {
            self.fail(error);
        }
    }

    /// Says that what was just refused lies inside this step of the path.
    #[cold]
    pub(crate) fn failed_inside(&mut self, step: Step) {
        self.failure = self.failure.take().map(|error| error.inside(step));
    }

    /// Begins a message, union, list or map.
    #[inline]
    pub fn enter(&mut self) {
        match self.depth_left.checked_sub(1) {
            Some(left) => self.depth_left = left,
            None => self.refuse(ErrorCode::DepthExceeded),
        }
    }

    /// Ends a message, union, list or map.
    #[inline]
    pub fn leave(&mut self) {
        self.depth_left = self.depth_left.saturating_add(1);
    }

    /// Counts one variable element or map entry, about to be written.
    #[inline]
    pub(crate) fn count_element(&mut self) {
        match self.budget_left.checked_sub(1) {
            Some(left) => self.budget_left = left,
            None => self.refuse(ErrorCode::BudgetExceeded),
        }
    }

    /// Makes room for `count` bytes; none where there is no room.
    #[inline]
    pub(crate) fn extend(&mut self, count: usize) -> &mut [u8] {
        match self.output.extend(count) {
            Ok(place) => place,
            Err(error) => {
                self.failure.get_or_insert(error);
                &mut []
            }
        }
    }

    #[inline]
    pub(crate) fn append(&mut self, bytes: &[u8]) {
        let appended = self.output.append(bytes);
        self.allow(appended);
    }

    /// Writes the block of `N` bytes, which `put` fills.
    #[inline]
    pub fn block<const N: usize>(&mut self, put: impl FnOnce(&mut [u8; N])) {
        let size = length_size(N).unwrap_or(1);
        let place = self.extend(1 + size + N);
        if let Some((header, rest)) = place.split_first_mut() {
            *header = BLOCK_HEADER;
            put_length(N, rest);
        }
        if let Some(block) = place.last_chunk_mut() {
            put(block);
        }
    }

    /// Writes a header, a length where the kind has one, and the value.
    pub(crate) fn element<C: Codec>(&mut self, tag: u16, value: &C::Value) {
        self.header(tag, C::KIND);
        if C::KIND == KIND_VARIABLE {
            self.counted::<C>(value);
        } else {
            C::write(value, self);
        }
    }

    /// Writes a list element, a map key or a map value: packed where its size is fixed, else with its length.
    #[inline]
    pub(crate) fn part<C: Codec>(&mut self, value: &C::Value) {
        if C::SIZE != 0 {
            C::write(value, self);
        } else {
            self.counted::<C>(value);
        }
    }

    #[inline]
    pub(crate) fn header(&mut self, tag: u16, kind: u8) {
        if tag < LONG_TAG {
            return self.append(&[(tag as u8) << 3 | kind]);
        }
        let [low, high] = tag.to_le_bytes();
        self.append(&[(LONG_TAG as u8) << 3 | kind, low, high]);
    }

    #[inline]
    fn counted<C: Codec>(&mut self, value: &C::Value) {
        match C::known_length(value) {
            Some(length) => {
                self.length(length);
                C::write(value, self);
            }
            None => {
                let start = self.output.position();
                self.append(&[0]);
                C::write(value, self);
                if !self.has_failed() {
                    let closed = self.output.close_length(start);
                    self.allow(closed);
                }
            }
        }
    }

    #[inline]
    pub(crate) fn length(&mut self, length: usize) {
        match length_size(length) {
            Ok(size) => put_length(length, self.extend(size)),
            Err(error) => self.fail(error),
        }
    }
}

/// Writes a field that is always there.
pub fn write<C: Codec>(
    encoder: &mut Encoder<'_, impl Output>,
    tag: u16,
    name: &'static str,
    value: &C::Value,
) {
    if encoder.has_failed() {
        return;
    }
    encoder.element::<C>(tag, value);
    if encoder.has_failed() {
        encoder.failed_inside(Step::Field(name));
    }
}

/// Writes a field where it is set.
#[inline]
pub fn write_optional<C: Codec>(
    encoder: &mut Encoder<'_, impl Output>,
    tag: u16,
    name: &'static str,
    value: &Option<C::Value>,
) {
    if let Some(value) = value {
        write::<C>(encoder, tag, name, value);
    }
}
