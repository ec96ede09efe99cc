//! The inward half: frames out of a lane, in place.

use mycelium::frame::{Envelope, Frame};
use mycelium::{DecodeError, ErrorCode};
use mycelium_lane::{LaneError, LaneErrorKind, Peeked, Reader};

use super::plan::LanePlan;

/// Why no more frames come out of a lane.
#[derive(Debug)]
pub(crate) enum LaneFault {
    /// The peer closed it, and everything in it has been read.
    Closed,
    /// A frame that is none.
    Malformed(DecodeError),
    /// The lane is damaged, or the system refuses.
    Broken(LaneError),
}

/// Reads the lane that a peer writes. When it is dropped after the peer's death, the lane is removed.
#[derive(Debug)]
pub(crate) struct LaneInlet {
    /// None only while it is dropped.
    reader: Option<Reader>,
    plan: LanePlan,
}

impl LaneInlet {
    pub(super) fn new(reader: Reader, plan: LanePlan) -> Self {
        Self {
            reader: Some(reader),
            plan,
        }
    }

    /// The first frame that has come, in place, and its size in bytes. It stays the first until it is
    /// [passed](Self::pass).
    #[inline]
    pub(crate) fn first(&mut self) -> Result<Option<(Frame<'_>, usize)>, LaneFault> {
        let Some(reader) = &mut self.reader else {
            return Err(LaneFault::Closed);
        };
        match reader.peek() {
            Ok(None) => Ok(None),
            Ok(Some(peeked)) => framed(peeked).map(Some),
            Err(error) => Err(fault(error)),
        }
    }

    /// As [`first`](Self::first), for a frame without an envelope that lies there whole: its type and its body. None says nothing.
    #[inline]
    pub(crate) fn first_plain(&mut self) -> Option<(u16, &[u8])> {
        let peeked = self.reader.as_mut()?.peek_whole()?;
        (!peeked.has_envelope).then_some((peeked.type_id, peeked.payload))
    }

    /// Whether there is nothing to find now, known in less time than it takes to look.
    #[inline]
    pub(crate) fn is_quiet(&self) -> bool {
        self.reader.as_ref().is_some_and(Reader::is_quiet)
    }

    /// Is done with the first frame: its room goes back to the peer.
    #[inline]
    pub(crate) fn pass(&mut self) {
        if let Some(reader) = &mut self.reader {
            reader.pass();
        }
    }

    /// Has the peer ring from now on; false where something has come already. Not for an inlet whose first frame is there and
    /// has to wait.
    pub(crate) fn begin_sleep(&mut self) -> Result<bool, LaneFault> {
        match &self.reader {
            Some(reader) => reader.begin_sleep().map_err(fault),
            None => Err(LaneFault::Closed),
        }
    }

    /// The opposite, after waking.
    pub(crate) fn end_sleep(&mut self) -> Result<(), LaneFault> {
        match &self.reader {
            Some(reader) => reader.end_sleep().map_err(fault),
            None => Err(LaneFault::Closed),
        }
    }

    /// Counts the frames that nobody will be given any more.
    pub(crate) fn abandon(mut self) -> u64 {
        let mut left = 0;
        while let Ok(Some(_)) = self.first() {
            self.pass();
            left += 1;
        }
        left
    }
}

impl Drop for LaneInlet {
    fn drop(&mut self) {
        // First the reader, as a lane with a living one is left alone.
        drop(self.reader.take());
        self.plan.remove_left_by_peer();
    }
}

#[cold]
fn fault(error: LaneError) -> LaneFault {
    match error.kind() {
        LaneErrorKind::Closed => LaneFault::Closed,
        _ => LaneFault::Broken(error),
    }
}

#[inline]
fn framed(peeked: Peeked<'_>) -> Result<(Frame<'_>, usize), LaneFault> {
    let size = mycelium::frame::HEADER_SIZE + peeked.payload.len();
    let (envelope, body) = match peeked.has_envelope {
        false => (None, peeked.payload),
        true => match peeked.payload.split_first_chunk() {
            Some((envelope, body)) => (Some(Envelope::from_bytes(envelope)), body),
            None => {
                let error = DecodeError::new(ErrorCode::Truncated, 0);
                return Err(LaneFault::Malformed(error));
            }
        },
    };
    let frame = Frame {
        type_id: peeked.type_id,
        envelope,
        body,
    };
    Ok((frame, size))
}
