//! Shared-memory lanes of Mycelium: one [`Writer`], up to 16 [`Reader`]s, whole frames in order, across processes.
//!
//! A lane is a file in shared memory (`/dev/shm`). A [reliable](Policy::Reliable) reader holds the writer back and reads in
//! place; a [lossy](Policy::Lossy) one is lapped instead, and counts exactly what it missed. Whoever is killed, at
//! whatever moment, leaves a lane that the others go on with: `docs/shm.md` says how, step by step, and [`protocol`] is that
//! algorithm, apart from files and system calls, so that a model checker can run it as well.
//!
//! ```
//! use mycelium_lane::{Reader, ReaderOptions, Writer, WriterOptions};
//! # if !mycelium_lane::IS_SUPPORTED { return Ok(()) }
//! # let path = std::env::temp_dir().join(format!("lane-example-{}", std::process::id()));
//! let mut writer = Writer::open(&path, &WriterOptions::default())?;
//! let mut reader = Reader::open(&path, &ReaderOptions::default())?;
//! let frame = [0xe8, 3, 0, 1, 2, 0, 0, 0, b'h', b'i']; // type 1000, no envelope, version 1, 2 bytes
//! writer.try_publish(&frame)?;
//! let record = reader.read(None)?.expect("without a timeout there is always a record");
//! assert_eq!((record.type_id(), record.payload()), (1000, &b"hi"[..]));
//! # Ok::<(), mycelium_lane::LaneError>(())
//! ```
//!
//! Linux on 64-bit little-endian processors only; elsewhere opening a lane is an error that says so.

mod checksum;
mod error;
pub mod failpoint;
mod options;
pub mod protocol;

#[cfg(all(
    target_os = "linux",
    target_endian = "little",
    target_pointer_width = "64",
    not(without_lanes)
))]
mod lane;
#[cfg(all(
    target_os = "linux",
    target_endian = "little",
    target_pointer_width = "64",
    not(without_lanes)
))]
mod system;

#[cfg(not(all(
    target_os = "linux",
    target_endian = "little",
    target_pointer_width = "64",
    not(without_lanes)
)))]
#[path = "unsupported.rs"]
mod lane;

pub use error::{LaneError, LaneErrorKind};
pub use lane::{
    remove_stale, EventBell, Peeked, Process, Reader, Record, Unshared, Writer, WriterCounts,
    IS_SUPPORTED,
};
pub use options::{ReaderOptions, Wait, WriterOptions, FRAME_BYTES_MAX};
pub use protocol::{Doorbell, Policy, ReaderCounts};
