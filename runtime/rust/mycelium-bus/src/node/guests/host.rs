//! A node as its guests see it.

use std::fmt;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use super::{AcceptedConnection, Guest, GuestError};
use crate::node::core::NodeCore;
use crate::topology::{RouteKind, Topology};

/// A node that guests join. It does not keep the node open.
#[derive(Clone)]
pub struct HostNode {
    core: Arc<NodeCore>,
}

/// A guest that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// What it [detaches](HostNode::detach) by.
    pub number: u64,
    /// The services that it runs from now on.
    pub services: Vec<String>,
}

impl HostNode {
    pub(crate) fn of(core: Arc<NodeCore>) -> Self {
        Self { core }
    }

    /// The node's name.
    pub fn name(&self) -> &str {
        self.core.name()
    }

    /// The topology it is of.
    pub fn topology(&self) -> &Topology {
        self.core.topology()
    }

    /// Where paths in the topology start from.
    pub fn folder(&self) -> &Path {
        self.core.folder()
    }

    /// All services that it leaves to guests.
    pub fn guest_services(&self) -> &[String] {
        self.core.guests().services()
    }

    /// Takes a guest in, for these services or, where there are none, all that are left.
    ///
    /// # Errors
    /// A service is not for guests, or is taken, or none is left; the node was closed, or this is a forked child.
    pub fn attach(
        &self,
        services: &[String],
        guest: Arc<dyn Guest>,
    ) -> Result<Attachment, GuestError> {
        self.check_process()?;
        let (number, services) = self.core.guests().attach(services, guest)?;
        Ok(Attachment { number, services })
    }

    /// Lets a guest go. When this returns it is not called any more.
    pub fn detach(&self, number: u64) {
        // In a forked child the lock may be held by a thread that is not there.
        if self.check_process().is_ok() {
            self.core.guests().detach(number);
        }
    }

    /// One end of a new connection; the other goes to whoever runs the service `to`.
    ///
    /// # Errors
    /// Nobody runs it yet, or never in this process; the node was closed; this is a forked child; the system refuses.
    pub fn connect(&self, to: &str) -> Result<OwnedFd, GuestError> {
        self.check_process()?;
        let (guests, core) = (self.core.guests(), &self.core);
        let node = || core.name().to_owned();
        if core.is_closed() {
            return Err(GuestError::Closed { node: node() });
        }
        let is_own = core.services().iter().any(|each| each.name() == to);
        if !is_own {
            guests.check(to)?;
        }
        let (one, other) = UnixStream::pair().map_err(GuestError::System)?;
        match is_own {
            true => core.arrivals().put(AcceptedConnection {
                descriptor: other.into(),
                kind: RouteKind::Ffi,
                read: Vec::new(),
            }),
            false => guests.give(to, other.into())?,
        }
        Ok(one.into())
    }

    fn check_process(&self) -> Result<(), GuestError> {
        match self.core.is_of_this_process() {
            true => Ok(()),
            false => Err(GuestError::Forked),
        }
    }
}

impl fmt::Debug for HostNode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("HostNode")
            .field("name", &self.name())
            .field("guest_services", &self.guest_services())
            .finish()
    }
}
