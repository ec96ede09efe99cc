//! Settings of writers and readers.

use crate::protocol::{Geometry, Policy, DATA_ALIGNMENT, READERS_MAX};

/// The largest frame by default, in bytes: 16 MiB after its header, as on every transport.
pub const FRAME_BYTES_MAX: usize = 16 * 1024 * 1024 + 8;

/// How to write a lane. The first three are the file's; a lane that exists with others is closed and made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriterOptions {
    /// Bytes of data, a power of two of at least 4096. 1 MiB by default.
    pub capacity: u64,
    /// The largest record in bytes, a multiple of 64, at most a quarter of the capacity; larger frames travel in parts.
    /// 64 KiB by default.
    pub max_record: u32,
    /// How many readers there may be at a time, 1..=16. 16 by default.
    pub reader_slots: u32,
    /// The largest frame to publish, in bytes. [`FRAME_BYTES_MAX`] by default.
    pub frame_bytes_max: usize,
    /// How to wait for room.
    pub wait: Wait,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            capacity: 1024 * 1024,
            max_record: 64 * 1024,
            reader_slots: READERS_MAX,
            frame_bytes_max: FRAME_BYTES_MAX,
            wait: Wait::Adaptive,
        }
    }
}

impl WriterOptions {
    /// The same, with another capacity, and records of at most a quarter of it.
    pub fn with_capacity(self, capacity: u64) -> Self {
        let quarter = u32::try_from(capacity / 4).unwrap_or(u32::MAX);
        Self {
            capacity,
            max_record: self.max_record.min(quarter),
            ..self
        }
    }

    /// The shape of a lane made with these settings.
    pub fn geometry(&self) -> Geometry {
        Geometry {
            capacity: self.capacity,
            max_record: self.max_record,
            reader_slots: self.reader_slots,
            data_offset: DATA_ALIGNMENT,
        }
    }
}

/// How to read a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderOptions {
    /// What happens when this reader is slower than the writer. Reliable by default.
    pub policy: Policy,
    /// How to wait for a record.
    pub wait: Wait,
    /// The largest frame to take, in bytes. [`FRAME_BYTES_MAX`] by default.
    pub frame_bytes_max: usize,
}

impl Default for ReaderOptions {
    fn default() -> Self {
        Self {
            policy: Policy::Reliable,
            wait: Wait::Adaptive,
            frame_bytes_max: FRAME_BYTES_MAX,
        }
    }
}

/// How to wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wait {
    /// Never sleep: the least latency, at the price of a whole processor.
    Spin,
    /// Spin briefly, give others a turn, then sleep.
    #[default]
    Adaptive,
    /// Sleep at once.
    Block,
}
