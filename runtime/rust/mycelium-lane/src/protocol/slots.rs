//! Reader slots: taking one, leaving it, and freeing those of the dead.

use std::io;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};

use super::fault::Fault;
use super::layout::{slot_field, Field, Geometry, SlotField};
use super::memory::Memory;
use super::snapshot::{settled_snapshot, Snapshot};
use crate::failpoint::{reached, Step};

const SLOT_FREE: u64 = 0;
const SLOT_TAKEN: u64 = 1;

/// What happens when a reader is slower than the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Policy {
    /// The writer waits: nothing is lost.
    Reliable = 1,
    /// The writer goes on: the reader counts what it missed.
    Lossy = 2,
}

/// The locks that tell living readers from dead ones: the kernel drops them when a process ends.
pub trait ReaderLocks {
    /// Takes the lock of a slot if no living reader holds it.
    fn try_lock_reader(&self, slot: usize) -> io::Result<bool>;

    /// Gives the lock of a slot back.
    fn unlock_reader(&self, slot: usize) -> io::Result<()>;
}

/// Where a new reader begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The slot it has.
    pub slot: usize,
    /// The first position it reads, and how many frames were published before.
    pub start: Snapshot,
    /// Which reader of this slot it is.
    pub incarnation: u64,
}

/// Takes `slot`, whose lock the caller holds, and chooses where to begin.
///
/// The writer scans slots after a full fence. Either it sees this slot, and does not pass `ReadPosition`; or this
/// reader's fence came later, and `WritePosition`, read after it, is at least what the writer had at its scan, which
/// is as far as that scan lets it fill the lane.
pub fn join(
    memory: &impl Memory,
    geometry: &Geometry,
    slot: usize,
    policy: Policy,
) -> Result<Joined, Fault> {
    let at = |field| slot_field(slot, field);
    let provisional = settled_snapshot(memory, geometry)?.position;
    let incarnation = memory
        .load(at(SlotField::Incarnation), Relaxed)
        .wrapping_add(1);
    memory.store(at(SlotField::State), SLOT_FREE, Release);
    memory.store(at(SlotField::Incarnation), incarnation, Relaxed);
    memory.store(at(SlotField::ReadPosition), provisional, Relaxed);
    memory.store(at(SlotField::Policy), policy as u64, Relaxed);
    for field in [SlotField::Waiting, SlotField::Lost, SlotField::Received] {
        memory.store(at(field), 0, Relaxed);
    }
    reached(Step::J2);
    memory.store(at(SlotField::State), SLOT_TAKEN, Release);
    reached(Step::J3);
    memory.fence(SeqCst);
    let start = settled_snapshot(memory, geometry)?;
    memory.store(at(SlotField::ReadPosition), start.position, Release);
    reached(Step::J4);
    Ok(Joined {
        slot,
        start,
        incarnation,
    })
}

/// Frees a slot. The caller then wakes the writer, which may have been waiting for this reader, and gives the lock back.
pub fn leave(memory: &impl Memory, slot: usize) {
    memory.clear_bits(Field::Sleepers as usize, 1 << slot);
    memory.store(slot_field(slot, SlotField::State), SLOT_FREE, Release);
    reached(Step::L1);
    memory.fence(SeqCst);
    memory.clear_bits(Field::RoomWanted as usize, u64::MAX);
    reached(Step::L2);
}

/// Up to where the data may be overwritten: the least position a reliable reader needs, at most `position`.
/// The caller has made a full fence.
pub(super) fn least_needed(memory: &impl Memory, geometry: &Geometry, position: u64) -> u64 {
    let mut least = position;
    for slot in 0..geometry.reader_slots as usize {
        if let Some(needed) = needed_by(memory, slot) {
            least = least.min(needed);
        }
    }
    least
}

fn needed_by(memory: &impl Memory, slot: usize) -> Option<u64> {
    let taken = memory.load(slot_field(slot, SlotField::State), Acquire) == SLOT_TAKEN;
    let gating =
        taken && memory.load(slot_field(slot, SlotField::Policy), Relaxed) != Policy::Lossy as u64;
    gating.then(|| memory.load(slot_field(slot, SlotField::ReadPosition), Acquire))
}

/// Frees the slots of dead readers that hold the writer back before `needed_from`; tells how many.
///
/// The lock decides: a living reader has it from before it takes the slot until after it frees it. So whatever a slot holds
/// while this has its lock was left by the dead, also if it changed hands since it was looked at.
pub fn evict(
    memory: &impl Memory,
    geometry: &Geometry,
    needed_from: u64,
    locks: &impl ReaderLocks,
) -> io::Result<usize> {
    let mut evicted = 0;
    for slot in 0..geometry.reader_slots as usize {
        let in_the_way = needed_by(memory, slot).is_some_and(|position| position < needed_from);
        if !in_the_way || !locks.try_lock_reader(slot)? {
            continue;
        }
        reached(Step::E1);
        memory.store(slot_field(slot, SlotField::State), SLOT_FREE, Release);
        reached(Step::E2);
        evicted += 1;
        locks.unlock_reader(slot)?;
    }
    Ok(evicted)
}
