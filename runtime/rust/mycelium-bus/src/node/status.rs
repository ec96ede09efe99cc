//! How the links of a node are doing.

use std::fmt;
use std::sync::Arc;

use super::counters::LinkCounters;
use crate::topology::RouteKind;

/// Names a link within its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId(pub(crate) u32);

impl LinkId {
    /// Counts the links of a node from 0, in the order of the topology.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How far a link is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// There is no connection yet, or no more; it is dialled again and again, or waited for.
    Connecting {
        /// Why the last attempt failed, or the last connection ended; None before the first.
        last_error: Option<String>,
    },
    /// The two sides are telling each other what they send and want.
    Handshaking,
    /// Messages flow.
    Established,
}

impl fmt::Display for LinkState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connecting { last_error: None } => formatter.write_str("connecting"),
            Self::Connecting {
                last_error: Some(error),
            } => write!(formatter, "connecting; {error}"),
            Self::Handshaking => formatter.write_str("handshaking"),
            Self::Established => formatter.write_str("established"),
        }
    }
}

/// A link between a service of this node and one of another.
#[derive(Clone, Debug)]
pub struct LinkStatus {
    /// Names it in received frames.
    pub id: LinkId,
    /// The service of this node.
    pub from: String,
    /// The service of the other node.
    pub to: String,
    /// What carries messages.
    pub kind: RouteKind,
    /// How far it is.
    pub state: LinkState,
    /// The other node.
    pub peer_node: String,
    /// Messages that do not flow because the two sides do not agree on them: a sentence for each.
    pub mismatches: Vec<String>,
    /// What went over it.
    pub counters: Arc<LinkCounters>,
}
