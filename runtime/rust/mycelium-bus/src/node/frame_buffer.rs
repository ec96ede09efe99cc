//! Where a thread puts a message together before it goes over links.

use std::cell::Cell;

use mycelium::frame::{Envelope, Frame, Header, DEFAULT_LENGTH_MAX, ENVELOPE_SIZE, HEADER_SIZE};
use mycelium::EncodeError;

/// Bytes before the body: a header and an envelope, so that either kind of frame ends in the same body.
const BEFORE_BODY: usize = HEADER_SIZE + ENVELOPE_SIZE;

/// A thread keeps a buffer of up to this many bytes.
const KEPT_CAPACITY_MAX: usize = 256 * 1024;

thread_local! {
    static KEPT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A body, with room before it for what each link wants there. Encoded once, it is sent as it is over any number of links.
pub(crate) struct FrameBuffer {
    bytes: Vec<u8>,
}

impl FrameBuffer {
    /// An empty one. A thread that is at several at a time allocates.
    pub(crate) fn of_this_thread() -> Self {
        let mut bytes = KEPT.try_with(Cell::take).unwrap_or_default();
        // What stands before the body is written at the end.
        match bytes.len() < BEFORE_BODY {
            true => bytes.resize(BEFORE_BODY, 0),
            false => bytes.truncate(BEFORE_BODY),
        }
        Self { bytes }
    }

    /// Where to append the body.
    pub(crate) fn body(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The size of the frame with an envelope, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Refuses a frame that no receiver would take.
    pub(crate) fn check_length(&self, type_id: u16) -> Result<(), EncodeError> {
        let body = self.bytes.get(BEFORE_BODY..).unwrap_or_default();
        if body.len() + ENVELOPE_SIZE <= DEFAULT_LENGTH_MAX as usize {
            return Ok(());
        }
        let envelope = Some(Envelope::default());
        let frame = Frame {
            type_id,
            envelope,
            body,
        };
        frame.encode(DEFAULT_LENGTH_MAX, &mut Vec::new())
    }

    /// The whole frame.
    pub(crate) fn frame(&mut self, type_id: u16, envelope: Option<&Envelope>) -> &[u8] {
        let start = match envelope {
            Some(_) => 0,
            None => ENVELOPE_SIZE,
        };
        let length = self.bytes.len() - start - HEADER_SIZE;
        let header = Header {
            type_id,
            has_envelope: envelope.is_some(),
            // Checked before: at most 16 MiB.
            length: length as u32,
        };
        let frame = &mut self.bytes[start..];
        frame[..HEADER_SIZE].copy_from_slice(&header.to_bytes());
        if let Some(envelope) = envelope {
            frame[HEADER_SIZE..BEFORE_BODY].copy_from_slice(&envelope.to_bytes());
        }
        frame
    }
}

impl Drop for FrameBuffer {
    fn drop(&mut self) {
        if self.bytes.capacity() <= KEPT_CAPACITY_MAX {
            let bytes = std::mem::take(&mut self.bytes);
            // A thread at its end keeps nothing.
            let _ = KEPT.try_with(|kept| kept.set(bytes));
        }
    }
}
