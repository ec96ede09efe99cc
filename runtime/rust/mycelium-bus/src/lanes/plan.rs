//! Where the lanes of a link lie, and how large they are.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use mycelium_lane::{remove_stale, LaneErrorKind, Reader, ReaderOptions, Writer, WriterOptions};

use crate::topology::{Node, Route};

/// Bytes of a lane for each message of a route's capacity: a message of some 200 bytes with its envelope. Larger ones take
/// the room of several.
const BYTES_PER_MESSAGE: u64 = 256;

/// Bytes of a lane at least and at most.
const CAPACITY_MIN: u64 = 64 * 1024;
const CAPACITY_MAX: u64 = 64 * 1024 * 1024;

/// The lanes of one link, as one of its sides sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LanePlan {
    place: Place,
    capacity: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// In files: where this side writes, and where the peer does.
    Files { own: PathBuf, peer: PathBuf },
    /// Both sides are in one process.
    Memory,
}

impl LanePlan {
    /// For the side that sends what `route` carries; `listener` is the node whose endpoint of shared memory the link goes by.
    pub(crate) fn of(listener: &Node, route: &Route) -> Option<Self> {
        let place = listener.endpoint.as_ref()?.path.as_deref()?;
        let (from, to) = (route.source.as_str(), route.target.as_str());
        Some(Self {
            place: Place::Files {
                own: lane_path(place, from, to),
                peer: lane_path(place, to, from),
            },
            capacity: capacity_of(route),
        })
    }

    /// For the side that sends what `route` carries to another core of the same process.
    pub(crate) fn in_memory(route: &Route) -> Self {
        Self {
            place: Place::Memory,
            capacity: capacity_of(route),
        }
    }

    /// Makes the lane that this side writes; gives it, and how the peer finds it.
    pub(super) fn make_own(&self) -> Result<(Writer, String), String> {
        let options = self.writer_options();
        let failed = |error| format!("making a lane: {error}");
        match &self.place {
            Place::Memory => {
                let writer = Writer::in_memory(&options).map_err(failed)?;
                let number = writer.descriptor_number().map_err(failed)?;
                Ok((writer, format!("{IN_MEMORY}{number}")))
            }
            Place::Files { own, .. } => {
                let writer = Writer::replace(own, &options).map_err(failed)?;
                match own.to_str() {
                    Some(path) => Ok((writer, path.to_owned())),
                    None => Err(format!("{} is not UTF-8", own.display())),
                }
            }
        }
    }

    /// Joins the lane that the peer writes, and offers at this place.
    pub(super) fn join_peer(
        &self,
        offered: &str,
        options: &ReaderOptions,
    ) -> Result<Reader, String> {
        let reader = match &self.place {
            Place::Memory => match offered.strip_prefix(IN_MEMORY).map(str::parse) {
                Some(Ok(number)) => Reader::open_in_memory(number, options),
                _ => {
                    return Err(format!(
                        "the peer offers a lane at {offered}, where there is to be one in memory"
                    ))
                }
            },
            Place::Files { peer, .. } if peer.to_str() == Some(offered) => {
                Reader::open(peer, options)
            }
            Place::Files { peer, .. } => {
                let shown = peer.display();
                return Err(format!(
                    "the peer offers a lane at {offered}, where there is to be one at {shown}"
                ));
            }
        };
        reader.map_err(|error| format!("joining a lane: {error}"))
    }

    /// Removes the lane that a peer which is gone has left behind, if nobody uses it.
    pub(super) fn remove_left_by_peer(&self) {
        let Place::Files { peer, .. } = &self.place else {
            return;
        };
        match remove_stale(peer) {
            Ok(_) => {}
            // The peer replaces or removes it when it comes back; it is in nobody's way.
            Err(error) => debug_assert!(!matches!(error.kind(), LaneErrorKind::Forked)),
        }
    }

    /// The peer of a link is its lane's one reader.
    pub(super) fn writer_options(&self) -> WriterOptions {
        let options = WriterOptions {
            reader_slots: 1,
            ..WriterOptions::default()
        };
        options.with_capacity(self.capacity)
    }
}

/// What a lane in memory is offered by, before the number of its descriptor.
const IN_MEMORY: &str = "/proc/self/fd/";

fn capacity_of(route: &Route) -> u64 {
    let bytes = u64::from(route.capacity).saturating_mul(BYTES_PER_MESSAGE);
    bytes.clamp(CAPACITY_MIN, CAPACITY_MAX).next_power_of_two()
}

/// `<endpoint>.<from>:<to>`. No name of a service has a colon.
fn lane_path(place: &Path, from: &str, to: &str) -> PathBuf {
    let mut path: OsString = place.into();
    path.push(format!(".{from}:{to}"));
    path.into()
}

/// Removes lanes of an endpoint that nobody uses any more, as left by processes that were killed. Those that live have locks
/// and stay; what is no lane stays as well.
pub(crate) fn remove_leftovers(place: &Path) {
    let (Some(folder), Some(name)) = (place.parent(), place.file_name()) else {
        return;
    };
    let mut prefix = name.to_os_string();
    prefix.push(".");
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let found = entry.file_name();
        let rest = found
            .as_encoded_bytes()
            .strip_prefix(prefix.as_encoded_bytes());
        if rest.is_some_and(|rest| rest.contains(&b':')) {
            // What cannot be removed is in nobody's way: a writer of that name says what is wrong.
            let _ = remove_stale(entry.path());
        }
    }
}
