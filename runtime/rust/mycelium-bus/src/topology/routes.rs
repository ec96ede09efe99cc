//! How the messages of one service reach another, and why so.

use std::fmt;
use std::path::PathBuf;

use super::model::{Node, RouteKind, RouteWait, Topology};

/// Messages a route holds unless chosen otherwise.
const DEFAULT_CAPACITY: u32 = 1024;

/// A way from one service to another. Its text is the line that `mycelium topology explain` prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The service messages come from.
    pub source: String,
    /// The service they go to.
    pub target: String,
    /// What carries them.
    pub kind: RouteKind,
    /// Why it does.
    pub reason: String,
    /// Where the side that is dialled is found; empty for a local route.
    pub address: String,
    /// Whether a publisher gets an error rather than wait when it is full.
    pub fails_when_full: bool,
    /// Messages it holds.
    pub capacity: u32,
    /// How its receiver waits.
    pub wait: RouteWait,
    /// The names of the messages that pass, where not all do.
    pub allow: Option<Vec<String>>,
}

impl Topology {
    /// The route from one service to another; None where a service runs nowhere.
    pub fn route(&self, source: &str, target: &str) -> Option<Route> {
        let (sender, receiver) = (self.node_of(source)?, self.node_of(target)?);
        let settings = self.settings.get(&(source.to_owned(), target.to_owned()));
        let (mut kind, mut reason) = default_kind(sender, receiver);
        if kind == RouteKind::Tcp && sender.port.is_none() && receiver.port.is_none() {
            kind = RouteKind::None;
            reason.push_str(", and neither has a port");
        }
        if let Some((set, line)) = settings.and_then(|set| Some((set.kind?, set.line))) {
            kind = set;
            reason = format!("line {line} says so");
        }
        let settings = settings.cloned().unwrap_or_default();
        Some(Route {
            source: source.to_owned(),
            target: target.to_owned(),
            kind,
            reason,
            address: self.address(kind, sender, receiver),
            fails_when_full: settings.fails_when_full.unwrap_or(false),
            capacity: settings.capacity.unwrap_or(DEFAULT_CAPACITY),
            wait: settings.wait.unwrap_or(RouteWait::Adaptive),
            allow: settings.allow,
        })
    }

    /// Which of two nodes the other dials to meet it by this kind; None where none is, as they are one, or neither can be
    /// dialled. Shared memory: the one with such an endpoint, whose folder it is. A unix socket: the one with such an endpoint,
    /// else any. TCP: the one with a port. Where that leaves both, it is the earlier in the file.
    pub fn listener<'t>(&'t self, one: &str, other: &str, kind: RouteKind) -> Option<&'t Node> {
        let is_end = |node: &&Node| node.name == one || node.name == other;
        let mut ends = self.nodes.iter().filter(is_end);
        let (first, second) = (ends.next()?, ends.next()?);
        let either = |can: fn(&Node) -> bool| [first, second].into_iter().find(|node| can(node));
        match kind {
            RouteKind::Local | RouteKind::Ffi | RouteKind::None => None,
            RouteKind::Shm => either(|node| node.has_endpoint(RouteKind::Shm)),
            RouteKind::Unix => either(|node| node.has_endpoint(RouteKind::Unix)).or(Some(first)),
            RouteKind::Tcp => either(|node| node.port.is_some()),
        }
    }

    /// The unix socket at which others of this machine meet a node: that of its endpoint, or one in the folder for sockets.
    pub fn unix_socket(&self, node: &Node) -> PathBuf {
        let endpoint = node.endpoint.as_ref();
        endpoint
            .filter(|endpoint| endpoint.kind == RouteKind::Unix)
            .and_then(|endpoint| endpoint.path.clone())
            .unwrap_or_else(|| self.socket_folder.join(format!("{}.sock", node.name)))
    }

    fn address(&self, kind: RouteKind, sender: &Node, receiver: &Node) -> String {
        let Some(listener) = self.listener(&sender.name, &receiver.name, kind) else {
            return String::new();
        };
        let path = match (kind, listener.port) {
            (RouteKind::Tcp, Some(port)) => return format!("{}:{port}", listener.host_or_local()),
            (RouteKind::Shm, _) => listener
                .endpoint
                .as_ref()
                .and_then(|each| each.path.clone()),
            _ => Some(self.unix_socket(listener)),
        };
        path.map_or_else(String::new, |path| path.display().to_string())
    }
}

/// What two nodes meet by unless a route says otherwise, and why.
pub(super) fn default_kind(sender: &Node, receiver: &Node) -> (RouteKind, String) {
    if sender.name == receiver.name {
        return (
            RouteKind::Local,
            format!("both run on node `{}`", sender.name),
        );
    }
    if sender.host != receiver.host {
        let reason = format!(
            "`{}` and `{}` are on different hosts",
            sender.name, receiver.name
        );
        return (RouteKind::Tcp, reason);
    }
    for kind in [RouteKind::Shm, RouteKind::Tcp] {
        if let Some(node) = [receiver, sender]
            .into_iter()
            .find(|node| node.has_endpoint(kind))
        {
            let reason = format!(
                "same host, and `{}` has an endpoint of kind `{}`",
                node.name,
                kind.name()
            );
            return (kind, reason);
        }
    }
    let reason = "same host, and neither declares anything nearer";
    (RouteKind::Unix, reason.to_owned())
}

impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} -> {}: {}",
            self.source,
            self.target,
            self.kind.name()
        )?;
        if !self.address.is_empty() {
            write!(formatter, " at {}", self.address)?;
        }
        let overflow = if self.fails_when_full {
            "error"
        } else {
            "block"
        };
        write!(
            formatter,
            " ({}); overflow {overflow}, capacity {}, wait {}",
            self.reason,
            self.capacity,
            self.wait.name()
        )?;
        match &self.allow {
            Some(allow) => write!(formatter, ", only {}", allow.join(", ")),
            None => Ok(()),
        }
    }
}
