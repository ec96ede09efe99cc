//! What a node is made of, shared by all that hold on to it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::task::Waker;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use mycelium::control::{Goodbye, GoodbyeCode};
use mycelium::Timestamp;
use mycelium_lane::Process;

use super::background;
use super::counters::LinkCounters;
use super::delivery::Delivery;
use super::error::NodeError;
use super::link::Link;
use super::options::NodeOptions;
use super::processors::Processors;
use super::requests::Requests;
use super::seat::Seat;
use super::service::Service;
use super::spinning::waits;
use super::starting::{plan_links, start_seat, Plan};
use super::status::LinkState;
use crate::error::{PublishError, RecvError};
use crate::handshake::frame_of;
use crate::local::{Bell, LocalRoutes, Registry};
use crate::overflow::Wait;
use crate::patience::{Patience, Waited};
use crate::topology::{self, Topology};
use crate::transport::Claim;

/// How long closing waits for peers that take nothing in.
const CLOSING_MAX: Duration = Duration::from_secs(1);

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
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.core.close();
    }
}

/// Something that ends with its node.
pub(crate) trait Closes: Send + Sync {
    fn close(&self);
}

pub(crate) struct NodeCore {
    this: Weak<NodeCore>,
    process: Process,
    name: String,
    number: u32,
    topology: Topology,
    options: NodeOptions,
    services: Vec<Arc<Service>>,
    waits: Vec<Wait>,
    warnings: Vec<String>,
    registry: Arc<Registry>,
    links: Vec<Arc<Link>>,
    /// None where there are no links.
    seat: Option<Seat>,
    requests: Requests,
    delivery: Arc<Delivery>,
    inboxes: Mutex<Vec<Weak<dyn Closes>>>,
    background: OnceLock<Mutex<Option<JoinHandle<()>>>>,
    /// Rings when a link is established, or ends, or a peer wants something else.
    links_changed: Bell,
    is_closed: AtomicBool,
    /// The last answers of a closed node have gone, too.
    has_left: AtomicBool,
    claim: Mutex<Option<Claim>>,
}

impl NodeCore {
    pub(crate) fn new(
        topology: Topology,
        folder: &Path,
        name: &str,
        options: NodeOptions,
    ) -> Result<Arc<Self>, NodeError> {
        let Some(node) = topology
            .nodes
            .iter()
            .find(|node| node.name == name)
            .cloned()
        else {
            let known = topology.nodes.iter().map(|node| node.name.clone());
            return Err(NodeError::UnknownNode {
                node: name.to_owned(),
                known: known.collect(),
            });
        };
        let links: Vec<_> = plan_links(&topology, &node)
            .into_iter()
            .map(Link::new)
            .collect();
        let plan = Plan {
            topology: &topology,
            folder,
            node: &node,
            links: &links,
        };
        let (claim, seat) = match links.is_empty() {
            true => (None, None),
            false => {
                let claim = Claim::take(&topology.socket_folder, name)?;
                (Some(claim), Some(start_seat(&plan)?))
            }
        };
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
            options,
            services,
            waits,
            warnings: warning.into_iter().collect(),
            registry: Arc::new(registry),
            links,
            seat,
            requests: Requests::default(),
            delivery: Arc::new(Delivery::new()),
            inboxes: Mutex::default(),
            background: OnceLock::new(),
            links_changed: Bell::default(),
            is_closed: AtomicBool::new(false),
            has_left: AtomicBool::new(false),
            claim: Mutex::new(claim),
        });
        if core.seat.is_some() {
            let thread = background::start(&core)?;
            core.background.get_or_init(|| Mutex::new(Some(thread)));
        }
        Ok(core)
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

    pub(crate) fn seat(&self) -> Option<&Seat> {
        self.seat.as_ref()
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

    pub(crate) fn wait_until_connected(&self, timeout: Duration) -> Result<(), NodeError> {
        if !self.process.is_this() {
            return Err(NodeError::Forked);
        }
        let look = || {
            if self.is_closed() {
                return Some(Err(NodeError::Closed));
            }
            let are_all = self.links.iter().all(|link| link.is_established());
            are_all.then_some(Ok(()))
        };
        let mut patience = Patience::lasting(timeout).begin();
        let waited = self.wait_for(&self.links_changed, Wait::Block, &mut patience, look);
        if let Waited::Found(found) = waited {
            return found;
        }
        let missing = self.links.iter().filter(|link| !link.is_established());
        let missing = missing.map(|link| {
            let plan = &link.plan;
            let (from, to, kind) = (&plan.from, &plan.to, plan.kind.name());
            let waits_for = match plan.is_dialled {
                true => "dials",
                false => "is dialled by",
            };
            let state = link.state();
            format!(
                "{from} - {to} by {kind} ({waits_for} node `{}`; {state})",
                plan.peer_node
            )
        });
        Err(NodeError::NotConnected(missing.collect()))
    }

    /// Returns when `is_wanted`, of messages of that name.
    pub(crate) fn wait_until_wanted(
        &self,
        name: &str,
        timeout: Duration,
        is_wanted: impl Fn() -> bool,
    ) -> Result<(), NodeError> {
        if !self.process.is_this() {
            return Err(NodeError::Forked);
        }
        let look = || match self.is_closed() {
            true => Some(Err(NodeError::Closed)),
            false => is_wanted().then_some(Ok(())),
        };
        let mut patience = Patience::lasting(timeout).begin();
        match self.wait_for(&self.links_changed, Wait::Block, &mut patience, look) {
            Waited::Found(found) => found,
            _ => Err(NodeError::NotConnected(vec![format!(
                "no service of another node wants {name}"
            )])),
        }
    }

    /// Ends it all; a forked child leaves its parent's node alone.
    pub(crate) fn close(&self) {
        if !self.process.is_this() || self.is_closed.swap(true, Ordering::AcqRel) {
            return;
        }
        for service in 0..self.services.len() {
            self.registry.close(service);
        }
        let inboxes =
            std::mem::take(&mut *self.inboxes.lock().unwrap_or_else(PoisonError::into_inner));
        for inbox in inboxes.iter().filter_map(Weak::upgrade) {
            inbox.close();
        }
        self.requests.close();
        self.links_changed.ring();
        self.links.iter().for_each(|link| link.room().ring());
        // Servers that are at it finish, and their answers still go.
        self.delivery.close();
        self.has_left.store(true, Ordering::Release);
        if let Some(seat) = &self.seat {
            self.leave(seat);
        }
        self.claim
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    /// Says goodbye, waits a little for what is on its way, and ends all connections.
    fn leave(&self, seat: &Seat) {
        let deadline = Instant::now() + CLOSING_MAX;
        let established = self.links.iter().filter(|link| link.is_established());
        for link in established {
            let code = GoodbyeCode::Shutdown;
            link.say(self, &frame_of(&Goodbye { code, reason: None }));
        }
        seat.dismiss_background();
        if let Some(background) = self.background.get() {
            let thread = background
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(thread) = thread.filter(|it| it.thread().id() != thread::current().id()) {
                // It ends by itself, whatever became of it.
                let _ = thread.join();
            }
        }
        let mut patience = Patience::until(Some(deadline)).begin();
        let look = || {
            self.links
                .iter()
                .all(|link| link.is_flushed())
                .then_some(())
        };
        self.wait_for(&self.links_changed, Wait::Block, &mut patience, look);
        while Instant::now() < deadline {
            if let Some(mut driver) = seat.try_take() {
                driver.close(self);
                return;
            }
            // Whoever sits there has been told that the node is closed.
            seat.nudge.give();
            thread::yield_now();
        }
    }
}
