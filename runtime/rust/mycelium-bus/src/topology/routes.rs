//! How the messages of one service reach another, and why so.

use std::fmt;

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
    /// Where the receiving or the dialled side is found; empty for a local route.
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

    fn address(&self, kind: RouteKind, sender: &Node, receiver: &Node) -> String {
        match kind {
            RouteKind::Local | RouteKind::None => String::new(),
            RouteKind::Tcp => {
                let listening = if receiver.port.is_some() {
                    receiver
                } else {
                    sender
                };
                let host = listening.host.as_deref().unwrap_or("localhost");
                let port = listening
                    .port
                    .map_or_else(String::new, |port| port.to_string());
                format!("{host}:{port}")
            }
            RouteKind::Shm | RouteKind::Unix => {
                let path = [receiver, sender]
                    .into_iter()
                    .filter(|node| node.has_endpoint(kind))
                    .find_map(|node| node.endpoint.as_ref()?.path.clone());
                let beside = || self.socket_folder.join(format!("{}.sock", receiver.name));
                path.unwrap_or_else(beside).display().to_string()
            }
        }
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
