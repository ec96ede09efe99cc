//! One end of a bus: publishing messages of one type.

use std::fmt;
use std::sync::Arc;

use crate::error::PublishError;
use crate::topic::Topic;
use mycelium::Message;

/// Publishes messages of one type to all who subscribed. Cheap to clone; any thread may use it.
pub struct Publisher<M> {
    topic: Arc<Topic<M>>,
}

impl<M: Message> Publisher<M> {
    pub(crate) fn new(topic: Arc<Topic<M>>) -> Self {
        Self { topic }
    }

    /// Calls callbacks in this thread and fills the queues of subscribers; waits where a subscriber that blocks is full.
    ///
    /// # Errors
    /// [`PublishError::Full`] where a subscriber says so rather than wait, [`PublishError::Closed`].
    #[inline]
    pub fn publish(&self, message: impl Into<Arc<M>>) -> Result<(), PublishError> {
        self.topic.publish(message.into(), true)
    }

    /// As [`publish`](Self::publish), and never waits.
    ///
    /// # Errors
    /// [`PublishError::Full`] where a subscriber that loses nothing is full, [`PublishError::Closed`].
    #[inline]
    pub fn try_publish(&self, message: impl Into<Arc<M>>) -> Result<(), PublishError> {
        self.topic.publish(message.into(), false)
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
