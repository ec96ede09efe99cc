//! How long to wait before dialling again.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

/// Waits that double from 10 ms to 1 s, each shortened by up to a half at random, so that many who lost the same peer do not
/// come back at the same moment.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    random: RandomState,
    drawn: u64,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self {
            next: FIRST,
            random: RandomState::new(),
            drawn: 0,
        }
    }

    /// The next wait.
    pub(crate) fn next_wait(&mut self) -> Duration {
        let whole = self.next;
        self.next = whole.saturating_mul(2).min(LONGEST);
        self.drawn += 1;
        let mut hasher = self.random.build_hasher();
        hasher.write_u64(self.drawn);
        let share = (hasher.finish() % 1024) as u32;
        whole / 2 + whole / 2 * share / 1024
    }

    /// Begins with the shortest again, after a connection that held.
    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }
}
