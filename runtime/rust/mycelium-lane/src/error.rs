//! Errors of lanes: what is wrong, with which file, and how to mend it.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::protocol::Fault;

/// An error of one lane. Its text says what is wrong, where, and how to mend it.
#[derive(Debug)]
pub struct LaneError {
    path: Arc<Path>,
    kind: LaneErrorKind,
}

/// What is wrong.
#[derive(Debug)]
#[non_exhaustive]
pub enum LaneErrorKind {
    /// There is no such file: its writer has not started yet.
    NotFound,
    /// Another writer lives.
    WriterPresent,
    /// As many readers live as there are slots.
    NoFreeSlot {
        /// How many slots there are.
        slots: u32,
    },
    /// The lane is closed, and everything in it has been read.
    Closed,
    /// There is no room, because a reliable reader is slower than the writer.
    Full,
    /// The frame is larger than the lane's users agreed on.
    FrameTooLarge {
        /// The frame's size in bytes.
        bytes: usize,
        /// The largest allowed.
        limit: usize,
    },
    /// The frame is so large that it can only be published by waiting for readers in between.
    NeverFits {
        /// The frame's size in bytes.
        bytes: usize,
        /// The lane's capacity in bytes.
        capacity: u64,
    },
    /// The bytes to publish are not one frame of wire version 1.
    NotAFrame(&'static str),
    /// The lane holds what no honest program writes.
    Corrupt(Fault),
    /// The settings for a new lane cannot be.
    Settings(Fault),
    /// The process was forked after the lane was opened.
    Forked,
    /// This platform has no lanes.
    Unsupported,
    /// The operating system refused.
    System {
        /// What was being done, in words.
        doing: &'static str,
        /// What it said.
        source: io::Error,
    },
}

impl LaneError {
    #[cold]
    pub(crate) fn new(path: &Arc<Path>, kind: LaneErrorKind) -> Self {
        Self {
            path: Arc::clone(path),
            kind,
        }
    }

    /// What is wrong.
    pub fn kind(&self) -> &LaneErrorKind {
        &self.kind
    }

    /// The lane's file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for LaneErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => {
                write!(
                    formatter,
                    "there is no such lane; start the program that writes it, or wait for it"
                )
            }
            Self::WriterPresent => {
                write!(formatter, "another program writes this lane; a lane has one writer: stop the other, or use another path")
            }
            Self::NoFreeSlot { slots } => {
                write!(formatter, "all {slots} reader slots are taken by living readers; close one, or open the lane with more")
            }
            Self::Closed => write!(
                formatter,
                "the lane is closed by its writer and read to the end"
            ),
            Self::Full => {
                write!(formatter, "no room: a reliable reader is too slow; wait longer, open the lane with more capacity, or read it as lossy")
            }
            Self::FrameTooLarge { bytes, limit } => {
                write!(formatter, "a frame of {bytes} bytes is above the limit of {limit}; raise frame_bytes_max for its writer and readers")
            }
            Self::NeverFits { bytes, capacity } => {
                write!(formatter, "a frame of {bytes} bytes does not fit at once into {capacity} bytes; publish it with a timeout, or open the lane with more capacity")
            }
            Self::NotAFrame(reason) => write!(
                formatter,
                "not a frame: {reason}; publish the bytes of exactly one frame"
            ),
            Self::Corrupt(fault) => {
                write!(
                    formatter,
                    "not a sound lane: {fault}; if no program uses the file, remove it"
                )
            }
            Self::Settings(fault) => write!(formatter, "a lane cannot be made like this: {fault}"),
            Self::Forked => {
                write!(formatter, "the lane was opened before this process was forked; open it again in the child")
            }
            Self::Unsupported => {
                write!(formatter, "shared-memory lanes need Linux on a 64-bit little-endian processor; use a unix or tcp route here")
            }
            Self::System { doing, source } => write!(formatter, "{doing}: {source}"),
        }
    }
}

impl fmt::Display for LaneError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.kind)
    }
}

impl std::error::Error for LaneError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            LaneErrorKind::System { source, .. } => Some(source),
            _ => None,
        }
    }
}
