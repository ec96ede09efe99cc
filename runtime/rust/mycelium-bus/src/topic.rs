//! All that concerns one type of message on one bus.

use std::fmt;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use arc_swap::ArcSwap;

use crate::error::PublishError;
use crate::mailbox::Mailbox;
use crate::overflow::Overflow;

type Callback<M> = dyn Fn(&Arc<M>) + Send + Sync;

/// A callback and what became of it; dropping it leaves it subscribed, [`close`](Self::close) ends it.
pub struct Subscription<M> {
    handler: Arc<Handler<M>>,
    topic: Weak<Topic<M>>,
}

pub(crate) struct Handler<M> {
    callback: Box<Callback<M>>,
    failures: AtomicU64,
}

impl<M> Subscription<M> {
    /// How many times the callback panicked. The panic hook has told of each; publishers never notice.
    pub fn failures(&self) -> u64 {
        self.handler.failures.load(Ordering::Relaxed)
    }

    /// Calls the callback no more, once publishers that are at it are done.
    pub fn close(self) {
        if let Some(topic) = self.topic.upgrade() {
            topic.change(|receivers| {
                receivers
                    .handlers
                    .retain(|each| !Arc::ptr_eq(each, &self.handler));
            });
        }
    }
}

impl<M> fmt::Debug for Subscription<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Subscription")
            .field("failures", &self.failures())
            .finish_non_exhaustive()
    }
}

/// Who receives. Replaced as a whole, so that publishing takes no lock.
pub(crate) struct Receivers<M> {
    handlers: Vec<Arc<Handler<M>>>,
    /// Queues that lose messages rather than hold a publisher.
    lossy: Vec<Arc<Mailbox<M>>>,
    /// Queues that lose nothing.
    gates: Vec<Arc<Mailbox<M>>>,
}

impl<M> Clone for Receivers<M> {
    fn clone(&self) -> Self {
        Self {
            handlers: self.handlers.clone(),
            lossy: self.lossy.clone(),
            gates: self.gates.clone(),
        }
    }
}

/// The receivers of one type, and how many messages they were sent.
pub(crate) struct Topic<M> {
    receivers: ArcSwap<Receivers<M>>,
    published: AtomicU64,
    is_closed: AtomicBool,
    /// Held while several gates are looked at and filled, so that no room vanishes in between.
    several_gates: Mutex<()>,
}

impl<M> Default for Topic<M> {
    fn default() -> Self {
        let nobody = Receivers {
            handlers: Vec::new(),
            lossy: Vec::new(),
            gates: Vec::new(),
        };
        Self {
            receivers: ArcSwap::from_pointee(nobody),
            published: AtomicU64::new(0),
            is_closed: AtomicBool::new(false),
            several_gates: Mutex::new(()),
        }
    }
}

impl<M> Topic<M> {
    pub(crate) fn published(&self) -> u64 {
        self.published.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, mailbox: Arc<Mailbox<M>>) {
        self.change(|receivers| {
            if mailbox.overflow().holds_publisher() {
                receivers.gates.push(Arc::clone(&mailbox));
            } else {
                receivers.lossy.push(Arc::clone(&mailbox));
            }
        });
    }

    pub(crate) fn remove(&self, mailbox: &Arc<Mailbox<M>>) {
        self.change(|receivers| {
            receivers.gates.retain(|each| !Arc::ptr_eq(each, mailbox));
            receivers.lossy.retain(|each| !Arc::ptr_eq(each, mailbox));
        });
    }

    pub(crate) fn subscribe(self: &Arc<Self>, callback: Box<Callback<M>>) -> Subscription<M> {
        let handler = Arc::new(Handler {
            callback,
            failures: AtomicU64::new(0),
        });
        self.change(|receivers| receivers.handlers.push(Arc::clone(&handler)));
        Subscription {
            handler,
            topic: Arc::downgrade(self),
        }
    }

    fn change(&self, change: impl Fn(&mut Receivers<M>)) {
        self.receivers.rcu(|before| {
            let mut after = Receivers::clone(before);
            change(&mut after);
            after
        });
    }

    /// Closes every queue and lets nothing pass any more.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        let receivers = self.receivers.load();
        for mailbox in receivers.gates.iter().chain(&receivers.lossy) {
            mailbox.close();
        }
        self.change(|receivers| {
            receivers.handlers.clear();
            receivers.lossy.clear();
            receivers.gates.clear();
        });
    }

    /// Delivers to everybody. With `may_wait` a full gate that blocks holds the caller.
    #[inline]
    pub(crate) fn publish(&self, message: Arc<M>, may_wait: bool) -> Result<(), PublishError> {
        if self.is_closed.load(Ordering::Acquire) {
            return Err(PublishError::Closed);
        }
        let receivers = self.receivers.load();
        match receivers.gates.as_slice() {
            [] => {}
            [gate] => pass(gate, &message, may_wait)?,
            gates => self.pass_several(gates, &message, may_wait)?,
        }
        for mailbox in &receivers.lossy {
            mailbox.put(Arc::clone(&message));
        }
        self.published.fetch_add(1, Ordering::Relaxed);
        for handler in &receivers.handlers {
            // A panic of a callback is its own affair: the message is shared and never changed, so nothing is left half done.
            if catch_unwind(AssertUnwindSafe(|| (handler.callback)(&message))).is_err() {
                handler.failures.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// Puts the message into all gates or into none.
    #[cold]
    fn pass_several(
        &self,
        gates: &[Arc<Mailbox<M>>],
        message: &Arc<M>,
        may_wait: bool,
    ) -> Result<(), PublishError> {
        loop {
            let full = {
                let _alone = self
                    .several_gates
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                match gates.iter().find(|gate| !gate.has_room()) {
                    None => {
                        for gate in gates {
                            // A publisher that still knows one gate only may have taken the room: a matter of one message.
                            while !gate.put(Arc::clone(message)) {
                                gate.wait_for_room();
                            }
                        }
                        return Ok(());
                    }
                    Some(full) => full,
                }
            };
            if !may_wait || full.overflow() == Overflow::Error {
                return Err(PublishError::Full);
            }
            full.wait_for_room();
        }
    }
}

#[inline]
fn pass<M>(gate: &Mailbox<M>, message: &Arc<M>, may_wait: bool) -> Result<(), PublishError> {
    while !gate.put(Arc::clone(message)) {
        if !may_wait || gate.overflow() == Overflow::Error {
            return Err(PublishError::Full);
        }
        gate.wait_for_room();
    }
    Ok(())
}
