//! How long messages were on their way.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

/// The longest time that is told apart; what took longer counts as this. 60 s.
const LONGEST: u64 = 60_000_000_000;

/// Decimal digits that are kept of each time: within 1 %, in about 30 KB.
const DIGITS: u8 = 2;

/// Times between publication and receipt, of one subscriber.
///
/// Bounded: a histogram of fixed size (Gil Tene's HdrHistogram), whatever is recorded.
pub struct LatencyRecorder(Mutex<Latencies>);

impl LatencyRecorder {
    /// One that has recorded nothing; None where the histogram cannot be made.
    pub fn new() -> Option<Self> {
        Some(Self(Mutex::new(Latencies::new()?)))
    }

    /// Records one time, from the nanoseconds since 1970-01-01 UTC at both ends. Where the clocks of two machines differ so much
    /// that a message seems to arrive before it was sent, it took no time.
    pub fn record(&self, published_at: i64, received_at: i64) {
        let elapsed = received_at.saturating_sub(published_at);
        self.lock().add(u64::try_from(elapsed).unwrap_or(0));
    }

    /// What was recorded so far.
    pub fn snapshot(&self) -> Latencies {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Latencies> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Times between the publication of messages and their receipt, each told within 1 %.
#[derive(Clone, PartialEq)]
pub struct Latencies {
    histogram: Histogram<u64>,
    sum: u128,
}

impl Latencies {
    pub(super) fn new() -> Option<Self> {
        let histogram = Histogram::new_with_bounds(1, LONGEST, DIGITS).ok()?;
        Some(Self { histogram, sum: 0 })
    }

    pub(super) fn add(&mut self, nanoseconds: u64) {
        self.histogram.saturating_record(nanoseconds);
        self.sum += u128::from(nanoseconds);
    }

    /// Those of another one as well.
    pub(super) fn merge(&mut self, other: &Self) {
        // Of the same bounds, so that every time has its place.
        if self.histogram.add(&other.histogram).is_ok() {
            self.sum += other.sum;
        }
    }

    /// How many were recorded.
    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// All of them together.
    pub fn sum(&self) -> Duration {
        Duration::from_nanos(u64::try_from(self.sum).unwrap_or(u64::MAX))
    }

    /// The time that the given share of messages did not exceed: 0.5 gives the median. Zero where none was recorded.
    pub fn quantile(&self, share: f64) -> Duration {
        Duration::from_nanos(self.histogram.value_at_quantile(share))
    }

    /// Each time that was recorded, as precisely as it was kept, and how often; they rise.
    pub fn recorded(&self) -> impl Iterator<Item = (Duration, u64)> + '_ {
        let steps = self.histogram.iter_recorded();
        steps.map(|step| {
            let time = Duration::from_nanos(step.value_iterated_to());
            (time, step.count_since_last_iteration())
        })
    }

    /// The longest. Zero where none was recorded.
    pub fn longest(&self) -> Duration {
        Duration::from_nanos(self.histogram.max())
    }

    /// How many took no longer than each of these times, in nanoseconds, which rise.
    pub(super) fn cumulative(&self, bounds: &[u64]) -> Vec<u64> {
        let mut recorded = self.histogram.iter_recorded().peekable();
        let mut count = 0;
        bounds
            .iter()
            .map(|bound| {
                while let Some(step) = recorded.next_if(|step| step.value_iterated_to() <= *bound) {
                    count += step.count_since_last_iteration();
                }
                count
            })
            .collect()
    }
}

impl fmt::Debug for LatencyRecorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("LatencyRecorder")
            .field(&*self.lock())
            .finish()
    }
}

impl fmt::Debug for Latencies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Latencies")
            .field("count", &self.count())
            .field("median", &self.quantile(0.5))
            .field("p99", &self.quantile(0.99))
            .field("longest", &self.longest())
            .finish_non_exhaustive()
    }
}
