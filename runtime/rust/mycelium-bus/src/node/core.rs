//! What a node is made of, shared by all that hold on to it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::task::Waker;
use std::thread::JoinHandle;
use std::time::Instant;

use mycelium::Timestamp;
use mycelium_lane::{EventBell, Process};

use super::assembling::{assemble, Assembled};
use super::background;
use super::counters::LinkCounters;
use super::delivery::Delivery;
use super::driver::Driver;
use super::error::NodeError;
use super::guests::{Arrivals, Guests, Host, Part};
use super::link::Link;
use super::options::NodeOptions;
use super::processors::Processors;
use super::requests::Requests;
use super::seat::Seat;
use super::service::Service;
use super::spinning::waits;
use super::status::LinkState;
use crate::error::{PublishError, RecvError};
use crate::local::{Bell, LocalRoutes, Registry};
use crate::overflow::Wait;
use crate::topology::{self, Topology};
use crate::transport::Claim;

/// Held by all that uses a node; with the last of it, the node closes.
pub(crate) struct Handle {
    core: Arc<NodeCore>,
}

impl Handle {
    pub(crate) fn new(core: Arc<NodeCore>) -> Arc<Self> {
        Arc::new(Self { core })
    }

    #[inline]
    pub(crate) fn core(&self) -> &NodeCore {
        &self.core
    }

    pub(crate) fn shared_core(&self) -> Arc<NodeCore> {
        Arc::clone(&self.core)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.core.close();
    }
}

/// A path that holds wherever the process goes.
fn absolute(folder: &Path) -> PathBuf {
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}

/// Something that ends with its node.
pub(crate) trait Closes: Send + Sync {
    fn close(&self);
}

pub(crate) struct NodeCore {
    this: Weak<NodeCore>,
    pub(super) process: Process,
    name: String,
    number: u32,
    topology: Topology,
    folder: PathBuf,
    options: NodeOptions,
    pub(super) services: Vec<Arc<Service>>,
    waits: Vec<Wait>,
    warnings: Vec<String>,
    pub(super) registry: Arc<Registry>,
    pub(super) links: Vec<Arc<Link>>,
    /// None where there are no links.
    pub(super) seat: Option<Seat<Driver>>,
    /// What the peers' lanes ring; None where there are none.
    lane_bell: Option<EventBell>,
    pub(super) requests: Requests,
    pub(super) delivery: Arc<Delivery>,
    pub(super) inboxes: Mutex<Vec<Weak<dyn Closes>>>,
    pub(super) background: OnceLock<Mutex<Option<JoinHandle<()>>>>,
    /// Rings when a link is established, or ends, or a peer wants something else.
    pub(super) links_changed: Bell,
    pub(super) is_closed: AtomicBool,
    /// The last answers of a closed node have gone, too.
    pub(super) has_left: AtomicBool,
    claim: Mutex<Option<Claim>>,
    guests: Guests,
    /// Where this core is a guest.
    host: Option<Arc<dyn Host>>,
    arrivals: Arc<Arrivals>,
}

impl NodeCore {
    pub(crate) fn new(
        topology: Topology,
        folder: &Path,
        name: &str,
        options: NodeOptions,
        part: Part,
    ) -> Result<Arc<Self>, NodeError> {
        let Some(whole) = topology.nodes.iter().find(|node| node.name == name) else {
            let known = topology.nodes.iter().map(|node| node.name.clone());
            return Err(NodeError::UnknownNode {
                node: name.to_owned(),
                known: known.collect(),
            });
        };
        let Assembled {
            node,
            guest_services,
            links,
            claim,
            seat,
            lane_bell,
            host,
            arrivals,
        } = assemble(&topology, folder, whole, &options, part)?;
        let services = node.services.iter().enumerate();
        let services = services.map(|(index, name)| {
            let own = links.iter().filter(|link| link.plan.service == index);
            let service = Service::new(name.clone(), own.cloned().collect());
            Arc::new(service)
        });
        let services = services.collect();
        let (waits, warning) = waits(&topology, &node, Processors::here());
        let registry = Registry::new(LocalRoutes::new(&topology, &node.services));
        let core = Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            process: Process::this(),
            name: node.name,
            number: node.number,
            topology,
            folder: absolute(folder),
            options,
            services,
            waits,
            warnings: warning.into_iter().collect(),
            registry: Arc::new(registry),
            links,
            seat,
            lane_bell,
            requests: Requests::default(),
            delivery: Arc::new(Delivery::new()),
            inboxes: Mutex::default(),
            background: OnceLock::new(),
            links_changed: Bell::default(),
            is_closed: AtomicBool::new(false),
            has_left: AtomicBool::new(false),
            claim: Mutex::new(claim),
            guests: Guests::new(name, guest_services),
            host,
            arrivals,
        });
        if core.seat.is_some() {
            let thread = background::start(&core)?;
            core.background.get_or_init(|| Mutex::new(Some(thread)));
        }
        core.arrivals.wake(&core);
        Ok(core)
    }

    /// What a guest asks of its host, where this is one.
    pub(super) fn host(&self) -> Option<&Arc<dyn Host>> {
        self.host.as_ref()
    }

    /// Those who run a part of this node's services.
    pub(crate) fn guests(&self) -> &Guests {
        &self.guests
    }

    /// Connections that came from other cores of this process.
    pub(crate) fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    /// Whether this is the process it was made in.
    pub(crate) fn is_of_this_process(&self) -> bool {
        self.process.is_this()
    }

    /// The topology it is of.
    pub(crate) fn topology(&self) -> &Topology {
        &self.topology
    }

    /// Where paths in the topology start from.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Held until it is closed; nobody else is the node meanwhile.
    pub(super) fn give_up_claim(&self) {
        let mut claim = self.claim.lock().unwrap_or_else(PoisonError::into_inner);
        claim.take();
    }

    pub(crate) fn weak(&self) -> Weak<Self> {
        Weak::clone(&self.this)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// When a connection that begins now has to be established.
    pub(crate) fn handshake_deadline(&self) -> Option<Instant> {
        Instant::now().checked_add(self.options.handshake_timeout)
    }

    /// What the topology says of a node.
    pub(crate) fn topology_node(&self, name: &str) -> Option<&topology::Node> {
        self.topology.nodes.iter().find(|node| node.name == name)
    }

    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    pub(crate) fn services(&self) -> &[Arc<Service>] {
        &self.services
    }

    /// A service by its place, which only those have who got it from here.
    pub(crate) fn service_at(&self, index: usize) -> &Arc<Service> {
        &self.services[index]
    }

    /// How a service waits unless it is told otherwise.
    pub(crate) fn wait_of(&self, service: usize) -> Wait {
        self.waits.get(service).copied().unwrap_or_default()
    }

    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub(crate) fn links(&self) -> &[Arc<Link>] {
        &self.links
    }

    pub(crate) fn seat(&self) -> Option<&Seat<Driver>> {
        self.seat.as_ref()
    }

    /// What the peers' lanes ring.
    pub(crate) fn lane_bell(&self) -> Option<&EventBell> {
        self.lane_bell.as_ref()
    }

    pub(crate) fn requests(&self) -> &Requests {
        &self.requests
    }

    pub(crate) fn delivery(&self) -> Arc<Delivery> {
        Arc::clone(&self.delivery)
    }

    /// Rings when a link is established, or ends, or a peer wants something else.
    pub(crate) fn links_changed(&self) -> &Bell {
        &self.links_changed
    }

    /// Has a driver that sleeps look at everything once more; for nodes without links, nothing.
    pub(crate) fn nudger(&self) -> &Waker {
        self.seat.as_ref().map_or(Waker::noop(), Seat::nudger)
    }

    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Refuses to send where that is not possible any more.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), PublishError> {
        if !self.process.is_this() {
            return Err(PublishError::Forked);
        }
        match self.is_closed() {
            false => Ok(()),
            true => Err(PublishError::Closed),
        }
    }

    /// Refuses to answer where nobody would hear it any more: a node that closes still answers what it was asked before.
    pub(crate) fn check_answer(&self) -> Result<(), PublishError> {
        if !self.process.is_this() {
            return Err(PublishError::Forked);
        }
        match self.has_left.load(Ordering::Acquire) {
            false => Ok(()),
            true => Err(PublishError::Closed),
        }
    }

    /// Refuses to receive in a forked child.
    #[inline]
    pub(crate) fn check_receiver(&self) -> Result<(), RecvError> {
        match self.process.is_this() {
            true => Ok(()),
            false => Err(RecvError::Forked),
        }
    }

    /// Has this end with the node.
    pub(crate) fn add_inbox(&self, inbox: Weak<dyn Closes>) {
        let mut inboxes = self.inboxes.lock().unwrap_or_else(PoisonError::into_inner);
        inboxes.retain(|inbox| inbox.strong_count() != 0);
        inboxes.push(inbox);
    }

    /// The handshake of a link is done.
    pub(crate) fn established(&self, link: &Link) {
        link.set_state(LinkState::Established);
        if link.count_connection() {
            LinkCounters::add(&link.counters().reconnects, 1);
        }
        self.links_changed.ring();
    }

    /// A peer has sent everything that it published before this time.
    pub(crate) fn promised(&self, link: &Link, time: Timestamp) {
        let service = self.service_at(link.plan.service);
        service.each_receiver(|receiver| receiver.promise(&link.plan.to, time.nanoseconds()));
    }
}
