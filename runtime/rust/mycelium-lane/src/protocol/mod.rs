//! The algorithm of a lane, over any [`Memory`]: the same code runs on a mapped file and under a model checker.
//!
//! `docs/shm.md` numbers its steps; the names of [`Step`](crate::failpoint::Step) are those numbers. Nothing here touches files,
//! locks or descriptors, and nothing trusts what it reads: a position is masked into the data before use, and
//! a record is checked before it is believed.

mod assembling;
mod fault;
mod layout;
mod memory;
mod publishing;
mod receiving;
mod record;
mod recovery;
mod releasing;
mod sleeping;
mod slots;
mod snapshot;

pub use fault::Fault;
pub use layout::{
    slot_field, Field, Geometry, Header, SlotField, CAPACITY_MAX, CAPACITY_MIN, DATA_ALIGNMENT,
    HEADER_BYTES, READERS_MAX, STATE_CLOSED, STATE_READY,
};
pub use memory::Memory;
pub use publishing::{FrameHead, Publishing, Refused};
pub use receiving::{Found, Next, Place, ReaderCounts, Receiving};
pub use record::{
    CommitWord, FLAG_ABORT, FLAG_BEGIN, FLAG_END, FLAG_ENVELOPE, FLAG_PAD, RECORD_ALIGNMENT,
};
pub use recovery::recover;
pub use releasing::Release;
pub use sleeping::{
    await_record, await_room, begin_sleep, begin_wait, end_sleep, end_wait, evict_for, Doorbell,
    Woken, READER_CAP, WRITER_CAP,
};
pub use slots::{evict, join, leave, Joined, Policy, ReaderLocks};
pub use snapshot::{snapshot, Snapshot};
