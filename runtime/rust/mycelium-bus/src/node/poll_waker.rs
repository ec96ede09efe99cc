//! What wakes a thread from the poll.

use std::sync::Arc;
use std::task::Wake;

/// Wakes a poll, as a waker for a nudge.
pub(crate) struct PollWaker(pub(crate) mio::Waker);

impl Wake for PollWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Its counter is full only where it has been rung already.
        let _ = self.0.wake();
    }
}
