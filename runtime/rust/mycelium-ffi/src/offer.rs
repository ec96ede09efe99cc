//! A node for others to join.
#![allow(unsafe_code)]

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::Arc;

use mycelium_bus::guests::HostNode;
use mycelium_bus::Node;

use crate::error::OfferError;
use crate::host;
use crate::table::NodeTable;

/// Offers a node to other libraries of this process. It may be offered any number of times.
///
/// # Errors
/// The node leaves no service to guests.
pub fn offer(node: &Node) -> Result<Offer, OfferError> {
    let host = node.as_host();
    if host.guest_services().is_empty() {
        let node = node.name().to_owned();
        return Err(OfferError::NoGuests { node });
    }
    Ok(Offer {
        shared: Arc::new_cyclic(|this| Shared {
            table: host::table_of(this.as_ptr()),
            host,
        }),
    })
}

/// A node that can be joined for as long as this lives. It does not keep the node open; whoever has joined needs it no more.
pub struct Offer {
    shared: Arc<Shared>,
}

/// What the context of a table leads to.
pub(crate) struct Shared {
    table: NodeTable,
    pub(crate) host: HostNode,
}

// SAFETY: the pointers in the table lead to functions that any thread may call, and to `Shared` itself, of which the other
// field is `Send` and `Sync`, and which nobody changes.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Offer {
    /// The table, to be given to those who join.
    pub fn as_ptr(&self) -> *const NodeTable {
        &raw const self.shared.table
    }

    /// Keeps the offer until [`from_raw`](Self::from_raw); for capsules and the like, which own nothing but a pointer.
    pub fn into_raw(self) -> *const NodeTable {
        ManuallyDrop::new(self).as_ptr()
    }

    /// The opposite.
    ///
    /// # Safety
    /// The pointer came of [`into_raw`](Self::into_raw) in this same library, and comes back once.
    pub unsafe fn from_raw(table: *const NodeTable) -> Self {
        // SAFETY: the table is that of an offer that was kept, whose context is what an Arc points to.
        let shared = unsafe { Arc::from_raw((*table).context.cast::<Shared>().cast_const()) };
        Self { shared }
    }
}

impl fmt::Debug for Offer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Offer")
            .field(&self.shared.host)
            .finish()
    }
}
