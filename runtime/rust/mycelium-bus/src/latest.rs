//! A place for one message: the newest.

use std::sync::{Arc, Mutex, PoisonError};

/// Holds the newest message until it is taken.
#[derive(Debug)]
pub(crate) struct Latest<M>(Mutex<Option<Arc<M>>>);

impl<M> Default for Latest<M> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<M> Latest<M> {
    /// Keeps this message; tells whether another one was lost for it.
    pub(crate) fn replace(&self, message: Arc<M>) -> bool {
        self.slot(|slot| slot.replace(message)).is_some()
    }

    /// Gives the message away.
    pub(crate) fn take(&self) -> Option<Arc<M>> {
        self.slot(Option::take)
    }

    /// How many messages it holds: 0 or 1.
    pub(crate) fn len(&self) -> usize {
        self.slot(|slot| usize::from(slot.is_some()))
    }

    /// The old message is dropped by the caller, after the lock was released.
    fn slot<R>(&self, access: impl FnOnce(&mut Option<Arc<M>>) -> R) -> R {
        access(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
