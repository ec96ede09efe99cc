//! The queue of a topic where nobody else receives, filled by a publisher that need not look at who does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::mailbox::{Mailbox, Place};
use super::receivers::Receivers;

/// One queue, where there is no other receiver. The lock is held for as long as it takes to fill a place and never while somebody
/// waits for one.
pub(super) struct Lone<M>(Mutex<State<M>>);

struct State<M> {
    queue: Option<Arc<Mailbox<Arc<M>>>>,
    /// How many messages went this way.
    published: u64,
}

impl<M> Default for Lone<M> {
    fn default() -> Self {
        Self(Mutex::new(State {
            queue: None,
            published: 0,
        }))
    }
}

impl<M> Lone<M> {
    /// Takes the queue that is alone among these receivers from now on, if one is.
    pub(super) fn choose(&self, receivers: &Receivers<M>) {
        let before = {
            let mut state = self.lock();
            std::mem::replace(&mut state.queue, receivers.only_queue().cloned())
        };
        // Dropped without the lock: what waits in it may use the bus when it goes.
        drop(before);
    }

    pub(super) fn published(&self) -> u64 {
        self.lock().published
    }

    /// To put a message into the queue; None where another publisher is at it just now.
    #[inline]
    pub(super) fn enter(&self) -> Option<Entered<'_, M>> {
        self.0.try_lock().ok().map(Entered)
    }

    fn lock(&self) -> MutexGuard<'_, State<M>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one publisher that is at the queue.
pub(super) struct Entered<'a, M>(MutexGuard<'a, State<M>>);

impl<M> Entered<'_, M> {
    /// A place in the queue, to be [told](Self::tell) of once it is filled; None where none is alone, or it has no room.
    #[inline]
    pub(super) fn place(&self) -> Option<Place<'_, M>> {
        self.0.queue.as_ref()?.place()
    }

    /// Counts the message, and wakes whoever waits for it: without the lock, as what is woken may do anything.
    #[inline]
    pub(super) fn tell(self) {
        let mut state = self.0;
        state.published += 1;
        let queue = state.queue.as_ref();
        let asleep = queue.filter(|queue| queue.has_sleepers()).cloned();
        drop(state);
        if let Some(queue) = asleep {
            queue.filled().ring();
        }
    }
}
