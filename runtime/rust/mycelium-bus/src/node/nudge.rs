//! Has the driver look at everything once more, whether it sleeps or not.

use std::sync::Arc;
use std::task::{Wake, Waker};

use crate::synchronization::{fence, AtomicBool, Ordering};

/// Wakes a driver that sleeps.
pub(crate) struct Nudge {
    is_there: AtomicBool,
    is_asleep: AtomicBool,
    waker: Waker,
}

impl Nudge {
    /// `waker` wakes the poll.
    pub(crate) fn new(waker: Waker) -> Arc<Self> {
        Arc::new(Self {
            is_there: AtomicBool::new(false),
            is_asleep: AtomicBool::new(false),
            waker,
        })
    }

    /// Has the driver look at everything once more.
    pub(crate) fn give(&self) {
        // Who takes the nudge sees what it was given for, and what all those before were given for that nobody has taken: a
        // store would hide them.
        self.is_there.swap(true, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        if self.is_asleep.load(Ordering::Relaxed) {
            self.waker.wake_by_ref();
        }
    }

    /// Whether there was a nudge since the last call.
    #[inline]
    pub(crate) fn take(&self) -> bool {
        self.is_there.load(Ordering::Relaxed) && self.is_there.swap(false, Ordering::AcqRel)
    }

    /// The driver is about to sleep; false where it must not.
    pub(crate) fn fall_asleep(&self) -> bool {
        self.is_asleep.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        !self.is_there.load(Ordering::Relaxed)
    }

    pub(crate) fn wake_up(&self) {
        self.is_asleep.store(false, Ordering::Relaxed);
    }
}

impl Wake for Nudge {
    fn wake(self: Arc<Self>) {
        self.give();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.give();
    }
}
