//! A reader of a lane.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::opening::{corrupt, open_for_reading, open_in_memory_for_reading, OpenLane};
use super::patience::{Patience, Turn};
#[cfg(doc)]
use super::Writer;
use crate::error::{LaneError, LaneErrorKind};
use crate::options::ReaderOptions;
use crate::protocol::{
    await_record, begin_sleep, end_sleep, leave, slot_field, Doorbell, Field, Found, Joined, Next,
    Place, ReaderCounts, Receiving, Release, SlotField, Woken, FLAG_ENVELOPE, READER_CAP,
};
use crate::system::{EventBell, FutexBell, Mapping, Process};

/// How often to look for a lane that is not there yet.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// One reader of a lane. It gets what is published after it was opened. Dropping it frees its slot.
#[derive(Debug)]
pub struct Reader {
    receiving: Receiving<Arc<Mapping>>,
    options: ReaderOptions,
    bell: Bell,
    room: RoomBells,
    /// A frame that was looked at and not passed.
    first: Option<Found>,
    /// A frame that was looked at where it lies, by the length of its payload: it is still the next of `receiving`.
    first_in_place: Option<usize>,
    missed_bells: u64,
    lane: OpenLane,
}

#[derive(Debug)]
enum Bell {
    Own(FutexBell),
    Event(EventBell),
}

/// What wakes the writer that waits for room.
#[derive(Debug)]
struct RoomBells {
    own: FutexBell,
    event: Option<EventBell>,
}

impl Reader {
    /// Joins the lane at `path`.
    ///
    /// Errors: there is no such lane yet; it is closed; all slots are taken; it is no lane, or not this user's.
    pub fn open(path: impl AsRef<Path>, options: &ReaderOptions) -> Result<Self, LaneError> {
        let (lane, joined) = open_for_reading(&path.as_ref().into(), options.policy)?;
        Ok(Self::of_lane(lane, joined, options))
    }

    /// Joins a lane [in memory](Writer::in_memory) of this very process, by the number of its
    /// [descriptor](Writer::descriptor_number). Errors as [`Self::open`].
    pub fn open_in_memory(number: u32, options: &ReaderOptions) -> Result<Self, LaneError> {
        let (lane, joined) = open_in_memory_for_reading(number, options.policy)?;
        Ok(Self::of_lane(lane, joined, options))
    }

    fn of_lane(lane: OpenLane, joined: Joined, options: &ReaderOptions) -> Self {
        let mapping = &lane.mapping;
        let receiving = Receiving::new(
            Arc::clone(mapping),
            lane.geometry(),
            options.policy,
            joined,
            options.frame_bytes_max.saturating_sub(8),
        );
        let bell = Bell::Own(FutexBell::new(
            Arc::clone(mapping),
            slot_field(joined.slot, SlotField::Waiting),
        ));
        let room = RoomBells {
            own: FutexBell::new(Arc::clone(mapping), Field::RoomWanted as usize),
            event: None,
        };
        Self {
            receiving,
            options: options.clone(),
            bell,
            room,
            first: None,
            first_in_place: None,
            missed_bells: 0,
            lane,
        }
    }

    /// Joins the lane at `path` as soon as it is there, within `timeout`; without one, waits for ever.
    pub fn open_when_there(
        path: impl AsRef<Path>,
        options: &ReaderOptions,
        timeout: Option<Duration>,
    ) -> Result<Self, LaneError> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let error = match Self::open(path.as_ref(), options) {
                Ok(reader) => return Ok(reader),
                Err(error) => error,
            };
            let may_come = matches!(
                error.kind(),
                LaneErrorKind::NotFound | LaneErrorKind::Closed
            );
            let time_is_up = deadline.is_some_and(|deadline| Instant::now() >= deadline);
            if !may_come || time_is_up {
                return Err(error);
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// The next frame, if there is one now. Errors: the lane is closed and read to its end; it is corrupt.
    #[inline]
    pub fn try_read(&mut self) -> Result<Option<Record<'_>>, LaneError> {
        self.lane.check_process()?;
        match self.next()? {
            Some(found) => Ok(Some(self.record(found))),
            None => Ok(None),
        }
    }

    /// The next frame, waiting for at most `timeout`: then `None`. Without a timeout, waits for ever; also while the lane
    /// has no writer, for the next one. Errors as [`Self::try_read`].
    #[inline]
    pub fn read(&mut self, timeout: Option<Duration>) -> Result<Option<Record<'_>>, LaneError> {
        self.lane.check_process()?;
        let found = match self.next()? {
            Some(found) => Some(found),
            None => self.wait_for_next(timeout)?,
        };
        Ok(found.map(|found| self.record(found)))
    }

    /// The next frame, if there is one now. It stays the next, and in place, until it is [passed](Self::pass) or read.
    /// Errors as [`Self::try_read`].
    #[inline]
    pub fn peek(&mut self) -> Result<Option<Peeked<'_>>, LaneError> {
        self.lane.check_process()?;
        if self.first.is_none() {
            if self.receiving.whole_in_place().is_some() {
                return Ok(self.peek_whole());
            }
            self.first = self.next()?;
        }
        let Some(found) = &self.first else {
            return Ok(None);
        };
        Ok(Some(Peeked {
            type_id: found.head.type_id,
            has_envelope: found.head.flags & FLAG_ENVELOPE != 0,
            payload: match found.place {
                Place::Copied => self.receiving.copied(),
                Place::Lane { offset, length } => lend(&self.lane.mapping, offset, length),
            },
        }))
    }

    /// As [`peek`](Self::peek), for a frame that has come in one record and lies where it stays; None says nothing.
    #[inline(always)]
    pub fn peek_whole(&mut self) -> Option<Peeked<'_>> {
        if self.first.is_some() || !self.lane.file.process().is_this() {
            return None;
        }
        let (head, offset, length) = self.receiving.whole_in_place()?;
        self.first_in_place = Some(length);
        Some(Peeked {
            type_id: head.type_id,
            has_envelope: head.flags & FLAG_ENVELOPE != 0,
            payload: lend(&self.lane.mapping, offset, length),
        })
    }

    /// Whether [`peek`](Self::peek) would find nothing, no error either, known in less time.
    #[inline]
    pub fn is_quiet(&self) -> bool {
        self.first.is_none() && self.receiving.is_quiet() && self.lane.file.process().is_this()
    }

    /// Is done with the frame that was [looked at](Self::peek): its room goes back to the writer.
    #[inline]
    pub fn pass(&mut self) {
        if let Some(length) = self.first_in_place.take() {
            let room = &self.room;
            self.receiving.pass_whole(length, &mut || wake_writer(room));
        } else if let Some(found) = self.first.take() {
            drop(self.record(found));
        }
    }

    /// Rings `bell` when the writer waits for room and there is some, for a writer that watches it beside other things; not
    /// the lane's own bell then.
    pub fn set_room_bell(&mut self, bell: EventBell) {
        self.room.event = Some(bell);
    }

    /// Sleeps at `bell` from now on, which the writer must have been given; see [`Writer::set_bell`](crate::Writer::set_bell).
    pub fn set_bell(&mut self, bell: EventBell) {
        self.bell = Bell::Event(bell);
    }

    /// Says that the caller is about to sleep until its bell is rung; `false`: there is something to read, do not. In both
    /// cases [`Self::end_sleep`] must follow. For a caller that sleeps for several lanes at once.
    pub fn begin_sleep(&self) -> Result<bool, LaneError> {
        self.lane.check_process()?;
        Ok(begin_sleep(&self.receiving))
    }

    /// Says that the caller is awake.
    pub fn end_sleep(&self) -> Result<(), LaneError> {
        self.lane.check_process()?;
        end_sleep(&self.receiving);
        Ok(())
    }

    /// What this reader has counted since it joined.
    pub fn counts(&self) -> ReaderCounts {
        self.receiving.counts()
    }

    /// How often a sleep ended by its cap, and there was something for which nobody had rung. Only a writer that
    /// died in between can cause it.
    pub fn missed_bells(&self) -> u64 {
        self.missed_bells
    }

    /// The number of the writer whose frames this reader is at: it grows when a writer died and another took over, and
    /// sequences of envelopes then begin anew.
    pub fn epoch(&self) -> u64 {
        self.receiving.epoch()
    }

    /// This reader's slot: what its writer knows it by.
    pub fn slot(&self) -> usize {
        self.receiving.slot()
    }

    /// The number that tells this lane from all others, also from earlier ones at its path.
    pub fn lane_uid(&self) -> u64 {
        self.lane.header.lane_uid
    }

    /// The lane's file.
    pub fn path(&self) -> &Path {
        &self.lane.path
    }

    /// Whether the lane has a living writer.
    pub fn is_writer_alive(&self) -> Result<bool, LaneError> {
        self.lane.check_process()?;
        self.lane
            .file
            .is_writer_alive()
            .map_err(|error| self.lane.failed("asking for the writer's lock", error))
    }

    #[inline(always)]
    fn next(&mut self) -> Result<Option<Found>, LaneError> {
        self.first_in_place = None;
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let room = &self.room;
        match self.receiving.next(&mut || wake_writer(room)) {
            Ok(Next::Frame(found)) => Ok(Some(found)),
            Ok(Next::Nothing) => Ok(None),
            Ok(Next::Closed) => Err(self.lane.error(LaneErrorKind::Closed)),
            Err(fault) => Err(corrupt(&self.lane.path, fault)),
        }
    }

    fn wait_for_next(&mut self, timeout: Option<Duration>) -> Result<Option<Found>, LaneError> {
        let mut patience = Patience::new(self.options.wait, timeout);
        loop {
            let turn = patience.turn(READER_CAP, || self.receiving.glance());
            if let Some(found) = self.next()? {
                return Ok(Some(found));
            }
            match turn {
                Turn::Again => {}
                Turn::TimeIsUp => return Ok(None),
                Turn::Sleep(time) => self.sleep(time)?,
            }
        }
    }

    fn sleep(&mut self, time: Duration) -> Result<(), LaneError> {
        let bell: &dyn Doorbell = match &self.bell {
            Bell::Own(bell) => bell,
            Bell::Event(bell) => bell,
        };
        let woken = await_record(&self.receiving, bell, time)
            .map_err(|error| self.lane.failed("waiting for a record", error))?;
        self.missed_bells += u64::from(woken == Woken::Missed);
        Ok(())
    }

    #[inline(always)]
    fn record(&mut self, found: Found) -> Record<'_> {
        let payload = match found.place {
            Place::Copied => self.receiving.copied(),
            Place::Lane { offset, length } => lend(&self.lane.mapping, offset, length),
        };
        let held = found.release.map(|release| Held {
            release,
            mapping: &self.lane.mapping,
            room: &self.room,
            process: self.lane.file.process(),
        });
        Record {
            type_id: found.head.type_id,
            flags: found.head.flags,
            payload,
            _held: held,
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if self.lane.file.process().is_this() {
            leave(&self.lane.mapping, self.receiving.slot());
            // The writer may be waiting for this reader alone.
            wake_writer(&self.room);
        }
    }
}

/// The payload of a record in place.
#[inline(always)]
#[allow(unsafe_code)]
fn lend(mapping: &Mapping, offset: usize, length: usize) -> &[u8] {
    // SAFETY: the record is committed and not released: `Held` does that when the borrow of the reader ends. Until then
    // the writer, which holds back for this reader's position, does not touch it.
    unsafe { mapping.bytes(offset, length) }
}

fn wake_writer(room: &RoomBells) {
    // A bell that cannot be rung belongs to a writer that is gone; waking fails only for addresses that are not mapped.
    let _ = match &room.event {
        Some(bell) => bell.ring(),
        None => room.own.ring(),
    };
}

/// One frame that is still the next.
#[derive(Clone, Copy, Debug)]
pub struct Peeked<'a> {
    /// The message type.
    pub type_id: u16,
    /// Whether the payload begins with an envelope.
    pub has_envelope: bool,
    /// What follows the frame's header: the envelope, if there is one, and the body.
    pub payload: &'a [u8],
}

/// One frame, in place where it can be. Its room goes back to the writer when it is dropped.
#[derive(Debug)]
pub struct Record<'a> {
    type_id: u16,
    flags: u8,
    payload: &'a [u8],
    _held: Option<Held<'a>>,
}

impl Record<'_> {
    /// The message type.
    pub fn type_id(&self) -> u16 {
        self.type_id
    }

    /// Whether the payload begins with an envelope.
    pub fn has_envelope(&self) -> bool {
        self.flags & FLAG_ENVELOPE != 0
    }

    /// What follows the frame's header: the envelope, if there is one, and the body.
    pub fn payload(&self) -> &[u8] {
        self.payload
    }

    /// Appends the whole frame, as it was published.
    pub fn append_frame_to(&self, bytes: &mut Vec<u8>) {
        bytes.reserve(8 + self.payload.len());
        bytes.extend_from_slice(&self.type_id.to_le_bytes());
        bytes.extend_from_slice(&[self.flags, 1]);
        bytes.extend_from_slice(&(self.payload.len() as u32).to_le_bytes());
        bytes.extend_from_slice(self.payload);
    }
}

#[derive(Debug)]
struct Held<'a> {
    release: Release,
    mapping: &'a Mapping,
    room: &'a RoomBells,
    process: Process,
}

impl Drop for Held<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.process.is_this() {
            self.release
                .perform(&self.mapping, &mut || wake_writer(self.room));
        }
    }
}
