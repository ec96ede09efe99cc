//! A link between a service of this node and one of another: what is known of it, and its outward half.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::core::NodeCore;
use super::counters::LinkCounters;
use super::data_path::Outlet;
use super::status::{LinkId, LinkState, LinkStatus};
use crate::local::Bell;
use crate::topology::RouteKind;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// On its way.
    Done,
    /// In a buffer, which the driver has to empty.
    Later,
    /// Nowhere: there is no room.
    Full,
    /// Nowhere: there is no connection.
    Nowhere,
}

pub(crate) struct Link {
    pub(crate) id: LinkId,
    /// Which service of this node.
    pub(crate) service: usize,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) kind: RouteKind,
    pub(crate) peer_node: String,
    fails_when_full: bool,
    counters: Arc<LinkCounters>,
    state: Mutex<LinkState>,
    mismatches: Mutex<BTreeMap<u16, String>>,
    is_established: AtomicBool,
    outward: Mutex<Outward>,
    room: Bell,
}

impl Link {
    pub(crate) fn fails_when_full(&self) -> bool {
        self.fails_when_full
    }

    /// Rings when there may be room again, or the connection has ended.
    pub(crate) fn room(&self) -> &Bell {
        &self.room
    }

    pub(crate) fn counters(&self) -> &LinkCounters {
        &self.counters
    }

    pub(crate) fn is_established(&self) -> bool {
        self.is_established.load(Ordering::Acquire)
    }

    pub(crate) fn set_state(&self, state: LinkState) {
        self.is_established
            .store(state == LinkState::Established, Ordering::Release);
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    pub(crate) fn status(&self) -> LinkStatus {
        let mismatches = self
            .mismatches
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        LinkStatus {
            id: self.id,
            from: self.from.clone(),
            to: self.to.clone(),
            kind: self.kind,
            state: self
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            peer_node: self.peer_node.clone(),
            mismatches: mismatches.values().cloned().collect(),
            counters: Arc::clone(&self.counters),
        }
    }

    /// Whether a frame of that size can go without growing a buffer beyond its bounds; a link without a connection takes
    /// everything in, and loses it.
    pub(crate) fn has_room(&self, size: usize) -> bool {
        self.outward().has_room(size)
    }

    pub(crate) fn outward(&self) -> MutexGuard<'_, Outward> {
        self.outward.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn use_changed(&self, _core: &NodeCore, _type_id: u16) {}

    pub(crate) fn after_send(&self, _core: &NodeCore, _sent: Sent) {}
}

/// The outward half of a link, which whoever publishes locks for as long as it takes to hand a frame over.
#[derive(Default)]
pub(crate) struct Outward {
    path: Option<Box<dyn Outlet>>,
}

impl Outward {
    fn has_room(&self, size: usize) -> bool {
        self.path.as_ref().is_none_or(|path| path.has_room(size))
    }

    pub(crate) fn send_if_room(&mut self, frame: &[u8]) -> Sent {
        match self.has_room(frame.len()) {
            true => self.send(frame),
            false => Sent::Full,
        }
    }

    pub(crate) fn send(&mut self, frame: &[u8]) -> Sent {
        match &mut self.path {
            Some(path) => path.send(frame),
            None => Sent::Nowhere,
        }
    }
}
