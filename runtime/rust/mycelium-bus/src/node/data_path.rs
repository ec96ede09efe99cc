//! What moves the frames of a link: a stream, or a pair of lanes beside one. The two halves are apart because any thread
//! that publishes uses the outward one, and only the driving thread the inward one.

use std::fmt;
use std::io;

use mycelium::frame::Frame;
use mycelium::DecodeError;

use super::link::Sent;

/// The outward half. Behind the link's lock, so each call is alone.
pub(crate) trait Outlet: Send {
    /// Whether a frame of that size, in bytes, can go without waiting.
    fn has_room(&self, size: usize) -> bool;

    /// Takes a whole frame: at once, or into a buffer ([`Sent::Later`]) even where there is no room, which the callers have
    /// looked at before.
    fn send(&mut self, frame: &[u8]) -> Sent;

    /// Moves what is in the buffer; true once all of it has gone.
    fn flush(&mut self) -> io::Result<bool>;

    /// How many frames are in the buffer.
    fn waiting(&self) -> usize;
}

/// What the node makes of a frame that it is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// Done with; the next, please.
    Taken,
    /// Done with; no more now.
    TakenLast,
    /// Not now: the same has to be offered again next time.
    Refused,
}

/// The inward half of what is not a stream, which the driver owns. (A stream's is
/// [`StreamInlet`](super::stream_path::StreamInlet).)
pub(crate) trait Inlet: Send {
    /// Offers the frames that have come, in order, with their sizes in bytes. Whether there were any.
    fn receive(
        &mut self,
        offer: &mut dyn FnMut(&Frame<'_>, usize) -> Offered,
    ) -> Result<bool, LinkFault>;

    /// Has the sender ring this process's bell from now on; false where something has come already.
    fn begin_sleep(&mut self) -> Result<bool, LinkFault>;

    /// The opposite, after waking.
    fn end_sleep(&mut self) -> Result<(), LinkFault>;
}

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
