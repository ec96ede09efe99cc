//! A reader's side: finding records, taking frames, giving room back, counting what was missed.

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release as ReleaseOrdering, SeqCst};

use super::fault::Fault;
use super::layout::{slot_field, Field, Geometry, SlotField, STATE_CLOSED};
use super::memory::Memory;
use super::publishing::{announced_epoch, FrameHead};
use super::record::{CommitWord, COMMIT_BYTES, FLAG_ABORT, FLAG_BEGIN, FLAG_END, FLAG_ENVELOPE};
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

/// A position to be released once a frame in place is not needed any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    slot: usize,
    position: u64,
    fenced: bool,
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

/// Where a reader is in a frame that travels in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Series {
    Between,
    Assembling(FrameHead),
    Skipping,
}

enum Look {
    Nothing,
    Lapped,
    Record(CommitWord),
}

/// The state of one reader. What it knows of its own position it never reads back from memory.
#[derive(Debug)]
pub struct Receiving<M> {
    memory: M,
    geometry: Geometry,
    slot: usize,
    policy: Policy,
    position: u64,
    frames: u64,
    frame_bytes_max: usize,
    counts: ReaderCounts,
    epoch: u64,
    series: Series,
    copied: Vec<u8>,
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
    pub fn has_something(&self) -> bool {
        self.glance() || self.is_lapped() || self.is_closed()
    }

    /// Takes the next frame. `wake_writer` is called when the writer waits for room and there is some.
    #[inline]
    pub fn next(&mut self, wake_writer: &mut dyn FnMut()) -> Result<Next, Fault> {
        for _ in 0..STEPS_MAX {
            match self.look()? {
                Look::Record(word) => {
                    if let Some(found) = self.take(word, wake_writer)? {
                        return Ok(Next::Frame(found));
                    }
                }
                Look::Nothing => return self.idle(wake_writer),
                Look::Lapped => {
                    if !self.resynchronise()? {
                        break;
                    }
                }
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
    fn is_lapped(&self) -> bool {
        if self.policy == Policy::Reliable {
            return false;
        }
        self.memory.fence(Acquire);
        let claimed = self.memory.load(Field::ClaimPosition as usize, Relaxed);
        claimed > self.position.saturating_add(self.geometry.capacity)
    }

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
    fn take(
        &mut self,
        word: CommitWord,
        wake_writer: &mut dyn FnMut(),
    ) -> Result<Option<Found>, Fault> {
        reached(Step::D1);
        let is_whole = word.flags & (FLAG_BEGIN | FLAG_END | FLAG_ABORT) == FLAG_BEGIN | FLAG_END;
        if is_whole && self.policy == Policy::Reliable {
            self.abandon_series();
            return Ok(Some(self.take_in_place(word)));
        }
        let taken = if word.is_frame() {
            self.take_part(word)?
        } else {
            self.pass(word)
        };
        if let Taken::Lapped = taken {
            self.resynchronise()?;
            return Ok(None);
        }
        let release = self.advance(word.span());
        release.perform(&self.memory, wake_writer);
        let Taken::Frame(head) = taken else {
            return Ok(None);
        };
        self.count_received();
        Ok(Some(Found {
            head,
            place: Place::Copied,
            release: None,
        }))
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

    /// Copies a frame or a part of one, and believes the copy only if the writer has not been there.
    fn take_part(&mut self, word: CommitWord) -> Result<Taken, Fault> {
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
            self.frames += 1;
            self.counts.lost += 1;
        }
        Ok(if is_last && wanted {
            Taken::Frame(head)
        } else {
            Taken::Nothing
        })
    }

    /// Passes over a record that is no frame.
    fn pass(&mut self, word: CommitWord) -> Taken {
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

    fn abandon_series(&mut self) {
        if let Series::Assembling(_) = self.series {
            self.counts.aborted += 1;
        }
        self.series = Series::Between;
    }

    #[inline(always)]
    fn count_received(&mut self) {
        self.frames += 1;
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
        if now.position < self.position || now.frames < self.frames {
            let offset = Field::WritePosition as u64;
            let allowed = "beyond where a lapped reader was";
            return Err(Fault {
                what: "the write position",
                offset,
                found: now.position,
                allowed,
            });
        }
        self.counts.lost += now.frames - self.frames;
        self.counts.lapped += 1;
        self.memory.store(
            slot_field(self.slot, SlotField::Lost),
            self.counts.lost,
            Relaxed,
        );
        self.frames = now.frames;
        self.position = now.position;
        self.series = Series::Between;
        self.epoch = self.memory.load(Field::Epoch as usize, Relaxed);
        Ok(true)
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

enum Taken {
    Nothing,
    Lapped,
    Frame(FrameHead),
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
fn wake_writer_if_waiting(memory: &impl Memory, fenced: bool, wake_writer: &mut dyn FnMut()) {
    if fenced {
        memory.fence(SeqCst);
    }
    if memory.load(Field::RoomWanted as usize, Relaxed) != 0 {
        memory.clear_bits(Field::RoomWanted as usize, u64::MAX);
        wake_writer();
        reached(Step::D4);
    }
}

#[inline(always)]
fn head_of(word: CommitWord) -> FrameHead {
    FrameHead {
        type_id: word.type_id,
        flags: word.flags & FLAG_ENVELOPE,
    }
}
