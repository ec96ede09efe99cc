//! What moves the frames of a link: a stream, or a pair of lanes. The two halves are apart because any thread that
//! publishes uses the outward one, and only the driving thread the inward one.

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
}

/// The inward half, which the driver owns.
pub(crate) trait Inlet: Send {
    /// Whatever has come meanwhile becomes available to [`next_frame`](Self::next_frame). False where nothing has.
    fn poll(&mut self) -> io::Result<bool>;

    /// The first frame that has come, in place. It stays the first until [`release`](Self::release).
    fn next_frame(&mut self) -> Result<Option<Frame<'_>>, DecodeError>;

    /// Gives the first frame's memory back.
    fn release(&mut self);

    /// Has the sender wake this process by its bell from now on; false where something has come already.
    fn begin_sleep(&mut self) -> io::Result<bool>;

    /// The opposite, after waking.
    fn end_sleep(&mut self) -> io::Result<()>;
}
