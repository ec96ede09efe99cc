//! The queue itself.

use std::mem::MaybeUninit;

use crate::padding::Padded;
use crate::synchronization::{yield_now, AtomicUsize, Ordering, UnsafeCell};

/// A slot, and the position it is ready for. With `p` any position that lands on this slot: at `p` it waits for the writer of
/// `p`, at `p + 1` it holds the value of `p`, and its reader sets it to `p + capacity`, the next writer's position.
struct Slot<T> {
    ready_for: AtomicUsize,
    value: UnsafeCell<MaybeUninit<T>>,
}

/// Up to `capacity` values, first in, first out. Any thread may push and pop.
///
/// Positions count up for ever (wrapping after 2^64 values) and are never reused while a slow thread still holds one: it
/// would have to sleep through 2^64 pushes.
pub struct BoundedQueue<T> {
    tail: Padded<AtomicUsize>,
    head: Padded<AtomicUsize>,
    slots: Box<[Slot<T>]>,
    mask: usize,
}

// SAFETY: a value is handed over whole: it is written by the one thread that won its position from `tail`, and moved out by
// the one that won it from `head`, with a release store and an acquire load of `ready_for` in between. No reference to
// it exists in two threads, so `T: Send` is all that is needed.
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
        let capacity = capacity.next_power_of_two().max(2);
        let slot = |position| Slot {
            ready_for: AtomicUsize::new(position),
            value: UnsafeCell::new(MaybeUninit::uninit()),
        };
        Self {
            tail: Padded(AtomicUsize::new(0)),
            head: Padded(AtomicUsize::new(0)),
            slots: (0..capacity).map(slot).collect(),
            mask: capacity - 1,
        }
    }

    /// How many values fit.
    pub fn capacity(&self) -> usize {
        self.slots.len()
    }

    /// How many values are in it, as of some moment during the call.
    pub fn len(&self) -> usize {
        let tail = self.tail.load(Ordering::Acquire);
        let head = self.head.load(Ordering::Acquire);
        tail.wrapping_sub(head).min(self.capacity())
    }

    /// Whether nothing is in it, as of some moment during the call.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a value at the end.
    ///
    /// # Errors
    /// The value, where there is no room.
    #[inline]
    pub fn push(&self, value: T) -> Result<(), T> {
        let mut position = self.tail.load(Ordering::Relaxed);
        loop {
            let slot = &self.slots[position & self.mask];
            let ready_for = slot.ready_for.load(Ordering::Acquire);
            if ready_for == position {
                match self.claim(&self.tail, position) {
                    Ok(()) => {
                        // SAFETY: this thread alone won `position`, and the slot is ready for its writer: nobody else
                        // touches the value until the store below.
                        slot.value
                            .with_mut(|place| unsafe { (*place).write(value) });
                        slot.ready_for
                            .store(position.wrapping_add(1), Ordering::Release);
                        return Ok(());
                    }
                    Err(current) => position = current,
                }
            } else if is_before(ready_for, position) {
                return Err(value);
            } else {
                position = self.tail.load(Ordering::Relaxed);
            }
        }
    }

    /// Takes the value that has been in it longest; None where there is none.
    #[inline]
    pub fn pop(&self) -> Option<T> {
        let mut position = self.head.load(Ordering::Relaxed);
        loop {
            let slot = &self.slots[position & self.mask];
            let ready_for = slot.ready_for.load(Ordering::Acquire);
            let filled = position.wrapping_add(1);
            if ready_for == filled {
                match self.claim(&self.head, position) {
                    Ok(()) => {
                        // SAFETY: this thread alone won `position`, and the acquire load saw the release store after the
                        // value was written. It is moved out once: the slot then waits for a writer.
                        let value = slot
                            .value
                            .with_mut(|place| unsafe { (*place).assume_init_read() });
                        let next = position.wrapping_add(self.capacity());
                        slot.ready_for.store(next, Ordering::Release);
                        return Some(value);
                    }
                    Err(current) => position = current,
                }
            } else if is_before(ready_for, filled) {
                return None;
            } else {
                position = self.head.load(Ordering::Relaxed);
            }
        }
    }

    /// Adds a value at the end; where there is no room, `evict` gets those that have been in it longest, one after the
    /// other, until there is. More than one goes only where another thread fills the room first.
    pub fn push_over(&self, value: T, mut evict: impl FnMut(T)) {
        let mut value = value;
        while let Err(back) = self.push(value) {
            value = back;
            match self.pop() {
                Some(oldest) => evict(oldest),
                // A reader is about to free the slot: it has claimed the value and not yet moved it out.
                None => yield_now(),
            }
        }
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
