//! Callbacks.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use super::subject::Subject;
use super::topic::survives;
use super::BusMessage;
use crate::node::Handle;

type Callback<M> = dyn Fn(&Arc<M>) + Send + Sync;

pub(super) struct Handler<M> {
    callback: Box<Callback<M>>,
    failures: AtomicU64,
}

impl<M> Handler<M> {
    pub(super) fn new(callback: Box<Callback<M>>) -> Self {
        Self {
            callback,
            failures: AtomicU64::new(0),
        }
    }

    /// A panic of the callback is its own affair.
    pub(super) fn call(&self, message: &Arc<M>) {
        if !survives(|| (self.callback)(message)) {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A callback and what became of it; dropping it leaves it subscribed, [`close`](Self::close) ends it.
pub struct Subscription<M> {
    handler: Arc<Handler<M>>,
    subject: Arc<Subject<M>>,
    service: usize,
    handle: Option<Arc<Handle>>,
}

impl<M: BusMessage> Subscription<M> {
    pub(super) fn new(
        handler: Arc<Handler<M>>,
        subject: Arc<Subject<M>>,
        service: usize,
        handle: Option<Arc<Handle>>,
    ) -> Self {
        Self {
            handler,
            subject,
            service,
            handle,
        }
    }

    /// Calls the callback no more, once publishers that are at it are done.
    pub fn close(self) {
        self.subject.remove_handler(&self.handler);
        self.subject
            .tell_links(self.handle.as_deref(), self.service);
    }
}

impl<M> Subscription<M> {
    /// How many times the callback panicked. The panic hook has told of each; publishers never notice.
    pub fn failures(&self) -> u64 {
        self.handler.failures.load(Ordering::Relaxed)
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
