//! Where a node listens.

use std::fmt;
use std::path::PathBuf;

use crate::topology::{Node, RouteKind, Topology};

/// A place at which a node is dialled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    /// A unix socket.
    Unix(PathBuf),
    /// The unix socket beside the lanes of a node. Descriptors may be passed over it.
    Control(PathBuf),
    /// Another core of this process, by way of the one that has the node.
    Inside {
        /// The service there.
        service: String,
    },
    /// A port of a host, which is a name or a number.
    Tcp {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
}

impl Address {
    /// Where this node listens for links of this kind, if it can.
    pub(crate) fn of(topology: &Topology, listener: &Node, kind: RouteKind) -> Option<Self> {
        match kind {
            RouteKind::Local | RouteKind::Ffi | RouteKind::None => None,
            RouteKind::Unix => Some(Self::Unix(topology.unix_socket(listener))),
            RouteKind::Shm => {
                let endpoint = listener.endpoint.as_ref();
                let endpoint = endpoint.filter(|each| each.kind == RouteKind::Shm)?;
                let mut path = endpoint.path.clone()?.into_os_string();
                path.push(".sock");
                Some(Self::Control(path.into()))
            }
            RouteKind::Tcp => Some(Self::Tcp {
                host: listener.host_or_local().to_owned(),
                port: listener.port?,
            }),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) | Self::Control(path) => path.display().fmt(formatter),
            Self::Inside { service } => write!(formatter, "service `{service}` of this process"),
            Self::Tcp { host, port } if host.contains(':') => write!(formatter, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(formatter, "{host}:{port}"),
        }
    }
}
