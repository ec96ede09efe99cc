//! A reader's side: finding records, taking frames, giving room back, counting what was missed.

use std::sync::atomic::Ordering::{Acquire, Relaxed};

use super::assembling::{head_of, Series, Taken};
use super::fault::Fault;
use super::layout::{slot_field, Field, Geometry, SlotField, STATE_CLOSED};
use super::memory::Memory;
use super::publishing::FrameHead;
use super::record::{span_of, CommitWord, COMMIT_BYTES, FLAG_ABORT, FLAG_BEGIN, FLAG_END};
use super::releasing::{wake_writer_if_waiting, Release};
use super::slots::{Joined, Policy};
use super::snapshot::snapshot;
use crate::failpoint::{reached, Step};

/// How many records without a whole frame one look passes over.
const STEPS_MAX: usize = 1024;

/// What a reader has counted since it joined. `received + lost` is what was published since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReaderCounts {
    /// Frames taken.
    pub received: u64,
    /// Frames published since joining that this reader did not get: because it was lapped, or because a frame in
    /// several parts was under way when it joined.
    pub lost: u64,
    /// Frames in several parts whose writer died or gave up before the last. They were never published.
    pub aborted: u64,
    /// How often the writer lapped this reader.
    pub lapped: u64,
}

/// Where the payload of a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the lane, at this offset, until the reader releases it.
    Lane {
        /// Bytes from the start of the file.
        offset: usize,
        /// Bytes of payload.
        length: usize,
    },
    /// In [`Receiving::copied`].
    Copied,
}

/// A frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What its header says.
    pub head: FrameHead,
    /// Where its payload is.
    pub place: Place,
    /// What to release afterwards, if its payload is in the lane.
    pub release: Option<Release>,
}

/// What there is to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing now.
    Nothing,
    /// Nothing, and nothing will follow.
    Closed,
    /// A frame.
    Frame(Found),
}

enum Look {
    Nothing,
    Lapped,
    Record(CommitWord),
}

/// Whether a record is all of a frame.
#[inline(always)]
fn is_whole(word: CommitWord) -> bool {
    word.flags & (FLAG_BEGIN | FLAG_END | FLAG_ABORT) == FLAG_BEGIN | FLAG_END
}

/// The state of one reader. What it knows of its own position it never reads back from memory.
#[derive(Debug)]
pub struct Receiving<M> {
    pub(super) memory: M,
    pub(super) geometry: Geometry,
    pub(super) slot: usize,
    pub(super) policy: Policy,
    pub(super) position: u64,
    pub(super) frames: u64,
    pub(super) frame_bytes_max: usize,
    pub(super) counts: ReaderCounts,
    pub(super) epoch: u64,
    pub(super) series: Series,
    pub(super) copied: Vec<u8>,
    released_unfenced: u64,
}

impl<M: Memory> Receiving<M> {
    /// Begins where [`join`](super::join) said. Frames above `frame_bytes_max` are taken for a fault.
    pub fn new(
        memory: M,
        geometry: Geometry,
        policy: Policy,
        joined: Joined,
        frame_bytes_max: usize,
    ) -> Self {
        let epoch = memory.load(Field::Epoch as usize, Relaxed);
        Self {
            memory,
            geometry,
            slot: joined.slot,
            policy,
            position: joined.start.position,
            frames: joined.start.frames,
            frame_bytes_max,
            counts: ReaderCounts::default(),
            epoch,
            series: Series::Between,
            copied: Vec::new(),
            released_unfenced: 0,
        }
    }

    /// The memory of the lane.
    pub fn memory(&self) -> &M {
        &self.memory
    }

    /// Where records are.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// The slot this reader has.
    pub fn slot(&self) -> usize {
        self.slot
    }

    /// What this reader has counted.
    pub fn counts(&self) -> ReaderCounts {
        self.counts
    }

    /// The number of the writer whose frames this reader is at.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The payload of the last frame whose place was [`Place::Copied`].
    pub fn copied(&self) -> &[u8] {
        &self.copied
    }

    /// Whether the next record has been committed, judged by its commit word alone: one cache line.
    #[inline(always)]
    pub fn glance(&self) -> bool {
        self.memory.load(self.geometry.cell(self.position), Acquire) != 0
    }

    /// Whether looking for the next frame could give anything but [`Next::Nothing`].
    #[inline]
    pub fn has_something(&self) -> bool {
        self.glance() || self.is_lapped() || self.is_closed()
    }

    /// Whether looking for the next frame would give nothing, and change nothing.
    #[inline(always)]
    pub fn is_quiet(&self) -> bool {
        self.released_unfenced == 0 && !self.has_something()
    }

    /// The next frame where it lies, if it is there, in one record, and stays until it is [passed](Self::pass_whole): its
    /// header, and the offset and length of its payload. None says nothing.
    #[inline(always)]
    pub fn whole_in_place(&self) -> Option<(FrameHead, usize, usize)> {
        let cell = self.geometry.cell(self.position);
        let word = CommitWord::from_word(self.memory.load(cell, Acquire));
        let is_this_lap = word.lap_tag == self.geometry.lap_tag(self.position);
        if !is_this_lap || !is_whole(word) || self.policy != Policy::Reliable {
            return None;
        }
        word.check(&self.geometry, self.position).ok()?;
        let offset = cell + COMMIT_BYTES as usize;
        Some((head_of(word), offset, word.length as usize))
    }

    /// Is done with what [`whole_in_place`](Self::whole_in_place) gave, of that length: its room goes back to the writer.
    #[inline(always)]
    pub fn pass_whole(&mut self, length: usize, wake_writer: &mut dyn FnMut()) {
        reached(Step::D1);
        self.abandon_series();
        self.count_received();
        self.advance(span_of(length as u64))
            .perform(&self.memory, wake_writer);
    }

    /// Takes the next frame. `wake_writer` is called when the writer waits for room and there is some.
    #[inline]
    pub fn next(&mut self, wake_writer: &mut dyn FnMut()) -> Result<Next, Fault> {
        for _ in 0..STEPS_MAX {
            let taken = match self.look()? {
                Look::Record(word) => self.take(word, wake_writer)?,
                Look::Nothing => return self.idle(wake_writer),
                Look::Lapped => Taken::Lapped,
            };
            match taken {
                Taken::Frame(found) => return Ok(Next::Frame(found)),
                Taken::Nothing => {}
                Taken::Lapped if self.resynchronise()? => {}
                Taken::Lapped => break,
            }
        }
        Ok(Next::Nothing)
    }

    #[inline(always)]
    fn look(&self) -> Result<Look, Fault> {
        let found = self.memory.load(self.geometry.cell(self.position), Acquire);
        let word = CommitWord::from_word(found);
        if word.lap_tag == self.geometry.lap_tag(self.position) {
            let checked = word.check(&self.geometry, self.position);
            return match checked {
                Ok(()) => Ok(Look::Record(word)),
                Err(_) if self.is_lapped() => Ok(Look::Lapped),
                Err(fault) => Err(fault),
            };
        }
        if self.is_lapped() {
            return Ok(Look::Lapped);
        }
        if found == 0 {
            return Ok(Look::Nothing);
        }
        Err(word.fault(
            &self.geometry,
            self.position,
            "the commit word of a record",
            "0, or tagged with this lap",
        ))
    }

    /// Whether the writer may have touched the record at the position. What was read before the fence inside is what
    /// it was before being overwritten, if this says no.
    #[inline(always)]
    pub(super) fn is_lapped(&self) -> bool {
        if self.policy == Policy::Reliable {
            return false;
        }
        self.memory.fence(Acquire);
        let claimed = self.memory.load(Field::ClaimPosition as usize, Acquire);
        claimed > self.position.saturating_add(self.geometry.capacity)
    }

    #[inline]
    fn is_closed(&self) -> bool {
        self.memory.load(Field::State as usize, Acquire) == STATE_CLOSED
    }

    #[cold]
    fn idle(&mut self, wake_writer: &mut dyn FnMut()) -> Result<Next, Fault> {
        if self.released_unfenced != 0 {
            self.released_unfenced = 0;
            wake_writer_if_waiting(&self.memory, true, wake_writer);
        }
        // The last records may have come between the look and this.
        if self.is_closed() && matches!(self.look()?, Look::Nothing) {
            return Ok(Next::Closed);
        }
        Ok(Next::Nothing)
    }

    #[inline]
    fn take(&mut self, word: CommitWord, wake_writer: &mut dyn FnMut()) -> Result<Taken, Fault> {
        reached(Step::D1);
        if is_whole(word) && self.policy == Policy::Reliable {
            self.abandon_series();
            return Ok(Taken::Frame(self.take_in_place(word)));
        }
        let taken = match word.is_frame() {
            true => self.take_part(word)?,
            false => self.pass(word),
        };
        if let Taken::Lapped = taken {
            return Ok(taken);
        }
        let release = self.advance(word.span());
        release.perform(&self.memory, wake_writer);
        if let Taken::Frame(_) = taken {
            self.count_received();
        }
        Ok(taken)
    }

    #[inline(always)]
    fn take_in_place(&mut self, word: CommitWord) -> Found {
        let offset = self.geometry.cell(self.position) + COMMIT_BYTES as usize;
        self.count_received();
        Found {
            head: head_of(word),
            place: Place::Lane {
                offset,
                length: word.length as usize,
            },
            release: Some(self.advance(word.span())),
        }
    }

    #[cold]
    pub(super) fn count_lost(&mut self, frames: u64) {
        self.counts.lost = self.counts.lost.wrapping_add(frames);
        let at = slot_field(self.slot, SlotField::Lost);
        self.memory.store(at, self.counts.lost, Relaxed);
    }

    #[inline(always)]
    fn count_received(&mut self) {
        self.frames = self.frames.wrapping_add(1);
        self.counts.received += 1;
        let at = slot_field(self.slot, SlotField::Received);
        self.memory.store(at, self.counts.received, Relaxed);
    }

    #[inline(always)]
    fn advance(&mut self, span: u64) -> Release {
        self.position += span;
        self.released_unfenced += span;
        let fenced = self.released_unfenced >= self.geometry.capacity / 8;
        if fenced {
            self.released_unfenced = 0;
        }
        Release {
            slot: self.slot,
            position: self.position,
            fenced,
        }
    }

    /// Goes to the end of the last record, counting what lies between; `false` if the writer was too busy to tell.
    #[cold]
    fn resynchronise(&mut self) -> Result<bool, Fault> {
        let Some(now) = snapshot(&self.memory, &self.geometry)? else {
            return Ok(false);
        };
        // The writer's claim was a lap ahead, and its position is never a quarter of one behind its claim.
        if now.position <= self.position || now.frames < self.frames {
            let offset = Field::WritePosition as u64;
            let allowed = "beyond where a lapped reader was";
            return Err(Fault {
                what: "the write position",
                offset,
                found: now.position,
                allowed,
            });
        }
        self.count_lost(now.frames - self.frames);
        self.counts.lapped += 1;
        self.frames = now.frames;
        self.position = now.position;
        self.series = Series::Between;
        self.epoch = self.memory.load(Field::Epoch as usize, Relaxed);
        Ok(true)
    }
}
