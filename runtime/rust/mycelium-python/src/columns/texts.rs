//! Texts, or runs of bytes, joined: copied first, judged later, many at a time.

use super::program::Bounds;
use crate::decode::span::Span;
use crate::interpreter::object::{Plain, Surprise};

/// Texts, and where each ends.
pub struct Texts {
    data: Vec<u8>,
    ends: Vec<i64>,
    is_text: bool,
    bounds: Bounds,
    /// So many of them were judged.
    judged: usize,
}

impl Texts {
    /// None yet.
    pub fn new(is_text: bool, bounds: Bounds) -> Self {
        Texts {
            data: Vec::new(),
            ends: vec![0],
            is_text,
            bounds,
            judged: 0,
        }
    }

    /// Another.
    #[inline(always)]
    pub fn add(&mut self, bytes: Span) -> Plain<()> {
        self.bounds.admit(bytes.size())?;
        bytes.append_to(&mut self.data);
        self.ends.push(self.data.len() as i64);
        Ok(())
    }

    /// All items of a list, each with its length; how many there are.
    #[inline(always)]
    pub fn add_list(&mut self, mut items: Span, budget: &mut usize) -> Plain<usize> {
        self.data.reserve(items.size());
        let mut count = 0;
        while !items.is_empty() {
            count += 1;
            self.add(items.prefixed()?)?;
        }
        *budget = budget.checked_sub(count).ok_or(Surprise)?;
        Ok(count)
    }

    /// An empty one for what is absent.
    pub fn add_empty(&mut self) {
        self.ends.push(self.data.len() as i64);
    }

    /// A surprise if one of the texts since the last time is not UTF-8. Where all of them together are ASCII, as most text
    /// is, each of them is.
    pub fn judge(&mut self) -> Plain<()> {
        let count = self.ends.len() - 1;
        if self.is_text {
            let ends = self.ends.get(self.judged..).ok_or(Surprise)?;
            let start = ends.first().map_or(0, |&start| start as usize);
            if !self.data.get(start..).is_some_and(<[u8]>::is_ascii) {
                for text in ends.windows(2) {
                    let bytes = self.bytes(text[0] as usize, text[1] as usize)?;
                    std::str::from_utf8(bytes).map_err(|_| Surprise)?;
                }
            }
        }
        self.judged = count;
        Ok(())
    }

    /// How many bytes they have together.
    #[inline(always)]
    pub fn size(&self) -> usize {
        self.data.len()
    }

    /// Those from one place to another.
    #[inline(always)]
    pub fn bytes(&self, start: usize, end: usize) -> Plain<&[u8]> {
        self.data.get(start..end).ok_or(Surprise)
    }

    /// Where each ends, and all of them joined.
    pub fn parts(&mut self) -> (&mut Vec<i64>, &mut Vec<u8>) {
        (&mut self.ends, &mut self.data)
    }

    /// The same, to keep.
    pub fn into_parts(self) -> (Vec<i64>, Vec<u8>) {
        (self.ends, self.data)
    }
}
