//! One source: what it sent and is not given out yet, and what it has promised.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The place of a message in the order: by time, then by source, then by sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp<S> {
    /// When it was published, in nanoseconds since 1970-01-01 UTC.
    pub published_at: i64,
    /// Who published it; the lesser comes first among equal times.
    pub source: S,
    /// Its number among those of its source, from 1.
    pub sequence: u64,
}

/// After which whoever waits for ever looks again.
const LONG: Duration = Duration::from_secs(3600);

/// What one source sent.
#[derive(Debug)]
pub(super) struct Source<S, T> {
    pub(super) name: S,
    waiting: VecDeque<(i64, u64, T)>,
    /// No later message of it will carry an earlier time.
    promised: i64,
    /// Since when others have waited for word of it.
    awaited_since: Option<Instant>,
    /// Nobody waits for it any more, until there is word of it.
    is_absent: bool,
    /// It has ended; what it sent is still given out.
    has_left: bool,
}

impl<S: Ord + Clone, T> Source<S, T> {
    pub(super) fn new(name: S) -> Self {
        Self {
            name,
            waiting: VecDeque::new(),
            promised: i64::MIN,
            awaited_since: None,
            is_absent: false,
            has_left: false,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn head(&self) -> Option<Stamp<&S>> {
        let (published_at, sequence, _) = self.waiting.front()?;
        Some(Stamp {
            published_at: *published_at,
            source: &self.name,
            sequence: *sequence,
        })
    }

    /// Sorted in: a source whose clock was set back breaks its promise, but not the order.
    pub(super) fn put(&mut self, published_at: i64, sequence: u64, item: T) {
        let place = self
            .waiting
            .partition_point(|(time, number, _)| (*time, *number) <= (published_at, sequence));
        self.waiting.insert(place, (published_at, sequence, item));
        self.heard();
        self.promise(published_at);
    }

    pub(super) fn take(&mut self) -> Option<(i64, u64, T)> {
        self.waiting.pop_front()
    }

    /// A promise that is no news does not make others wait anew: a source whose time stands still is as good as silent.
    pub(super) fn promise(&mut self, time: i64) {
        if time > self.promised {
            self.promised = time;
            self.heard();
        }
    }

    fn heard(&mut self) {
        self.is_absent = false;
        self.awaited_since = None;
    }

    /// It is back: nothing is known of it yet.
    pub(super) fn join(&mut self) {
        self.has_left = false;
        self.heard();
        self.promised = i64::MIN;
    }

    pub(super) fn leave(&mut self) {
        self.has_left = true;
    }

    pub(super) fn has_left(&self) -> bool {
        self.has_left
    }

    pub(super) fn is_done(&self) -> bool {
        self.has_left && self.waiting.is_empty()
    }

    /// Whether something that comes before the candidate may still come from here.
    pub(super) fn may_precede(&self, candidate: Stamp<&S>) -> bool {
        let is_silent = self.waiting.is_empty() && !self.has_left && !self.is_absent;
        is_silent && (self.promised, &self.name) < (candidate.published_at, candidate.source)
    }

    /// Somebody waits for it: since when. None once it has been waited for until `now` as long as it may be.
    pub(super) fn await_until(&mut self, now: Instant, lateness: Duration) -> Option<Instant> {
        let since = *self.awaited_since.get_or_insert(now);
        match since.checked_add(lateness) {
            Some(end) if end <= now => {
                self.is_absent = true;
                None
            }
            Some(end) => Some(end),
            // Beyond what the clock can tell: for ever. Whoever waits looks again from time to time, always at the same.
            None => {
                if since + LONG <= now {
                    self.awaited_since = Some(now);
                }
                self.awaited_since.map(|since| since + LONG)
            }
        }
    }
}
