//! What a topology says, checked: nodes with their services, and what differs on routes between them.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// What carries a message, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteKind {
    /// By reference, within one process.
    Local,
    /// As frames in memory, between libraries of one process that each have a core of their own. No topology says so: it is
    /// how the services of a node meet where some of them are run by guests.
    Ffi,
    /// Through shared memory, on one host.
    Shm,
    /// Through a unix socket, on one host.
    Unix,
    /// Through TCP.
    Tcp,
    /// Not at all: on different hosts, and neither has a port the other could dial.
    None,
}

impl RouteKind {
    /// As it is written in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Ffi => "ffi",
            Self::Shm => "shm",
            Self::Unix => "unix",
            Self::Tcp => "tcp",
            Self::None => "none",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Local, Self::Shm, Self::Unix, Self::Tcp]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// How the receiver of a route waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteWait {
    /// Never sleeps.
    Spin,
    /// Spins for a moment, then sleeps.
    Adaptive,
    /// Sleeps at once.
    Block,
}

impl RouteWait {
    /// As it is written in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spin => "spin",
            Self::Adaptive => "adaptive",
            Self::Block => "block",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Spin, Self::Adaptive, Self::Block]
            .into_iter()
            .find(|wait| wait.name() == name)
    }
}

/// How others reach a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Shared memory, a unix socket or TCP.
    pub kind: RouteKind,
    /// Where, for the first two.
    pub path: Option<PathBuf>,
}

/// PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The node's certificate.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// The authority that signed those of its peers.
    pub ca: PathBuf,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What runs in it.
    pub services: Vec<String>,
    /// Names it in envelopes.
    pub number: u32,
    /// Where it starts in the file, counted from 1.
    pub line: usize,
    /// None is this machine.
    pub host: Option<String>,
    /// None only dials.
    pub port: Option<u16>,
    /// How others on this machine reach it.
    pub endpoint: Option<Endpoint>,
    /// What TCP is protected with.
    pub tls: Option<TlsFiles>,
    /// Whether TCP beyond this machine may do without.
    pub insecure: bool,
}

impl Node {
    pub(super) fn has_endpoint(&self, kind: RouteKind) -> bool {
        self.endpoint
            .as_ref()
            .is_some_and(|endpoint| endpoint.kind == kind)
    }

    /// Its host, by which this machine is `localhost`.
    pub(crate) fn host_or_local(&self) -> &str {
        self.host.as_deref().unwrap_or("localhost")
    }
}

/// What a `[[routes]]` entry changes; None leaves the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteSettings {
    /// Where it starts in the file, counted from 1.
    pub line: usize,
    /// Whether a publisher gets an error rather than wait.
    pub fails_when_full: Option<bool>,
    /// Messages the route holds.
    pub capacity: Option<u32>,
    /// How its receiver waits.
    pub wait: Option<RouteWait>,
    /// What carries messages.
    pub kind: Option<RouteKind>,
    /// The names of the messages that pass; all others do not.
    pub allow: Option<Vec<String>>,
}

/// A whole file, valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    /// The file, or what stands for it.
    pub name: String,
    /// All nodes, in the order of the file.
    pub nodes: Vec<Node>,
    /// What is set for the routes from one service to another.
    pub settings: BTreeMap<(String, String), RouteSettings>,
    /// Where unix sockets lie.
    pub socket_folder: PathBuf,
    /// As it was read.
    pub(super) text: String,
}

impl Topology {
    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The node a service runs on.
    pub fn node_of(&self, service: &str) -> Option<&Node> {
        self.nodes
            .iter()
            .find(|node| node.services.iter().any(|each| each == service))
    }

    /// All services, in the order of the file.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.nodes
            .iter()
            .flat_map(|node| node.services.iter().map(String::as_str))
    }
}

/// The number of a node that chooses none: FNV-1a of its name, 32 bits (0 means *unset* on the wire, so 1).
pub(super) fn node_number(name: &str) -> u32 {
    let number = name.bytes().fold(2_166_136_261_u32, |number, byte| {
        (number ^ u32::from(byte)).wrapping_mul(16_777_619)
    });
    number.max(1)
}
