//! The bus of other processes, for Python: nodes, their services, publishers and inboxes, on top of `mycelium_bus::raw`.
//!
//! A message becomes bytes, and bytes a message, with the interpreter's lock held; every wait is without it. What the driver of
//! a node calls back (frames to be queued or copied) never takes the lock, so neither can wait for the other.

mod class;
mod deadline;
mod errors;
mod forks;
mod guests;
mod inbox;
mod information;
mod item;
mod kind;
mod merging;
mod node;
mod publisher;
mod release;
mod request;
mod service;
mod status;
mod taking;

pub use guests::join_node;
pub use node::open_node;

use crate::interpreter::object::{Owned, Plain, Surprise};
use pyo3_ffi::PyModule_AddObjectRef;

/// Make the classes and add them to the module.
pub unsafe fn prepare(module: &Owned) -> Plain<()> {
    // SAFETY: the lock is held; the module is alive.
    unsafe {
        let classes = [
            (c"Asker", class::define::<service::Asker>()?),
            (c"Inbox", class::define::<inbox::Inbox>()?),
            (c"Node", class::define::<node::Node>()?),
            (c"Publisher", class::define::<publisher::Publisher>()?),
            (c"Service", class::define::<service::Service>()?),
        ];
        for (name, class) in classes {
            if PyModule_AddObjectRef(module.as_ptr(), name.as_ptr(), class.cast()) < 0 {
                return Err(Surprise);
            }
        }
    }
    Ok(())
}
