//! Sleeping until there is a record, or room for one.

use std::io;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Duration;

use super::layout::{slot_field, Field, SlotField};
use super::memory::Memory;
use super::publishing::Publishing;
use super::receiving::Receiving;
use super::slots::{evict, ReaderLocks};
use crate::failpoint::{reached, Step};

/// A reader sleeps no longer than this at once: a writer may die between its commit and the bell.
pub const READER_CAP: Duration = Duration::from_millis(100);

/// A writer without room sleeps no longer than this at once: a reader that died rings for nobody.
pub const WRITER_CAP: Duration = Duration::from_millis(10);

/// How long a writer may take from its commit to the bell before the bell counts as missed.
const GRACE: Duration = Duration::from_millis(20);

/// What wakes a sleeper in another process.
pub trait Doorbell {
    /// Sleeps until the bell is rung, or `timeout` is over: then `false`. May return early; remembers a ring that came
    /// before.
    fn wait(&self, timeout: Duration) -> io::Result<bool>;

    /// Wakes who waits, or who will wait next.
    fn ring(&self) -> io::Result<()>;
}

/// Why a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// There was something before falling asleep.
    NotSlept,
    /// The bell was rung.
    Rung,
    /// Time passed.
    TimedOut,
    /// Time passed, and there is something for which nobody rang: the writer died in between.
    Missed,
}

/// Says that this reader is about to sleep; `false` if there is something to read, and it should not. Either way
/// [`end_sleep`] must follow. A consumer of several lanes does this on each, then sleeps once.
///
/// The bit, a full fence, one more look, then sleep: against the writer's commit, full fence, look at the bits.
pub fn begin_sleep<M: Memory>(receiving: &Receiving<M>) -> bool {
    let memory = receiving.memory();
    memory.store(slot_field(receiving.slot(), SlotField::Waiting), 1, Relaxed);
    reached(Step::S1);
    memory.set_bits(Field::Sleepers as usize, 1 << receiving.slot());
    reached(Step::S2);
    memory.fence(SeqCst);
    !receiving.has_something()
}

/// Says that this reader is awake.
pub fn end_sleep<M: Memory>(receiving: &Receiving<M>) {
    let bit = 1 << receiving.slot();
    let memory = receiving.memory();
    memory.clear_bits(Field::Sleepers as usize, bit);
    memory.store(slot_field(receiving.slot(), SlotField::Waiting), 0, Relaxed);
    reached(Step::S4);
}

/// Sleeps until the writer rings, or for `timeout` at most.
pub fn await_record<M: Memory>(
    receiving: &Receiving<M>,
    bell: &dyn Doorbell,
    timeout: Duration,
) -> io::Result<Woken> {
    if !begin_sleep(receiving) {
        end_sleep(receiving);
        return Ok(Woken::NotSlept);
    }
    reached(Step::S3);
    let woken = sleep(receiving, bell, timeout);
    end_sleep(receiving);
    woken
}

fn sleep<M: Memory>(
    receiving: &Receiving<M>,
    bell: &dyn Doorbell,
    timeout: Duration,
) -> io::Result<Woken> {
    if bell.wait(timeout)? {
        return Ok(Woken::Rung);
    }
    if !receiving.has_something() {
        return Ok(Woken::TimedOut);
    }
    // It came at this very moment, and its writer is about to ring; or nobody will.
    Ok(if bell.wait(GRACE)? {
        Woken::Rung
    } else {
        Woken::Missed
    })
}

/// Says that the writer is about to sleep until there is room for so many bytes of payload; `false` if there is some.
/// Either way [`end_wait`] must follow.
///
/// The word, a full fence, one more look at the readers, then sleep: against a reader's position, full fence, look
/// at the word.
pub fn begin_wait<M: Memory>(publishing: &mut Publishing<M>, length: usize) -> bool {
    publishing
        .memory
        .store(Field::RoomWanted as usize, 1, Relaxed);
    reached(Step::B1);
    // Makes the full fence before it looks.
    !publishing.has_room_for_part(length)
}

/// Says that the writer is awake.
pub fn end_wait<M: Memory>(publishing: &Publishing<M>) {
    publishing
        .memory
        .store(Field::RoomWanted as usize, 0, Relaxed);
}

/// Frees the slots of dead readers that leave no room for so many bytes of payload; tells how many.
pub fn evict_for<M: Memory>(
    publishing: &Publishing<M>,
    length: usize,
    locks: &impl ReaderLocks,
) -> io::Result<usize> {
    let needed_from = publishing.needed_from(length);
    evict(&publishing.memory, &publishing.geometry, needed_from, locks)
}

/// Sleeps until a reader gives room back, or for `timeout` at most; frees the slots of dead readers first.
pub fn await_room<M: Memory>(
    publishing: &mut Publishing<M>,
    length: usize,
    locks: &impl ReaderLocks,
    bell: &dyn Doorbell,
    timeout: Duration,
) -> io::Result<()> {
    evict_for(publishing, length, locks)?;
    let woken = if begin_wait(publishing, length) {
        reached(Step::B2);
        bell.wait(timeout).map(|_| ())
    } else {
        Ok(())
    };
    end_wait(publishing);
    woken
}
