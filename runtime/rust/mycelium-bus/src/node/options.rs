//! What a node does otherwise than usual.

use std::time::Duration;

/// How long connecting and agreeing may take, TLS included.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);

/// Settings of a node that its topology does not have, as other nodes need not know them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeOptions {
    /// How long a connection may take from its first byte until both sides have agreed, TLS included; 5 s. One that takes longer
    /// is closed, and dialled again where this node dials.
    pub handshake_timeout: Duration,
    /// Services of the node that other libraries of this process run, each with a core of its own; none. Such a guest
    /// [joins](crate::guests) the node after it was made.
    pub guests: Vec<String>,
}

impl Default for NodeOptions {
    fn default() -> Self {
        Self {
            handshake_timeout: HANDSHAKE_TIMEOUT,
            guests: Vec::new(),
        }
    }
}

impl NodeOptions {
    /// Another [`handshake_timeout`](Self::handshake_timeout).
    #[must_use]
    pub fn with_handshake_timeout(mut self, timeout: Duration) -> Self {
        self.handshake_timeout = timeout;
        self
    }

    /// Other [`guests`](Self::guests).
    #[must_use]
    pub fn with_guests<S: Into<String>>(mut self, services: impl IntoIterator<Item = S>) -> Self {
        self.guests = services.into_iter().map(Into::into).collect();
        self
    }
}
