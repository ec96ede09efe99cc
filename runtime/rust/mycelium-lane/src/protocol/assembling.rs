//! Putting frames together from records, by copying: all frames of a lossy reader, and for any reader those in parts.

use super::fault::Fault;
use super::memory::Memory;
use super::publishing::{announced_epoch, FrameHead};
use super::receiving::{Found, Place, Receiving};
use super::record::{CommitWord, COMMIT_BYTES, FLAG_ABORT, FLAG_BEGIN, FLAG_END, FLAG_ENVELOPE};
use crate::failpoint::{reached, Step};

/// Where a reader is in a frame that travels in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Series {
    Between,
    Assembling(FrameHead),
    Skipping,
}

/// What came of looking at one record.
pub(super) enum Taken {
    Nothing,
    Lapped,
    Frame(Found),
}

impl<M: Memory> Receiving<M> {
    /// Copies a frame or a part of one, and believes the copy only if the writer has not been there.
    pub(super) fn take_part(&mut self, word: CommitWord) -> Result<Taken, Fault> {
        let is_first = word.flags & FLAG_BEGIN != 0;
        let is_last = word.flags & FLAG_END != 0;
        let head = head_of(word);
        let wanted = is_first || self.series == Series::Assembling(head);
        let before = if is_first { 0 } else { self.copied.len() };
        if wanted {
            if before + word.length as usize > self.frame_bytes_max {
                return match self.is_lapped() {
                    true => Ok(Taken::Lapped),
                    false => Err(self.too_large(word)),
                };
            }
            self.copied.truncate(before);
            let offset = self.geometry.cell(self.position) + COMMIT_BYTES as usize;
            self.memory
                .copy_out(offset, word.length as usize, &mut self.copied);
            reached(Step::D2);
        }
        if self.is_lapped() {
            return Ok(Taken::Lapped);
        }
        if is_first {
            self.abandon_series();
        }
        self.series = match (wanted, is_last) {
            (_, true) => Series::Between,
            (true, false) => Series::Assembling(head),
            (false, false) => Series::Skipping,
        };
        if is_last && !wanted {
            self.frames = self.frames.wrapping_add(1);
            self.count_lost(1);
        }
        Ok(if is_last && wanted {
            Taken::Frame(Found {
                head,
                place: Place::Copied,
                release: None,
            })
        } else {
            Taken::Nothing
        })
    }

    /// Passes over a record that is no frame.
    pub(super) fn pass(&mut self, word: CommitWord) -> Taken {
        let epoch = match word.flags {
            flags if flags == FLAG_ABORT | FLAG_BEGIN => {
                announced_epoch(&self.memory, self.geometry.cell(self.position))
            }
            _ => self.epoch,
        };
        if self.is_lapped() {
            return Taken::Lapped;
        }
        if word.flags & FLAG_ABORT != 0 {
            self.abandon_series();
        }
        self.epoch = epoch;
        Taken::Nothing
    }

    pub(super) fn abandon_series(&mut self) {
        if let Series::Assembling(_) = self.series {
            self.counts.aborted += 1;
        }
        self.series = Series::Between;
    }

    #[cold]
    fn too_large(&self, word: CommitWord) -> Fault {
        word.fault(
            &self.geometry,
            self.position,
            "the size of a frame",
            "within the largest frame this reader takes",
        )
    }
}

#[inline(always)]
pub(super) fn head_of(word: CommitWord) -> FrameHead {
    FrameHead {
        type_id: word.type_id,
        flags: word.flags & FLAG_ENVELOPE,
    }
}
