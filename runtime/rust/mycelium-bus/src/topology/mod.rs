//! `topology.toml`: which services run where, and so how their messages travel.
//!
//! ```
//! use mycelium_bus::topology::{RouteKind, Topology};
//!
//! let text = "[[nodes]]\nname = 'engine'\nservices = ['market-data', 'execution']\n";
//! let topology = Topology::read(text, "topology.toml")?;
//! let route = topology.route("market-data", "execution").unwrap();
//! assert_eq!(route.kind, RouteKind::Local);
//! # Ok::<(), mycelium_bus::topology::TopologyError>(())
//! ```

mod entry;
mod model;
mod problem;
mod reading;
mod routes;
mod rules;

pub use model::{Endpoint, Node, RouteKind, RouteSettings, RouteWait, TlsFiles, Topology};
pub use problem::{Problem, TopologyError};
pub use routes::Route;
