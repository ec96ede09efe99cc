//! Frames out of a stream, read in place.

use std::io;

use mycelium::frame::{Frame, Header, HEADER_SIZE};
use mycelium::DecodeError;

use super::stream::Stream;

/// Bytes of the buffer of a stream that brings small frames.
const USUAL_CAPACITY: usize = 64 * 1024;

/// What came of asking a stream for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filled {
    /// So many bytes.
    Bytes(usize),
    /// Nothing now.
    Nothing,
    /// Nothing ever: the peer has ended the stream.
    End,
}

/// The bytes that have come and have not been used. The buffer grows with what arrives, not with what a header announces, and
/// shrinks again when a large frame has gone.
#[derive(Debug)]
pub(crate) struct Incoming {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    length_max: u32,
}

impl Incoming {
    /// For frames of at most so many bytes after their headers.
    pub(crate) fn new(length_max: u32) -> Self {
        Self {
            buffer: Vec::new(),
            start: 0,
            end: 0,
            length_max,
        }
    }

    /// Takes frames of another size from now on.
    pub(crate) fn set_length_max(&mut self, length_max: u32) {
        self.length_max = length_max;
    }

    /// Begins with what somebody else has read of the stream.
    pub(crate) fn begin_with(&mut self, bytes: &[u8]) {
        self.make_room();
        if self.buffer.len() < bytes.len() {
            self.buffer.resize(bytes.len(), 0);
        }
        if let Some(place) = self.buffer.get_mut(..bytes.len()) {
            place.copy_from_slice(bytes);
            (self.start, self.end) = (0, bytes.len());
        }
    }

    /// Reads once from the stream.
    ///
    /// Errors are the stream's; there is always room for the frame that is under way.
    pub(crate) fn fill(&mut self, stream: &Stream) -> io::Result<Filled> {
        self.make_room();
        let Some(free) = self.buffer.get_mut(self.end..) else {
            return Ok(Filled::Nothing);
        };
        match stream.read(free) {
            Ok(0) => Ok(Filled::End),
            Ok(count) => {
                self.end += count;
                Ok(Filled::Bytes(count))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Filled::Nothing),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Filled::Nothing),
            Err(error) => Err(error),
        }
    }

    /// The first frame, once all of it has come. It stays the first until [`release`](Self::release).
    ///
    /// # Errors
    /// Those of [`Frame::decode`]; the stream cannot be trusted any more then.
    pub(crate) fn next_frame(&self) -> Result<Option<Frame<'_>>, DecodeError> {
        let waiting = self.waiting();
        if waiting.len() < HEADER_SIZE {
            return Ok(None);
        }
        let size = frame_size(&Header::decode(waiting, self.length_max)?);
        match waiting.get(..size) {
            Some(frame) => Frame::decode(frame, self.length_max, |_| true).map(Some),
            None => Ok(None),
        }
    }

    /// Passes over the first frame, and gives its memory back if it was a large one.
    pub(crate) fn release(&mut self) {
        let Ok(header) = Header::decode(self.waiting(), self.length_max) else {
            return;
        };
        self.start = self.end.min(self.start + frame_size(&header));
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.buffer.len() > USUAL_CAPACITY {
                self.buffer = Vec::new();
            }
        }
    }

    /// Whether a frame has begun and not ended.
    #[cfg(test)]
    pub(crate) fn is_in_frame(&self) -> bool {
        self.start != self.end
    }

    /// Memory in use, in bytes.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Bytes that have come and were not passed over.
    pub(crate) fn waiting(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Leaves at least an eighth of the buffer free. What is moved to that end is at most a part of one frame that has not all
    /// come, and moves again only after as many bytes have; growth doubles. So both cost a constant share of what arrives.
    fn make_room(&mut self) {
        if self.buffer.is_empty() {
            // From the system's own zeroes, untouched until bytes come.
            self.buffer = vec![0; USUAL_CAPACITY];
        }
        let capacity = self.buffer.len();
        if capacity - self.end >= capacity / 8 {
            return;
        }
        if self.start >= capacity / 2 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            return;
        }
        let mut larger = vec![0; capacity * 2];
        if let (Some(place), Some(bytes)) =
            (larger.get_mut(..self.end), self.buffer.get(..self.end))
        {
            place.copy_from_slice(bytes);
        }
        self.buffer = larger;
    }
}

fn frame_size(header: &Header) -> usize {
    HEADER_SIZE + usize::try_from(header.length).unwrap_or(usize::MAX - HEADER_SIZE)
}
