//! What went over a link, counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of one link since its node started, over all its connections. Read them at any time; each is exact, and they may
/// differ by what is under way.
#[derive(Debug, Default)]
pub struct LinkCounters {
    /// Messages sent: publications, requests and replies.
    pub sent: AtomicU64,
    /// Messages received.
    pub received: AtomicU64,
    /// Bytes sent, headers and envelopes included.
    pub bytes_sent: AtomicU64,
    /// Bytes received.
    pub bytes_received: AtomicU64,
    /// Messages not sent because a receiver that may lose some was too slow.
    pub dropped_full: AtomicU64,
    /// Messages that were accepted for sending and lost with the connection.
    pub dropped_disconnected: AtomicU64,
    /// Messages that came and that nobody here wanted any more, or that were not agreed on.
    pub dropped_unwanted: AtomicU64,
    /// Messages that the peer dropped, as the gaps of their sequence tell.
    pub missed: AtomicU64,
    /// Messages that could not be decoded; the first on a connection ends it.
    pub undecodable: AtomicU64,
    /// Connections established after the first.
    pub reconnects: AtomicU64,
}

impl LinkCounters {
    #[inline]
    pub(crate) fn add(counter: &AtomicU64, amount: u64) {
        counter.fetch_add(amount, Ordering::Relaxed);
    }

    /// The same for a counter that only the driving thread writes, or whoever holds one lock, without the price of others
    /// who might.
    #[inline]
    pub(crate) fn add_alone(counter: &AtomicU64, amount: u64) {
        counter.store(counter.load(Ordering::Relaxed) + amount, Ordering::Relaxed);
    }
}
