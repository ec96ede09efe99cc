//! Where the rows are: frames one after the other, or bodies that end at known places.

use crate::decode::span::Span;
use crate::interpreter::object::{Plain, Surprise};

const HEADER_SIZE: usize = 8;
const ENVELOPE_SIZE: usize = 56;
const ENVELOPE_FLAG: u8 = 1;
const WIRE_VERSION: u8 = 1;

/// Rows still to be read.
pub enum Rows<'e> {
    /// Frames of one type, none longer than the limit.
    Frames {
        rest: Span,
        type_id: u16,
        longest: usize,
    },
    /// Bodies, and where each ends, counted from the first.
    Bodies {
        rest: Span,
        taken: usize,
        ends: std::slice::ChunksExact<'e, u8>,
    },
}

impl Rows<'_> {
    /// Bytes of the rows still to be read.
    pub fn left(&self) -> usize {
        match self {
            Rows::Frames { rest, .. } | Rows::Bodies { rest, .. } => rest.size(),
        }
    }

    /// The next body, None where there is no row left.
    #[inline(always)]
    pub fn next(&mut self) -> Plain<Option<Span>> {
        match self {
            Rows::Frames {
                rest,
                type_id,
                longest,
            } => {
                if rest.is_empty() {
                    Ok(None)
                } else {
                    frame(rest, *type_id, *longest).map(Some)
                }
            }
            Rows::Bodies { rest, taken, ends } => {
                let Some(end) = ends.next() else {
                    return if rest.is_empty() {
                        Ok(None)
                    } else {
                        Err(Surprise)
                    };
                };
                let end = u64::from_le_bytes(end.try_into().map_err(|_| Surprise)?) as usize;
                let body = rest.take(end.checked_sub(*taken).ok_or(Surprise)?)?;
                *taken = end;
                Ok(Some(body))
            }
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
