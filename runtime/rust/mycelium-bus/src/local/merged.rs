//! A queue that gives messages out in the order they were published in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::service_clock::ServiceClock;
use crate::merge::{MergeOptions, Merger, Next, Refused, Stamp};

/// Where a message comes from: names the service that published it, so that the order is the same wherever services run.
pub(crate) type Source = Arc<str>;

/// What is known of a message as it comes.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) source: Source,
    pub(crate) origin: Origin,
}

/// When a message was published.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// Now, in this process, at the time of its service.
    Here(Arc<ServiceClock>),
    /// Then, and its number.
    Elsewhere(i64, u64),
}

/// What became of a message.
pub(super) enum Put<T> {
    In,
    Full(T),
    Late,
}

struct State<T> {
    merger: Merger<Source, T>,
    /// Services of this process that publish: later messages of them are stamped later.
    own: Vec<Own>,
    /// The time of what was given out last.
    last: i64,
    due: Option<Instant>,
}

/// A service of this process.
struct Own {
    source: Source,
    clock: Arc<ServiceClock>,
    /// How many messages it has published.
    sequence: u64,
}

pub(super) struct Merged<T>(Mutex<State<T>>);

impl<T> Merged<T> {
    /// One that waits so long for a silent source, and holds so many messages of each.
    pub(super) fn new(lateness: Duration, capacity: usize) -> Self {
        Self(Mutex::new(State {
            merger: Merger::new(MergeOptions { lateness, capacity }),
            own: Vec::new(),
            last: i64::MIN,
            due: None,
        }))
    }

    pub(super) fn put(&self, arrival: &Arrival, item: T) -> Put<T> {
        let mut state = self.lock();
        let (published_at, sequence) = match &arrival.origin {
            Origin::Elsewhere(published_at, sequence) => (*published_at, *sequence),
            Origin::Here(clock) => state.stamp(&arrival.source, clock),
        };
        let stamp = Stamp {
            published_at,
            source: Arc::clone(&arrival.source),
            sequence,
        };
        let refused = match state.merger.put(stamp.clone(), item) {
            Err(Refused::Unknown(item)) => {
                state.expect(&arrival.source);
                state.merger.put(stamp, item)
            }
            done => done,
        };
        match refused {
            Ok(()) => Put::In,
            Err(Refused::Late(_)) => Put::Late,
            Err(Refused::Full(item) | Refused::Unknown(item)) => Put::Full(item),
        }
    }

    /// The next message, where it is certain.
    pub(super) fn take(&self) -> Option<T> {
        let mut state = self.lock();
        let state = &mut *state;
        state.listen();
        match state.merger.next(Instant::now()) {
            Next::Message(stamp, item) => {
                state.last = stamp.published_at;
                Some(item)
            }
            Next::Until(due) => {
                state.due = Some(due);
                None
            }
            Next::Empty => None,
        }
    }

    /// Whether there is one.
    pub(super) fn is_ready(&self) -> bool {
        let mut state = self.lock();
        state.listen();
        let due = state.merger.due(Instant::now());
        state.due = due.unwrap_or_default();
        due == Some(None)
    }

    /// No later message of the source carries an earlier time.
    pub(super) fn promise(&self, source: &Source, time: i64) {
        let mut state = self.lock();
        state.expect(source);
        state.merger.watermark(source, time);
    }

    /// Messages of the source may come: others wait for it, as long as they may.
    pub(super) fn expect(&self, source: &Source) {
        self.lock().expect(source);
    }

    /// As [`expect`](Self::expect), of a service of this process.
    pub(super) fn expect_own(&self, source: &Source, clock: &Arc<ServiceClock>) {
        let mut state = self.lock();
        state.own_place(source, clock);
        state.expect(source);
    }

    /// Nobody waits for the source any more.
    pub(super) fn leave(&self, source: &Source) {
        let mut state = self.lock();
        state.own.retain(|own| own.source != *source);
        state.merger.leave(source);
    }

    /// Nobody waits for any source: what is here comes out in its order.
    pub(super) fn end(&self) {
        self.lock().merger.leave_all();
    }

    pub(super) fn has_room(&self, source: &Source) -> bool {
        self.lock().merger.has_room(source)
    }

    pub(super) fn len(&self) -> usize {
        self.lock().merger.len()
    }

    pub(super) fn late(&self) -> u64 {
        self.lock().merger.late()
    }

    /// When what waits for a silent source waits no longer.
    pub(super) fn due(&self) -> Option<Instant> {
        self.lock().due
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Own {
    /// What it publishes from now on has no earlier time. However the clocks of other machines go, that is not before what is out.
    fn present(&self, last: i64) -> i64 {
        match self.clock.given() {
            Some(given) => given,
            None => self.clock.now().max(last),
        }
    }
}

impl<T> State<T> {
    /// Hears how far the services of this process are.
    fn listen(&mut self) {
        for own in &self.own {
            self.merger.watermark(&own.source, own.present(self.last));
        }
        self.due = None;
    }

    fn expect(&mut self, source: &Source) {
        if !self.merger.expects(source) {
            self.merger.join(Arc::clone(source));
        }
    }

    fn own_place(&mut self, source: &Source, clock: &Arc<ServiceClock>) -> usize {
        let known = self.own.iter().position(|own| own.source == *source);
        known.unwrap_or_else(|| {
            self.own.push(Own {
                source: Arc::clone(source),
                clock: Arc::clone(clock),
                sequence: 0,
            });
            self.own.len() - 1
        })
    }

    /// The time and the number of what a service of this process publishes now. By the system's time it is never earlier than
    /// what is out already; a time that was given is what it is.
    fn stamp(&mut self, source: &Source, clock: &Arc<ServiceClock>) -> (i64, u64) {
        let place = self.own_place(source, clock);
        let time = match clock.given() {
            Some(given) => given,
            None => clock.now().max(self.last.saturating_add(1)),
        };
        let sequence = self.own.get_mut(place).map_or(1, |own| {
            own.sequence += 1;
            own.sequence
        });
        (time, sequence)
    }
}
