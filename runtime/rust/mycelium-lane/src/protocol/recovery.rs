//! Beginning as the writer of a lane: a new one, or one whose writer died.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::fault::Fault;
use super::layout::{Field, Geometry};
use super::memory::Memory;
use super::publishing::Publishing;
use super::record::{CommitWord, COMMIT_BYTES, FLAG_ABORT, FLAG_END, RECORD_ALIGNMENT};
use super::snapshot::checked_position;
use crate::failpoint::{reached, Step};

/// Takes a lane over; the caller holds the writer's lock. Works as well on a lane that had no writer yet.
///
/// Records that were committed stay. What a dead writer had claimed beyond them is covered by an ABORT record, which needs
/// no room that was not already claimed. The new writer announces its epoch before its first frame.
///
/// Safe to die in and to repeat: until `WritePosition` moves, the walk finds the same records, or the ABORT.
pub fn recover<M: Memory>(memory: M, geometry: Geometry) -> Result<Publishing<M>, Fault> {
    reached(Step::R1);
    let claimed = memory.load(Field::ClaimPosition as usize, Acquire);
    let written = checked_position(
        Field::WritePosition,
        memory.load(Field::WritePosition as usize, Acquire),
    )?;
    let claimed = checked_position(Field::ClaimPosition, claimed)?;
    let consistent = match claimed {
        0 => written == 0,
        _ => (written + RECORD_ALIGNMENT..=written + geometry.capacity).contains(&claimed),
    };
    if !consistent {
        let allowed = "between the write position and one capacity beyond it";
        return Err(Fault {
            what: "the claim",
            offset: Field::ClaimPosition as u64,
            found: claimed,
            allowed,
        });
    }
    let claim_end = claimed.saturating_sub(RECORD_ALIGNMENT);
    let walked = walk(&memory, &geometry, written, claim_end)?;
    if claim_end.saturating_sub(walked.end) > u64::from(geometry.max_record) {
        let allowed = "at most one record beyond the last";
        return Err(Fault {
            what: "the claim",
            offset: Field::ClaimPosition as u64,
            found: claimed,
            allowed,
        });
    }
    let published = memory.load(Field::FramesPublished as usize, Relaxed);
    let committed = memory.load(Field::FramesCommitted as usize, Relaxed);
    if committed.wrapping_sub(published) > 1 {
        let allowed = "the number published, or one more";
        let offset = Field::FramesCommitted as u64;
        return Err(Fault {
            what: "the number of frames committed",
            offset,
            found: committed,
            allowed,
        });
    }
    let frames = committed.max(published.wrapping_add(walked.frames));
    let previous_epoch = memory.load(Field::Epoch as usize, Relaxed);
    let mut publishing = Publishing::resuming(memory, geometry, walked.end, claimed, frames);
    cover(&mut publishing, written, claim_end);
    publishing.epoch = previous_epoch.wrapping_add(1);
    publishing
        .memory
        .store(Field::Epoch as usize, publishing.epoch, Release);
    publishing.epoch_announced = previous_epoch == 0;
    reached(Step::R6);
    Ok(publishing)
}

struct Walked {
    end: u64,
    frames: u64,
}

/// Finds the committed records between the write position and what was claimed.
fn walk(memory: &impl Memory, geometry: &Geometry, from: u64, to: u64) -> Result<Walked, Fault> {
    let mut walked = Walked {
        end: from,
        frames: 0,
    };
    while walked.end < to {
        let word = CommitWord::from_word(memory.load(geometry.cell(walked.end), Acquire));
        if word.lap_tag != geometry.lap_tag(walked.end) {
            break;
        }
        word.check(geometry, walked.end)?;
        if walked.end + word.span() > to {
            return Err(word.fault(
                geometry,
                walked.end,
                "the end of a record",
                "within what was claimed",
            ));
        }
        walked.frames += u64::from(word.is_frame() && word.flags & FLAG_END != 0);
        walked.end += word.span();
    }
    Ok(walked)
}

/// Covers the claim beyond the last record, then makes the counters and the position agree with the records.
fn cover<M: Memory>(publishing: &mut Publishing<M>, written: u64, claim_end: u64) {
    let memory = &publishing.memory;
    if claim_end > publishing.position {
        let geometry = &publishing.geometry;
        let span = (claim_end - publishing.position).min(geometry.room_to_end(publishing.position));
        let length = (span - COMMIT_BYTES) as u32;
        let lap_tag = geometry.lap_tag(publishing.position);
        let abort = CommitWord {
            type_id: 0,
            flags: FLAG_ABORT,
            lap_tag,
            length,
        };
        memory.store(geometry.cell(publishing.position + span), 0, Relaxed);
        reached(Step::R2);
        memory.store(geometry.cell(publishing.position), abort.to_word(), Release);
        reached(Step::R3);
        publishing.position += span;
    }
    if publishing.position != written {
        // As in publishing: a snapshot taken meanwhile stays true.
        memory.store(Field::FramesCommitted as usize, publishing.frames, Release);
        reached(Step::R4);
        memory.store(Field::WritePosition as usize, publishing.position, Release);
    }
    reached(Step::R5);
    memory.store(Field::FramesCommitted as usize, publishing.frames, Release);
    memory.store(Field::FramesPublished as usize, publishing.frames, Release);
}
