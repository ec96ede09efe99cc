//! The one thread of a node that calls callbacks and servers for what links bring.

use std::sync::{Mutex, PoisonError, Weak};
use std::task::Waker;
use std::thread::{self, JoinHandle};

use super::core::NodeCore;
use crate::local::{queued_as_it_is, Mailbox};
use crate::overflow::SubscriberOptions;
use crate::patience::{Patience, Waited};

/// Something to call. It survives its own panics.
pub(crate) type Call = Box<dyn FnOnce() + Send>;

queued_as_it_is!([] Call);

/// Calls that wait for the thread, which is started by the first of them and drives the node's input while it has nothing
/// to call.
pub(crate) struct Delivery {
    calls: Mailbox<Call>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Delivery {
    pub(crate) fn new() -> Self {
        Self {
            calls: Mailbox::new(SubscriberOptions::default()),
            thread: Mutex::new(None),
        }
    }

    /// Whether one more call would be taken; if not, `retry` is called when it may be.
    pub(crate) fn has_room_or_wakes(&self, retry: &Waker) -> bool {
        if self.calls.has_room() {
            return true;
        }
        self.calls.emptied().register(retry);
        let has_room = self.calls.has_room();
        if has_room {
            self.calls.emptied().forget(retry);
        }
        has_room
    }

    /// Has the thread make a call. Only the driving thread puts calls in, one after having seen room for it.
    pub(crate) fn put(&self, core: &NodeCore, call: Call) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.is_none() && !self.calls.is_closed() {
            let core = core.weak();
            let started = thread::Builder::new()
                .name("mycelium-delivery".to_owned())
                .spawn(move || deliver(&core));
            *thread = started.ok();
        }
        drop(thread);
        // What does not fit was checked not to happen; a closed node delivers nothing.
        let _ = self.calls.put(call);
    }

    /// Ends the thread after the calls that wait; returns when it has ended, unless called by itself.
    pub(crate) fn close(&self) {
        self.calls.close();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread.filter(|each| each.thread().id() != thread::current().id()) {
            // It catches the panics of what it calls.
            let _ = thread.join();
        }
    }
}

fn deliver(core: &Weak<NodeCore>) {
    let Some(core) = core.upgrade() else {
        return;
    };
    let calls = &core.delivery().calls;
    let look = || match calls.take() {
        Some(call) => Some(Some(call)),
        None => calls.is_closed().then(|| calls.take()),
    };
    loop {
        let mut patience = Patience::endless().begin();
        match core.wait_in_reserve(calls.filled(), look, &mut patience) {
            Waited::Found(Some(call)) => {
                // A panic is the callback's own affair.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call));
            }
            _ => return,
        }
    }
}
