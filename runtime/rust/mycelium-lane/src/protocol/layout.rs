//! Where things are in the file of a lane, and whether a file is one.

use super::fault::Fault;
use super::record::RECORD_ALIGNMENT;
use crate::checksum::crc32c;

/// The first 8 bytes of every lane.
pub const MAGIC: u64 = u64::from_le_bytes(*b"MYCLANE\0");
/// Files of another major version are refused.
pub const MAJOR: u16 = 1;
/// A newer minor version only adds what older programs may ignore.
pub const MINOR: u16 = 0;
/// How many bytes of the file the immutable header takes.
pub const HEADER_BYTES: usize = 0x38;
/// How many readers a lane can have.
pub const READERS_MAX: u32 = 16;
/// The smallest capacity in bytes: one page.
pub const CAPACITY_MIN: u64 = 4096;
/// The largest capacity in bytes: 16 GiB, far beyond use and far from overflow.
pub const CAPACITY_MAX: u64 = 1 << 34;
/// The data begins at a multiple of this many bytes: a page.
pub const DATA_ALIGNMENT: u64 = 4096;

const CHECKED_BYTES: usize = HEADER_BYTES - 4;
const SLOTS_OFFSET: usize = 0x200;
const SLOT_BYTES: usize = 128;

/// The mutable words, by their offset in bytes. Those that different processes write often are 128 bytes apart:
/// processors fetch cache lines in pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Field {
    /// The end of what the writer may be touching, cleared words included. Never goes back.
    ClaimPosition = 0x080,
    /// The end of the last record.
    WritePosition = 0x088,
    /// Which writer it is, from 1; a restarted writer adds 1.
    Epoch = 0x090,
    /// Frames committed: stored before `WritePosition`.
    FramesCommitted = 0x098,
    /// Frames published: the same number, stored after `WritePosition`.
    FramesPublished = 0x0a0,
    /// 1: ready, 2: closed.
    State = 0x100,
    /// A bit for each reader that sleeps or is about to.
    Sleepers = 0x108,
    /// 1 while the writer sleeps until there is room; waited for in its low half, as a futex.
    RoomWanted = 0x110,
    /// Bytes of published frames, their headers included.
    Bytes = 0x180,
    /// Frames refused because there was no room.
    Drops = 0x188,
    /// How often the writer found no room.
    FullEvents = 0x190,
}

/// The values of [`Field::State`].
pub const STATE_READY: u64 = 1;
/// No record will follow.
pub const STATE_CLOSED: u64 = 2;

/// The words of one reader's slot, by their offset in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum SlotField {
    /// Up to here the reader needs nothing any more.
    ReadPosition = 0x00,
    /// 0: free, 1: taken.
    State = 0x08,
    /// 1: reliable, 2: lossy.
    Policy = 0x10,
    /// 1 while the reader sleeps; waited for in its low half, as a futex.
    Waiting = 0x18,
    /// How many readers have had this slot.
    Incarnation = 0x20,
    /// Frames this reader missed.
    Lost = 0x28,
    /// Frames this reader received.
    Received = 0x30,
}

/// The offset of a word of a reader's slot in the file.
#[inline(always)]
pub fn slot_field(slot: usize, field: SlotField) -> usize {
    SLOTS_OFFSET + SLOT_BYTES * slot + field as usize
}

/// Where records are: what turns positions, which only grow, into offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Bytes of data, a power of two.
    pub capacity: u64,
    /// The largest record in bytes, its commit word included: a multiple of 64, at most a quarter of the capacity.
    pub max_record: u32,
    /// How many readers there may be, 1..=16.
    pub reader_slots: u32,
    /// Where the data begins in the file, in bytes.
    pub data_offset: u64,
}

impl Geometry {
    /// The offset in the file of the record at `position`; inside the data, whatever the position.
    #[inline(always)]
    pub fn cell(&self, position: u64) -> usize {
        (self.data_offset + (position & (self.capacity - 1) & !(RECORD_ALIGNMENT - 1))) as usize
    }

    /// How many bytes from `position` to the end of the data.
    #[inline(always)]
    pub fn room_to_end(&self, position: u64) -> u64 {
        self.capacity - (position & (self.capacity - 1))
    }

    /// The tag of records that begin at `position`: it tells them from those of earlier laps, and is never 0, so that
    /// a cleared word is no commit.
    #[inline(always)]
    pub fn lap_tag(&self, position: u64) -> u8 {
        ((position >> self.capacity.trailing_zeros()) % 255) as u8 + 1
    }

    /// The largest payload of one record in bytes.
    pub fn max_payload(&self) -> usize {
        self.max_record as usize - 8
    }

    /// How many bytes a file of this geometry has.
    pub fn file_bytes(&self) -> u64 {
        self.data_offset + self.capacity
    }
}

/// The immutable part of a lane, at the start of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Where records are.
    pub geometry: Geometry,
    /// Tells this lane from every other, also from a later one of the same name.
    pub lane_uid: u64,
}

impl Header {
    /// The header as bytes.
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let geometry = &self.geometry;
        let mut put = |offset: usize, value: &[u8]| {
            bytes[offset..offset + value.len()].copy_from_slice(value)
        };
        put(0x00, &MAGIC.to_le_bytes());
        put(0x08, &MAJOR.to_le_bytes());
        put(0x0a, &MINOR.to_le_bytes());
        put(0x0c, &(HEADER_BYTES as u32).to_le_bytes());
        put(0x10, &geometry.capacity.to_le_bytes());
        put(0x18, &geometry.max_record.to_le_bytes());
        put(0x1c, &geometry.reader_slots.to_le_bytes());
        put(0x20, &geometry.data_offset.to_le_bytes());
        put(0x28, &self.lane_uid.to_le_bytes());
        let sum = crc32c(&bytes[..CHECKED_BYTES]);
        bytes[CHECKED_BYTES..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// Reads and checks a header. `file_bytes` is the size of the file it was found in.
    pub fn from_bytes(bytes: &[u8; HEADER_BYTES], file_bytes: u64) -> Result<Self, Fault> {
        let mut fields = Fields { bytes };
        fields.expect("the magic number", 0x00, 8, "that of a lane", |magic| {
            magic == MAGIC
        })?;
        fields.expect(
            "the major version",
            0x08,
            2,
            "1, which this program knows",
            |major| major == u64::from(MAJOR),
        )?;
        let sum = u64::from(crc32c(&bytes[..CHECKED_BYTES]));
        fields.expect(
            "the checksum of the header",
            CHECKED_BYTES,
            4,
            "the CRC-32C of what precedes it",
            |s| s == sum,
        )?;
        fields.expect("the length of the header", 0x0c, 4, "0x38", |length| {
            length == HEADER_BYTES as u64
        })?;
        fields.expect("the flags", 0x30, 4, "0", |flags| flags == 0)?;
        let capacity = fields.expect(
            "the capacity",
            0x10,
            8,
            "a power of two in 4 KiB..16 GiB",
            |capacity| {
                capacity.is_power_of_two() && (CAPACITY_MIN..=CAPACITY_MAX).contains(&capacity)
            },
        )?;
        let max_record = fields.expect(
            "max_record",
            0x18,
            4,
            "a multiple of 64, at most a quarter of the capacity",
            |bytes| {
                bytes.is_multiple_of(RECORD_ALIGNMENT)
                    && (2 * RECORD_ALIGNMENT..=capacity / 4).contains(&bytes)
            },
        )?;
        let reader_slots = fields.expect("reader_slots", 0x1c, 4, "1..=16", |slots| {
            (1..=u64::from(READERS_MAX)).contains(&slots)
        })?;
        let slots_end = slot_field(reader_slots as usize, SlotField::ReadPosition) as u64;
        let data_offset = fields.expect(
            "data_offset",
            0x20,
            8,
            "a page after the slots, with the data in the file",
            |at| {
                at.is_multiple_of(DATA_ALIGNMENT)
                    && at >= slots_end
                    && at.checked_add(capacity) == Some(file_bytes)
            },
        )?;
        let geometry = Geometry {
            capacity,
            max_record: max_record as u32,
            reader_slots: reader_slots as u32,
            data_offset,
        };
        Ok(Self {
            geometry,
            lane_uid: fields.read(0x28, 8),
        })
    }
}

struct Fields<'a> {
    bytes: &'a [u8; HEADER_BYTES],
}

impl Fields<'_> {
    fn read(&self, offset: usize, length: usize) -> u64 {
        super::memory::word_of(&self.bytes[offset..offset + length])
    }

    fn expect(
        &mut self,
        what: &'static str,
        offset: usize,
        length: usize,
        allowed: &'static str,
        holds: impl FnOnce(u64) -> bool,
    ) -> Result<u64, Fault> {
        let found = self.read(offset, length);
        if holds(found) {
            return Ok(found);
        }
        Err(Fault {
            what,
            offset: offset as u64,
            found,
            allowed,
        })
    }
}
