//! Publishing encoded bodies.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use mycelium::MessageInformation;

use crate::error::PublishError;
use crate::node::{Handle, NodeError, Outbound};
use crate::patience::Patience;

/// Publishes bodies of one message type to the services of other nodes that want them. Cheap to clone; any thread may use it.
#[derive(Clone)]
pub struct RawPublisher {
    handle: Arc<Handle>,
    outbound: Arc<Outbound>,
    information: MessageInformation,
}

impl RawPublisher {
    pub(crate) fn new(
        handle: Arc<Handle>,
        outbound: Arc<Outbound>,
        information: MessageInformation,
    ) -> Self {
        Self {
            handle,
            outbound,
            information,
        }
    }

    /// Whether any link wants this type now: one load, so that nobody encodes for nobody.
    #[inline]
    pub fn is_wanted(&self) -> bool {
        self.outbound.is_wanted()
    }

    /// Returns when a link wants this type: what is published before nobody there gets.
    ///
    /// # Errors
    /// [`NodeError::NotConnected`] where none does in time, [`NodeError::Closed`], [`NodeError::Forked`].
    pub fn wait_until_wanted(&self, timeout: Duration) -> Result<(), NodeError> {
        self.wait_until_wanted_with(Patience::lasting(timeout))
    }

    /// As [`wait_until_wanted`](Self::wait_until_wanted), for as long as the patience lasts, which may end early.
    ///
    /// # Errors
    /// Those, and [`NodeError::Interrupted`].
    pub fn wait_until_wanted_with(&self, patience: Patience<'_>) -> Result<(), NodeError> {
        let core = self.handle.core();
        core.wait_until_wanted(self.information.name, patience, || self.is_wanted())
    }

    /// The services of other nodes, or of guests, that want this type now, in no order.
    pub fn wanted_by(&self) -> Vec<String> {
        self.outbound.wanted_by()
    }

    /// Refuses where nothing can be published any more, for whoever does not publish what nobody wants.
    ///
    /// # Errors
    /// [`PublishError::Closed`], [`PublishError::Forked`].
    pub fn check(&self) -> Result<(), PublishError> {
        self.handle.core().check()
    }

    /// Sends a body, which is not checked, over each link that wants it; waits where one has no room, unless its route says
    /// that this is an error.
    ///
    /// # Errors
    /// [`PublishError::Full`] where a route says so, or the patience ends; [`PublishError::Interrupted`],
    /// [`PublishError::Closed`], [`PublishError::Forked`]. Nobody got the message then.
    #[inline]
    pub fn publish(&self, body: &[u8], patience: Patience<'_>) -> Result<(), PublishError> {
        self.outbound
            .publish_body(self.handle.core(), body, Some(patience))
    }

    /// As [`publish`](Self::publish), and never waits: false where a link has no room, and nobody got the message.
    ///
    /// # Errors
    /// [`PublishError::Closed`], [`PublishError::Forked`].
    #[inline]
    pub fn try_publish(&self, body: &[u8]) -> Result<bool, PublishError> {
        match self.outbound.publish_body(self.handle.core(), body, None) {
            Err(PublishError::Full) => Ok(false),
            done => done.map(|()| true),
        }
    }
}

impl fmt::Debug for RawPublisher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawPublisher")
            .field("message", &self.information.name)
            .field("is_wanted", &self.is_wanted())
            .finish_non_exhaustive()
    }
}
