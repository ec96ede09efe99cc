//! One end of a bus: publishing messages of one type.

use std::fmt;
use std::sync::Arc;

use super::topic::Topic;
use crate::error::PublishError;
use crate::node::{Handle, NodeCore};
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
