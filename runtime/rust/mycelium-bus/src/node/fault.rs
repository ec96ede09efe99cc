//! Why connections end.

use std::fmt;
use std::io;

use mycelium::control::{Goodbye, GoodbyeCode, RejectCode};
use mycelium::{DecodeError, ErrorCode};

use crate::handshake::{cut, frame_of, Rejection};
use crate::lanes::LaneFault;

/// Why a connection ends.
#[derive(Debug)]
pub(crate) enum LinkFault {
    /// The peer closed it.
    Closed,
    /// The peer said goodbye.
    Goodbye(String),
    /// The handshake came to no agreement.
    Rejected(String),
    /// The peer sent what is no frame, or not the message it promised.
    Malformed(DecodeError),
    /// Something did not happen in time.
    TimedOut(&'static str),
    /// A newer connection takes its place.
    Replaced,
    /// This node closes.
    Closing,
    /// The operating system says so.
    System(io::Error),
    /// Something else, in words.
    Other(String),
}

impl LinkFault {
    /// What the peer is told before the connection closes; None where it knows, or is gone.
    pub(crate) fn farewell(&self, is_established: bool) -> Option<Vec<u8>> {
        let code = match self {
            Self::Malformed(error) if error.code() == ErrorCode::BadVersion => {
                RejectCode::WireVersion
            }
            Self::Malformed(_) | Self::Other(_) => RejectCode::Malformed,
            Self::TimedOut(_) => RejectCode::TimedOut,
            _ => return None,
        };
        if !is_established {
            return Some(Rejection::new(code, self.as_told()).frame);
        }
        let reason = Some(cut(&self.as_told()));
        let code = GoodbyeCode::ProtocolError;
        Some(frame_of(&Goodbye { code, reason }))
    }

    /// The sentence from the peer's point of view.
    fn as_told(&self) -> String {
        match self {
            Self::Malformed(error) => format!("what was sent here cannot be read: {error}"),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for LinkFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => formatter.write_str("the peer closed the connection"),
            Self::Goodbye(reason) => write!(formatter, "the peer said goodbye: {reason}"),
            Self::Rejected(reason) | Self::Other(reason) => formatter.write_str(reason),
            Self::Malformed(error) => {
                write!(formatter, "the peer sent what cannot be read: {error}")
            }
            Self::TimedOut(what) => write!(formatter, "{what} took too long"),
            Self::Replaced => formatter.write_str("the peer connected anew"),
            Self::Closing => formatter.write_str("this node was closed"),
            Self::System(error) => error.fmt(formatter),
        }
    }
}

impl From<DecodeError> for LinkFault {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

impl From<io::Error> for LinkFault {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl From<LaneFault> for LinkFault {
    fn from(fault: LaneFault) -> Self {
        match fault {
            LaneFault::Closed => Self::Closed,
            LaneFault::Malformed(error) => Self::Malformed(error),
            LaneFault::Broken(error) => Self::Other(error.to_string()),
        }
    }
}
