//! Removing lanes that nobody uses any more.

use std::path::Path;
use std::sync::atomic::Ordering::Acquire;
use std::sync::Arc;

use super::opening::OpenLane;
use crate::error::{LaneError, LaneErrorKind};
use crate::failpoint::{reached, Step};
use crate::protocol::{Field, Memory};

/// Removes the lane at `path` if neither a writer nor a reader of it lives; tells whether it did.
///
/// The writer's lock and those of all readers are taken first, and under them the path is checked to lead to the same
/// file, and the file to have had no writer since: so a lane that somebody is just taking over is left alone, and
/// somebody who comes a moment later finds it closed and makes a new one. What is no lane is an error, and stays.
pub fn remove_stale(path: impl AsRef<Path>) -> Result<bool, LaneError> {
    let path: Arc<Path> = path.as_ref().into();
    let lane = match OpenLane::existing(&path) {
        Err(error) if matches!(error.kind(), LaneErrorKind::NotFound) => return Ok(false),
        other => other?,
    };
    let epoch = || lane.mapping.load(Field::Epoch as usize, Acquire);
    let seen = epoch();
    let lock_failed = |error| lane.failed("locking the lane", error);
    if !lane.file.try_lock_writer().map_err(lock_failed)? {
        return Ok(false);
    }
    if !lane.file.try_lock_all_readers().map_err(lock_failed)?
        || !lane.is_current()?
        || epoch() != seen
    {
        return Ok(false);
    }
    lane.mark_closed();
    reached(Step::X1);
    lane.remove()?;
    reached(Step::X3);
    Ok(true)
}
