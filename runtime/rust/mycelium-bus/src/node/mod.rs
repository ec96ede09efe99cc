//! A process and its services, connected to those of other processes as a topology says.

mod agreeing;
mod answers;
mod assembling;
mod background;
mod closing;
mod connecting;
mod connection;
mod converter;
mod core;
mod counters;
mod delivery;
mod driver;
mod error;
mod fault;
mod frame_buffer;
pub mod guests;
mod hand_over;
mod inbox;
mod lane_path;
mod link;
mod measuring;
mod meeting;
mod nudge;
mod options;
mod outbound;
mod outward;
mod planning;
mod poll_waker;
mod processors;
mod receiver;
mod requests;
mod seat;
mod service;
mod spinning;
mod starting;
mod status;
mod strangers;
mod stream_path;
mod traffic;
mod waiting;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::core::{Handle, NodeCore};
pub use counters::LinkCounters;
pub(crate) use delivery::Delivery;
pub(crate) use driver::Direct;
pub use error::NodeError;
pub(crate) use frame_buffer::FrameBuffer;
use guests::{HostNode, Part};
pub(crate) use inbox::InboxCore;
pub use options::NodeOptions;
pub(crate) use outbound::{now, Outbound};
pub(crate) use receiver::{Delivered, FrameReceiver, Want};
pub(crate) use service::Service;
pub use status::{LinkId, LinkState, LinkStatus};

use crate::local::MessageBus;
use crate::metrics::Metrics;
use crate::patience::Patience;
use crate::raw::RawBus;
use crate::topology::Topology;

/// One process of a topology. Cheap to clone; clones are the same node, which closes when the last of them, and of the
/// buses, publishers and subscribers made of it, is dropped.
#[derive(Clone)]
pub struct Node {
    handle: Arc<Handle>,
}

impl Node {
    /// A node of the topology in a file; paths in it start from its folder. It connects by itself, whoever starts first.
    ///
    /// # Errors
    /// See [`NodeError`].
    pub fn from_topology(path: impl AsRef<Path>, node: &str) -> Result<Self, NodeError> {
        let path = path.as_ref();
        let topology = Topology::load(path)?;
        Self::new(topology, path.parent().unwrap_or(Path::new(".")), node)
    }

    /// A node of a topology; paths in it start from `folder`.
    ///
    /// # Errors
    /// See [`NodeError`].
    pub fn new(topology: Topology, folder: &Path, node: &str) -> Result<Self, NodeError> {
        Self::with_options(topology, folder, node, NodeOptions::default())
    }

    /// As [`new`](Self::new), with settings other than the usual.
    ///
    /// # Errors
    /// See [`NodeError`].
    pub fn with_options(
        topology: Topology,
        folder: &Path,
        node: &str,
        options: NodeOptions,
    ) -> Result<Self, NodeError> {
        let core = NodeCore::new(topology, folder, node, options, Part::Host)?;
        Ok(Self {
            handle: Handle::new(core),
        })
    }

    pub(crate) fn of_handle(handle: Arc<Handle>) -> Self {
        Self { handle }
    }

    /// The node's name.
    pub fn name(&self) -> &str {
        self.handle.core().name()
    }

    /// The services that run in it, without those that are left to guests.
    pub fn services(&self) -> Vec<&str> {
        let services = self.handle.core().services().iter();
        services.map(|each| each.name()).collect()
    }

    /// The bus of one of its services.
    ///
    /// # Errors
    /// [`NodeError::UnknownService`] for a service of another node, or of none.
    pub fn bus(&self, service: &str) -> Result<MessageBus, NodeError> {
        let index = self.index_of(service)?;
        Ok(MessageBus::of_service(Arc::clone(&self.handle), index))
    }

    /// What one of its services sends to and receives from other nodes, as frames.
    ///
    /// # Errors
    /// [`NodeError::UnknownService`] for a service of another node, or of none.
    pub fn raw(&self, service: &str) -> Result<RawBus, NodeError> {
        let index = self.index_of(service)?;
        let service = Arc::clone(self.handle.core().service_at(index));
        Ok(RawBus::new(Arc::clone(&self.handle), service))
    }

    fn index_of(&self, service: &str) -> Result<usize, NodeError> {
        let core = self.handle.core();
        let services = core.services();
        if core.guests().has(service) {
            return Err(NodeError::RunByGuest {
                service: service.to_owned(),
                node: core.name().to_owned(),
            });
        }
        let found = services.iter().position(|each| each.name() == service);
        found.ok_or_else(|| NodeError::UnknownService {
            service: service.to_owned(),
            known: services.iter().map(|each| each.name().to_owned()).collect(),
        })
    }

    /// The node as guests see it: what another library of this process [joins](guests).
    pub fn as_host(&self) -> HostNode {
        HostNode::of(self.handle.shared_core())
    }

    /// How its links are doing, in the order of the topology.
    pub fn links(&self) -> Vec<LinkStatus> {
        let links = self.handle.core().links().iter();
        links.map(|link| link.status()).collect()
    }

    /// All counters of its services and links at this moment.
    pub fn metrics(&self) -> Metrics {
        self.handle.core().metrics()
    }

    /// Returns when every link is established.
    ///
    /// # Errors
    /// [`NodeError::NotConnected`] names those that are not in time, and why; [`NodeError::Closed`], [`NodeError::Forked`].
    pub fn wait_until_connected(&self, timeout: Duration) -> Result<(), NodeError> {
        self.wait_until_connected_with(Patience::lasting(timeout))
    }

    /// As [`wait_until_connected`](Self::wait_until_connected), for as long as the patience lasts, which may end early.
    ///
    /// # Errors
    /// Those, and [`NodeError::Interrupted`].
    pub fn wait_until_connected_with(&self, patience: Patience<'_>) -> Result<(), NodeError> {
        self.handle.core().wait_until_connected(patience)
    }

    /// What is odd about it, a sentence for each; usually nothing.
    pub fn warnings(&self) -> &[String] {
        self.handle.core().warnings()
    }

    /// Ends all its buses, sends what was published, says goodbye to its peers, and ends its threads. Whoever waits anywhere gets
    /// an error that says so. A peer that takes nothing in holds it up for a second at most.
    pub fn close(&self) {
        self.handle.core().close();
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Node")
            .field("name", &self.name())
            .field("links", &self.links().len())
            .finish_non_exhaustive()
    }
}
