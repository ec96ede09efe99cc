//! What happens when there is no room, and how to wait.

use std::time::Duration;

/// What happens to a message for which a subscriber has no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// The publisher waits until there is room.
    #[default]
    Block,
    /// The publisher gets [`PublishError::Full`](crate::PublishError::Full), and nobody the message.
    Error,
    /// The message that has waited longest makes room.
    DropOldest,
    /// The message that just came is lost.
    DropNewest,
    /// Only the newest message is kept.
    Latest,
}

impl Overflow {
    /// Whether nothing is lost, and the publisher has to wait or to fail.
    pub fn holds_publisher(self) -> bool {
        matches!(self, Self::Block | Self::Error)
    }
}

/// How a receiver waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wait {
    /// Never sleeps: the shortest latency, a whole core.
    Spin,
    /// Spins for some microseconds, then sleeps.
    #[default]
    Adaptive,
    /// Sleeps at once.
    Block,
}

/// How a subscriber receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubscriberOptions {
    /// Messages its queue holds, rounded up to a power of two. 1,024.
    pub capacity: usize,
    /// What happens to one more. [`Overflow::Block`].
    pub overflow: Overflow,
    /// How it waits for messages. [`Wait::Adaptive`].
    pub wait: Wait,
    /// Whether to measure how long messages of other nodes are on their way, until they are in its queue. They then carry
    /// envelopes, 56 bytes more each. Off.
    pub latency: bool,
    /// Puts messages into the order they were published in, whichever way they came, waiting this long at most for a service of
    /// which nothing is heard. Messages of other nodes then carry envelopes. Its capacity is for each publishing service.
    /// A service is waited for from when it is connected, or has a publisher in this process. Nodes tell each other every 20 ms how far
    /// their services are, so that one that publishes nothing holds others up no longer than that; one whose time is given
    /// ([`MessageBus::advance_to`](crate::MessageBus::advance_to)) and stands still, for as long as this says.
    /// Has no effect on [`Overflow::Latest`]. None: as they come.
    pub merge: Option<Duration>,
}

impl Default for SubscriberOptions {
    fn default() -> Self {
        Self {
            capacity: 1024,
            overflow: Overflow::default(),
            wait: Wait::default(),
            latency: false,
            merge: None,
        }
    }
}
