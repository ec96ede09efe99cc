//! A value that a reader has, still in its slot.

use std::mem::ManuallyDrop;
use std::ops::Deref;

use crate::slots::Slot;
use crate::synchronization::Ordering;

/// The oldest value of a queue, which its reader has taken and not yet moved. Its slot is free for the next value once this is
/// dropped, with the value, or [moved out](Self::into_inner).
///
/// Until then a queue that is full stays full, also where what came later is popped.
pub struct Taken<'a, T> {
    slot: &'a Slot<T>,
    next_lap: usize,
}

impl<'a, T> Taken<'a, T> {
    /// # Safety
    /// The slot holds a value which belongs to the caller alone until the slot's turn is `next_lap`.
    #[inline]
    pub(crate) unsafe fn new(slot: &'a Slot<T>, next_lap: usize) -> Self {
        Self { slot, next_lap }
    }

    /// Moves the value out.
    #[inline]
    pub fn into_inner(self) -> T {
        let taken = ManuallyDrop::new(self);
        // SAFETY: the value belongs to this, which is gone now but for the slot's turn.
        let value = taken
            .slot
            .value
            .with_mut(|place| unsafe { (*place).assume_init_read() });
        taken.leave();
        value
    }

    #[inline]
    fn leave(&self) {
        self.slot.turn.store(self.next_lap, Ordering::Release);
    }
}

impl<T> Deref for Taken<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the value belongs to this, which hands out only what lives no longer than a borrow of itself.
        self.slot
            .value
            .with(|place| unsafe { (*place).assume_init_ref() })
    }
}

impl<T> Drop for Taken<'_, T> {
    #[inline]
    fn drop(&mut self) {
        /// Frees the slot also where dropping the value panics.
        struct Leaving<'a, 'b, T>(&'a Taken<'b, T>);
        impl<T> Drop for Leaving<'_, '_, T> {
            fn drop(&mut self) {
                self.0.leave();
            }
        }
        let leaving = Leaving(self);
        // SAFETY: the value belongs to this, and nobody looks at it after.
        leaving
            .0
            .slot
            .value
            .with_mut(|place| unsafe { (*place).assume_init_drop() });
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Taken<'_, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Taken").field(&**self).finish()
    }
}
