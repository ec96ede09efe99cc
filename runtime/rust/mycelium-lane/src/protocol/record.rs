//! Records: a commit word of 8 bytes, then a payload, in cells of 64 bytes.

use super::fault::Fault;
use super::layout::Geometry;

/// Records begin at multiples of this many bytes: a cache line, so that 56 bytes of payload share their commit's.
pub const RECORD_ALIGNMENT: u64 = 64;

/// The bytes of a commit word.
pub const COMMIT_BYTES: u64 = 8;

/// The frame in the record begins with an envelope.
pub const FLAG_ENVELOPE: u8 = 1;
/// Filling up to the end of the data, because the next record did not fit before it. No frame.
pub const FLAG_PAD: u8 = 1 << 4;
/// Covers what a writer that died had claimed; with [`FLAG_BEGIN`], says that a new writer begins. No frame.
pub const FLAG_ABORT: u8 = 1 << 5;
/// The first part of a frame.
pub const FLAG_BEGIN: u8 = 1 << 6;
/// The last part of a frame. A frame in one record has both.
pub const FLAG_END: u8 = 1 << 7;

const FLAGS_OF_FRAMES: u8 = FLAG_ENVELOPE | FLAG_BEGIN | FLAG_END;

/// The first 8 bytes of a record: the header of a frame, with a lap tag in place of the wire version. It is written
/// last, by one release store, and so commits the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitWord {
    /// The frame's message type; 0 where there is no frame.
    pub type_id: u16,
    /// The `FLAG_` constants.
    pub flags: u8,
    /// Which lap over the data the record belongs to, 1..=255; see [`Geometry::lap_tag`].
    pub lap_tag: u8,
    /// How many bytes of payload follow.
    pub length: u32,
}

impl CommitWord {
    /// The word as it is in memory: the four fields in order, little-endian.
    #[inline(always)]
    pub fn to_word(self) -> u64 {
        u64::from(self.type_id)
            | u64::from(self.flags) << 16
            | u64::from(self.lap_tag) << 24
            | u64::from(self.length) << 32
    }

    /// The fields of a word. Any word has fields; [`CommitWord::check`] tells whether they make sense.
    #[inline(always)]
    pub fn from_word(word: u64) -> Self {
        Self {
            type_id: word as u16,
            flags: (word >> 16) as u8,
            lap_tag: (word >> 24) as u8,
            length: (word >> 32) as u32,
        }
    }

    /// How many bytes the record takes, commit word and filling included.
    #[inline(always)]
    pub fn span(self) -> u64 {
        span_of(u64::from(self.length))
    }

    /// Whether the record is a frame or part of one.
    #[inline(always)]
    pub fn is_frame(self) -> bool {
        self.flags & (FLAG_PAD | FLAG_ABORT) == 0
    }

    /// Checks the record at `position`: it lies inside the data, is no larger than allowed, and its flags and type
    /// go together.
    #[inline]
    pub fn check(self, geometry: &Geometry, position: u64) -> Result<(), Fault> {
        let span = self.span();
        if span > geometry.room_to_end(position) || span > u64::from(geometry.max_record) {
            return Err(self.fault(
                geometry,
                position,
                "the length of a record",
                "within the data and max_record",
            ));
        }
        let fitting = match self.flags {
            FLAG_PAD => self.type_id == 0 && span == geometry.room_to_end(position),
            FLAG_ABORT => self.type_id == 0,
            flags if flags == FLAG_ABORT | FLAG_BEGIN => self.type_id == 0 && self.length >= 8,
            flags => flags & !FLAGS_OF_FRAMES == 0 && self.type_id != 0,
        };
        if fitting {
            return Ok(());
        }
        Err(self.fault(
            geometry,
            position,
            "the commit word of a record",
            "flags and a type id that go together",
        ))
    }

    #[cold]
    pub(crate) fn fault(
        self,
        geometry: &Geometry,
        position: u64,
        what: &'static str,
        allowed: &'static str,
    ) -> Fault {
        Fault {
            what,
            offset: geometry.cell(position) as u64,
            found: self.to_word(),
            allowed,
        }
    }
}

/// How many bytes a record with so many bytes of payload takes.
#[inline(always)]
pub fn span_of(length: u64) -> u64 {
    (COMMIT_BYTES + length + (RECORD_ALIGNMENT - 1)) & !(RECORD_ALIGNMENT - 1)
}
