//! What one subscriber has not yet received.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;

use mycelium_queue::Vacant;

use super::bell::Bell;
use super::merged::Arrival;
use super::parcel::{Parcel, Queued};
use super::publisher::Publishable;
use super::store::{find_room, Room, Store};
use crate::overflow::{Overflow, SubscriberOptions, Wait};
use crate::patience::{Patience, Waited};

/// A counter on cache lines of its own: who receives writes it, and nobody who publishes waits for that.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Received(AtomicU64);

/// The queue of a subscriber, filled by any number of publishers.
pub(crate) struct Mailbox<T: Queued> {
    pub(super) store: Store<T>,
    pub(super) overflow: Overflow,
    wait: Wait,
    latency: bool,
    /// Whether anybody who receives may sleep.
    rings: bool,
    is_closed: AtomicBool,
    lost: AtomicU64,
    pub(super) filled: Bell,
    emptied: Bell,
    received: Received,
}

impl<T: Queued> Mailbox<T> {
    pub(crate) fn new(options: SubscriberOptions) -> Self {
        Self {
            store: Store::new(&options),
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
        matches!(self.store, Store::Queue(_) | Store::InPlace(_))
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
        self.store.len()
    }

    /// Whether something can be taken out now.
    pub(crate) fn is_ready(&self) -> bool {
        !self.store.is_empty()
    }

    /// Whether one more message would be taken in without loss; a closed mailbox swallows any number.
    pub(crate) fn has_room(&self) -> bool {
        self.store.has_room() || self.is_closed()
    }

    /// Takes the message in; gives it back where there is no room and nothing may be lost.
    #[inline]
    pub(crate) fn put(&self, message: T) -> Result<(), T> {
        if self.is_closed() {
            return Ok(());
        }
        let put = self.store.put(message, self.overflow, || self.lose());
        self.tell_filled();
        put
    }

    /// As [`put`](Self::put), for what lies in the queue itself: the place for it, where there is one. Whoever fills it has to
    /// [tell](Self::tell_filled). None where nothing lies in the queue itself.
    #[inline]
    pub(super) fn room_in_place(&self) -> Option<Room<'_, T::Parcel>> {
        let Store::InPlace(queue) = &self.store else {
            return None;
        };
        if self.is_closed() {
            return Some(Room::Lost);
        }
        Some(find_room(queue, self.overflow, || self.lose()))
    }

    /// Whether somebody sleeps who waits for the message that was just put in.
    #[inline]
    pub(super) fn has_sleepers(&self) -> bool {
        self.rings && self.filled.has_sleepers()
    }

    /// Wakes whoever waits for a message.
    #[inline]
    pub(super) fn tell_filled(&self) {
        if self.rings {
            self.filled.ring();
        }
    }

    pub(super) fn lose(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes the message that has waited longest.
    #[inline]
    pub(crate) fn take(&self) -> Option<T> {
        let message = self.store.take();
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

/// Where a message goes, itself or by reference.
pub(super) enum Place<'a, M> {
    Itself(Vacant<'a, Parcel<M>>),
    Shared(Vacant<'a, Arc<M>>),
}

impl<M> Place<'_, M> {
    #[inline]
    pub(super) fn fill(self, message: impl Publishable<M>) {
        match self {
            Self::Itself(vacant) => vacant.fill(Parcel::of(message)),
            Self::Shared(vacant) => vacant.fill(message.into()),
        }
    }
}

impl<M> Mailbox<Arc<M>> {
    /// The next place in its queue, if it has one. Whoever fills it has to [tell](Self::tell_filled).
    #[inline]
    pub(super) fn place(&self) -> Option<Place<'_, M>> {
        if self.is_closed() {
            return None;
        }
        match &self.store {
            Store::Queue(queue) => queue.vacant().map(Place::Shared),
            Store::InPlace(queue) => queue.vacant().map(Place::Itself),
            Store::Latest(_) | Store::Merged(_) => None,
        }
    }

    /// Has the message that has waited longest read: where it lies, or on its way out where those who publish must not meet a slot
    /// that is still in use. `read` is gone after that. Counts it as received.
    #[inline]
    pub(super) fn read<R, F: FnOnce(&M) -> R>(&self, read: &mut Option<F>) -> Option<R> {
        if let Store::InPlace(queue) = &self.store {
            let taken = queue.take()?;
            self.count_received();
            let read = read.take()?;
            if self.overflow == Overflow::DropOldest {
                return Some(read(taken.into_inner().message()));
            }
            // Dropped last, also where `read` panics: after the slot is free.
            let _emptied = self
                .overflow
                .holds_publisher()
                .then(|| Ringing(&self.emptied));
            let taken = taken;
            return Some(read(taken.message()));
        }
        let message = self.take()?;
        self.count_received();
        read.take().map(|read| read(&message))
    }
}

/// Rings as it is dropped.
struct Ringing<'a>(&'a Bell);

impl Drop for Ringing<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.ring();
    }
}
