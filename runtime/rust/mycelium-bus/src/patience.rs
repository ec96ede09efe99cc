//! How long a caller is willing to wait.

use std::fmt;
use std::time::{Duration, Instant};

/// How often a waiting caller is asked whether it wants to go on, where no signal would wake it.
pub(crate) const ASKED_OFTEN: Duration = Duration::from_millis(50);

/// The same for a thread that a signal wakes: it is asked at once then, and now and again, because one may come just before it
/// falls asleep.
pub(crate) const ASKED_SELDOM: Duration = Duration::from_secs(1);

/// How long to wait. The default waits for ever.
#[derive(Default)]
pub struct Patience<'a> {
    /// When to give up.
    pub deadline: Option<Instant>,
    /// Asked in the waiting thread while nothing happens, at once when a signal wakes it and at the latest after about a
    /// second, every 50 ms where it sleeps beside a thread that drives; true gives up.
    pub interrupt: Option<&'a mut dyn FnMut() -> bool>,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited<T> {
    Found(T),
    TimedOut,
    Interrupted,
}

impl<'a> Patience<'a> {
    /// For ever.
    pub fn endless() -> Self {
        Self::default()
    }

    /// Until a moment; None is for ever.
    pub fn until(deadline: Option<Instant>) -> Self {
        Self {
            deadline,
            interrupt: None,
        }
    }

    /// This long; beyond what the clock can tell, for ever.
    pub fn lasting(timeout: Duration) -> Self {
        Self::until(Instant::now().checked_add(timeout))
    }

    pub(crate) fn begin(self) -> Wearing<'a> {
        Wearing {
            patience: self,
            ask_at: None,
        }
    }
}

/// A patience that is being used up.
pub(crate) struct Wearing<'a> {
    patience: Patience<'a>,
    ask_at: Option<Instant>,
}

impl Wearing<'_> {
    /// Whether it takes a look at the clock to know when to give up.
    pub(crate) fn is_endless(&self) -> bool {
        self.patience.deadline.is_none() && self.patience.interrupt.is_none()
    }

    /// Gives up, or says for how long at most to sleep before asking again; None is for ever.
    pub(crate) fn check<T>(&mut self) -> Result<Option<Duration>, Waited<T>> {
        self.check_every(ASKED_OFTEN)
    }

    /// A signal has come: asks at once.
    pub(crate) fn ask_now<T>(&mut self) -> Result<(), Waited<T>> {
        match self.patience.interrupt.as_mut().is_some_and(|ask| ask()) {
            true => Err(Waited::Interrupted),
            false => Ok(()),
        }
    }

    /// As [`check`](Self::check), asking after that time.
    pub(crate) fn check_every<T>(
        &mut self,
        every: Duration,
    ) -> Result<Option<Duration>, Waited<T>> {
        if self.is_endless() {
            return Ok(None);
        }
        let now = Instant::now();
        let remaining = self
            .patience
            .deadline
            .map(|deadline| deadline.saturating_duration_since(now));
        if remaining == Some(Duration::ZERO) {
            return Err(Waited::TimedOut);
        }
        let Some(interrupt) = self.patience.interrupt.as_mut() else {
            return Ok(remaining);
        };
        let ask_at = *self.ask_at.get_or_insert(now + every);
        if now >= ask_at {
            if interrupt() {
                return Err(Waited::Interrupted);
            }
            self.ask_at = Some(now + every);
            return Ok(Some(remaining.map_or(every, |it| it.min(every))));
        }
        let pause = ask_at.saturating_duration_since(now);
        Ok(Some(remaining.map_or(pause, |it| it.min(pause))))
    }
}

impl fmt::Debug for Patience<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Patience")
            .field("deadline", &self.deadline)
            .field("can_be_interrupted", &self.interrupt.is_some())
            .finish()
    }
}
