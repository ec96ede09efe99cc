//! What one subscriber has not yet received.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;

use mycelium_queue::BoundedQueue;

use crate::bell::Bell;
use crate::latest::Latest;
use crate::overflow::{Overflow, SubscriberOptions, Wait};

#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "lives behind one Arc; a box would cost every message one more cache line"
)]
enum Store<M> {
    Queue(BoundedQueue<Arc<M>>),
    Latest(Latest<M>),
}

/// The queue of a subscriber, filled by any number of publishers.
#[derive(Debug)]
pub(crate) struct Mailbox<M> {
    store: Store<M>,
    overflow: Overflow,
    wait: Wait,
    is_closed: AtomicBool,
    lost: AtomicU64,
    filled: Bell,
    emptied: Bell,
}

impl<M> Mailbox<M> {
    pub(crate) fn new(options: SubscriberOptions) -> Self {
        let store = match options.overflow {
            Overflow::Latest => Store::Latest(Latest::default()),
            _ => Store::Queue(BoundedQueue::new(options.capacity)),
        };
        Self {
            store,
            overflow: options.overflow,
            wait: options.wait,
            is_closed: AtomicBool::new(false),
            lost: AtomicU64::new(0),
            filled: Bell::default(),
            emptied: Bell::default(),
        }
    }

    pub(crate) fn overflow(&self) -> Overflow {
        self.overflow
    }

    pub(crate) fn wait(&self) -> Wait {
        self.wait
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub(crate) fn len(&self) -> usize {
        match &self.store {
            Store::Queue(queue) => queue.len(),
            Store::Latest(latest) => latest.len(),
        }
    }

    /// Whether one more message would be taken in without loss; a closed mailbox swallows any number.
    pub(crate) fn has_room(&self) -> bool {
        match &self.store {
            Store::Queue(queue) => queue.len() < queue.capacity() || self.is_closed(),
            Store::Latest(_) => true,
        }
    }

    /// Takes the message in; false where there is no room and nothing may be lost.
    #[inline]
    pub(crate) fn put(&self, message: Arc<M>) -> bool {
        if self.is_closed() {
            return true;
        }
        let is_in = match &self.store {
            Store::Queue(queue) => self.put_into(queue, message),
            Store::Latest(latest) => {
                if latest.replace(message) {
                    self.lose();
                }
                true
            }
        };
        if self.wait != Wait::Spin {
            self.filled.ring();
        }
        is_in
    }

    #[inline]
    fn put_into(&self, queue: &BoundedQueue<Arc<M>>, message: Arc<M>) -> bool {
        if self.overflow == Overflow::DropOldest {
            queue.push_over(message, |_| self.lose());
            return true;
        }
        if queue.push(message).is_ok() {
            return true;
        }
        if self.overflow == Overflow::DropNewest {
            self.lose();
            return true;
        }
        false
    }

    fn lose(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes the message that has waited longest.
    #[inline]
    pub(crate) fn take(&self) -> Option<Arc<M>> {
        let message = match &self.store {
            Store::Queue(queue) => queue.pop(),
            Store::Latest(latest) => latest.take(),
        };
        if self.overflow == Overflow::Block && message.is_some() {
            self.emptied.ring();
        }
        message
    }

    /// Returns when there is room, or the mailbox was closed.
    pub(crate) fn wait_for_room(&self) {
        let look = || self.has_room().then_some(());
        self.emptied.wait(Wait::Adaptive, None, look);
    }

    /// Rings when a message is there, or the mailbox was closed.
    pub(crate) fn filled(&self) -> &Bell {
        &self.filled
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Takes in nothing more, and wakes everybody who waits.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.filled.ring();
        self.emptied.ring();
    }
}
