//! The merger itself.

use std::time::{Duration, Instant};

use super::source::{Source, Stamp};

/// How much a merger holds, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergeOptions {
    /// How long a source without word holds up the others, counted from when it first did. 1 s.
    pub lateness: Duration,
    /// How many messages of one source may wait. 1,024.
    pub capacity: usize,
}

impl Default for MergeOptions {
    fn default() -> Self {
        Self {
            lateness: Duration::from_secs(1),
            capacity: 1024,
        }
    }
}

/// A message that was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused<T> {
    /// As many of its source wait as may; put it again when some were taken out.
    Full(T),
    /// What comes after it in the order is out already. Counted.
    Late(T),
    /// Its source has not joined.
    Unknown(T),
}

/// What a merger gives out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next<S, T> {
    /// The next one in the order: nothing before it can come any more, or is waited for no longer.
    Message(Stamp<S>, T),
    /// Something waits for word of a source; at this time it will be waited for no longer.
    Until(Instant),
    /// Nothing is there.
    Empty,
}

/// Puts the messages of several sources into the order of their [`Stamp`]s.
///
/// A message is given out once every other source has sent a later one, has promised by a watermark that it will not send an
/// earlier one, has left, or has kept all others waiting for the allowed lateness. So the order does not depend on how the
/// messages of different sources met on their way; only a source that is silent for longer than the lateness and then comes
/// with old messages can find them refused as late.
///
/// A source that is full holds up only itself. There is no deadlock: where every source has something, something can be given out.
#[derive(Debug)]
pub struct Merger<S, T> {
    options: MergeOptions,
    sources: Vec<Source<S, T>>,
    last: Option<Stamp<S>>,
    late: u64,
}

impl<S: Ord + Clone, T> Merger<S, T> {
    /// One without sources.
    pub fn new(options: MergeOptions) -> Self {
        Self {
            options,
            sources: Vec::new(),
            last: None,
            late: 0,
        }
    }

    /// From now on others wait for this source. One that has joined before starts anew.
    pub fn join(&mut self, source: S) {
        match self.position(&source) {
            Some(place) => self.sources[place].join(),
            None => self.sources.push(Source::new(source)),
        }
    }

    /// Nobody waits for this source any more; what it sent is still given out.
    pub fn leave(&mut self, source: &S) {
        if let Some(place) = self.position(source) {
            self.sources[place].leave();
            self.forget(place);
        }
    }

    /// Nobody waits for anybody any more; what they sent is still given out.
    pub fn leave_all(&mut self) {
        self.sources.iter_mut().for_each(Source::leave);
        self.sources.retain(|source| !source.is_done());
    }

    /// Takes a message in.
    ///
    /// # Errors
    /// [`Refused`], which gives the message back.
    pub fn put(&mut self, stamp: Stamp<S>, item: T) -> Result<(), Refused<T>> {
        let Some(place) = self.position(&stamp.source) else {
            return Err(Refused::Unknown(item));
        };
        let source = &mut self.sources[place];
        if self.last.as_ref().is_some_and(|last| stamp < *last) {
            self.late += 1;
            source.promise(stamp.published_at);
            return Err(Refused::Late(item));
        }
        if source.len() >= self.options.capacity {
            return Err(Refused::Full(item));
        }
        source.put(stamp.published_at, stamp.sequence, item);
        Ok(())
    }

    /// A source promises that no later message of it carries a time earlier than this.
    pub fn watermark(&mut self, source: &S, time: i64) {
        if let Some(place) = self.position(source) {
            self.sources[place].promise(time);
        }
    }

    /// The next message, where it is certain.
    pub fn next(&mut self, now: Instant) -> Next<S, T> {
        let Some(first) = self.first() else {
            return Next::Empty;
        };
        match self.held_up_until(first, now) {
            Some(end) => Next::Until(end),
            None => self.give(first),
        }
    }

    /// When the next message will be waited for no longer: None inside where it is certain now. None where no message is there.
    pub fn due(&mut self, now: Instant) -> Option<Option<Instant>> {
        let first = self.first()?;
        Some(self.held_up_until(first, now))
    }

    /// Until when others hold up the first message of that source.
    fn held_up_until(&mut self, first: usize, now: Instant) -> Option<Instant> {
        let (before, rest) = self.sources.split_at_mut(first);
        let (chosen, after) = rest.split_first_mut()?;
        let candidate = chosen.head()?;
        let lateness = self.options.lateness;
        let holding = before
            .iter_mut()
            .chain(after)
            .filter(|source| source.may_precede(candidate));
        // Each that holds it up is asked, so that their times run at once and not one after the other.
        holding
            .filter_map(|source| source.await_until(now, lateness))
            .max()
    }

    /// Whether this source has joined and has not left.
    pub fn expects(&self, source: &S) -> bool {
        let place = self.position(source);
        place.is_some_and(|place| !self.sources[place].has_left())
    }

    /// Whether one more message of this source would be taken in.
    pub fn has_room(&self, source: &S) -> bool {
        self.position(source)
            .is_none_or(|place| self.sources[place].len() < self.options.capacity)
    }

    /// How many messages wait.
    pub fn len(&self) -> usize {
        self.sources.iter().map(Source::len).sum()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many came too late.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// The source whose first message comes before those of all others.
    fn first(&self) -> Option<usize> {
        let heads = self.sources.iter().enumerate();
        heads
            .filter_map(|(place, source)| Some((source.head()?, place)))
            .min()
            .map(|(_, place)| place)
    }

    fn give(&mut self, place: usize) -> Next<S, T> {
        let source = &mut self.sources[place];
        let Some((published_at, sequence, item)) = source.take() else {
            return Next::Empty;
        };
        let stamp = Stamp {
            published_at,
            source: source.name.clone(),
            sequence,
        };
        self.last = Some(stamp.clone());
        self.forget(place);
        Next::Message(stamp, item)
    }

    fn forget(&mut self, place: usize) {
        if self.sources[place].is_done() {
            self.sources.swap_remove(place);
        }
    }

    fn position(&self, name: &S) -> Option<usize> {
        self.sources.iter().position(|source| source.name == *name)
    }
}
