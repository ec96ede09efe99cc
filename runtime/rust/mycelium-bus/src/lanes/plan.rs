//! Where the lanes of a link lie, and how large they are.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use mycelium_lane::{remove_stale, WriterOptions};

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
    own: PathBuf,
    peer: PathBuf,
    capacity: u64,
}

impl LanePlan {
    /// For the side that sends what `route` carries; `listener` is the node whose endpoint of shared memory the link goes by.
    pub(crate) fn of(listener: &Node, route: &Route) -> Option<Self> {
        let place = listener.endpoint.as_ref()?.path.as_deref()?;
        let bytes = u64::from(route.capacity).saturating_mul(BYTES_PER_MESSAGE);
        let (from, to) = (route.source.as_str(), route.target.as_str());
        Some(Self {
            own: lane_path(place, from, to),
            peer: lane_path(place, to, from),
            capacity: bytes.clamp(CAPACITY_MIN, CAPACITY_MAX).next_power_of_two(),
        })
    }

    /// The lane that this side writes.
    pub(super) fn own(&self) -> &Path {
        &self.own
    }

    /// The lane that the peer writes.
    pub(super) fn peer(&self) -> &Path {
        &self.peer
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
