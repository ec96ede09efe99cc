//! The queue itself.

use crate::padding::Padded;
use crate::slots::Slots;
use crate::synchronization::{yield_now, AtomicUsize, Ordering};
use crate::taken::Taken;
use crate::vacant::Vacant;

/// Up to `capacity` values, first in, first out. Any thread may push and pop.
///
/// Positions count up for ever (wrapping after 2^64 values) and are never reused while a slow thread still holds one: it
/// would have to sleep through 2^64 pushes.
pub struct BoundedQueue<T> {
    tail: Padded<AtomicUsize>,
    head: Padded<AtomicUsize>,
    slots: Slots<T>,
}

// SAFETY: a value is handed over whole: it is written by the one thread that won its position from `tail`, and taken by
// the one that won it from `head`, with a release store and an acquire load of `turn` in between.
unsafe impl<T: Send> Send for BoundedQueue<T> {}
// SAFETY: as above; sharing the queue shares no value.
unsafe impl<T: Send> Sync for BoundedQueue<T> {}

impl<T> BoundedQueue<T> {
    /// A queue for at least `capacity` values: the next power of two, and 2 at least (with one slot, an empty one and a full
    /// one would look the same).
    ///
    /// # Panics
    /// Where `capacity` is above 2^62, or there is no memory for it.
    pub fn new(capacity: usize) -> Self {
        assert!(
            capacity <= 1 << 62,
            "a queue of {capacity} values does not fit into memory"
        );
        Self {
            tail: Padded(AtomicUsize::new(0)),
            head: Padded(AtomicUsize::new(0)),
            slots: Slots::new(capacity.next_power_of_two().max(2)),
        }
    }

    /// How many values fit.
    pub fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    /// How many values are in it, as of some moment during the call.
    pub fn len(&self) -> usize {
        let tail = self.tail.load(Ordering::Acquire);
        let head = self.head.load(Ordering::Acquire);
        tail.wrapping_sub(head).min(self.capacity())
    }

    /// Whether there is nothing to take, as of some moment during the call.
    pub fn is_empty(&self) -> bool {
        loop {
            let head = self.head.load(Ordering::Acquire);
            let (slot, lap) = self.slots.at(head);
            let turn = slot.turn.load(Ordering::Acquire);
            let filled = lap.wrapping_add(1);
            if turn == filled || is_before(turn, filled) {
                return turn != filled;
            }
            // Another reader has taken the value since.
        }
    }

    /// Whether one more value fits, as of some moment during the call. A slot whose value is [being looked at](Self::take) is not
    /// free.
    pub fn has_room(&self) -> bool {
        loop {
            let tail = self.tail.load(Ordering::Acquire);
            let (slot, lap) = self.slots.at(tail);
            let turn = slot.turn.load(Ordering::Acquire);
            if turn == lap || is_before(turn, lap) {
                return turn == lap;
            }
            // Another writer has filled the slot since.
        }
    }

    /// Adds a value at the end.
    ///
    /// # Errors
    /// The value, where there is no room.
    #[inline]
    pub fn push(&self, value: T) -> Result<(), T> {
        match self.vacant() {
            Some(vacant) => {
                vacant.fill(value);
                Ok(())
            }
            None => Err(value),
        }
    }

    /// The slot at the end, to be filled at once; None where there is no room.
    #[inline]
    pub fn vacant(&self) -> Option<Vacant<'_, T>> {
        let mut position = self.tail.load(Ordering::Relaxed);
        loop {
            let (slot, lap) = self.slots.at(position);
            let turn = slot.turn.load(Ordering::Acquire);
            if turn == lap {
                match self.claim(&self.tail, position) {
                    // SAFETY: this thread alone won `position`, and the slot is ready for its writer.
                    Ok(()) => return Some(unsafe { Vacant::new(slot, lap) }),
                    Err(current) => position = current,
                }
            } else if is_before(turn, lap) {
                return None;
            } else {
                position = self.tail.load(Ordering::Relaxed);
            }
        }
    }

    /// Takes the value that has been in it longest; None where there is none.
    #[inline]
    pub fn pop(&self) -> Option<T> {
        self.take().map(Taken::into_inner)
    }

    /// As [`pop`](Self::pop), and leaves the value where it lies until it has been looked at.
    #[inline]
    pub fn take(&self) -> Option<Taken<'_, T>> {
        let mut position = self.head.load(Ordering::Relaxed);
        loop {
            let (slot, lap) = self.slots.at(position);
            let turn = slot.turn.load(Ordering::Acquire);
            let filled = lap.wrapping_add(1);
            if turn == filled {
                match self.claim(&self.head, position) {
                    // SAFETY: this thread alone won `position`, and the acquire load saw the release store after the value was
                    // written. Nobody else touches the slot before its next lap.
                    Ok(()) => {
                        let next_lap = lap.wrapping_add(self.capacity());
                        return Some(unsafe { Taken::new(slot, next_lap) });
                    }
                    Err(current) => position = current,
                }
            } else if is_before(turn, filled) {
                return None;
            } else {
                position = self.head.load(Ordering::Relaxed);
            }
        }
    }

    /// For a writer that finds no room and waits for nobody: drops the value that has been in it longest, and tells whether there was
    /// one. Looks for room again after; another thread may have been quicker.
    pub fn evict(&self) -> bool {
        let oldest = self.pop();
        if oldest.is_none() {
            // A reader is about to free the slot: it has claimed the value and not yet moved it out.
            yield_now();
        }
        oldest.is_some()
    }

    #[inline]
    fn claim(&self, counter: &AtomicUsize, position: usize) -> Result<(), usize> {
        let next = position.wrapping_add(1);
        counter
            .compare_exchange_weak(position, next, Ordering::Relaxed, Ordering::Relaxed)
            .map(drop)
    }
}

/// Whether `position` lies before `other`, also where they have wrapped.
#[inline]
fn is_before(position: usize, other: usize) -> bool {
    other.wrapping_sub(position) <= usize::MAX / 2
}

impl<T> Drop for BoundedQueue<T> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}

impl<T> std::fmt::Debug for BoundedQueue<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("BoundedQueue")
            .field("capacity", &self.capacity())
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
