//! Frames: a header of 8 bytes, perhaps an envelope of 56, then the body of one message.

mod envelope;
mod stream;

use crate::code::ErrorCode;
use crate::error::{DecodeError, EncodeError};
use crate::message::Message;
use crate::path::Step;

pub use envelope::{Envelope, ENVELOPE_SIZE};
pub use stream::FrameReader;

/// The size of a frame's header in bytes.
pub const HEADER_SIZE: usize = 8;

/// The wire version of this crate.
pub const WIRE_VERSION: u8 = 1;

/// The default largest length of a frame after its header, in bytes: 16 MiB.
pub const DEFAULT_LENGTH_MAX: u32 = 16 * 1024 * 1024;

const FLAG_ENVELOPE: u8 = 1;
const FLAGS_OFFSET: usize = 2;
const VERSION_OFFSET: usize = 3;
const LENGTH_OFFSET: usize = 4;

/// The path of offences in a frame itself, not in its body.
const PATH: &str = "Frame";

/// An offence `offset` bytes into a frame.
#[cold]
fn offence(code: ErrorCode, offset: usize) -> DecodeError {
    DecodeError::new(code, offset).inside(Step::Root(PATH))
}

/// A frame, its body in place and not yet looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Which message the body is.
    pub type_id: u16,
    /// What the bus knows about the message, where it said so.
    pub envelope: Option<Envelope>,
    /// The body.
    pub body: &'a [u8],
}

/// The header of a frame, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Which message the body is; may be unknown here, or 0.
    pub type_id: u16,
    /// Whether an envelope comes before the body.
    pub has_envelope: bool,
    /// How many bytes follow the header, envelope included.
    pub length: u32,
}

impl Header {
    /// Reads the first 8 of `bytes`.
    ///
    /// # Errors
    /// `TRUNCATED`, `BAD_VERSION`, `BAD_FLAGS`; `FRAME_TOO_LARGE` where the length is above `length_max`.
    pub fn decode(bytes: &[u8], length_max: u32) -> Result<Self, DecodeError> {
        let Some(&[type_low, type_high, flags, version, a, b, c, d]) = bytes.first_chunk() else {
            return Err(offence(ErrorCode::Truncated, 0));
        };
        if version != WIRE_VERSION {
            return Err(offence(ErrorCode::BadVersion, VERSION_OFFSET));
        }
        if flags & !FLAG_ENVELOPE != 0 {
            return Err(offence(ErrorCode::BadFlags, FLAGS_OFFSET));
        }
        let length = u32::from_le_bytes([a, b, c, d]);
        if length > length_max {
            return Err(offence(ErrorCode::FrameTooLarge, LENGTH_OFFSET));
        }
        let type_id = u16::from_le_bytes([type_low, type_high]);
        Ok(Self {
            type_id,
            has_envelope: flags & FLAG_ENVELOPE != 0,
            length,
        })
    }

    /// The header's 8 bytes.
    pub fn to_bytes(self) -> [u8; HEADER_SIZE] {
        let [type_low, type_high] = self.type_id.to_le_bytes();
        let [a, b, c, d] = self.length.to_le_bytes();
        [
            type_low,
            type_high,
            u8::from(self.has_envelope),
            WIRE_VERSION,
            a,
            b,
            c,
            d,
        ]
    }
}

impl<'a> Frame<'a> {
    /// Takes apart the frame at the start of `bytes`; returns it and what follows it. `is_known` tells which type ids
    /// are.
    ///
    /// # Errors
    /// Those of [`Header::decode`]; `TRUNCATED` where the frame is not whole or too short for its envelope;
    /// `UNKNOWN_TYPE`.
    pub fn decode_first(
        bytes: &'a [u8],
        length_max: u32,
        is_known: impl Fn(u16) -> bool,
    ) -> Result<(Self, &'a [u8]), DecodeError> {
        let header = Header::decode(bytes, length_max)?;
        let truncated = || offence(ErrorCode::Truncated, LENGTH_OFFSET);
        let length = usize::try_from(header.length).map_err(|_| truncated())?;
        let after_header = bytes.get(HEADER_SIZE..).ok_or_else(truncated)?;
        let content = after_header.get(..length).ok_or_else(truncated)?;
        let rest = after_header.get(length..).ok_or_else(truncated)?;
        let (envelope, body) = if header.has_envelope {
            let (envelope, body) = content.split_first_chunk().ok_or_else(truncated)?;
            (Some(Envelope::from_bytes(envelope)), body)
        } else {
            (None, content)
        };
        if header.type_id == 0 || !is_known(header.type_id) {
            return Err(offence(ErrorCode::UnknownType, 0));
        }
        Ok((
            Self {
                type_id: header.type_id,
                envelope,
                body,
            },
            rest,
        ))
    }

    /// Takes apart `bytes` as exactly one frame.
    ///
    /// # Errors
    /// Those of [`decode_first`](Self::decode_first); `TRAILING_BYTES` where more follows.
    pub fn decode(
        bytes: &'a [u8],
        length_max: u32,
        is_known: impl Fn(u16) -> bool,
    ) -> Result<Self, DecodeError> {
        let (frame, rest) = Self::decode_first(bytes, length_max, is_known)?;
        if !rest.is_empty() {
            let end = bytes.len().saturating_sub(rest.len());
            return Err(offence(ErrorCode::TrailingBytes, end));
        }
        Ok(frame)
    }

    /// Adds the frame to the end of `output`.
    ///
    /// # Errors
    /// `FRAME_TOO_LARGE` where the length would be above `length_max`. `output` is then as long as before.
    pub fn encode(&self, length_max: u32, output: &mut Vec<u8>) -> Result<(), EncodeError> {
        let envelope_size = self.envelope.map_or(0, |_| ENVELOPE_SIZE);
        let length = checked_length(envelope_size.saturating_add(self.body.len()), length_max)?;
        let has_envelope = self.envelope.is_some();
        let header = Header {
            type_id: self.type_id,
            has_envelope,
            length,
        };
        output.extend_from_slice(&header.to_bytes());
        if let Some(envelope) = &self.envelope {
            output.extend_from_slice(&envelope.to_bytes());
        }
        output.extend_from_slice(self.body);
        Ok(())
    }
}

fn checked_length(length: usize, length_max: u32) -> Result<u32, EncodeError> {
    match u32::try_from(length) {
        Ok(length) if length <= length_max => Ok(length),
        _ => Err(EncodeError::new(ErrorCode::FrameTooLarge).inside(Step::Root(PATH))),
    }
}

/// Adds the frame of `message` to the end of `output`, without a body made apart and copied.
///
/// # Errors
/// What [`Message::encode`] refuses; `ENCODE_TYPE` where the message has no type id; `FRAME_TOO_LARGE` where the length
/// would be above `length_max`. `output` is then as long as before.
pub fn encode_message<M: Message>(
    message: &M,
    envelope: Option<&Envelope>,
    length_max: u32,
    output: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let type_id = M::TYPE_ID.ok_or_else(|| EncodeError::new(ErrorCode::EncodeType))?;
    let start = output.len();
    output.extend_from_slice(&[0; HEADER_SIZE]);
    if let Some(envelope) = envelope {
        output.extend_from_slice(&envelope.to_bytes());
    }
    let encoded = message.encode(output);
    let written = output.len().saturating_sub(start + HEADER_SIZE);
    match encoded.and_then(|()| checked_length(written, length_max)) {
        Ok(length) => {
            let header = Header {
                type_id,
                has_envelope: envelope.is_some(),
                length,
            };
            if let Some(place) = output
                .get_mut(start..)
                .and_then(|frame| frame.first_chunk_mut())
            {
                *place = header.to_bytes();
            }
            Ok(())
        }
        Err(error) => {
            output.truncate(start);
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENVELOPE: Envelope = Envelope {
        sequence: 7,
        published_at: -1,
        trace_id: [1; 16],
        span_id: [2; 8],
        correlation_id: 3,
        source: 4,
        destination: 5,
    };

    fn decode(bytes: &[u8]) -> Result<Frame<'_>, (ErrorCode, usize)> {
        Frame::decode(bytes, 100, |type_id| type_id == 1000)
            .map_err(|error| (error.code(), error.offset()))
    }

    #[test]
    fn frames_come_back_as_they_went() {
        for envelope in [None, Some(ENVELOPE)] {
            let frame = Frame {
                type_id: 1000,
                envelope,
                body: b"body",
            };
            let mut bytes = Vec::new();
            frame.encode(100, &mut bytes).unwrap();
            assert_eq!(decode(&bytes), Ok(frame));
        }
    }

    #[test]
    fn offences_are_found_in_the_order_of_the_contract() {
        let cases: [(&[u8], ErrorCode, usize); 8] = [
            (&[], ErrorCode::Truncated, 0),
            (&[0, 0, 4, 2, 255, 0, 0], ErrorCode::Truncated, 0),
            (&[0, 0, 4, 2, 255, 0, 0, 0], ErrorCode::BadVersion, 3),
            (&[0, 0, 4, 1, 255, 0, 0, 0], ErrorCode::BadFlags, 2),
            (&[0, 0, 1, 1, 255, 0, 0, 0], ErrorCode::FrameTooLarge, 4),
            (&[0, 0, 1, 1, 2, 0, 0, 0, 9, 9, 9], ErrorCode::Truncated, 4),
            (&[0, 0, 0, 1, 1, 0, 0, 0, 9, 9], ErrorCode::UnknownType, 0),
            (
                &[0xE8, 3, 0, 1, 1, 0, 0, 0, 9, 9],
                ErrorCode::TrailingBytes,
                9,
            ),
        ];
        for (bytes, code, offset) in cases {
            assert_eq!(decode(bytes), Err((code, offset)), "{bytes:?}");
        }
    }

    #[test]
    fn a_refused_frame_leaves_the_output_alone() {
        let mut output = vec![1, 2, 3];
        let frame = Frame {
            type_id: 1000,
            envelope: Some(ENVELOPE),
            body: &[0; 50],
        };
        let refused = frame.encode(100, &mut output).unwrap_err();
        assert_eq!(
            (refused.code(), output.len()),
            (ErrorCode::FrameTooLarge, 3)
        );
    }
}
