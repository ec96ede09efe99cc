//! The bus as a service sees it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mycelium::Message;

use super::handler::{Handler, Subscription};
use super::mailbox::Mailbox;
use super::publisher::Publisher;
use super::registry::{Registry, Server};
use super::service_clock::ServiceClock;
use super::subject::Subject;
use super::subscriber::Subscriber;
use super::topic::Topic;
use crate::error::{PublishError, RequestError};
use crate::metrics::Metrics;
use crate::node::{Handle, Node, NodeError};
use crate::overflow::SubscriberOptions;
use crate::patience::Patience;
use crate::topology::Topology;

/// A message that can travel on a bus: shared between threads, and not borrowed from anything.
pub trait BusMessage: Message + Send + Sync + 'static {}

impl<M: Message + Send + Sync + 'static> BusMessage for M {}

/// Publishers, subscribers, requests and answers, by type of message.
///
/// A bus of its own ([`new`](Self::new)) connects what runs in this process: it starts no thread and opens nothing, and thousands live in one
/// process. That of a service in a topology ([`from_topology`](Self::from_topology), [`Node::bus`]) reaches the services of other nodes as
/// well. Clones are the same bus; when the last of them and of its publishers and subscribers is dropped, nothing is left.
#[derive(Clone, Default)]
pub struct MessageBus {
    registry: Arc<Registry>,
    /// Which of the registry's services this is.
    service: usize,
    clock: Arc<ServiceClock>,
    handle: Option<Arc<Handle>>,
    /// Whether the node is there for this bus alone.
    is_all_of_node: bool,
}

impl MessageBus {
    /// A bus of its own.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bus of a service, as the only one that this process runs of its node.
    ///
    /// # Errors
    /// See [`NodeError`].
    pub fn from_topology(path: impl AsRef<Path>, service: &str) -> Result<Self, NodeError> {
        let path = path.as_ref();
        let topology = Topology::load(path)?;
        let Some(node) = topology.node_of(service).map(|node| node.name.clone()) else {
            let known = topology.services().map(str::to_owned).collect();
            let service = service.to_owned();
            return Err(NodeError::UnknownService { service, known });
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut bus = Node::new(topology, folder, &node)?.bus(service)?;
        bus.is_all_of_node = true;
        Ok(bus)
    }

    pub(crate) fn of_service(handle: Arc<Handle>, service: usize) -> Self {
        Self {
            registry: Arc::clone(handle.core().registry()),
            service,
            clock: Arc::clone(handle.core().service_at(service).clock()),
            handle: Some(handle),
            is_all_of_node: false,
        }
    }

    /// What publishes messages of this type.
    pub fn publisher<M: BusMessage>(&self) -> Publisher<M> {
        let topic = match self.registry.subject::<M>(self.service) {
            Some(subject) => {
                let core = self.handle.as_deref().map(Handle::core);
                let links = core.and_then(|core| {
                    M::TYPE_ID?;
                    Some(
                        core.service_at(self.service)
                            .outbound(core, &M::INFORMATION),
                    )
                });
                let name = core.map_or("", |core| core.service_at(self.service).name());
                subject.published_by(self.service, name, &self.clock, links)
            }
            None => {
                let topic = Topic::brought();
                topic.close();
                Arc::new(topic)
            }
        };
        Publisher::new(topic, Arc::clone(&self.clock), self.handle.clone())
    }

    /// A queue of what is published from now on, with room for 1,024 messages; a publisher that finds it full waits.
    pub fn subscriber<M: BusMessage>(&self) -> Subscriber<M> {
        self.subscriber_with(self.options())
    }

    /// What [`subscriber`](Self::subscriber) uses: the defaults, but for how to wait, which the routes of a topology say.
    pub fn options(&self) -> SubscriberOptions {
        let wait = self
            .handle
            .as_deref()
            .map(|handle| handle.core().wait_of(self.service));
        SubscriberOptions {
            wait: wait.unwrap_or_default(),
            ..SubscriberOptions::default()
        }
    }

    /// A queue of what is published from now on. On a closed bus it is closed.
    ///
    /// # Panics
    /// Where there is no memory for its capacity.
    pub fn subscriber_with<M: BusMessage>(&self, options: SubscriberOptions) -> Subscriber<M> {
        let mailbox = Arc::new(Mailbox::new(options));
        let subject = self.subject();
        subject.add_queue(self.service, Arc::clone(&mailbox));
        if self.registry.is_closed(self.service) {
            subject.remove_queue(&mailbox);
            mailbox.close();
        }
        subject.tell_links(self.handle.as_deref(), self.service);
        Subscriber::new(mailbox, subject, self.service, self.handle.clone())
    }

    /// Calls `callback` with each message: of this process, in the publisher's thread, before `publish` returns; of other nodes,
    /// in the node's one delivery thread. It may publish. A panic is counted, and goes no further.
    pub fn subscribe<M: BusMessage>(
        &self,
        callback: impl Fn(&Arc<M>) + Send + Sync + 'static,
    ) -> Subscription<M> {
        let handler = Arc::new(Handler::new(Box::new(callback)));
        let subject = self.subject();
        subject.add_handler(self.service, Arc::clone(&handler));
        if self.registry.is_closed(self.service) {
            subject.remove_handler(&handler);
        }
        subject.tell_links(self.handle.as_deref(), self.service);
        Subscription::new(handler, subject, self.service, self.handle.clone())
    }

    /// Answers requests of one type with messages of another; what answered them before does so no more.
    ///
    /// The handler runs in the thread of whoever asks, for requests of other nodes in the node's delivery thread. It refuses
    /// in words of its own.
    pub fn serve<M: BusMessage, R: BusMessage>(
        &self,
        handler: impl Fn(&M) -> Result<R, String> + Send + Sync + 'static,
    ) {
        let server: Server<M, R> = Arc::new(handler);
        if !self.registry.serve(self.service, Arc::clone(&server)) {
            return;
        }
        if let Some(core) = self.handle.as_deref().map(Handle::core) {
            core.service_at(self.service).serve::<M, R>(core, server);
        }
    }

    /// The answer to a message, of the only service that answers its type, be it this one, another of its node, or of another node.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub fn request<M: BusMessage, R: BusMessage>(&self, message: &M) -> Result<R, RequestError> {
        self.request_to(message, None, None)
    }

    /// The answer of a service to a message; without `to`, as [`request`](Self::request). A `timeout` bounds what crosses links: what
    /// answers within this process runs in the caller's thread, for as long as it takes.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub fn request_to<M: BusMessage, R: BusMessage>(
        &self,
        message: &M,
        to: Option<&str>,
        timeout: Option<Duration>,
    ) -> Result<R, RequestError> {
        if self.registry.is_closed(self.service) {
            return Err(RequestError::Closed);
        }
        let core = self.handle.as_deref().map(Handle::core);
        let name_of = |service| core.map_or("", |core| core.service_at(service).name());
        let mut servers = self.registry.servers::<M, R>(self.service);
        if let Some(to) = to {
            servers.retain(|(service, _)| name_of(*service) == to);
        } else if let (Some(core), false) = (core, servers.is_empty()) {
            let mut services = core
                .service_at(self.service)
                .servers_elsewhere(core, &M::INFORMATION);
            services.extend(
                servers
                    .iter()
                    .map(|(service, _)| name_of(*service).to_owned()),
            );
            if services.len() > 1 {
                services.sort();
                let request = M::NAME;
                return Err(RequestError::Ambiguous { request, services });
            }
        }
        if let Some((_, server)) = servers.first() {
            return server(message).map_err(RequestError::Failed);
        }
        let (Some(core), Some(_), Some(_)) = (core, M::TYPE_ID, R::TYPE_ID) else {
            return Err(RequestError::NoServer {
                request: M::NAME,
                reply: R::NAME,
            });
        };
        let body = message.encode_to_vec().map_err(RequestError::Invalid)?;
        let service = core.service_at(self.service);
        let patience = timeout.map_or_else(Patience::endless, Patience::lasting);
        let answer = core.request(service, M::INFORMATION, &body, R::INFORMATION, to, patience)?;
        R::decode(&answer).map_err(RequestError::Undecodable)
    }

    /// Gives the service a time of its own, for backtests and simulations: from now on it publishes at this time, and not at
    /// that of the system. Nanoseconds since 1970-01-01 UTC.
    ///
    /// Those who merge by time know from it that nothing earlier will come from here. A service that will publish at given times
    /// says so before others publish, with any time that is early enough, so that they are waited for.
    ///
    /// # Errors
    /// [`PublishError::Earlier`]: the time of a service never goes back.
    pub fn advance_to(&self, time: i64) -> Result<(), PublishError> {
        self.clock.advance_to(time)
    }

    /// Ends it, for all its clones: publishers get errors, subscribers give what they hold and end, callbacks and handlers are
    /// let go. That of [`from_topology`](Self::from_topology) closes its node as well, see [`Node::close`].
    pub fn close(&self) {
        self.registry.close(self.service);
        if let (true, Some(handle)) = (self.is_all_of_node, &self.handle) {
            handle.core().close();
        }
    }

    /// All counters: of a bus in a topology, those of its node.
    pub fn metrics(&self) -> Metrics {
        if let Some(handle) = &self.handle {
            return handle.core().metrics();
        }
        let mut metrics = Metrics::default();
        self.registry.count(&|_| String::new(), &mut metrics);
        metrics
    }

    /// The node it belongs to; None for a bus of its own.
    pub fn node(&self) -> Option<Node> {
        self.handle.clone().map(Node::of_handle)
    }

    fn subject<M: BusMessage>(&self) -> Arc<Subject<M>> {
        let subject = self.registry.subject(self.service);
        subject.unwrap_or_else(|| Arc::new(Subject::new(Arc::default())))
    }
}

impl fmt::Debug for MessageBus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MessageBus")
            .field("types", &self.registry.types())
            .field("is_closed", &self.registry.is_closed(self.service))
            .finish_non_exhaustive()
    }
}
