//! Memory that was used and waits to be used again, which saves asking for it and giving it back.

use super::cell::LockedCell;
use std::ptr::null_mut;

/// So many at most are kept.
const MOST: usize = 32;

/// Pieces of memory for one kind of thing, which nobody else refers to; they are kept until the process ends.
pub struct Spares<Thing> {
    things: [*mut Thing; MOST],
    count: usize,
}

impl<Thing> LockedCell<Spares<Thing>> {
    /// None yet.
    pub const fn without_any() -> Self {
        LockedCell::new(Spares {
            things: [null_mut(); MOST],
            count: 0,
        })
    }

    /// One of them, as it was left.
    #[inline(always)]
    pub fn take(&self) -> Option<*mut Thing> {
        // SAFETY: the lock is held, and nothing in here runs Python code.
        let spares = unsafe { &mut *self.get() };
        let left = spares.count.checked_sub(1)?;
        let taken = spares.things.get(left).copied()?;
        spares.count = left;
        Some(taken)
    }

    /// Keep one; false where there are enough.
    #[inline(always)]
    pub fn keep(&self, thing: *mut Thing) -> bool {
        // SAFETY: as above.
        let spares = unsafe { &mut *self.get() };
        match spares.things.get_mut(spares.count) {
            Some(place) => {
                *place = thing;
                spares.count += 1;
                true
            }
            None => false,
        }
    }
}
