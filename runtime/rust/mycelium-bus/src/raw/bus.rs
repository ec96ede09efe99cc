//! The bus as a service sees it, in frames.

use std::fmt;
use std::sync::Arc;

use mycelium::MessageInformation;

use super::inbox::Inbox;
use super::publisher::RawPublisher;
use super::ReplyTo;
use crate::error::{PublishError, RequestError};
use crate::node::{Handle, Service};
use crate::overflow::{SubscriberOptions, Wait};
use crate::patience::Patience;

/// What a service sends to and receives from those of other nodes, as frames. Cheap to clone.
#[derive(Clone)]
pub struct RawBus {
    handle: Arc<Handle>,
    service: Arc<Service>,
}

impl RawBus {
    pub(crate) fn new(handle: Arc<Handle>, service: Arc<Service>) -> Self {
        Self { handle, service }
    }

    /// The service's name.
    pub fn service(&self) -> &str {
        self.service.name()
    }

    pub(crate) fn core_service(&self) -> &Service {
        &self.service
    }

    /// Gives the service a time of its own; see [`MessageBus::advance_to`](crate::MessageBus::advance_to).
    ///
    /// # Errors
    /// [`PublishError::Earlier`].
    pub fn advance_to(&self, time: i64) -> Result<(), PublishError> {
        self.service.clock().advance_to(time)
    }

    /// What publishes bodies of this type. A type without an id never leaves its process.
    pub fn publisher(&self, information: MessageInformation) -> RawPublisher {
        let outbound = self.service.outbound(self.handle.core(), &information);
        RawPublisher::new(Arc::clone(&self.handle), outbound, information)
    }

    /// The default options of an inbox, but for how to wait, which the routes to this service say.
    pub fn options(&self) -> SubscriberOptions {
        let core = self.handle.core();
        let services = core.services().iter();
        let mut services = services.enumerate();
        let own = services.find(|(_, each)| Arc::ptr_eq(each, &self.service));
        SubscriberOptions {
            wait: own.map_or_else(Wait::default, |(index, _)| core.wait_of(index)),
            ..SubscriberOptions::default()
        }
    }

    /// A queue that receives nothing yet.
    ///
    /// # Panics
    /// Where there is no memory for its capacity.
    pub fn inbox<T: Send + 'static>(&self, options: SubscriberOptions) -> Inbox<T> {
        Inbox::new(Arc::clone(&self.handle), Arc::clone(&self.service), options)
    }

    /// The services of other nodes that are known to answer requests of this type, in the order of their names.
    pub fn servers(&self, request: MessageInformation) -> Vec<String> {
        self.service.servers_elsewhere(self.handle.core(), &request)
    }

    /// Asks a service of another node and waits for the body of its answer.
    ///
    /// `to` names the service; without it, the only one that serves requests of this type is asked.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub fn request(
        &self,
        request: MessageInformation,
        body: &[u8],
        reply: MessageInformation,
        to: Option<&str>,
        patience: Patience<'_>,
    ) -> Result<Vec<u8>, RequestError> {
        self.handle
            .core()
            .request(&self.service, request, body, reply, to, patience)
    }

    /// Answers a request, with a body or with the reason why there is none. Where the one who asked has gone, nothing happens.
    ///
    /// # Errors
    /// [`PublishError::Closed`], [`PublishError::Forked`].
    pub fn reply(
        &self,
        to: ReplyTo,
        answer: Result<(MessageInformation, &[u8]), &str>,
    ) -> Result<(), PublishError> {
        self.handle.core().reply(to, answer)
    }
}

impl fmt::Debug for RawBus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RawBus")
            .field("service", &self.service.name())
            .finish_non_exhaustive()
    }
}
