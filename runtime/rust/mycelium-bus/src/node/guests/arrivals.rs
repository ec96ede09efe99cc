//! Connections that come from another core of this process.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use super::{AcceptedConnection, Guest, GuestPart, Host, Part};
use crate::node::core::{Handle, NodeCore};
use crate::node::{Node, NodeError, NodeOptions};
use crate::topology::Topology;
use crate::transport::Stream;

/// A connection, and what was read of it.
pub(crate) struct Arrival {
    pub(crate) stream: Stream,
    pub(crate) read: Vec<u8>,
}

/// Connections that wait for the driver to take them in.
#[derive(Default)]
pub(crate) struct Arrivals {
    waiting: Mutex<Vec<Arrival>>,
    core: OnceLock<Weak<NodeCore>>,
    is_host_closed: AtomicBool,
}

impl Arrivals {
    /// From now on the core is woken for them.
    pub(crate) fn wake(&self, core: &Arc<NodeCore>) {
        self.core.get_or_init(|| Arc::downgrade(core));
        if !self.lock().is_empty() {
            self.call();
        }
        if self.is_host_closed.load(Ordering::SeqCst) {
            Arc::clone(core).close_after_host();
        }
    }

    /// Has the driver come and look.
    fn call(&self) {
        let Some(core) = self.core.get().and_then(Weak::upgrade) else {
            return;
        };
        if let Some(seat) = core.seat() {
            seat.nudge.give();
            seat.call_background();
        }
    }

    /// Has a connection taken in; one that cannot be used ends here, and its peer tries again.
    pub(crate) fn put(&self, connection: AcceptedConnection) {
        let AcceptedConnection {
            descriptor,
            kind,
            read,
        } = connection;
        let Ok(stream) = Stream::adopted(descriptor, kind) else {
            return;
        };
        self.lock().push(Arrival { stream, read });
        self.call();
    }

    /// Those that wait.
    pub(crate) fn take(&self) -> Vec<Arrival> {
        std::mem::take(&mut *self.lock())
    }

    fn close_with_host(&self) {
        self.is_host_closed.store(true, Ordering::SeqCst);
        // One that is still starting finds out by itself.
        if let Some(core) = self.core.get().and_then(Weak::upgrade) {
            core.close_after_host();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arrival>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a host reaches a guest: first the host is given it, then the guest starts.
#[derive(Default)]
pub struct Entrance {
    arrivals: Arc<Arrivals>,
}

impl Entrance {
    /// Starts a guest of a node: the services that its host has given it, of all those that the host leaves to guests. It
    /// detaches itself from the host when it closes, but not where it does not start.
    ///
    /// # Errors
    /// See [`NodeError`].
    pub fn start(
        &self,
        topology: Topology,
        folder: &Path,
        node: &str,
        services: Vec<String>,
        guest_services: Vec<String>,
        host: Arc<dyn Host>,
    ) -> Result<Node, NodeError> {
        let part = Part::Guest(GuestPart {
            services,
            guest_services,
            host,
            arrivals: Arc::clone(&self.arrivals),
        });
        let core = NodeCore::new(topology, folder, node, NodeOptions::default(), part)?;
        Ok(Node::of_handle(Handle::new(core)))
    }
}

impl Guest for Entrance {
    fn adopt(&self, connection: AcceptedConnection) {
        self.arrivals.put(connection);
    }

    fn host_closed(&self) {
        self.arrivals.close_with_host();
    }
}
