//! Why two cores do not come together.

use std::fmt;

use mycelium_bus::topology::TopologyError;
use mycelium_bus::NodeError;

use crate::table::{VERSION_MAJOR, VERSION_MINOR};

/// A node that cannot be offered.
#[derive(Debug)]
#[non_exhaustive]
pub enum OfferError {
    /// It leaves no service to guests.
    NoGuests {
        /// The node's name.
        node: String,
    },
}

impl fmt::Display for OfferError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoGuests { node } => write!(
                formatter,
                "node `{node}` leaves no service to guests; name those that another library runs when the node is made \
                 (`NodeOptions::with_guests`)"
            ),
        }
    }
}

impl std::error::Error for OfferError {}

/// A node that cannot be joined. Its text says what is wrong, and how to mend it.
#[derive(Debug)]
#[non_exhaustive]
pub enum JoinError {
    /// There is no table of a node at the pointer, or it is not whole.
    NoTable(&'static str),
    /// The two sides speak different versions.
    Version {
        /// What the host speaks: major and minor number.
        host: (u16, u16),
    },
    /// The host refuses.
    Refused {
        /// Why, as one of [`code`](crate::code).
        code: i32,
        /// The same in a sentence.
        reason: String,
    },
    /// The host's topology is none for this side.
    Topology(TopologyError),
    /// The guest's node cannot start.
    Node(NodeError),
}

impl fmt::Display for JoinError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTable(problem) => write!(
                formatter,
                "there is no table of a node to join: {problem}; give the pointer that the host's `offer` gives"
            ),
            Self::Version {
                host: (major, minor),
            } => write!(
                formatter,
                "the host offers its node by version {major}.{minor} of the table, and this guest speaks \
                 {VERSION_MAJOR}.{VERSION_MINOR}; use versions of Mycelium in both whose first number agrees"
            ),
            Self::Refused { reason, .. } => formatter.write_str(reason),
            Self::Topology(error) => write!(
                formatter,
                "the host's topology is not understood by this guest, whose Mycelium may be another version: {error}"
            ),
            Self::Node(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for JoinError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Topology(error) => Some(error),
            Self::Node(error) => Some(error),
            _ => None,
        }
    }
}

impl From<NodeError> for JoinError {
    fn from(error: NodeError) -> Self {
        Self::Node(error)
    }
}
