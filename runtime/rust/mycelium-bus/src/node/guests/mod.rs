//! Services of a node that are run by other libraries of the same process, each with a core of its own.
//!
//! A program in Rust that embeds Python, or a Python process that loads a library written in Rust, has two copies of this
//! crate in memory, perhaps of different versions. One of them is the *host*: it claims the node, listens, and
//! [names the services](crate::NodeOptions::with_guests) that *guests* run. A guest is a [`Node`](crate::Node) of the same
//! topology, name and number with just these services. It connects to the host, and to other guests, by sockets and lanes in
//! memory, with the same handshake as to any other process; it dials other nodes itself; and whoever dials the node for one
//! of its services is accepted by the host and handed over.
//!
//! The two copies share no types. The crate `mycelium-ffi` carries what is here through a table of C functions; programs use
//! that, and this module is what it is made with.

mod arrivals;
mod error;
mod handing_over;
mod host;
mod registry;
mod relay;

use std::io;
use std::os::fd::OwnedFd;

pub use arrivals::Entrance;
pub(crate) use arrivals::{Arrival, Arrivals};
pub use error::GuestError;
pub(in crate::node) use handing_over::check_for_guest;
pub use host::{Attachment, HostNode};
pub(crate) use registry::Guests;

use std::sync::Arc;

use crate::topology::RouteKind;

/// A connection that somebody else has accepted, and with it what was read of it already.
#[derive(Debug)]
pub struct AcceptedConnection {
    /// The connection.
    pub descriptor: OwnedFd,
    /// What it was accepted as. One by TCP may be handed over as a unix socket, where the host keeps what protects it.
    pub kind: RouteKind,
    /// The bytes that came first.
    pub read: Vec<u8>,
}

/// What a host asks of a guest, from any thread. Both return at once and do not call back.
pub trait Guest: Send + Sync {
    /// Takes a connection that is for one of the guest's services.
    fn adopt(&self, connection: AcceptedConnection);

    /// The host was closed, and so the guest is to close.
    fn host_closed(&self);
}

/// What a guest asks of its host.
pub trait Host: Send + Sync {
    /// One end of a new connection from a service of the guest to one of the host's or of another guest, who has the other.
    ///
    /// # Errors
    /// In words: the host was closed, nobody runs the service yet, or the system refuses.
    fn connect(&self, from: &str, to: &str) -> io::Result<OwnedFd>;

    /// The guest goes. When this returns, the host does not call it any more.
    fn detach(&self);
}

/// Which part of a node a core is.
pub(crate) enum Part {
    /// All of it but what guests run.
    Host,
    /// What a guest runs.
    Guest(GuestPart),
}

/// A guest, before it starts.
pub(crate) struct GuestPart {
    pub(crate) services: Vec<String>,
    /// All services that the host leaves to guests.
    pub(crate) guest_services: Vec<String>,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) arrivals: Arc<Arrivals>,
}
