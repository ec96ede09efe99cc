//! The slot of a writer, before its value lies there.

use crate::slots::Slot;
use crate::synchronization::Ordering;

/// The next slot of a queue, which its writer has won. Readers wait for it, so it is filled at once: dropping it instead ends the
/// process, because nobody could ever take what comes later.
#[must_use]
pub struct Vacant<'a, T> {
    slot: &'a Slot<T>,
    lap: usize,
}

impl<'a, T> Vacant<'a, T> {
    /// # Safety
    /// It is the slot's turn in this lap, and nobody but the caller writes or reads its value until that changes.
    #[inline]
    pub(crate) unsafe fn new(slot: &'a Slot<T>, lap: usize) -> Self {
        Self { slot, lap }
    }

    /// Puts the value there, for the readers of the queue.
    #[inline]
    pub fn fill(self, value: T) {
        // SAFETY: the slot's value is this one's alone until the store below.
        self.slot
            .value
            .with_mut(|place| unsafe { (*place).write(value) });
        self.slot
            .turn
            .store(self.lap.wrapping_add(1), Ordering::Release);
        std::mem::forget(self);
    }
}

impl<T> Drop for Vacant<'_, T> {
    fn drop(&mut self) {
        std::process::abort();
    }
}

impl<T> std::fmt::Debug for Vacant<'_, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Vacant").finish_non_exhaustive()
    }
}
