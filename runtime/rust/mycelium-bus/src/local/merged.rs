//! A queue that gives messages out in the order they were published in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::merge::{MergeOptions, Merger, Next, Refused, Stamp};
use crate::node::now;

/// Where a message comes from: names the service that published it, so that the order is the same wherever services run.
pub(crate) type Source = Arc<str>;

/// What is known of a message as it comes.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) source: Source,
    /// When it was published and its number; None for one that is being published in this process.
    pub(crate) published: Option<(i64, u64)>,
}

/// What became of a message.
pub(super) enum Put<T> {
    In,
    Full(T),
    Late,
}

struct State<T> {
    merger: Merger<Source, T>,
    /// Services of this process that have published: later messages of them are stamped later.
    own: Vec<(Source, u64)>,
    /// The time of what was given out last.
    last: i64,
    due: Option<Instant>,
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
        let (published_at, sequence) = match arrival.published {
            Some(published) => published,
            None => state.stamp(&arrival.source),
        };
        let stamp = Stamp {
            published_at,
            source: Arc::clone(&arrival.source),
            sequence,
        };
        let refused = match state.merger.put(stamp.clone(), item) {
            Err(Refused::Unknown(item)) => {
                state.merger.join(Arc::clone(&arrival.source));
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
        let promised = now().max(state.last);
        for (source, _) in &state.own {
            state.merger.watermark(source, promised);
        }
        state.due = None;
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

    /// No later message of the source carries an earlier time.
    pub(super) fn promise(&self, source: &Source, time: i64) {
        let mut state = self.lock();
        if !state.merger.knows(source) {
            state.merger.join(Arc::clone(source));
        }
        state.merger.watermark(source, time);
    }

    /// Nobody waits for the source any more.
    pub(super) fn leave(&self, source: &Source) {
        self.lock().merger.leave(source);
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

impl<T> State<T> {
    /// The time and the number of what a service of this process publishes now: never earlier than what is out already, however
    /// the clocks of other machines go.
    fn stamp(&mut self, source: &Source) -> (i64, u64) {
        let known = self.own.iter().position(|(each, _)| each == source);
        let place = known.unwrap_or_else(|| {
            self.own.push((Arc::clone(source), 0));
            self.own.len() - 1
        });
        let time = now().max(self.last.saturating_add(1));
        let sequence = self.own.get_mut(place).map_or(1, |(_, sequence)| {
            *sequence += 1;
            *sequence
        });
        (time, sequence)
    }
}
