//! A position together with the number of frames published before it: what makes counts of losses exact.

use std::sync::atomic::Ordering::{Acquire, Relaxed};

use super::fault::Fault;
use super::layout::{Field, Geometry};
use super::memory::Memory;
use super::record::{CommitWord, RECORD_ALIGNMENT};

/// How often to look before saying that the writer is in the middle of something.
const LOOKS: usize = 16;

/// How often a joining reader looks; a writer would have to be unlucky beyond reason to be caught each time.
const LOOKS_WHEN_JOINING: usize = 16_000;

/// No honest lane gets here: 4 exbibytes.
const POSITION_MAX: u64 = 1 << 62;

/// The end of the last record at some moment, and the frames that were complete by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// A position at which a record begins.
    pub position: u64,
    /// How many frames end before it.
    pub frames: u64,
}

/// Checks a position found in memory.
pub(super) fn checked_position(field: Field, position: u64) -> Result<u64, Fault> {
    if position.is_multiple_of(RECORD_ALIGNMENT) && position <= POSITION_MAX {
        return Ok(position);
    }
    Err(Fault {
        what: "a position of the writer",
        offset: field as u64,
        found: position,
        allowed: "a multiple of 64 below 2^62",
    })
}

/// Reads position and number so that they belong together; `None` if the writer moved each time.
///
/// The writer stores `FramesCommitted`, `WritePosition`, `FramesPublished`, in this order. The last equal to the first,
/// read in the opposite order: the position between them is theirs. If they differ, the writer is, or died, between
/// the two stores; then the position is still the old one exactly if a committed record begins there, provided that
/// nothing moved while looking.
pub fn snapshot(memory: &impl Memory, geometry: &Geometry) -> Result<Option<Snapshot>, Fault> {
    for _ in 0..LOOKS {
        let published = memory.load(Field::FramesPublished as usize, Acquire);
        let found = memory.load(Field::WritePosition as usize, Acquire);
        let committed = memory.load(Field::FramesCommitted as usize, Acquire);
        let position = checked_position(Field::WritePosition, found)?;
        if committed == published {
            return Ok(Some(Snapshot {
                position,
                frames: published,
            }));
        }
        let word = CommitWord::from_word(memory.load(geometry.cell(position), Acquire));
        let still = memory.load(Field::WritePosition as usize, Acquire) == found
            && memory.load(Field::FramesPublished as usize, Relaxed) == published;
        if still && committed == published.wrapping_add(1) {
            let old = word.lap_tag == geometry.lap_tag(position);
            return Ok(Some(Snapshot {
                position,
                frames: if old { published } else { committed },
            }));
        }
    }
    Ok(None)
}

/// As [`snapshot`], but looks until it gets one.
pub(super) fn settled_snapshot(
    memory: &impl Memory,
    geometry: &Geometry,
) -> Result<Snapshot, Fault> {
    for _ in 0..LOOKS_WHEN_JOINING / LOOKS {
        if let Some(snapshot) = snapshot(memory, geometry)? {
            return Ok(snapshot);
        }
    }
    Err(Fault {
        what: "the number of frames committed",
        offset: Field::FramesCommitted as u64,
        found: memory.load(Field::FramesCommitted as usize, Relaxed),
        allowed: "the number published, or one more",
    })
}
