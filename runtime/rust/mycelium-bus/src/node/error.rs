//! Why a node cannot be.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::topology::TopologyError;

/// A node that cannot start, or is not connected. Its text says what is wrong, where, and how to mend it.
#[derive(Debug)]
#[non_exhaustive]
pub enum NodeError {
    /// The topology cannot be read or is wrong.
    Topology(TopologyError),
    /// The topology has no node of this name.
    UnknownNode {
        /// The name.
        node: String,
        /// The names it has.
        known: Vec<String>,
    },
    /// The node does not run this service.
    UnknownService {
        /// The service.
        service: String,
        /// The services that could be meant.
        known: Vec<String>,
    },
    /// A guest of the node runs this service.
    RunByGuest {
        /// The service.
        service: String,
        /// The node's name.
        node: String,
    },
    /// Another process is this node.
    Claimed {
        /// The node's name.
        node: String,
        /// The process, where it said so.
        process: Option<u32>,
        /// The lock it holds.
        path: PathBuf,
    },
    /// The operating system refused.
    System {
        /// What was being done, in words, and to what.
        doing: String,
        /// What it said.
        source: io::Error,
    },
    /// The settings for protecting TCP cannot be used.
    Tls(String),
    /// Links that are not established in time, each with the reason.
    NotConnected(Vec<String>),
    /// The caller asked to wait no longer.
    Interrupted,
    /// The node was closed.
    Closed,
    /// The process was forked after the node was made.
    Forked,
}

impl NodeError {
    /// What the operating system refused.
    pub(crate) fn system(doing: impl Into<String>, source: io::Error) -> Self {
        Self::System {
            doing: doing.into(),
            source,
        }
    }
}

impl fmt::Display for NodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topology(error) => error.fmt(formatter),
            Self::UnknownNode { node, known } => write!(
                formatter,
                "the topology has no node `{node}`; it has {}",
                known.join(", ")
            ),
            Self::UnknownService { service, known } => write!(
                formatter,
                "no service `{service}` here; there are {}",
                known.join(", ")
            ),
            Self::RunByGuest { service, node } => write!(
                formatter,
                "service `{service}` of node `{node}` is run by a guest; ask that one for its bus, or leave the service out of the \
                 guests in the node's options"
            ),
            Self::Claimed {
                node,
                process,
                path,
            } => {
                write!(formatter, "node `{node}` already runs")?;
                if *process == Some(std::process::id()) {
                    return write!(
                        formatter,
                        " in this very process, {}, which holds {}; use the node there is, or, from a library with a core of its own, \
                         join the node that it offers to guests",
                        std::process::id(),
                        path.display()
                    );
                }
                if let Some(process) = process {
                    write!(formatter, " in process {process}")?;
                }
                let path = path.display();
                write!(
                    formatter,
                    ", which holds {path}; stop it, or start another node"
                )
            }
            Self::System { doing, source } => write!(formatter, "{doing}: {source}"),
            Self::Tls(problem) => formatter.write_str(problem),
            Self::NotConnected(links) => {
                write!(formatter, "not connected in time: {}", links.join("; "))
            }
            Self::Interrupted => {
                formatter.write_str("interrupted while waiting for the links of the node")
            }
            Self::Closed => formatter.write_str("the node was closed"),
            Self::Forked => formatter.write_str(
                "the node was made before this process was forked; make one in the child",
            ),
        }
    }
}

impl std::error::Error for NodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Topology(error) => Some(error),
            Self::System { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<TopologyError> for NodeError {
    fn from(error: TopologyError) -> Self {
        Self::Topology(error)
    }
}
