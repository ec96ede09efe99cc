//! One end of a bus: publishing messages of one type.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::topic::Topic;
use crate::error::PublishError;
use crate::node::{Handle, NodeCore, NodeError};
use mycelium::Message;

/// Publishes messages of one type to all who subscribed. Cheap to clone; any thread may use it.
pub struct Publisher<M> {
    topic: Arc<Topic<M>>,
    handle: Option<Arc<Handle>>,
}

impl<M: Message> Publisher<M> {
    pub(super) fn new(topic: Arc<Topic<M>>, handle: Option<Arc<Handle>>) -> Self {
        Self { topic, handle }
    }

    /// Calls callbacks in this thread, fills the queues of subscribers, and sends over the links that want it; waits where one that
    /// blocks is full.
    ///
    /// # Errors
    /// [`PublishError::Full`] where a subscriber or a route says so rather than wait; [`PublishError::Invalid`] where the
    /// message has to be encoded and cannot be; [`PublishError::Closed`].
    #[inline]
    pub fn publish(&self, message: impl Into<Arc<M>>) -> Result<(), PublishError> {
        self.topic.publish(self.node(), message.into(), true)
    }

    /// As [`publish`](Self::publish), and never waits.
    ///
    /// # Errors
    /// [`PublishError::Full`] where a subscriber that loses nothing is full, [`PublishError::Closed`].
    #[inline]
    pub fn try_publish(&self, message: impl Into<Arc<M>>) -> Result<(), PublishError> {
        self.topic.publish(self.node(), message.into(), false)
    }

    /// Whether a service of another node wants these messages now.
    pub fn is_wanted(&self) -> bool {
        self.topic.is_wanted()
    }

    /// Returns when a service of another node wants these messages: what is published before nobody there gets.
    ///
    /// # Errors
    /// [`NodeError::NotConnected`] where none does in time, [`NodeError::Closed`], [`NodeError::Forked`].
    pub fn wait_until_wanted(&self, timeout: Duration) -> Result<(), NodeError> {
        let is_wanted = || self.is_wanted();
        match self.node() {
            Some(node) => node.wait_until_wanted(M::NAME, timeout, is_wanted),
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
