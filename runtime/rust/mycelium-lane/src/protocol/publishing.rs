//! The writer's side: room, claims, commits.

use std::sync::atomic::Ordering::{Relaxed, Release, SeqCst};

use super::layout::{slot_field, Field, Geometry, SlotField, STATE_CLOSED};
use super::memory::{word_of, Memory};
use super::record::{span_of, CommitWord, COMMIT_BYTES, RECORD_ALIGNMENT};
use super::record::{FLAG_ABORT, FLAG_BEGIN, FLAG_END, FLAG_PAD};
use super::slots::least_needed;
use crate::failpoint::{reached, Step};

/// What a frame's header says, beside its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHead {
    /// The message type; not 0.
    pub type_id: u16,
    /// [`FLAG_ENVELOPE`](super::FLAG_ENVELOPE) or 0.
    pub flags: u8,
}

/// Why a frame was not published. The lane is as before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A reliable reader has not yet read what would be overwritten.
    Full,
    /// The frame does not fit at once even in an empty lane; it can only be published by waiting between its parts.
    NeverFits,
}

/// The state of a lane's one writer. What it knows of its own position it never reads back from memory.
#[derive(Debug)]
pub struct Publishing<M> {
    pub(super) memory: M,
    pub(super) geometry: Geometry,
    pub(super) position: u64,
    pub(super) claimed: u64,
    pub(super) frames: u64,
    pub(super) epoch: u64,
    pub(super) epoch_announced: bool,
    limit: u64,
    bytes: u64,
    drops: u64,
    full_events: u64,
}

impl<M: Memory> Publishing<M> {
    pub(super) fn resuming(
        memory: M,
        geometry: Geometry,
        position: u64,
        claimed: u64,
        frames: u64,
    ) -> Self {
        let count = |field| memory.load(field as usize, Relaxed);
        let (bytes, drops, full_events) = (
            count(Field::Bytes),
            count(Field::Drops),
            count(Field::FullEvents),
        );
        Self {
            memory,
            geometry,
            position,
            claimed,
            frames,
            epoch: 0,
            epoch_announced: true,
            limit: position,
            bytes,
            drops,
            full_events,
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

    /// How many frames this lane has carried.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Which writer of this lane this is, from 1.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The parts a payload of so many bytes travels in.
    pub fn parts<'a>(&self, payload: &'a [u8]) -> impl ExactSizeIterator<Item = &'a [u8]> {
        // An empty payload is one part, too.
        let largest = self.geometry.max_payload();
        let parts = payload.len().div_ceil(largest).max(1);
        (0..parts).map(move |part| {
            let rest = &payload[part * largest..];
            &rest[..rest.len().min(largest)]
        })
    }

    /// Publishes a frame at once and whole, or not at all.
    pub fn try_publish(
        &mut self,
        head: FrameHead,
        payload: &[u8],
        ring: &mut dyn FnMut(usize),
    ) -> Result<(), Refused> {
        let mut end = self.position;
        for part in self.parts(payload) {
            end = self.end_of_record(end, span_of(part.len() as u64));
        }
        if end + RECORD_ALIGNMENT - self.position > self.geometry.capacity {
            return Err(Refused::NeverFits);
        }
        if !self.has_room_until(end) {
            return Err(Refused::Full);
        }
        let parts = self.parts(payload);
        let last = parts.len() - 1;
        for (index, part) in parts.enumerate() {
            self.put_part(head, part, index == 0, index == last);
            self.wake(ring);
        }
        Ok(())
    }

    /// Publishes one part of a frame, or nothing if there is no room. A frame whose last part is never published is
    /// dropped by its readers when the next frame begins.
    pub fn try_publish_part(
        &mut self,
        head: FrameHead,
        part: &[u8],
        is_first: bool,
        is_last: bool,
        ring: &mut dyn FnMut(usize),
    ) -> Result<(), Refused> {
        if !self.has_room_for_part(part.len()) {
            return Err(Refused::Full);
        }
        self.put_part(head, part, is_first, is_last);
        self.wake(ring);
        Ok(())
    }

    /// Publishes a frame in one record, if there is room as far as was known before, and nothing has to come first; false where
    /// not, which says nothing: [`try_publish_part`](Self::try_publish_part) does.
    #[inline]
    pub fn try_publish_whole(
        &mut self,
        head: FrameHead,
        payload: &[u8],
        ring: &mut dyn FnMut(usize),
    ) -> bool {
        let span = span_of(payload.len() as u64);
        let fits = self.epoch_announced
            && span <= u64::from(self.geometry.max_record)
            && span <= self.geometry.room_to_end(self.position)
            && self.position + span + RECORD_ALIGNMENT <= self.limit;
        if fits {
            self.put_frame(head, FLAG_BEGIN | FLAG_END, payload);
            self.wake(ring);
        }
        fits
    }

    /// Whether a record with so many bytes of payload can be published now.
    pub fn has_room_for_part(&mut self, length: usize) -> bool {
        let end = self.end_of_record(self.position, span_of(length as u64));
        self.has_room_until(end)
    }

    /// The position that readers must have passed for a record of so many bytes of payload to be published.
    pub(super) fn needed_from(&self, length: usize) -> u64 {
        let end = self.end_of_record(self.position, span_of(length as u64));
        (end + RECORD_ALIGNMENT).saturating_sub(self.geometry.capacity)
    }

    /// Counts a frame that was refused.
    pub fn count_drop(&mut self) {
        self.drops = self.drops.wrapping_add(1);
        self.memory
            .store(Field::Drops as usize, self.drops, Relaxed);
    }

    /// Counts a moment without room.
    pub fn count_full(&mut self) {
        self.full_events = self.full_events.wrapping_add(1);
        self.memory
            .store(Field::FullEvents as usize, self.full_events, Relaxed);
    }

    /// Says that no record will follow, and wakes everyone.
    pub fn close(&mut self, ring: &mut dyn FnMut(usize)) {
        self.memory
            .store(Field::State as usize, STATE_CLOSED, Release);
        reached(Step::X1);
        self.wake(ring);
        reached(Step::X2);
    }

    /// Where a record that is put when the position is `position` ends, with what must precede it.
    fn end_of_record(&self, position: u64, span: u64) -> u64 {
        let announcing = !self.epoch_announced && position == self.position;
        let begin = if announcing {
            position + RECORD_ALIGNMENT
        } else {
            position
        };
        let room = self.geometry.room_to_end(begin);
        begin + span + if span > room { room } else { 0 }
    }

    /// Whether records may reach up to `end`, the cleared word after it included. Looks at the readers only when what it
    /// knew does not suffice: their positions only grow.
    fn has_room_until(&mut self, end: u64) -> bool {
        if end + RECORD_ALIGNMENT <= self.limit {
            return true;
        }
        self.memory.fence(SeqCst);
        self.limit =
            least_needed(&self.memory, &self.geometry, self.position) + self.geometry.capacity;
        end + RECORD_ALIGNMENT <= self.limit
    }

    fn put_part(&mut self, head: FrameHead, part: &[u8], is_first: bool, is_last: bool) {
        if !self.epoch_announced {
            let epoch = self.epoch.to_le_bytes();
            self.put_record(0, FLAG_ABORT | FLAG_BEGIN, epoch.len() as u64, &epoch);
            self.epoch_announced = true;
        }
        let room = self.geometry.room_to_end(self.position);
        if span_of(part.len() as u64) > room {
            self.put_record(0, FLAG_PAD, room - COMMIT_BYTES, &[]);
        }
        let begin = if is_first { FLAG_BEGIN } else { 0 };
        let end = if is_last { FLAG_END } else { 0 };
        self.put_frame(head, begin | end, part);
    }

    #[inline]
    fn put_frame(&mut self, head: FrameHead, flags: u8, part: &[u8]) {
        let length = part.len() as u64;
        self.bytes = self.bytes.wrapping_add(length);
        self.memory
            .store(Field::Bytes as usize, self.bytes, Relaxed);
        self.put_record(head.type_id, head.flags | flags, length, part);
    }

    /// Publishes one record at the position; there is room for it, and it fits before the end of the data.
    #[inline]
    pub(super) fn put_record(&mut self, type_id: u16, flags: u8, length: u64, payload: &[u8]) {
        let word = CommitWord {
            type_id,
            flags,
            lap_tag: self.geometry.lap_tag(self.position),
            length: length as u32,
        };
        let cell = self.geometry.cell(self.position);
        let end = self.position + word.span();
        self.claimed = self.claimed.max(end + RECORD_ALIGNMENT);
        self.memory
            .store(Field::ClaimPosition as usize, self.claimed, Release);
        reached(Step::P1);
        self.memory.fence(Release);
        self.memory.copy_in(cell + COMMIT_BYTES as usize, payload);
        reached(Step::P2);
        self.memory.store(self.geometry.cell(end), 0, Relaxed);
        reached(Step::P3);
        self.memory.store(cell, word.to_word(), Release);
        reached(Step::P4);
        let ends_frame = word.is_frame() && flags & FLAG_END != 0;
        self.frames = self.frames.wrapping_add(u64::from(ends_frame));
        self.memory
            .store(Field::FramesCommitted as usize, self.frames, Release);
        reached(Step::P5);
        self.position = end;
        self.memory
            .store(Field::WritePosition as usize, end, Release);
        reached(Step::P6);
        self.memory
            .store(Field::FramesPublished as usize, self.frames, Release);
        reached(Step::P7);
    }

    /// Rings for the readers that sleep. A reader sets its bit, makes a full fence, and looks once more before it
    /// sleeps: so it sees the commit, or this sees the bit.
    #[inline]
    fn wake(&mut self, ring: &mut dyn FnMut(usize)) {
        self.memory.fence(SeqCst);
        let sleepers = self.memory.load(Field::Sleepers as usize, Relaxed);
        if sleepers != 0 {
            self.ring_for(sleepers, ring);
        }
    }

    #[cold]
    fn ring_for(&self, sleepers: u64, ring: &mut dyn FnMut(usize)) {
        self.memory.clear_bits(Field::Sleepers as usize, sleepers);
        reached(Step::P8);
        for slot in 0..self.geometry.reader_slots as usize {
            if sleepers >> slot & 1 == 1 {
                self.memory
                    .store(slot_field(slot, SlotField::Waiting), 0, Release);
                ring(slot);
            }
        }
        reached(Step::P9);
    }
}

/// Reads the number of the writer from the payload of its announcement.
pub(super) fn announced_epoch(memory: &impl Memory, cell: usize) -> u64 {
    let mut bytes = Vec::with_capacity(8);
    memory.copy_out(cell + COMMIT_BYTES as usize, 8, &mut bytes);
    word_of(&bytes)
}
