//! From a path to a mapped, checked and locked lane.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::Arc;
use std::time::Duration;

use crate::error::{LaneError, LaneErrorKind};
use crate::failpoint::{reached, Step};
use crate::options::WriterOptions;
use crate::protocol::{
    join, recover, Field, Geometry, Header, Joined, Memory, Policy, Publishing, ReaderLocks,
    STATE_CLOSED, STATE_READY,
};
use crate::system::{
    create_in_memory, create_unnamed, give_name, open_existing, open_in_memory, path_names,
    remove_name, LaneFile, Mapping,
};

/// How often to begin again when others create, close and remove the lane meanwhile.
const ATTEMPTS: usize = 50;
/// How often to look again at a lock that is held: who removes a stale lane holds it for some microseconds.
const LOCK_ATTEMPTS: usize = 10;
const BETWEEN_LOCK_ATTEMPTS: Duration = Duration::from_millis(1);

/// A lane that is open: its file, its memory, its description.
#[derive(Debug)]
pub(super) struct OpenLane {
    pub(super) path: Arc<Path>,
    pub(super) file: LaneFile,
    pub(super) mapping: Arc<Mapping>,
    pub(super) header: Header,
}

impl OpenLane {
    /// Opens what is there, and believes nothing in it unchecked.
    pub(super) fn existing(path: &Arc<Path>) -> Result<Self, LaneError> {
        Self::checked(path, open_existing(path))
    }

    fn checked(path: &Arc<Path>, opened: io::Result<LaneFile>) -> Result<Self, LaneError> {
        let file = opened.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => LaneError::new(path, LaneErrorKind::NotFound),
            _ => system_error(path, "opening the lane's file", error),
        })?;
        let size = file
            .size()
            .map_err(|error| system_error(path, "reading the size of the lane's file", error))?;
        let bytes = file
            .header()
            .map_err(|error| system_error(path, "reading the header of the lane", error))?;
        let header = Header::from_bytes(&bytes, size).map_err(|fault| corrupt(path, fault))?;
        let lane = Self::mapped(path, file, header)?;
        reached(Step::O1);
        Ok(lane)
    }

    fn mapped(path: &Arc<Path>, file: LaneFile, header: Header) -> Result<Self, LaneError> {
        let length = header.geometry.file_bytes() as usize;
        let mapping = file
            .reopened()
            .and_then(|descriptor| Mapping::new(descriptor.as_fd(), length))
            .map_err(|error| system_error(path, "mapping the lane into memory", error))?;
        Ok(Self {
            path: Arc::clone(path),
            file,
            mapping: Arc::new(mapping),
            header,
        })
    }

    pub(super) fn geometry(&self) -> Geometry {
        self.header.geometry
    }

    pub(super) fn is_closed(&self) -> bool {
        self.mapping.load(Field::State as usize, Acquire) == STATE_CLOSED
    }

    pub(super) fn error(&self, kind: LaneErrorKind) -> LaneError {
        LaneError::new(&self.path, kind)
    }

    pub(super) fn failed(&self, doing: &'static str, error: io::Error) -> LaneError {
        system_error(&self.path, doing, error)
    }

    /// Refuses to work in a child made by `fork`.
    #[inline(always)]
    pub(super) fn check_process(&self) -> Result<(), LaneError> {
        match self.file.process().is_this() {
            true => Ok(()),
            false => Err(self.error(LaneErrorKind::Forked)),
        }
    }

    /// Whether the path still leads to this file, and not to nothing or to a later one.
    pub(super) fn is_current(&self) -> Result<bool, LaneError> {
        path_names(&self.path, &self.file)
            .map_err(|error| self.failed("comparing the lane's file with its path", error))
    }

    /// Says that no record will follow. For a lane without a living writer, whose lock the caller holds.
    pub(super) fn mark_closed(&self) {
        self.mapping
            .store(Field::State as usize, STATE_CLOSED, Release);
    }

    /// Removes the path; the caller holds the writer's lock and has found the file to be current.
    pub(super) fn remove(&self) -> Result<(), LaneError> {
        remove_name(&self.path).map_err(|error| self.failed("removing the lane's file", error))
    }

    /// Takes the writer's lock, or says that another has it.
    pub(super) fn lock_writer(&self) -> Result<(), LaneError> {
        for _ in 0..LOCK_ATTEMPTS {
            match self.file.try_lock_writer() {
                Ok(true) => return Ok(()),
                Ok(false) => std::thread::sleep(BETWEEN_LOCK_ATTEMPTS),
                Err(error) => return Err(self.failed("locking the lane", error)),
            }
        }
        Err(self.error(LaneErrorKind::WriterPresent))
    }
}

pub(super) fn system_error(path: &Arc<Path>, doing: &'static str, source: io::Error) -> LaneError {
    LaneError::new(path, LaneErrorKind::System { doing, source })
}

pub(super) fn corrupt(path: &Arc<Path>, fault: crate::protocol::Fault) -> LaneError {
    LaneError::new(path, LaneErrorKind::Corrupt(fault))
}

/// A lane that this process writes, and its state as the writer.
pub(super) type Opened = (OpenLane, Publishing<Arc<Mapping>>);

/// What to do with a lane that a writer left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leftover {
    /// Its readers go on with it.
    TakenOver,
    /// Its readers read it to its end, and it is no more.
    Closed,
}

/// Opens a lane as its writer: a new one, or the one that a writer left.
pub(super) fn open_for_writing(
    path: &Arc<Path>,
    options: &WriterOptions,
    leftover: Leftover,
) -> Result<Opened, LaneError> {
    for _ in 0..ATTEMPTS {
        let found = match OpenLane::existing(path) {
            Ok(lane) => lane,
            Err(error) if matches!(error.kind(), LaneErrorKind::NotFound) => {
                match create(path, options)? {
                    Some(created) => return Ok(created),
                    None => continue,
                }
            }
            Err(error) => return Err(error),
        };
        found.lock_writer()?;
        if !found.is_current()? {
            continue;
        }
        if found.is_closed() {
            found.remove()?;
            continue;
        }
        let mut publishing = recover(Arc::clone(&found.mapping), found.geometry())
            .map_err(|fault| corrupt(path, fault))?;
        if leftover == Leftover::TakenOver && found.geometry() == options.geometry() {
            return Ok((found, publishing));
        }
        // The readers of the old lane read it to its end, see that it is closed, and come to the new one.
        publishing.close(&mut |slot| super::writer::ring_futex(&found.mapping, slot));
        found.remove()?;
    }
    Err(system_error(
        path,
        "opening the lane",
        io::Error::other("other programs keep making and removing it"),
    ))
}

/// Makes a lane, complete before it can be seen; `None` if there is one by now.
fn create(path: &Arc<Path>, options: &WriterOptions) -> Result<Option<Opened>, LaneError> {
    let (lane, publishing) = build(path, options, || create_unnamed(path))?;
    reached(Step::C3);
    match give_name(&lane.file, path) {
        Ok(()) => {
            reached(Step::C4);
            Ok(Some((lane, publishing)))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(system_error(path, "giving the lane's file its name", error)),
    }
}

/// Makes a lane that has no path: it ends with those who have it open.
pub(super) fn create_without_path(options: &WriterOptions) -> Result<Opened, LaneError> {
    build(&Path::new(IN_MEMORY).into(), options, create_in_memory)
}

/// What stands for the path of a lane that has none; nothing ever has that name.
const IN_MEMORY: &str = "/proc/self/fd/(a lane in memory)";

/// Makes a lane, for its writer; nobody else sees it yet.
fn build(
    path: &Arc<Path>,
    options: &WriterOptions,
    create_file: impl FnOnce() -> io::Result<LaneFile>,
) -> Result<Opened, LaneError> {
    let geometry = options.geometry();
    let header = Header {
        geometry,
        lane_uid: fresh_uid(),
    };
    let bytes = header.to_bytes();
    Header::from_bytes(&bytes, geometry.file_bytes())
        .map_err(|fault| LaneError::new(path, LaneErrorKind::Settings(fault)))?;
    let failed = |doing| move |error| system_error(path, doing, error);
    let file = create_file().map_err(failed(
        "making the lane's file, in a folder that must exist",
    ))?;
    reached(Step::C1);
    file.allocate(geometry.file_bytes())
        .map_err(failed("taking memory for the lane; choose less capacity"))?;
    reached(Step::C2);
    file.write_header(&bytes)
        .map_err(failed("writing the header of the lane"))?;
    let lane = OpenLane::mapped(path, file, header)?;
    lane.lock_writer()?;
    lane.mapping
        .store(Field::State as usize, STATE_READY, Release);
    let publishing =
        recover(Arc::clone(&lane.mapping), geometry).map_err(|fault| corrupt(path, fault))?;
    Ok((lane, publishing))
}

/// Opens a lane as one of its readers.
pub(super) fn open_for_reading(
    path: &Arc<Path>,
    policy: Policy,
) -> Result<(OpenLane, Joined), LaneError> {
    join_as_reader(OpenLane::existing(path)?, policy)
}

/// Opens a lane that another part of this process made without a path, by the number of its descriptor there.
pub(super) fn open_in_memory_for_reading(
    number: u32,
    policy: Policy,
) -> Result<(OpenLane, Joined), LaneError> {
    let path: Arc<Path> = Path::new(&format!("/proc/self/fd/{number}")).into();
    join_as_reader(OpenLane::checked(&path, open_in_memory(number))?, policy)
}

fn join_as_reader(lane: OpenLane, policy: Policy) -> Result<(OpenLane, Joined), LaneError> {
    for slot in 0..lane.geometry().reader_slots as usize {
        let taken = lane
            .file
            .try_lock_reader(slot)
            .map_err(|error| lane.failed("locking a reader's slot", error))?;
        if !taken {
            continue;
        }
        reached(Step::J1);
        // Whoever removes a stale lane holds all the slots while closing it: so from here on nobody does.
        if lane.is_closed() {
            return Err(lane.error(LaneErrorKind::Closed));
        }
        let joined = join(&lane.mapping, &lane.geometry(), slot, policy)
            .map_err(|fault| corrupt(&lane.path, fault))?;
        return Ok((lane, joined));
    }
    match lane.is_closed() {
        true => Err(lane.error(LaneErrorKind::Closed)),
        false => Err(lane.error(LaneErrorKind::NoFreeSlot {
            slots: lane.geometry().reader_slots,
        })),
    }
}

/// A number that no other lane has, from the randomness of the standard library's hash keys and the time.
fn fresh_uid() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    if let Ok(now) = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
        hasher.write_u128(now.as_nanos());
    }
    hasher.finish()
}
