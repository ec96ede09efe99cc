//! What a node is made of, shared by all that hold on to it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use mycelium::MessageInformation;

use super::delivery::Delivery;
use super::driver::Direct;
use super::error::NodeError;
use super::link::Link;
use super::service::Service;
use crate::error::{PublishError, RecvError, RequestError};
use crate::local::{Bell, BusMessage, LocalRoutes, Registry, Server};
use crate::overflow::Wait;
use crate::patience::{Patience, Waited, Wearing};
use crate::raw::ReplyTo;
use crate::topology::Topology;

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

pub(crate) struct NodeCore {
    this: Weak<NodeCore>,
    name: String,
    number: u32,
    services: Vec<Arc<Service>>,
    registry: Arc<Registry>,
    links: Vec<Arc<Link>>,
    delivery: Arc<Delivery>,
    is_closed: AtomicBool,
}

impl NodeCore {
    pub(crate) fn new(
        topology: Topology,
        _folder: &Path,
        name: &str,
    ) -> Result<Arc<Self>, NodeError> {
        let Some(node) = topology.nodes.iter().find(|node| node.name == name) else {
            let known = topology.nodes.iter().map(|node| node.name.clone());
            return Err(NodeError::UnknownNode {
                node: name.to_owned(),
                known: known.collect(),
            });
        };
        let services = node.services.iter().cloned();
        Ok(Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            name: node.name.clone(),
            number: node.number,
            services: services.map(|name| Arc::new(Service::new(name))).collect(),
            registry: Arc::new(Registry::new(LocalRoutes::new(&topology, &node.services))),
            links: Vec::new(),
            delivery: Arc::new(Delivery::new()),
            is_closed: AtomicBool::new(false),
        }))
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

    pub(crate) fn links(&self) -> &[Arc<Link>] {
        &self.links
    }

    pub(crate) fn delivery(&self) -> Arc<Delivery> {
        Arc::clone(&self.delivery)
    }

    pub(crate) fn delivery_ref(&self) -> &Arc<Delivery> {
        &self.delivery
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Refuses to send where that is not possible any more.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), PublishError> {
        match self.is_closed() {
            false => Ok(()),
            true => Err(PublishError::Closed),
        }
    }

    /// Refuses to receive in a forked child.
    #[inline]
    pub(crate) fn check_receiver(&self) -> Result<(), RecvError> {
        Ok(())
    }

    /// Calls `look` until it finds something or the patience ends, and drives meanwhile where nobody else does. Whoever
    /// makes something findable rings `bell`.
    pub(crate) fn wait_for<T>(
        &self,
        bell: &Bell,
        wait: Wait,
        patience: &mut Wearing<'_>,
        look: impl FnMut() -> Option<T>,
    ) -> Waited<T> {
        self.wait_with(bell, wait, patience, look, None)
    }

    /// As [`wait_for`](Self::wait_for), taking frames in place.
    pub(crate) fn wait_with<T>(
        &self,
        bell: &Bell,
        wait: Wait,
        patience: &mut Wearing<'_>,
        look: impl FnMut() -> Option<T>,
        _direct: Option<Direct<'_>>,
    ) -> Waited<T> {
        bell.wait(wait, patience, look)
    }

    /// Looks so many times, and drives in between where nobody else does.
    pub(crate) fn spin<T>(
        &self,
        polls: u32,
        mut look: impl FnMut() -> Option<T>,
        _direct: Option<Direct<'_>>,
    ) -> Option<T> {
        (0..polls).find_map(|_| look())
    }

    /// Does whatever can be done at once, unless another thread drives.
    pub(crate) fn drive_once(&self) {}

    /// Has the background thread drive from now on, for somebody who will not.
    pub(crate) fn drive_in_background(&self) {}

    pub(crate) fn request(
        &self,
        _service: &Service,
        request: MessageInformation,
        _body: &[u8],
        reply: MessageInformation,
        _to: Option<&str>,
        _patience: Patience<'_>,
    ) -> Result<Vec<u8>, RequestError> {
        Err(RequestError::NoServer {
            request: request.name,
            reply: reply.name,
        })
    }

    pub(crate) fn reply(
        &self,
        _to: ReplyTo,
        _answer: Result<(MessageInformation, &[u8]), &str>,
    ) -> Result<(), PublishError> {
        self.check()
    }

    pub(crate) fn wait_until_connected(&self, _timeout: Duration) -> Result<(), NodeError> {
        Ok(())
    }

    pub(crate) fn close(&self) {
        if self.is_closed.swap(true, Ordering::AcqRel) {
            return;
        }
        for service in 0..self.services.len() {
            self.registry.close(service);
        }
        self.delivery.close();
    }
}

impl Service {
    pub(crate) fn serve<M: BusMessage, R: BusMessage>(
        &self,
        _core: &NodeCore,
        _server: Server<M, R>,
    ) {
    }
}
