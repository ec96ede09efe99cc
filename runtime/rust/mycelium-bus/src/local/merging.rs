//! What a mailbox does that puts messages into the order they were published in.

use std::sync::Arc;
use std::time::Instant;

use super::mailbox::Mailbox;
use super::merged::{Arrival, Put, Source};
use super::parcel::Queued;
use super::service_clock::{AwaitsTime, ServiceClock};
use super::store::Store;

impl<T: Queued> Mailbox<T> {
    /// As [`has_room`](Self::has_room), for a message of which this is known.
    pub(crate) fn has_room_for(&self, arrival: Option<&Arrival>) -> bool {
        match (&self.store, arrival) {
            (Store::Merged(merged), Some(arrival)) => {
                merged.has_room(&arrival.source) || self.is_closed()
            }
            _ => self.has_room(),
        }
    }

    /// Takes a message of which more is known in; see [`put`](Self::put).
    pub(crate) fn put_arrived(&self, message: T, arrival: &Arrival) -> Result<(), T> {
        let Store::Merged(merged) = &self.store else {
            return self.put(message);
        };
        if self.is_closed() {
            return Ok(());
        }
        let put = match merged.put(arrival, message) {
            Put::Full(message) if self.overflow.holds_publisher() => Err(message),
            // Which of them is lost does not matter to the order: the one that just came.
            Put::Full(_) => {
                self.lose();
                Ok(())
            }
            Put::In | Put::Late => Ok(()),
        };
        self.filled.ring();
        put
    }

    /// Whether it puts messages into the order of their publication.
    pub(crate) fn merges(&self) -> bool {
        matches!(self.store, Store::Merged(_))
    }

    /// No later message of the source carries an earlier time.
    pub(crate) fn promise(&self, source: &Source, time: i64) {
        if let Store::Merged(merged) = &self.store {
            merged.promise(source, time);
            self.filled.ring();
        }
    }

    /// Messages of the source may come.
    pub(crate) fn expect(&self, source: &Source) {
        if let Store::Merged(merged) = &self.store {
            merged.expect(source);
        }
    }

    /// Messages of a service of this process may come.
    pub(crate) fn expect_own(&self, source: &Source, clock: &Arc<ServiceClock>) {
        if let Store::Merged(merged) = &self.store {
            merged.expect_own(source, clock);
        }
    }

    /// The source has ended; nobody waits for it.
    pub(crate) fn leave(&self, source: &Source) {
        if let Store::Merged(merged) = &self.store {
            merged.leave(source);
            self.filled.ring();
        }
    }

    /// How many came after what follows them was given out.
    pub(crate) fn late(&self) -> u64 {
        match &self.store {
            Store::Merged(merged) => merged.late(),
            _ => 0,
        }
    }

    /// When to look again even if nothing has come.
    pub(crate) fn due(&self) -> Option<Instant> {
        match &self.store {
            Store::Merged(merged) => merged.due(),
            _ => None,
        }
    }
}

impl<T: Queued + Send> AwaitsTime for Mailbox<T>
where
    T::Parcel: Send,
{
    fn look_again(&self) {
        self.filled.ring();
    }
}
