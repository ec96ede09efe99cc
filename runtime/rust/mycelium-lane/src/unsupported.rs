//! Lanes where there are none: everything compiles, and opening one is an error that says why.

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::error::{LaneError, LaneErrorKind};
use crate::options::{ReaderOptions, WriterOptions};
use crate::protocol::{Doorbell, ReaderCounts};

/// Whether this platform has lanes.
pub const IS_SUPPORTED: bool = false;

fn refuse<T>(path: &Path) -> Result<T, LaneError> {
    Err(LaneError::new(&path.into(), LaneErrorKind::Unsupported))
}

fn refuse_bell<T>() -> io::Result<T> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "doorbells need Linux",
    ))
}

/// What a lane has carried; see the documentation for Linux.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct WriterCounts {
    pub frames: u64,
    pub bytes: u64,
    pub drops: u64,
    pub full_events: u64,
}

/// A doorbell; there are none here.
#[derive(Debug)]
pub struct EventBell(Infallible);

/// A writer; there are none here.
#[derive(Debug)]
pub struct Writer(Infallible);

/// A reader; there are none here.
#[derive(Debug)]
pub struct Reader(Infallible);

/// A frame; there are none here.
#[derive(Debug)]
pub struct Record<'a>(Infallible, std::marker::PhantomData<&'a ()>);

/// A frame that is still the next; there are none here.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Peeked<'a> {
    pub type_id: u16,
    pub has_envelope: bool,
    pub payload: &'a [u8],
}

/// The process something was made in, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process(u32);

impl Process {
    /// This process.
    pub fn this() -> Self {
        Self(std::process::id())
    }

    /// Whether this still is that process.
    pub fn is_this(self) -> bool {
        self == Self::this()
    }
}

/// Keeps a descriptor from children where there is a way; there is none here.
#[derive(Debug)]
pub struct Unshared(());

impl Unshared {
    /// Keeps nothing.
    pub fn keep<D>(_descriptor: D) -> Self {
        Self(())
    }
}

/// Always an error: there are no lanes here.
pub fn remove_stale(path: impl AsRef<Path>) -> Result<bool, LaneError> {
    refuse(path.as_ref())
}

#[allow(missing_docs)]
impl EventBell {
    pub fn new() -> io::Result<Self> {
        refuse_bell()
    }

    pub fn try_clone(&self) -> io::Result<Self> {
        match self.0 {}
    }

    #[cfg(unix)]
    pub fn from_descriptor(descriptor: std::os::fd::OwnedFd) -> Self {
        drop(descriptor);
        unreachable!("descriptors of doorbells come only from other processes that have some")
    }

    pub fn silence(&self) -> io::Result<bool> {
        match self.0 {}
    }
}

impl Doorbell for EventBell {
    fn wait(&self, _timeout: Duration) -> io::Result<bool> {
        match self.0 {}
    }

    fn ring(&self) -> io::Result<()> {
        match self.0 {}
    }
}

#[allow(missing_docs)]
impl Writer {
    pub fn open(path: impl AsRef<Path>, _options: &WriterOptions) -> Result<Self, LaneError> {
        refuse(path.as_ref())
    }

    pub fn try_publish(&mut self, _frame: &[u8]) -> Result<(), LaneError> {
        match self.0 {}
    }

    pub fn publish(&mut self, _frame: &[u8], _timeout: Option<Duration>) -> Result<(), LaneError> {
        match self.0 {}
    }

    pub fn replace(path: impl AsRef<Path>, _options: &WriterOptions) -> Result<Self, LaneError> {
        refuse(path.as_ref())
    }

    pub fn in_memory(_options: &WriterOptions) -> Result<Self, LaneError> {
        refuse(Path::new("(a lane in memory)"))
    }

    pub fn descriptor_number(&self) -> Result<u32, LaneError> {
        match self.0 {}
    }

    pub fn has_room(&mut self, _bytes: usize) -> bool {
        match self.0 {}
    }

    pub fn has_room_or_is_told(&mut self, _bytes: usize) -> bool {
        match self.0 {}
    }

    pub fn publish_parts(&mut self, _frame: &[u8], _done: &mut usize) -> Result<bool, LaneError> {
        match self.0 {}
    }

    pub fn publish_at_once(
        &mut self,
        _type_id: u16,
        _has_envelope: bool,
        _payload: &[u8],
    ) -> Result<bool, LaneError> {
        match self.0 {}
    }

    pub fn untaken_by(&self, _slot: usize) -> u64 {
        match self.0 {}
    }

    pub fn set_bell(&mut self, _slot: usize, _bell: Option<EventBell>) {
        match self.0 {}
    }

    pub fn counts(&self) -> WriterCounts {
        match self.0 {}
    }

    pub fn epoch(&self) -> u64 {
        match self.0 {}
    }

    pub fn lane_uid(&self) -> u64 {
        match self.0 {}
    }

    pub fn path(&self) -> &Path {
        match self.0 {}
    }

    pub fn readers(&self) -> Result<usize, LaneError> {
        match self.0 {}
    }

    pub fn close(self) -> Result<(), LaneError> {
        match self.0 {}
    }

    pub fn hand_over(self) {
        match self.0 {}
    }
}

#[allow(missing_docs)]
impl Reader {
    pub fn open(path: impl AsRef<Path>, _options: &ReaderOptions) -> Result<Self, LaneError> {
        refuse(path.as_ref())
    }

    pub fn open_in_memory(_number: u32, _options: &ReaderOptions) -> Result<Self, LaneError> {
        refuse(Path::new("(a lane in memory)"))
    }

    pub fn open_when_there(
        path: impl AsRef<Path>,
        _options: &ReaderOptions,
        _timeout: Option<Duration>,
    ) -> Result<Self, LaneError> {
        refuse(path.as_ref())
    }

    pub fn try_read(&mut self) -> Result<Option<Record<'_>>, LaneError> {
        match self.0 {}
    }

    pub fn read(&mut self, _timeout: Option<Duration>) -> Result<Option<Record<'_>>, LaneError> {
        match self.0 {}
    }

    pub fn peek(&mut self) -> Result<Option<Peeked<'_>>, LaneError> {
        match self.0 {}
    }

    pub fn is_quiet(&self) -> bool {
        match self.0 {}
    }

    pub fn peek_whole(&mut self) -> Option<Peeked<'_>> {
        match self.0 {}
    }

    pub fn pass(&mut self) {
        match self.0 {}
    }

    pub fn set_room_bell(&mut self, _bell: EventBell) {
        match self.0 {}
    }

    pub fn set_bell(&mut self, _bell: EventBell) {
        match self.0 {}
    }

    pub fn begin_sleep(&self) -> Result<bool, LaneError> {
        match self.0 {}
    }

    pub fn end_sleep(&self) -> Result<(), LaneError> {
        match self.0 {}
    }

    pub fn counts(&self) -> ReaderCounts {
        match self.0 {}
    }

    pub fn missed_bells(&self) -> u64 {
        match self.0 {}
    }

    pub fn epoch(&self) -> u64 {
        match self.0 {}
    }

    pub fn slot(&self) -> usize {
        match self.0 {}
    }

    pub fn lane_uid(&self) -> u64 {
        match self.0 {}
    }

    pub fn path(&self) -> &Path {
        match self.0 {}
    }

    pub fn is_writer_alive(&self) -> Result<bool, LaneError> {
        match self.0 {}
    }
}

#[allow(missing_docs)]
impl Record<'_> {
    pub fn type_id(&self) -> u16 {
        match self.0 {}
    }

    pub fn has_envelope(&self) -> bool {
        match self.0 {}
    }

    pub fn payload(&self) -> &[u8] {
        match self.0 {}
    }

    pub fn append_frame_to(&self, _bytes: &mut Vec<u8>) {
        match self.0 {}
    }
}
