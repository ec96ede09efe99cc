//! Frames out of a stream of bytes, whatever pieces it comes in.

use crate::code::ErrorCode;
use crate::error::DecodeError;
use crate::frame::{offence, Frame, Header, HEADER_SIZE, LENGTH_OFFSET};

/// Puts frames together from pieces of a stream. It holds only bytes that have arrived: a header that announces a large
/// frame allocates nothing.
///
/// ```
/// use mycelium::frame::{Frame, FrameReader, DEFAULT_LENGTH_MAX};
///
/// let mut bytes = Vec::new();
/// Frame { type_id: 1000, envelope: None, body: b"hello" }.encode(DEFAULT_LENGTH_MAX, &mut bytes)?;
/// let mut reader = FrameReader::new(DEFAULT_LENGTH_MAX);
/// reader.push(&bytes[..3]);
/// assert!(reader.next_frame(|_| true)?.is_none());
/// reader.push(&bytes[3..]);
/// assert_eq!(reader.next_frame(|_| true)?.unwrap().body, b"hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FrameReader {
    length_max: u32,
    buffer: Vec<u8>,
    /// How many bytes of the buffer belong to frames already given out.
    consumed: usize,
}

/// The buffer of a reader that has given out everything is kept up to this size, in bytes.
const KEPT_CAPACITY_MAX: usize = 64 * 1024;

impl FrameReader {
    /// A reader at the start of a stream; `length_max` is the largest length of a frame after its header, in bytes.
    pub fn new(length_max: u32) -> Self {
        Self {
            length_max,
            buffer: Vec::new(),
            consumed: 0,
        }
    }

    /// Takes in the next bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.forget_consumed();
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame, once all of it has arrived. Its offsets count from its own start.
    ///
    /// # Errors
    /// Those of [`Frame::decode_first`]; `TRUNCATED` only for a frame too short for its envelope. After `UNKNOWN_TYPE` the
    /// frame has been passed over and the next call goes on behind it. After any other error the stream cannot be
    /// trusted, and every call gives the same one.
    pub fn next_frame(
        &mut self,
        is_known: impl Fn(u16) -> bool,
    ) -> Result<Option<Frame<'_>>, DecodeError> {
        let pending = self.buffer.get(self.consumed..).unwrap_or(&[]);
        if pending.len() < HEADER_SIZE {
            return Ok(None);
        }
        let header = Header::decode(pending, self.length_max)?;
        let length = usize::try_from(header.length).unwrap_or(usize::MAX);
        let size = HEADER_SIZE.saturating_add(length);
        let Some(frame) = pending.get(..size) else {
            return Ok(None);
        };
        let decoded = Frame::decode(frame, self.length_max, is_known);
        if !matches!(&decoded, Err(error) if error.code() != ErrorCode::UnknownType) {
            self.consumed += size;
        }
        decoded.map(Some)
    }

    /// How many bytes wait for the rest of their frame, or to be asked for.
    pub fn pending(&self) -> usize {
        self.buffer.len().saturating_sub(self.consumed)
    }

    /// Says that the stream has ended.
    ///
    /// # Errors
    /// `TRUNCATED` where it ended within a frame.
    pub fn finish(&self) -> Result<(), DecodeError> {
        match self.pending() {
            0 => Ok(()),
            pending if pending < HEADER_SIZE => Err(offence(ErrorCode::Truncated, 0)),
            _ => Err(offence(ErrorCode::Truncated, LENGTH_OFFSET)),
        }
    }

    fn forget_consumed(&mut self) {
        if self.consumed == 0 {
            return;
        }
        if self.pending() == 0 {
            self.buffer.clear();
            self.buffer.shrink_to(KEPT_CAPACITY_MAX);
            self.consumed = 0;
        } else if self.consumed >= self.pending() {
            // Each byte is moved at most once for each byte consumed, so a stream costs time in proportion to its length.
            self.buffer.drain(..self.consumed);
            self.consumed = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame_bytes(type_id: u16, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        Frame {
            type_id,
            envelope: None,
            body,
        }
        .encode(1000, &mut bytes)
        .unwrap();
        bytes
    }

    #[test]
    fn a_stream_may_come_byte_by_byte() {
        let stream = [
            frame_bytes(1000, b"one"),
            frame_bytes(1001, b""),
            frame_bytes(1002, &[3; 900]),
        ];
        let mut reader = FrameReader::new(1000);
        let mut seen = Vec::new();
        for byte in stream.concat() {
            reader.push(&[byte]);
            while let Some(frame) = reader.next_frame(|_| true).unwrap() {
                seen.push((frame.type_id, frame.body.len()));
            }
        }
        assert_eq!(seen, [(1000, 3), (1001, 0), (1002, 900)]);
        assert_eq!(reader.finish(), Ok(()));
    }

    #[test]
    fn a_stream_may_come_all_at_once_and_unknown_types_are_passed_over() {
        let stream = [frame_bytes(9, b"x"), frame_bytes(1001, b"yy")].concat();
        let mut reader = FrameReader::new(1000);
        reader.push(&stream);
        let unknown = reader.next_frame(|type_id| type_id > 999).unwrap_err();
        assert_eq!(unknown.code(), ErrorCode::UnknownType);
        assert_eq!(
            reader
                .next_frame(|type_id| type_id > 999)
                .unwrap()
                .unwrap()
                .body,
            b"yy"
        );
        assert_eq!(reader.next_frame(|_| true), Ok(None));
    }

    #[test]
    fn a_bad_header_is_seen_before_anything_else_arrives_and_stays() {
        let mut reader = FrameReader::new(1000);
        reader.push(&[0xE8, 3, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
        for _ in 0..2 {
            let error = reader.next_frame(|_| true).unwrap_err();
            assert_eq!(error.code(), ErrorCode::FrameTooLarge);
        }
    }

    #[test]
    fn an_announced_length_allocates_nothing() {
        let mut reader = FrameReader::new(u32::MAX);
        reader.push(&[0xE8, 3, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
        assert_eq!(reader.next_frame(|_| true), Ok(None));
        assert!(reader.buffer.capacity() < 100);
        assert_eq!(reader.finish().unwrap_err().code(), ErrorCode::Truncated);
    }

    #[test]
    fn a_long_stream_does_not_pile_up() {
        let mut reader = FrameReader::new(1000);
        let piece = [frame_bytes(1000, &[1; 500]), vec![0xE8]].concat();
        let tail = &frame_bytes(1000, &[1; 500])[1..];
        for _ in 0..100 {
            reader.push(&piece);
            assert!(reader.next_frame(|_| true).unwrap().is_some());
            reader.push(tail);
            assert!(reader.next_frame(|_| true).unwrap().is_some());
        }
        assert!(reader.buffer.capacity() < 8 * 1024);
    }
}
