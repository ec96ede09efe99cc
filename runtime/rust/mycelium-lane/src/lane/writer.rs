//! The writer of a lane.

use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;
use std::time::Duration;

use super::opening::{create_without_path, open_for_writing, Leftover, OpenLane, Opened};
use super::patience::{Patience, Turn};
use crate::error::{LaneError, LaneErrorKind};
use crate::failpoint::{reached, Step};
use crate::options::WriterOptions;
use crate::protocol::{
    await_room, begin_wait, evict, evict_for, slot_field, Doorbell, Field, FrameHead, Memory,
    Publishing, Refused, SlotField, FLAG_ENVELOPE, READERS_MAX, WRITER_CAP,
};
use crate::system::{EventBell, FutexBell, Mapping};

const WIRE_VERSION: u8 = 1;
const FRAME_HEADER_BYTES: usize = 8;
/// A writer that spins looks for dead readers once in so many turns: some milliseconds.
const TURNS_BETWEEN_EVICTIONS: u32 = 4096;

/// What a lane has carried since it was made, by all its writers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriterCounts {
    /// Frames published.
    pub frames: u64,
    /// Bytes of their payloads.
    pub bytes: u64,
    /// Frames refused because there was no room.
    pub drops: u64,
    /// How often there was no room, waited for or not.
    pub full_events: u64,
}

/// The one writer of a lane. Dropping it closes the lane: readers read to the end, and the file is removed.
#[derive(Debug)]
pub struct Writer {
    lane: OpenLane,
    publishing: Publishing<Arc<Mapping>>,
    bells: [Option<EventBell>; READERS_MAX as usize],
    room: FutexBell,
    options: WriterOptions,
    is_open: bool,
}

impl Writer {
    /// Makes the lane at `path`, or takes over one whose writer died or [handed it over](Self::hand_over): its readers
    /// stay, and go on after what was published.
    ///
    /// Errors: another writer lives; the settings cannot be; the file is no lane, or not this user's; the system refuses.
    pub fn open(path: impl AsRef<Path>, options: &WriterOptions) -> Result<Self, LaneError> {
        Self::open_as(path.as_ref(), options, Leftover::TakenOver)
    }

    /// Makes a new lane at `path`. One whose writer died is closed: its readers read it to its end, and nothing that was in
    /// it is in the new one. Errors as [`Self::open`].
    pub fn replace(path: impl AsRef<Path>, options: &WriterOptions) -> Result<Self, LaneError> {
        Self::open_as(path.as_ref(), options, Leftover::Closed)
    }

    fn open_as(
        path: &Path,
        options: &WriterOptions,
        leftover: Leftover,
    ) -> Result<Self, LaneError> {
        let opened = open_for_writing(&path.into(), options, leftover)?;
        Ok(Self::of_lane(opened, options))
    }

    /// Makes a new lane without a path, for readers in this very process: it ends with them and its writer, whatever happens.
    ///
    /// Errors: the settings cannot be; the system refuses.
    pub fn in_memory(options: &WriterOptions) -> Result<Self, LaneError> {
        Ok(Self::of_lane(create_without_path(options)?, options))
    }

    /// The descriptor's number, by which a reader in this process joins a lane [in memory](Self::in_memory). Errors: this is a
    /// forked child, which does not have it.
    pub fn descriptor_number(&self) -> Result<u32, LaneError> {
        let descriptor = self.lane.file.descriptor();
        let descriptor =
            descriptor.map_err(|error| self.lane.failed("lending the lane's file", error))?;
        Ok(descriptor.as_raw_fd().unsigned_abs())
    }

    fn of_lane((lane, publishing): Opened, options: &WriterOptions) -> Self {
        let room = FutexBell::new(Arc::clone(&lane.mapping), Field::RoomWanted as usize);
        Self {
            lane,
            publishing,
            bells: Default::default(),
            room,
            options: options.clone(),
            is_open: true,
        }
    }

    /// Publishes a frame now, or not at all: [`LaneErrorKind::Full`] if there is no room. The slots of readers that died
    /// are freed first.
    #[inline]
    pub fn try_publish(&mut self, frame: &[u8]) -> Result<(), LaneError> {
        let (head, payload) = self.checked(frame)?;
        match self.publish_now(head, payload) {
            Ok(()) => Ok(()),
            Err(Refused::NeverFits) => Err(self.never_fits(frame)),
            Err(Refused::Full) => self.try_after_evicting(head, payload),
        }
    }

    /// Publishes a frame, waiting for room for at most `timeout`; without one, for ever. Frames of any allowed size fit:
    /// their parts are published as room comes. If time runs out in the middle of such a frame, its readers drop it.
    pub fn publish(&mut self, frame: &[u8], timeout: Option<Duration>) -> Result<(), LaneError> {
        let (head, payload) = self.checked(frame)?;
        if payload.len() <= self.publishing.geometry().max_payload()
            && self.publish_now(head, payload).is_ok()
        {
            return Ok(());
        }
        let mut patience = Patience::new(self.options.wait, timeout);
        let parts = self.publishing.parts(payload);
        let last = parts.len() - 1;
        for (index, part) in parts.enumerate() {
            self.await_room_for(part.len(), &mut patience)?;
            let (publishing, lane, bells) = (&mut self.publishing, &self.lane, &self.bells);
            let mut ring = |slot| ring_for(&lane.mapping, bells, slot);
            if publishing
                .try_publish_part(head, part, index == 0, index == last, &mut ring)
                .is_err()
            {
                return Err(self.refused());
            }
        }
        Ok(())
    }

    /// Whether a frame of so many bytes, header included, can be published now; of one that travels in parts, the first.
    #[inline]
    pub fn has_room(&mut self, bytes: usize) -> bool {
        let payload = self.first_part_of(bytes);
        self.publishing.has_room_for_part(payload)
    }

    /// As [`Self::has_room`], and if not, has the reader that gives room back ring: its
    /// [room bell](crate::Reader::set_room_bell), or the lane's own. For a caller that cannot wait here.
    pub fn has_room_or_is_told(&mut self, bytes: usize) -> bool {
        let payload = self.first_part_of(bytes);
        self.publishing.has_room_for_part(payload) || !begin_wait(&mut self.publishing, payload)
    }

    /// Publishes as many parts of a frame as there is room for now; true once all of them are published. `done` counts
    /// them, from 0; until the end the next call has to be for the same frame. Frames of any allowed size fit.
    pub fn publish_parts(&mut self, frame: &[u8], done: &mut usize) -> Result<bool, LaneError> {
        let (head, payload) = self.checked(frame)?;
        let parts = self.publishing.parts(payload);
        let last = parts.len() - 1;
        for (index, part) in parts.enumerate().skip(*done) {
            let (publishing, lane, bells) = (&mut self.publishing, &self.lane, &self.bells);
            let mut ring = |slot| ring_for(&lane.mapping, bells, slot);
            let (is_first, is_last) = (index == 0, index == last);
            if publishing
                .try_publish_part(head, part, is_first, is_last, &mut ring)
                .is_err()
            {
                return Ok(false);
            }
            *done += 1;
        }
        Ok(true)
    }

    /// Publishes a frame, given without its header, if it travels in one record and there is room now; false where not, or
    /// where that could be known only by looking at the readers: [`publish_parts`](Self::publish_parts) tells more.
    #[inline]
    pub fn publish_at_once(
        &mut self,
        type_id: u16,
        has_envelope: bool,
        payload: &[u8],
    ) -> Result<bool, LaneError> {
        self.lane.check_process()?;
        if type_id == 0 || payload.len() + FRAME_HEADER_BYTES > self.options.frame_bytes_max {
            return Ok(false);
        }
        let head = FrameHead {
            type_id,
            flags: u8::from(has_envelope) * FLAG_ENVELOPE,
        };
        let (publishing, lane, bells) = (&mut self.publishing, &self.lane, &self.bells);
        let mut ring = |slot| ring_for(&lane.mapping, bells, slot);
        Ok(publishing.try_publish_whole(head, payload, &mut ring))
    }

    /// How many frames the reader of `slot` has not taken, if it joined before the first was published.
    pub fn untaken_by(&self, slot: usize) -> u64 {
        if slot >= self.lane.geometry().reader_slots as usize {
            return self.publishing.frames();
        }
        let read = |field| self.lane.mapping.load(slot_field(slot, field), Relaxed);
        let gone = read(SlotField::Received).saturating_add(read(SlotField::Lost));
        self.publishing.frames().saturating_sub(gone)
    }

    /// Rings `bell` for the reader of `slot` from now on, or its own futex if there is none.
    pub fn set_bell(&mut self, slot: usize, bell: Option<EventBell>) {
        if let Some(place) = self.bells.get_mut(slot) {
            *place = bell;
        }
    }

    /// What this lane has carried.
    pub fn counts(&self) -> WriterCounts {
        let read = |field| self.lane.mapping.load(field as usize, Relaxed);
        WriterCounts {
            frames: self.publishing.frames(),
            bytes: read(Field::Bytes),
            drops: read(Field::Drops),
            full_events: read(Field::FullEvents),
        }
    }

    /// Which writer of this lane this is, from 1.
    pub fn epoch(&self) -> u64 {
        self.publishing.epoch()
    }

    /// The number that tells this lane from all others, also from earlier ones at its path.
    pub fn lane_uid(&self) -> u64 {
        self.lane.header.lane_uid
    }

    /// The lane's file.
    pub fn path(&self) -> &Path {
        &self.lane.path
    }

    /// How many readers live.
    pub fn readers(&self) -> Result<usize, LaneError> {
        let mut living = 0;
        for slot in 0..self.lane.geometry().reader_slots as usize {
            let alive = self.lane.file.is_reader_alive(slot);
            living += usize::from(
                alive.map_err(|error| self.lane.failed("asking for a reader's lock", error))?,
            );
        }
        Ok(living)
    }

    /// Closes the lane: readers read to the end and then get [`LaneErrorKind::Closed`]; the file is removed.
    pub fn close(mut self) -> Result<(), LaneError> {
        self.close_now()
    }

    /// Gives the lane up without closing it: readers wait for the next writer.
    pub fn hand_over(mut self) {
        self.is_open = false;
    }

    fn close_now(&mut self) -> Result<(), LaneError> {
        if !std::mem::replace(&mut self.is_open, false) {
            return Ok(());
        }
        self.lane.check_process()?;
        let (lane, bells) = (&self.lane, &self.bells);
        self.publishing
            .close(&mut |slot| ring_for(&lane.mapping, bells, slot));
        if self.lane.is_current()? {
            self.lane.remove()?;
        }
        reached(Step::X3);
        Ok(())
    }

    /// Bytes of payload in the first part of a frame.
    #[inline]
    fn first_part_of(&self, bytes: usize) -> usize {
        let payload = bytes.saturating_sub(FRAME_HEADER_BYTES);
        payload.min(self.publishing.geometry().max_payload())
    }

    #[inline(always)]
    fn publish_now(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), Refused> {
        let (lane, bells) = (&self.lane, &self.bells);
        self.publishing.try_publish(head, payload, &mut |slot| {
            ring_for(&lane.mapping, bells, slot)
        })
    }

    #[cold]
    fn try_after_evicting(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), LaneError> {
        let everything_before = u64::MAX;
        let (mapping, geometry) = (&self.lane.mapping, self.lane.geometry());
        let evicted = evict(mapping, &geometry, everything_before, &self.lane.file)
            .map_err(|error| self.lane.failed("looking for dead readers", error))?;
        if evicted > 0 && self.publish_now(head, payload).is_ok() {
            return Ok(());
        }
        self.publishing.count_full();
        Err(self.refused())
    }

    fn await_room_for(&mut self, length: usize, patience: &mut Patience) -> Result<(), LaneError> {
        let mut turns = 0u32;
        while !self.publishing.has_room_for_part(length) {
            if turns == 0 {
                self.publishing.count_full();
            }
            if turns.is_multiple_of(TURNS_BETWEEN_EVICTIONS) {
                evict_for(&self.publishing, length, &self.lane.file)
                    .map_err(|error| self.lane.failed("looking for dead readers", error))?;
            }
            turns = turns.wrapping_add(1);
            match patience.turn(WRITER_CAP, || self.publishing.has_room_for_part(length)) {
                Turn::Again => {}
                Turn::TimeIsUp => return Err(self.refused()),
                Turn::Sleep(time) => await_room(
                    &mut self.publishing,
                    length,
                    &self.lane.file,
                    &self.room,
                    time,
                )
                .map_err(|error| self.lane.failed("waiting for room", error))?,
            }
        }
        Ok(())
    }

    #[cold]
    fn refused(&mut self) -> LaneError {
        self.publishing.count_drop();
        self.lane.error(LaneErrorKind::Full)
    }

    #[cold]
    fn never_fits(&mut self, frame: &[u8]) -> LaneError {
        self.publishing.count_drop();
        let capacity = self.lane.geometry().capacity;
        self.lane.error(LaneErrorKind::NeverFits {
            bytes: frame.len(),
            capacity,
        })
    }

    /// Takes a frame apart; it must be exactly one, as on a stream.
    #[inline]
    fn checked<'a>(&self, frame: &'a [u8]) -> Result<(FrameHead, &'a [u8]), LaneError> {
        self.lane.check_process()?;
        let Some((&[type_low, type_high, flags, version, l0, l1, l2, l3], payload)) =
            frame.split_first_chunk()
        else {
            return Err(self.not_a_frame("it has fewer than 8 bytes"));
        };
        if frame.len() > self.options.frame_bytes_max {
            let limit = self.options.frame_bytes_max;
            return Err(self.lane.error(LaneErrorKind::FrameTooLarge {
                bytes: frame.len(),
                limit,
            }));
        }
        let type_id = u16::from_le_bytes([type_low, type_high]);
        if version != WIRE_VERSION {
            return Err(self.not_a_frame("its wire version is not 1"));
        }
        if flags & !FLAG_ENVELOPE != 0 {
            return Err(self.not_a_frame("it has unknown flags"));
        }
        if type_id == 0 {
            return Err(self.not_a_frame("its type id is 0"));
        }
        if u32::from_le_bytes([l0, l1, l2, l3]) as usize != payload.len() {
            return Err(self.not_a_frame("its length is not that of the bytes after the header"));
        }
        Ok((FrameHead { type_id, flags }, payload))
    }

    #[cold]
    fn not_a_frame(&self, reason: &'static str) -> LaneError {
        self.lane.error(LaneErrorKind::NotAFrame(reason))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Nobody is left to tell: whoever wants to know calls `close`.
        let _ = self.close_now();
    }
}

fn ring_for(mapping: &Arc<Mapping>, bells: &[Option<EventBell>], slot: usize) {
    // A bell that cannot be rung belongs to a reader that is gone; one that lives wakes by itself, and counts it.
    let _ = match bells.get(slot) {
        Some(Some(bell)) => bell.ring(),
        _ => return ring_futex(mapping, slot),
    };
}

pub(super) fn ring_futex(mapping: &Arc<Mapping>, slot: usize) {
    let bell = FutexBell::new(Arc::clone(mapping), slot_field(slot, SlotField::Waiting));
    // Waking fails only for addresses that are not mapped.
    let _ = bell.ring();
}
