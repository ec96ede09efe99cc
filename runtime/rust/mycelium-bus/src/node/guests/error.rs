//! Why a guest cannot be.

use std::fmt;
use std::io;

/// What stands between a guest and its host. Its text says what is wrong, and how to mend it.
#[derive(Debug)]
#[non_exhaustive]
pub enum GuestError {
    /// The host runs the service itself, or does not know it.
    NotForGuests {
        /// The service.
        service: String,
        /// The node.
        node: String,
        /// The services that guests run.
        guest_services: Vec<String>,
    },
    /// Another guest runs the service.
    Taken {
        /// The service.
        service: String,
        /// The node.
        node: String,
    },
    /// All services of guests are taken.
    NoneLeft {
        /// The node.
        node: String,
    },
    /// No guest runs the service yet.
    NotJoined {
        /// The service.
        service: String,
        /// The node.
        node: String,
    },
    /// The host was closed.
    Closed {
        /// The node.
        node: String,
    },
    /// The process was forked after the host was made.
    Forked,
    /// The operating system refused.
    System(io::Error),
}

impl fmt::Display for GuestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotForGuests {
                service,
                node,
                guest_services,
            } if guest_services.is_empty() => write!(
                formatter,
                "node `{node}` leaves no service to guests, and so not `{service}`; name it among the guests in the options of the host"
            ),
            Self::NotForGuests {
                service,
                node,
                guest_services,
            } => write!(
                formatter,
                "node `{node}` leaves {} to guests, and not `{service}`; join with one of these, or name it among the guests in the \
                 options of the host",
                guest_services.join(", ")
            ),
            Self::Taken { service, node } => write!(
                formatter,
                "another guest of node `{node}` runs `{service}` already; close that one, or join with other services"
            ),
            Self::NoneLeft { node } => write!(
                formatter,
                "every service that node `{node}` leaves to guests is taken; close a guest, or name more services among the guests in \
                 the options of the host"
            ),
            Self::NotJoined { service, node } => write!(
                formatter,
                "service `{service}` is run by a guest of node `{node}` that has not joined yet"
            ),
            Self::Closed { node } => write!(
                formatter,
                "the host of node `{node}` was closed; make it anew, and join that one"
            ),
            Self::Forked => formatter.write_str(
                "the host was made before this process was forked; make one in the child, and join that one",
            ),
            Self::System(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for GuestError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::System(error) => Some(error),
            _ => None,
        }
    }
}
