//! The end of a link that cannot be.

use mycelium::control::{Reject, RejectCode, MAXIMUM_LENGTH};
use mycelium::frame::{encode_message, Frame};
use mycelium::Message;

/// Bytes of a sentence in a control message.
const SENTENCE_BYTES_MAX: usize = 1024;

/// Why a link cannot be, and what to tell the peer before closing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) code: RejectCode,
    pub(crate) reason: String,
    /// The frame to send; empty where it was the peer who refused.
    pub(crate) frame: Vec<u8>,
}

impl Rejection {
    /// This side refuses.
    pub(crate) fn new(code: RejectCode, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let reject = Reject {
            code,
            reason: cut(&reason),
            mismatches: Vec::new(),
        };
        Self {
            code,
            reason,
            frame: frame_of(&reject),
        }
    }

    /// The peer said what no honest peer says.
    pub(crate) fn malformed(reason: impl Into<String>) -> Self {
        Self::new(RejectCode::Malformed, reason)
    }

    /// Refuses a control message that is larger than any may be.
    pub(crate) fn check_length(frame: &Frame<'_>) -> Result<(), Self> {
        match frame.body.len() > MAXIMUM_LENGTH as usize {
            false => Ok(()),
            true => Err(Self::malformed(format!(
                "a control message of {} bytes; {MAXIMUM_LENGTH} are the most",
                frame.body.len()
            ))),
        }
    }

    /// The peer refuses.
    pub(crate) fn by_peer(code: RejectCode, reason: &str) -> Self {
        Self {
            code,
            reason: format!("the peer refuses: {}", plain(reason)),
            frame: Vec::new(),
        }
    }
}

/// The frame of a control message. What this side says is within the limits of the schema, so it is never empty.
pub(crate) fn frame_of<M: Message>(message: &M) -> Vec<u8> {
    let mut frame = Vec::new();
    let encoded = encode_message(message, None, MAXIMUM_LENGTH, &mut frame);
    debug_assert!(encoded.is_ok(), "{encoded:?}");
    frame
}

/// A sentence cut to what a control message holds.
pub(crate) fn cut(sentence: &str) -> String {
    let mut end = sentence.len().min(SENTENCE_BYTES_MAX);
    while !sentence.is_char_boundary(end) {
        end -= 1;
    }
    sentence.get(..end).unwrap_or_default().to_owned()
}

/// What a peer said, fit for a line of a log.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|each| if each.is_control() { ' ' } else { each })
        .collect()
}
