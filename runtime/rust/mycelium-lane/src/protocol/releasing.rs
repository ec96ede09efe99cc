//! Giving room back to the writer.

use std::sync::atomic::Ordering::{Relaxed, Release as ReleaseOrdering, SeqCst};

use super::layout::{slot_field, Field, SlotField};
use super::memory::Memory;
use crate::failpoint::{reached, Step};

/// A position to be released once a frame in place is not needed any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    pub(super) slot: usize,
    pub(super) position: u64,
    pub(super) fenced: bool,
}

impl Release {
    /// Lets the writer overwrite up to the position.
    ///
    /// A full fence each time would cost more than reading, so it is made once for each eighth of the lane, and when
    /// nothing is left to read; what a sleeping writer could miss in between is little, and short.
    #[inline(always)]
    pub fn perform(self, memory: &impl Memory, wake_writer: &mut dyn FnMut()) {
        memory.store(
            slot_field(self.slot, SlotField::ReadPosition),
            self.position,
            ReleaseOrdering,
        );
        reached(Step::D3);
        wake_writer_if_waiting(memory, self.fenced, wake_writer);
    }
}

#[inline(always)]
pub(super) fn wake_writer_if_waiting(
    memory: &impl Memory,
    fenced: bool,
    wake_writer: &mut dyn FnMut(),
) {
    if fenced {
        memory.fence(SeqCst);
    }
    if memory.load(Field::RoomWanted as usize, Relaxed) != 0 {
        memory.clear_bits(Field::RoomWanted as usize, u64::MAX);
        wake_writer();
        reached(Step::D4);
    }
}
