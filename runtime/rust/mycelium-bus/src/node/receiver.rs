//! Those in this process who receive what links bring.

use std::task::Waker;

use mycelium::DecodeError;

use super::core::NodeCore;
use crate::raw::InboundFrame;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivered {
    Done,
    /// There is no room; the given waker is called when there may be, and the frame has to be offered again.
    Later,
}

/// Who receives one type of message of one service. Called by the thread that drives, so it never waits.
pub(crate) trait FrameReceiver: Send + Sync {
    /// Takes a frame, or arranges for `retry` to be called. An error means that the frame is not what the peer promised.
    fn deliver(
        &self,
        core: &NodeCore,
        frame: &InboundFrame<'_>,
        retry: &Waker,
    ) -> Result<Delivered, DecodeError>;

    /// The queue it fills and the key, where the one who waits for that queue may take a frame in place instead.
    fn direct(&self) -> Option<(usize, u32)> {
        None
    }

    /// Messages may come from a service.
    fn expect(&self, _source: &str) {}

    /// No later message of a service carries an earlier time of publication.
    fn promise(&self, _source: &str, _time: i64) {}

    /// Nothing more comes from a service, until it is connected again.
    fn leave(&self, _source: &str) {}

    /// That many messages did not come over a link.
    fn miss(&self, count: u64);
}

/// How the receivers of a type want it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Want {
    /// All of them would rather miss messages than hold the sender.
    pub(crate) is_lossy: bool,
    /// One of them looks at envelopes.
    pub(crate) needs_envelope: bool,
}

impl Want {
    /// What satisfies both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            is_lossy: self.is_lossy && other.is_lossy,
            needs_envelope: self.needs_envelope || other.needs_envelope,
        }
    }
}
