//! One end of a bus: publishing messages of one type.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::service_clock::ServiceClock;
use super::topic::Topic;
use crate::error::PublishError;
use crate::node::{Handle, NodeCore, NodeError};
use crate::patience::Patience;
use mycelium::Message;

/// What can be published: a message, by itself, in a `Box` or in an `Arc`. One that is not shared yet is shared only where several
/// receive it, or where a receiver wants to keep it.
pub trait Publishable<M>: Borrow<M> + Into<Arc<M>> + sealed::Sealed<M> {}

impl<M, T: Borrow<M> + Into<Arc<M>> + sealed::Sealed<M>> Publishable<M> for T {}

/// Who fills a place in a queue must not panic between having won and having filled it, so nobody else says what can be published.
mod sealed {
    use std::sync::Arc;

    pub trait Sealed<M>: Sized {
        /// The message, where it is not shared, and otherwise itself.
        fn unshared(self) -> Result<M, Arc<M>>;
    }

    impl<M> Sealed<M> for M {
        #[inline(always)]
        fn unshared(self) -> Result<M, Arc<M>> {
            Ok(self)
        }
    }

    impl<M> Sealed<M> for Box<M> {
        #[inline]
        fn unshared(self) -> Result<M, Arc<M>> {
            Ok(*self)
        }
    }

    impl<M> Sealed<M> for Arc<M> {
        #[inline(always)]
        fn unshared(self) -> Result<M, Arc<M>> {
            Err(self)
        }
    }
}

/// Publishes messages of one type to all who subscribed. Cheap to clone; any thread may use it.
pub struct Publisher<M> {
    topic: Arc<Topic<M>>,
    clock: Arc<ServiceClock>,
    handle: Option<Arc<Handle>>,
}

impl<M: Message> Publisher<M> {
    pub(super) fn new(
        topic: Arc<Topic<M>>,
        clock: Arc<ServiceClock>,
        handle: Option<Arc<Handle>>,
    ) -> Self {
        Self {
            topic,
            clock,
            handle,
        }
    }

    /// Calls callbacks in this thread, fills the queues of subscribers, and sends over the links that want it; waits where one that
    /// blocks is full.
    ///
    /// # Errors
    /// [`PublishError::Full`] where a subscriber or a route says so rather than wait; [`PublishError::Invalid`] where the
    /// message has to be encoded and cannot be; [`PublishError::Closed`].
    #[inline]
    pub fn publish(&self, message: impl Publishable<M>) -> Result<(), PublishError> {
        self.topic.publish(self.node(), message, true)
    }

    /// As [`publish`](Self::publish), at a time that is given and not the system's: for backtests and simulations. Nanoseconds since
    /// 1970-01-01 UTC.
    ///
    /// That becomes the time of the service, as [`MessageBus::advance_to`](super::MessageBus::advance_to) does, and later messages of it
    /// have no earlier one. Envelopes carry the time, and merging by time orders by it.
    ///
    /// # Errors
    /// [`PublishError::Earlier`], and those of [`publish`](Self::publish).
    pub fn publish_at(
        &self,
        message: impl Publishable<M>,
        published_at: i64,
    ) -> Result<(), PublishError> {
        self.clock.advance_to(published_at)?;
        self.publish(message)
    }

    /// As [`publish`](Self::publish), and never waits.
    ///
    /// # Errors
    /// [`PublishError::Full`] where a subscriber that loses nothing is full, [`PublishError::Closed`].
    #[inline]
    pub fn try_publish(&self, message: impl Publishable<M>) -> Result<(), PublishError> {
        self.topic.publish(self.node(), message, false)
    }

    /// Whether a service of another node wants these messages now.
    pub fn is_wanted(&self) -> bool {
        self.topic.is_wanted()
    }

    /// The services of other nodes, or of guests, that want these messages now, in no order.
    pub fn wanted_by(&self) -> Vec<String> {
        self.topic.wanted_by()
    }

    /// Returns when a service of another node wants these messages: what is published before nobody there gets.
    ///
    /// # Errors
    /// [`NodeError::NotConnected`] where none does in time, [`NodeError::Closed`], [`NodeError::Forked`].
    pub fn wait_until_wanted(&self, timeout: Duration) -> Result<(), NodeError> {
        let is_wanted = || self.is_wanted();
        match self.node() {
            Some(node) => {
                let patience = Patience::lasting(timeout);
                node.wait_until_wanted(M::NAME, patience, is_wanted)
            }
            None => Err(NodeError::NotConnected(vec![format!(
                "{}: the bus has no other nodes",
                M::NAME
            )])),
        }
    }

    #[inline]
    fn node(&self) -> Option<&NodeCore> {
        self.handle.as_deref().map(Handle::core)
    }

    /// How many messages of this type the bus has delivered.
    pub fn published(&self) -> u64 {
        self.topic.published()
    }
}

impl<M> Clone for Publisher<M> {
    fn clone(&self) -> Self {
        Self {
            topic: Arc::clone(&self.topic),
            clock: Arc::clone(&self.clock),
            handle: self.handle.clone(),
        }
    }
}

impl<M: Message> fmt::Debug for Publisher<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Publisher")
            .field("message", &M::NAME)
            .field("published", &self.published())
            .finish_non_exhaustive()
    }
}
