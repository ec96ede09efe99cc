//! Values of one size, one after the other: copied first, judged later, many at a time.

use super::checks::{hold_of_each, Check};
use super::memory::make_room;
use crate::decode::span::Span;
use crate::interpreter::object::{Plain, Surprise};

/// Values, and what they must fulfil.
pub struct Packed<'p> {
    data: Vec<u8>,
    size: usize,
    checks: &'p [Check],
    /// So many bytes were judged.
    judged: usize,
}

impl<'p> Packed<'p> {
    /// Without values.
    pub fn new(size: usize, checks: &'p [Check]) -> Self {
        Packed {
            data: Vec::new(),
            size,
            checks,
            judged: 0,
        }
    }

    /// The size of a value in bytes.
    #[inline(always)]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Another value, or several.
    #[inline(always)]
    pub fn add(&mut self, values: Span) {
        values.append_to(&mut self.data);
    }

    /// Another value in two parts: bytes of a row, and what follows from here.
    pub fn add_completed(&mut self, first: Span, rest: &[u8]) {
        first.append_to(&mut self.data);
        self.data.extend_from_slice(rest);
    }

    /// Zeros for a value that is absent, which nothing is asked of.
    pub fn add_empty(&mut self) -> Plain<()> {
        self.judge()?;
        self.data.resize(self.data.len() + self.size, 0);
        self.judged = self.data.len();
        Ok(())
    }

    /// A surprise if one of the values since the last time is not as it must be.
    pub fn judge(&mut self) -> Plain<()> {
        let values = self.data.get(self.judged..).ok_or(Surprise)?;
        if hold_of_each(self.checks, values, self.size) {
            self.judged = self.data.len();
            Ok(())
        } else {
            Err(Surprise)
        }
    }

    /// Forget the values.
    pub fn clear(&mut self) {
        self.data.clear();
        self.judged = 0;
    }

    /// Bytes of the values so far.
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// Make room for values of so many bytes more.
    pub fn make_room(&mut self, bytes: usize) {
        make_room(&mut self.data, bytes);
    }

    /// The values.
    pub fn into_bytes(self) -> Vec<u8> {
        self.data
    }
}
