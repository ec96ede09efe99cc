//! What one subscriber has not yet received.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Instant;

use mycelium_queue::BoundedQueue;

use super::bell::Bell;
use super::latest::Latest;
use super::merged::{Arrival, Merged, Put, Source};
use super::service_clock::{AwaitsTime, ServiceClock};
use crate::overflow::{Overflow, SubscriberOptions, Wait};
use crate::patience::{Patience, Waited};

#[allow(
    clippy::large_enum_variant,
    reason = "lives behind one Arc; a box would cost every message one more cache line"
)]
enum Store<T> {
    Queue(BoundedQueue<T>),
    Latest(Latest<T>),
    Merged(Merged<T>),
}

/// A counter on cache lines of its own: who receives writes it, and nobody who publishes waits for that.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Received(AtomicU64);

/// The queue of a subscriber, filled by any number of publishers.
pub(crate) struct Mailbox<T> {
    store: Store<T>,
    overflow: Overflow,
    wait: Wait,
    latency: bool,
    /// Whether anybody who receives may sleep.
    rings: bool,
    is_closed: AtomicBool,
    lost: AtomicU64,
    filled: Bell,
    emptied: Bell,
    received: Received,
}

impl<T> Mailbox<T> {
    pub(crate) fn new(options: SubscriberOptions) -> Self {
        let store = match options.overflow {
            Overflow::Latest => Store::Latest(Latest::default()),
            _ => match options.merge {
                Some(lateness) => Store::Merged(Merged::new(lateness, options.capacity)),
                None => Store::Queue(BoundedQueue::new(options.capacity)),
            },
        };
        Self {
            store,
            overflow: options.overflow,
            wait: options.wait,
            latency: options.latency,
            rings: options.wait != Wait::Spin,
            is_closed: AtomicBool::new(false),
            lost: AtomicU64::new(0),
            filled: Bell::default(),
            emptied: Bell::default(),
            received: Received::default(),
        }
    }

    /// The same, for those who sleep although they are said to spin.
    pub(crate) fn ringing(self) -> Self {
        Self {
            rings: true,
            ..self
        }
    }

    /// Tells this one from all others that live.
    pub(crate) fn identity(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Whether it gives messages out one by one, in the order in which they came.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.store, Store::Queue(_))
    }

    pub(crate) fn overflow(&self) -> Overflow {
        self.overflow
    }

    /// Whether the way of messages to it is to be measured.
    pub(crate) fn latency(&self) -> bool {
        self.latency
    }

    pub(crate) fn wait(&self) -> Wait {
        self.wait
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// How many messages came out, as far as the one who takes them counts them.
    pub(crate) fn received(&self) -> u64 {
        self.received.0.load(Ordering::Relaxed)
    }

    /// Counts a message that came out. Called only by the one thread that takes messages, so that a store is enough.
    #[inline]
    pub(crate) fn count_received(&self) {
        let received = &self.received.0;
        received.store(received.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    pub(crate) fn len(&self) -> usize {
        match &self.store {
            Store::Queue(queue) => queue.len(),
            Store::Latest(latest) => latest.len(),
            Store::Merged(merged) => merged.len(),
        }
    }

    /// Whether one more message would be taken in without loss; a closed mailbox swallows any number.
    pub(crate) fn has_room(&self) -> bool {
        match &self.store {
            Store::Queue(queue) => queue.len() < queue.capacity() || self.is_closed(),
            Store::Latest(_) => true,
            Store::Merged(_) => true,
        }
    }

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

    /// Whether something can be taken out now.
    pub(crate) fn is_ready(&self) -> bool {
        match &self.store {
            Store::Merged(merged) => merged.is_ready(),
            _ => self.len() != 0,
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

    /// Takes the message in; gives it back where there is no room and nothing may be lost.
    #[inline]
    pub(crate) fn put(&self, message: T) -> Result<(), T> {
        if self.is_closed() {
            return Ok(());
        }
        let put = match &self.store {
            Store::Queue(queue) => self.put_into(queue, message),
            Store::Latest(latest) => {
                if latest.replace(message) {
                    self.lose();
                }
                Ok(())
            }
            // Whoever puts messages into such a queue knows where they come from.
            Store::Merged(_) => Err(message),
        };
        if self.rings {
            self.filled.ring();
        }
        put
    }

    #[inline]
    fn put_into(&self, queue: &BoundedQueue<T>, message: T) -> Result<(), T> {
        if self.overflow == Overflow::DropOldest {
            queue.push_over(message, |_| self.lose());
            return Ok(());
        }
        let refused = queue.push(message);
        if refused.is_err() && self.overflow == Overflow::DropNewest {
            self.lose();
            return Ok(());
        }
        refused
    }

    fn lose(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes the message that has waited longest.
    #[inline]
    pub(crate) fn take(&self) -> Option<T> {
        let message = match &self.store {
            Store::Queue(queue) => queue.pop(),
            Store::Latest(latest) => latest.take(),
            Store::Merged(merged) => merged.take(),
        };
        if self.overflow.holds_publisher() && message.is_some() {
            self.emptied.ring();
        }
        message
    }

    /// Returns when there is room for a message of which this is known, or the mailbox was closed.
    pub(crate) fn wait_for_room_for(
        &self,
        arrival: Option<&Arrival>,
        patience: Patience<'_>,
    ) -> Waited<()> {
        let look = || self.has_room_for(arrival).then_some(());
        self.emptied
            .wait(Wait::Adaptive, &mut patience.begin(), look)
    }

    /// Rings when there is room again, or the mailbox was closed.
    pub(crate) fn emptied(&self) -> &Bell {
        &self.emptied
    }

    /// Rings when a message is there, or the mailbox was closed.
    pub(crate) fn filled(&self) -> &Bell {
        &self.filled
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Takes in nothing more, and wakes everybody who waits.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        if let Store::Merged(merged) = &self.store {
            merged.end();
        }
        self.filled.ring();
        self.emptied.ring();
    }
}

impl<T: Send> AwaitsTime for Mailbox<T> {
    fn look_again(&self) {
        self.filled.ring();
    }
}
