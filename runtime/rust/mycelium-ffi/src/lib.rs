//! One node for several libraries of a process.
//!
//! A program in Rust that embeds Python, or a Python process that loads a library written in Rust, holds several binaries
//! that each contain the core of the bus. They share no types, and perhaps not even the version of Mycelium. One of them
//! [offers](offer) its node, having named the services that it [leaves to guests](mycelium_bus::NodeOptions::with_guests);
//! another [joins](join) it and gets a [`Node`] with these services, which is used like any other. What they exchange is a
//! [table](NodeTable) of C functions, of which `include/mycelium_node.h` is the description in C. Messages travel as frames
//! in memory that both read.
//!
//! ```
//! use std::path::Path;
//! use mycelium_bus::topology::Topology;
//! use mycelium_bus::{Node, NodeOptions};
//!
//! # let folder = std::env::temp_dir().join(format!("mycelium-ffi-example-{}", std::process::id()));
//! # let text = format!("socket_dir = '{}'\n", folder.display());
//! # let text = text + r#"
//! // [[nodes]]
//! // name = "engine"
//! // services = ["market-data", "strategy"]
//! # "#;
//! # let text = text.replace("// ", "");
//! let topology = Topology::read(&text, "topology.toml")?;
//! let options = NodeOptions::default().with_guests(["strategy"]);
//! let engine = Node::with_options(topology, Path::new("."), "engine", options)?;
//! let offer = mycelium_ffi::offer(&engine)?;
//!
//! // In another library of the same process, which was given the pointer:
//! // SAFETY: the offer is there for as long as the call.
//! let guest = unsafe { mycelium_ffi::join(offer.as_ptr(), &["strategy"]) }?;
//! let strategy = guest.bus("strategy")?;
//! # drop(strategy);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - A guest dials other nodes itself; who dials the node for a service of a guest is handed over to it by the host.
//! - When the host closes, so do its guests. A guest that closes gives its services back, and another may join.
//! - A library must not be unloaded before its node is closed.

mod error;
mod guest;
mod host;
mod join;
mod offer;
mod table;
mod text;

pub use error::{JoinError, OfferError};
pub use join::join;
#[cfg(doc)]
use mycelium_bus::Node;
pub use offer::{offer, Offer};
pub use table::{
    code, item, kind, Bytes, GuestTable, NodeTable, TextBuffer, MAGIC, VERSION, VERSION_MAJOR,
    VERSION_MINOR,
};
