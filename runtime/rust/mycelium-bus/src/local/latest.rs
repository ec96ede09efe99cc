//! A place for one message: the newest.

use std::sync::{Mutex, PoisonError};

/// Holds the newest message until it is taken.
#[derive(Debug)]
pub(crate) struct Latest<T>(Mutex<Option<T>>);

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Latest<T> {
    /// Keeps this message; tells whether another one was lost for it.
    pub(crate) fn replace(&self, message: T) -> bool {
        self.slot(|slot| slot.replace(message)).is_some()
    }

    /// Gives the message away.
    pub(crate) fn take(&self) -> Option<T> {
        self.slot(Option::take)
    }

    /// How many messages it holds: 0 or 1.
    pub(crate) fn len(&self) -> usize {
        self.slot(|slot| usize::from(slot.is_some()))
    }

    /// The old message is dropped by the caller, after the lock was released.
    fn slot<R>(&self, access: impl FnOnce(&mut Option<T>) -> R) -> R {
        access(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
