//! The block: the untagged fields of a message, packed, as its element 0.

use crate::code::ErrorCode;
use crate::error::DecodeError;
use crate::message::{DecodeLimits, Message};
use crate::wire::reader::{ElementHeader, KIND_RESERVED, KIND_VARIABLE, LENGTH_U16};
use crate::wire::{chunk, Fields};

/// The header byte of a block: tag 0, kind 6.
pub(crate) const BLOCK_HEADER: u8 = KIND_VARIABLE;

/// A field of a block.
#[derive(Debug)]
pub struct BlockField {
    /// Its name in the schema.
    pub name: &'static str,
    /// How many bytes into the block it ends.
    pub end: usize,
    /// Whether it has no default.
    pub required: bool,
}

impl BlockField {
    /// A field without a default.
    pub const fn required(name: &'static str, end: usize) -> Self {
        Self {
            name,
            end,
            required: true,
        }
    }

    /// A field with a default.
    pub const fn defaulted(name: &'static str, end: usize) -> Self {
        Self {
            name,
            end,
            required: false,
        }
    }
}

/// What a block of an older writer is measured by.
#[derive(Debug)]
pub struct BlockLayout {
    /// The fields in order.
    pub fields: &'static [BlockField],
    /// The defaults of the fields after the last required one, as they are on the wire.
    pub defaults: &'static [u8],
}

/// The bytes of a block of `N` bytes, checked.
#[derive(Debug)]
pub enum Block<'a, const N: usize> {
    /// In place.
    Whole(&'a [u8; N]),
    /// The block of an older writer, with the defaults of the fields it lacks. Rare, so that it may cost an allocation
    /// rather than room on the stack of every reader.
    Completed(Vec<u8>),
}

impl<const N: usize> Block<'_, N> {
    /// All the bytes.
    #[inline(always)]
    pub fn bytes(&self) -> &[u8; N] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Completed(bytes) => chunk(bytes),
        }
    }
}

/// The block of a body that is a valid block of `N` bytes and nothing else: what a writer of this version makes of a
/// message without tagged fields. None for any other body, valid or not.
#[inline(always)]
pub fn block_alone<const N: usize>(
    body: &[u8],
    is_valid: impl Fn(&[u8; N]) -> bool,
) -> Option<&[u8; N]> {
    let (block, rest) = whole_block(body)?;
    (rest.is_empty() && is_valid(block)).then_some(block)
}

/// Out of the way, so that whoever looks for the usual case need not keep what freeing an error takes.
#[cold]
#[inline(never)]
fn discard(_: DecodeError) {}

/// Reads a body that is not a block alone, which is rare: the message comes in a box, so that the usual one need not
/// share a place in memory with it and stays in registers.
///
/// # Errors
/// As [`Message::decode_with`].
#[cold]
#[inline(never)]
pub fn decode_other<M: Message>(body: &[u8]) -> Result<Box<M>, DecodeError> {
    M::decode_with(body, DecodeLimits::default()).map(Box::new)
}

/// As [`decode_other`], in place.
///
/// # Errors
/// As [`Message::view`].
#[cold]
#[inline(never)]
pub fn view_other<M: Message>(body: &[u8]) -> Result<M::View<'_>, DecodeError> {
    M::view_with(body, DecodeLimits::default())
}

/// The usual case: a block of exactly `N` bytes, and what follows it.
#[inline(always)]
fn whole_block<const N: usize>(bytes: &[u8]) -> Option<(&[u8; N], &[u8])> {
    let rest = if N < LENGTH_U16 as usize {
        let (prefix, rest) = bytes.split_first_chunk()?;
        (*prefix == [BLOCK_HEADER, N as u8]).then_some(rest)?
    } else {
        let (prefix, rest) = bytes.split_first_chunk()?;
        let [low, high] = (N as u16).to_le_bytes();
        (*prefix == [BLOCK_HEADER, LENGTH_U16, low, high]).then_some(rest)?
    };
    rest.split_first_chunk()
}

impl<'a> Fields<'_, 'a> {
    /// Reads the block, which comes before every other field.
    #[inline]
    pub fn block<const N: usize>(
        &mut self,
        layout: &BlockLayout,
        check: impl Fn(&[u8; N]) -> Result<(), DecodeError>,
    ) -> Block<'a, N> {
        if let Some((whole, rest)) = whole_block(self.reader.rest()) {
            match check(whole) {
                Ok(()) => {
                    self.previous = 0;
                    self.reader.advance_to_rest(rest.len());
                    return Block::Whole(whole);
                }
                Err(error) => discard(error),
            }
        }
        self.block_of_any_writer(layout, check)
    }

    /// As [`block`](Self::block), whatever there is, and whatever is wrong with it.
    #[cold]
    #[inline(never)]
    fn block_of_any_writer<const N: usize>(
        &mut self,
        layout: &BlockLayout,
        check: impl Fn(&[u8; N]) -> Result<(), DecodeError>,
    ) -> Block<'a, N> {
        let (start, bytes) = self.block_bytes(layout);
        let (block, checked) = match bytes.first_chunk() {
            Some(whole) => (Block::Whole(whole), check(whole)),
            None => {
                let (completed, checked) = completed(layout, bytes, &check);
                (Block::Completed(completed), checked)
            }
        };
        if let Err(error) = checked {
            self.reader.fail(error.moved(start));
        }
        block
    }

    /// As [`block`](Self::block), in place: as much of the block as the writer knew, at most `N` bytes.
    pub fn block_view<const N: usize>(
        &mut self,
        layout: &BlockLayout,
        check: impl Fn(&[u8; N]) -> Result<(), DecodeError>,
    ) -> &'a [u8] {
        let (start, bytes) = self.block_bytes(layout);
        let (block, checked) = match bytes.first_chunk::<N>() {
            Some(whole) => (whole.as_slice(), check(whole)),
            None => (bytes, check_short(layout, bytes, &check)),
        };
        if let Err(error) = checked {
            self.reader.fail(error.moved(start));
        }
        block
    }

    /// The bytes of the block and where they start; none at all where there is no block and none is needed.
    #[inline]
    fn block_bytes(&mut self, layout: &BlockLayout) -> (usize, &'a [u8]) {
        if self.reader.peek_byte() != Some(BLOCK_HEADER) {
            self.check_absence(layout);
            return (self.reader.position(), &[]);
        }
        self.previous = 0;
        self.reader.advance_to(self.reader.position() + 1);
        let length = self.reader.length();
        let start = self.reader.position();
        if length == 0 {
            self.reader.fail_here(ErrorCode::BadLength);
        }
        (start, self.reader.take(length))
    }

    /// There is no block: is that allowed?
    #[cold]
    fn check_absence(&mut self, layout: &BlockLayout) {
        if self.reader.remaining() != 0 {
            if let Some(ElementHeader { tag: 0, kind, .. }) = self.reader.peek_header() {
                let reserved = kind == KIND_RESERVED;
                let code = if reserved {
                    ErrorCode::BadKind
                } else {
                    ErrorCode::KindMismatch
                };
                self.reader.fail_here(code);
            }
        }
        if let Some(field) = layout.fields.iter().find(|field| field.required) {
            self.miss(field.name);
        }
    }
}

/// Puts the bytes of an older writer's block, and defaults after them, into a block of full size.
fn complete(layout: &BlockLayout, bytes: &[u8], completed: &mut [u8]) {
    let defaults_start = completed.len().saturating_sub(layout.defaults.len());
    if let Some(place) = completed.get_mut(defaults_start..) {
        place.copy_from_slice(layout.defaults);
    }
    if let Some(place) = completed.get_mut(..bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

/// The block of an older writer completed with defaults, and whether it is a valid one; offsets count from its start.
#[cold]
fn completed<const N: usize>(
    layout: &BlockLayout,
    bytes: &[u8],
    check: &impl Fn(&[u8; N]) -> Result<(), DecodeError>,
) -> (Vec<u8>, Result<(), DecodeError>) {
    let mut completed = vec![0; N];
    complete(layout, bytes, &mut completed);
    let checked = check_completed(layout, bytes.len(), check(chunk(&completed)));
    (completed, checked)
}

/// Whether the block of an older writer, completed with defaults, is a valid one.
#[cold]
#[inline(never)]
fn check_short<const N: usize>(
    layout: &BlockLayout,
    bytes: &[u8],
    check: &impl Fn(&[u8; N]) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let mut completed = [0; N];
    complete(layout, bytes, &mut completed);
    check_completed(layout, bytes.len(), check(&completed))
}

/// What is wrong with a block of which the writer knew `length` bytes, and that was `checked` when completed.
fn check_completed(
    layout: &BlockLayout,
    length: usize,
    checked: Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let ends_with_a_field = layout.fields.iter().any(|field| field.end == length);
    if length != 0 && !ends_with_a_field {
        return Err(DecodeError::new(ErrorCode::BadLength, 0));
    }
    match checked {
        // Beyond the writer's bytes there are only defaults and gaps, and a gap is reported as such below.
        Err(error) if error.offset() < length => return Err(error),
        _ => {}
    }
    let missing = layout
        .fields
        .iter()
        .find(|field| field.required && field.end > length);
    match missing {
        Some(field) => Err(DecodeError::new(ErrorCode::MissingField, length).in_field(field.name)),
        None => Ok(()),
    }
}
