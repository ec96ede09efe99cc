//! Where an encoder writes to: a vector, a slice of the caller's, or nowhere at all (to measure).

use crate::code::ErrorCode;
use crate::error::EncodeError;
use crate::wire::reader::{LENGTH_U16, LENGTH_U32};

/// A place for bytes that only grows at its end.
pub trait Output {
    /// How many bytes there are.
    fn position(&self) -> usize;

    /// Makes room for `count` more bytes, all of which the caller writes.
    ///
    /// # Errors
    /// `TRUNCATED` where there is no room.
    fn extend(&mut self, count: usize) -> Result<&mut [u8], EncodeError>;

    /// Adds bytes.
    ///
    /// # Errors
    /// `TRUNCATED` where there is no room.
    fn append(&mut self, bytes: &[u8]) -> Result<(), EncodeError>;

    /// The bytes from `start` on, to be moved or overwritten; none where bytes are not kept.
    fn written_from(&mut self, start: usize) -> &mut [u8];

    /// Completes a value that began at `start` with one byte set aside for its length, moving the value where the
    /// length needs more.
    ///
    /// # Errors
    /// `TRUNCATED` where there is no room; `FRAME_TOO_LARGE` where the length does not fit 32 bits.
    fn close_length(&mut self, start: usize) -> Result<(), EncodeError> {
        let length = self.position().saturating_sub(start + 1);
        let size = length_size(length)?;
        if size > 1 {
            self.extend(size - 1)?;
        }
        let written = self.written_from(start);
        if written.is_empty() {
            return Ok(());
        }
        if size > 1 {
            written.copy_within(1..1 + length, size);
        }
        put_length(length, written);
        Ok(())
    }
}

/// How many bytes a length takes: 1, 3 or 5.
#[inline]
pub(crate) fn length_size(length: usize) -> Result<usize, EncodeError> {
    match length {
        0..=253 => Ok(1),
        254..=0xFFFF => Ok(3),
        0x1_0000..=0xFFFF_FFFF => Ok(5),
        _ => Err(EncodeError::new(ErrorCode::FrameTooLarge)),
    }
}

/// Writes a length that fits 32 bits to the start of `place`.
#[inline]
pub(crate) fn put_length(length: usize, place: &mut [u8]) {
    match (length, place) {
        (0..=253, [short, ..]) => *short = length as u8,
        (254..=0xFFFF, [form, rest @ ..]) => {
            *form = LENGTH_U16;
            if let Some(place) = rest.first_chunk_mut() {
                *place = (length as u16).to_le_bytes();
            }
        }
        (_, [form, rest @ ..]) => {
            *form = LENGTH_U32;
            if let Some(place) = rest.first_chunk_mut() {
                *place = (length as u32).to_le_bytes();
            }
        }
        (_, []) => {}
    }
}

impl Output for Vec<u8> {
    #[inline]
    fn position(&self) -> usize {
        self.len()
    }

    #[inline]
    fn extend(&mut self, count: usize) -> Result<&mut [u8], EncodeError> {
        let start = self.len();
        self.resize(start + count, 0);
        Ok(self.written_from(start))
    }

    #[inline]
    fn append(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    #[inline]
    fn written_from(&mut self, start: usize) -> &mut [u8] {
        self.get_mut(start..).unwrap_or(&mut [])
    }
}

/// A slice of the caller's, filled from its start.
#[derive(Debug)]
pub struct SliceOutput<'a> {
    slice: &'a mut [u8],
    length: usize,
}

impl<'a> SliceOutput<'a> {
    /// An output that fills `slice` from its start.
    pub fn new(slice: &'a mut [u8]) -> Self {
        Self { slice, length: 0 }
    }
}

impl Output for SliceOutput<'_> {
    #[inline]
    fn position(&self) -> usize {
        self.length
    }

    #[inline]
    fn extend(&mut self, count: usize) -> Result<&mut [u8], EncodeError> {
        let start = self.length;
        match self
            .slice
            .get_mut(start..)
            .and_then(|free| free.get_mut(..count))
        {
            Some(place) => {
                self.length += count;
                Ok(place)
            }
            None => Err(EncodeError::new(ErrorCode::Truncated)),
        }
    }

    #[inline]
    fn append(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.extend(bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    #[inline]
    fn written_from(&mut self, start: usize) -> &mut [u8] {
        self.slice.get_mut(start..self.length).unwrap_or(&mut [])
    }
}

/// Counts bytes without keeping them.
#[derive(Debug, Default)]
pub struct Measure {
    length: usize,
    /// What is written goes here and is overwritten by the next.
    scratch: Vec<u8>,
}

impl Output for Measure {
    #[inline]
    fn position(&self) -> usize {
        self.length
    }

    #[inline]
    fn extend(&mut self, count: usize) -> Result<&mut [u8], EncodeError> {
        self.length += count;
        if self.scratch.len() < count {
            self.scratch.resize(count, 0);
        }
        Ok(self.scratch.get_mut(..count).unwrap_or(&mut []))
    }

    #[inline]
    fn append(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.length += bytes.len();
        Ok(())
    }

    #[inline]
    fn written_from(&mut self, _: usize) -> &mut [u8] {
        &mut []
    }
}
