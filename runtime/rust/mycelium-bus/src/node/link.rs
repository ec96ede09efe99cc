//! A link between a service of this node and one of another: what is known of it, and its outward half.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mycelium::control::Heartbeat;
use mycelium::Timestamp;

use super::core::NodeCore;
use super::counters::LinkCounters;
use super::fault::LinkFault;
use super::outbound::now;
use super::outward::{Outward, Sent};
use super::status::{LinkId, LinkState, LinkStatus};
use crate::handshake::{frame_of, Agreement, Manner};
use crate::lanes::LanePlan;
use crate::local::Bell;
use crate::topology::RouteKind;

/// What a topology says of a link.
#[derive(Clone, Debug)]
pub(crate) struct LinkPlan {
    pub(crate) id: LinkId,
    /// Which service of this node.
    pub(crate) service: usize,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) kind: RouteKind,
    pub(crate) peer_node: String,
    pub(crate) peer_number: u32,
    /// Tells this node's requests from the peer's on the link: the nodes' numbers differ.
    pub(crate) has_greater_number: bool,
    /// Whether publications and requests leave by it; answers do in any case. And whether they come by it.
    pub(crate) carries_out: bool,
    pub(crate) carries_in: bool,
    /// What may leave, where not everything.
    pub(crate) allow_out: Option<Vec<String>>,
    /// What may come.
    pub(crate) allow_in: Option<Vec<String>>,
    pub(crate) fails_when_full: bool,
    /// Messages that wait for the peer at most.
    pub(crate) capacity: usize,
    pub(crate) is_dialled: bool,
    /// This node is a guest, and the link leads to what its host runs.
    pub(crate) is_to_host: bool,
    /// Where messages go through shared memory.
    pub(crate) lanes: Option<LanePlan>,
}

pub(crate) struct Link {
    pub(crate) plan: LinkPlan,
    counters: Arc<LinkCounters>,
    state: Mutex<LinkState>,
    is_established: AtomicBool,
    was_established: AtomicBool,
    /// The peer orders by time, or measures it, and so is told how far this side is.
    is_told_time: AtomicBool,
    /// What the two sides tell each other, for as long as there is a connection. Locked before the service's types, and
    /// before `outward`.
    pub(super) talk: Mutex<Talk>,
    outward: Mutex<Outward>,
    room: Bell,
    /// Types that must not come over the present connection.
    pub(super) barred: Barred,
}

/// A set of types, as a rule empty, which is known without a lock.
#[derive(Default)]
pub(crate) struct Barred {
    is_any: AtomicBool,
    types: Mutex<BTreeSet<u16>>,
}

impl Barred {
    #[inline]
    pub(crate) fn has(&self, type_id: u16) -> bool {
        self.is_any.load(Ordering::Relaxed) && self.lock().contains(&type_id)
    }

    pub(super) fn change(&self, type_id: u16, is_barred: bool) {
        let mut types = self.lock();
        match is_barred {
            true => types.insert(type_id),
            false => types.remove(&type_id),
        };
        self.is_any.store(!types.is_empty(), Ordering::Relaxed);
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
        self.is_any.store(false, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<u16>> {
        self.types.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The agreement of the present connection, and what it came to.
#[derive(Default)]
pub(crate) struct Talk {
    pub(super) agreement: Option<Agreement>,
    pub(super) mismatches: BTreeMap<u16, String>,
    /// What the peer wants of this side, as agreed.
    pub(super) wanted: BTreeMap<u16, Manner>,
}

impl Link {
    pub(crate) fn new(plan: LinkPlan) -> Arc<Self> {
        Arc::new(Self {
            plan,
            counters: Arc::default(),
            state: Mutex::new(LinkState::Connecting { last_error: None }),
            is_established: AtomicBool::new(false),
            was_established: AtomicBool::new(false),
            is_told_time: AtomicBool::new(false),
            talk: Mutex::default(),
            outward: Mutex::default(),
            room: Bell::default(),
            barred: Barred::default(),
        })
    }

    pub(crate) fn id(&self) -> LinkId {
        self.plan.id
    }

    pub(crate) fn fails_when_full(&self) -> bool {
        self.plan.fails_when_full
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

    pub(crate) fn state(&self) -> LinkState {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_state(&self, state: LinkState) {
        let is_established = state == LinkState::Established;
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.is_established.store(is_established, Ordering::Release);
    }

    /// Notes why somebody was turned away who came for this link, while it has no connection.
    pub(crate) fn turned_away(&self, reason: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let LinkState::Connecting { last_error } = &mut *state {
            *last_error = Some(format!("turned somebody away: {reason}"));
        }
    }

    /// Whether the peer is told now and then how far this side is.
    pub(crate) fn is_told_time(&self) -> bool {
        self.is_told_time.load(Ordering::Relaxed) && self.is_established()
    }

    /// From now on it is, or is not; whether that is new.
    pub(crate) fn tell_time(&self, is_told: bool) -> bool {
        self.is_told_time.swap(is_told, Ordering::Relaxed) != is_told
    }

    /// Tells the peer that what comes from now on was published from now on.
    pub(crate) fn beat(&self, core: &NodeCore) {
        let sent = {
            // Messages get their times with this locked.
            let mut outward = self.outward();
            let time = Timestamp::from_nanoseconds(now());
            let clock = core.service_at(self.plan.service).clock();
            let watermark = Timestamp::from_nanoseconds(clock.now());
            outward.say(&frame_of(&Heartbeat { time, watermark }))
        };
        if sent == Sent::Later {
            core.drive_in_background();
        }
    }

    /// Counts a connection; false for the first.
    pub(crate) fn count_connection(&self) -> bool {
        self.was_established.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn status(&self) -> LinkStatus {
        LinkStatus {
            id: self.plan.id,
            from: self.plan.from.clone(),
            to: self.plan.to.clone(),
            kind: self.plan.kind,
            state: self.state(),
            peer_node: self.plan.peer_node.clone(),
            mismatches: self.talk().mismatches.values().cloned().collect(),
            counters: Arc::clone(&self.counters),
        }
    }

    pub(crate) fn talk(&self) -> MutexGuard<'_, Talk> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a frame of that size can go without growing a buffer beyond its bounds; a link without a connection takes
    /// everything in, and loses it.
    pub(crate) fn has_room(&self, size: usize) -> bool {
        self.outward().has_room(size)
    }

    pub(crate) fn outward(&self) -> MutexGuard<'_, Outward> {
        self.outward.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a frame that nobody publishes: a request, or an answer.
    pub(crate) fn send(&self, core: &NodeCore, frame: &[u8]) -> Sent {
        let mut outward = self.outward();
        let sent = outward.send(frame);
        self.after_send(core, outward, frame.len(), sent);
        sent
    }

    /// Sends a control message.
    pub(crate) fn say(&self, core: &NodeCore, frame: &[u8]) {
        if self.outward().say(frame) == Sent::Later {
            core.drive_in_background();
        }
    }

    /// Counts, frees the outward half, and has somebody empty the buffer.
    #[inline]
    pub(crate) fn after_send(
        &self,
        core: &NodeCore,
        outward: MutexGuard<'_, Outward>,
        bytes: usize,
        sent: Sent,
    ) {
        let counters = &self.counters;
        match sent {
            Sent::Done | Sent::Later => {
                // Written here alone, with the outward half locked.
                LinkCounters::add_alone(&counters.sent, 1);
                LinkCounters::add_alone(&counters.bytes_sent, bytes as u64);
            }
            Sent::Full => LinkCounters::add(&counters.dropped_full, 1),
            Sent::Nowhere => LinkCounters::add(&counters.dropped_disconnected, 1),
        }
        drop(outward);
        if sent == Sent::Later {
            core.drive_in_background();
        }
    }

    /// Moves what waits.
    pub(crate) fn flush(&self) -> Result<(), LinkFault> {
        let flushed = self.outward().flush();
        self.room.ring();
        flushed
    }

    /// From now on sends otherwise, or nowhere.
    pub(crate) fn set_outward(&self, change: impl FnOnce(&mut Outward)) {
        change(&mut self.outward());
        self.room.ring();
    }

    /// Sends nothing any more; what waits is lost.
    pub(crate) fn cut_off(&self) {
        let before = std::mem::take(&mut *self.outward());
        LinkCounters::add(&self.counters.dropped_disconnected, before.untaken());
        self.room.ring();
    }

    /// Whether everything has gone to the system, or into the lane.
    pub(crate) fn is_flushed(&self) -> bool {
        self.outward().waiting() == 0
    }

    /// A number for a request of this side, which tells it from those of the other.
    pub(crate) fn own_correlation(&self, count: &AtomicU64) -> u64 {
        // From 1: 0 is the id of what is no request.
        let number = (count.fetch_add(1, Ordering::Relaxed) + 1) & !SIDE_BIT;
        number | self.side_bit()
    }

    /// Whether a frame with that number answers a request of this side.
    pub(crate) fn is_reply(&self, correlation_id: u64) -> bool {
        correlation_id & SIDE_BIT == self.side_bit()
    }

    fn side_bit(&self) -> u64 {
        match self.plan.has_greater_number {
            true => SIDE_BIT,
            false => 0,
        }
    }
}

/// The bit of a correlation id that says which side of the link has asked: set by the node with the greater number.
const SIDE_BIT: u64 = 1 << 63;
