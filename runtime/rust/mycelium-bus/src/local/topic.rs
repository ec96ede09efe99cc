//! Who receives what one service publishes of one type.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use arc_swap::ArcSwap;

use super::handler::Handler;
use super::lone::Lone;
use super::mailbox::Mailbox;
use super::merged::{Arrival, Origin, Source};
use super::receivers::{pass, put, wait_for_room, Gate, Receivers};
use super::service_clock::ServiceClock;
use super::BusMessage;
use crate::error::PublishError;
use crate::node::Outbound;
use crate::overflow::Overflow;

/// The receivers of one type, and how many messages they were sent.
pub(crate) struct Topic<M> {
    /// The service that publishes, and its time; None for what links bring.
    origin: Option<(Source, Arc<ServiceClock>)>,
    pub(super) receivers: ArcSwap<Receivers<M>>,
    /// Whether there are any, and which queue where there is nothing else: known without holding the receivers. Written after
    /// each change, which those who make it do one after another.
    pub(super) is_heard: AtomicBool,
    only_queue: AtomicUsize,
    pub(super) lone: Lone<M>,
    /// Those that did not go the way of the lone queue.
    pub(super) published: AtomicU64,
    pub(super) is_closed: AtomicBool,
    /// Held while several gates are looked at and filled, so that no room vanishes in between.
    several_gates: Mutex<()>,
    /// Where else messages go.
    pub(super) links: Option<Arc<Outbound>>,
}

impl<M> Topic<M> {
    /// What a service publishes.
    pub(crate) fn of_service(
        source: &str,
        clock: Arc<ServiceClock>,
        links: Option<Arc<Outbound>>,
    ) -> Self {
        Self::new(Some((source.into(), clock)), links)
    }

    /// What links bring.
    pub(crate) fn brought() -> Self {
        Self::new(None, None)
    }

    fn new(origin: Option<(Source, Arc<ServiceClock>)>, links: Option<Arc<Outbound>>) -> Self {
        let nobody = Receivers {
            handlers: Vec::new(),
            lossy: Vec::new(),
            gates: Vec::new(),
            merges: false,
        };
        Self {
            origin,
            receivers: ArcSwap::from_pointee(nobody),
            is_heard: AtomicBool::new(false),
            only_queue: AtomicUsize::new(0),
            lone: Lone::default(),
            published: AtomicU64::new(0),
            is_closed: AtomicBool::new(false),
            several_gates: Mutex::new(()),
            links,
        }
    }

    pub(crate) fn published(&self) -> u64 {
        self.published.load(Ordering::Relaxed) + self.lone.published()
    }

    /// Whether any link wants what is published here.
    pub(super) fn is_wanted(&self) -> bool {
        self.links.as_ref().is_some_and(|links| links.is_wanted())
    }

    /// The services of other nodes, or of guests, that want what is published here.
    pub(super) fn wanted_by(&self) -> Vec<String> {
        let links = self.links.as_ref();
        links.map(|links| links.wanted_by()).unwrap_or_default()
    }

    pub(super) fn remove(&self, mailbox: &Arc<Mailbox<Arc<M>>>) {
        self.change(|receivers| {
            receivers
                .gates
                .retain(|each| !Arc::ptr_eq(&each.mailbox, mailbox));
            receivers.lossy.retain(|each| !Arc::ptr_eq(each, mailbox));
        });
    }

    pub(super) fn add_handler(&self, handler: &Arc<Handler<M>>) {
        self.change(|receivers| receivers.handlers.push(Arc::clone(handler)));
    }

    pub(super) fn remove_handler(&self, handler: &Arc<Handler<M>>) {
        self.change(|receivers| {
            receivers
                .handlers
                .retain(|each| !Arc::ptr_eq(each, handler));
        });
    }

    fn change(&self, change: impl Fn(&mut Receivers<M>)) {
        self.receivers.rcu(|before| {
            let mut after = Receivers::clone(before);
            change(&mut after);
            let merges = after.queues().any(|queue| queue.merges());
            after.merges = merges;
            after
        });
        let receivers = self.receivers.load();
        let is_heard = !receivers.handlers.is_empty() || receivers.queues().next().is_some();
        self.is_heard.store(is_heard, Ordering::Release);
        self.lone.choose(&receivers);
        let only = receivers.only_queue().map_or(0, |queue| queue.identity());
        self.only_queue.store(only, Ordering::Release);
    }

    /// The [identity](Mailbox::identity) of the queue that everything goes to, where it takes messages as they come and nobody
    /// else gets them.
    #[inline]
    pub(super) fn only_queue(&self) -> Option<usize> {
        let only = self.only_queue.load(Ordering::Acquire);
        (only != 0).then_some(only)
    }

    /// Lets nothing pass any more.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        if let Some((source, _)) = &self.origin {
            self.each_merging(|queue| queue.leave(source));
        }
        self.change(|receivers| {
            receivers.handlers.clear();
            receivers.lossy.clear();
            receivers.gates.clear();
        });
    }

    /// A queue without room, where a message would have to wait.
    pub(super) fn full_gate(&self, arrival: Option<&Arrival>) -> Option<Arc<Mailbox<Arc<M>>>> {
        let receivers = self.receivers.load();
        let mut gates = receivers.gates.iter();
        let full = gates.find(|gate| !gate.mailbox.has_room_for(arrival))?;
        Some(Arc::clone(&full.mailbox))
    }

    /// Those who are called.
    pub(super) fn handlers(&self) -> Vec<Arc<Handler<M>>> {
        self.receivers.load().handlers.clone()
    }

    /// Whether one of the queues puts messages into an order.
    pub(super) fn merges(&self) -> bool {
        self.receivers.load().merges
    }

    /// Calls with each queue that puts messages into an order.
    pub(super) fn each_merging(&self, mut each: impl FnMut(&Mailbox<Arc<M>>)) {
        let receivers = self.receivers.load();
        let merging = receivers.queues().filter(|queue| queue.merges());
        merging.for_each(|queue| each(queue));
    }

    /// Puts a message into all queues, or into none where one has no room; calls nobody. `arrival` is what is known of a message
    /// that a link brought.
    pub(super) fn fill(
        &self,
        message: &Arc<M>,
        may_wait: bool,
        arrival: Option<&Arrival>,
    ) -> Result<(), PublishError> {
        let receivers = self.receivers.load();
        if let (None, true, Some((source, clock))) = (arrival, receivers.merges, &self.origin) {
            let own = Arrival {
                source: Arc::clone(source),
                origin: Origin::Here(Arc::clone(clock)),
            };
            return self.fill_all(&receivers, message, may_wait, Some(&own));
        }
        self.fill_all(&receivers, message, may_wait, arrival)
    }

    #[inline]
    fn fill_all(
        &self,
        receivers: &Receivers<M>,
        message: &Arc<M>,
        may_wait: bool,
        arrival: Option<&Arrival>,
    ) -> Result<(), PublishError> {
        match receivers.gates.as_slice() {
            [] => {}
            [gate] => pass(gate, message, may_wait, arrival)?,
            gates => self.pass_several(gates, message, may_wait, arrival)?,
        }
        for mailbox in &receivers.lossy {
            // A queue that may lose messages refuses none.
            let _ = put(mailbox, message, arrival);
        }
        Ok(())
    }

    /// Puts the message into all gates or into none.
    #[cold]
    fn pass_several(
        &self,
        gates: &[Gate<M>],
        message: &Arc<M>,
        may_wait: bool,
        arrival: Option<&Arrival>,
    ) -> Result<(), PublishError> {
        loop {
            let full = {
                let _alone = self
                    .several_gates
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                let mut gates_without_room = gates
                    .iter()
                    .filter(|gate| !gate.mailbox.has_room_for(arrival));
                match gates_without_room.next() {
                    None => {
                        for gate in gates {
                            // A publisher that still knows one gate only may have taken the room: a matter of one message.
                            while !put(&gate.mailbox, message, arrival) {
                                wait_for_room(&gate.mailbox, arrival);
                            }
                        }
                        return Ok(());
                    }
                    Some(full) => full,
                }
            };
            if !may_wait || full.fails {
                return Err(PublishError::Full);
            }
            wait_for_room(&full.mailbox, arrival);
        }
    }
}

impl<M: BusMessage> Topic<M> {
    /// Adds a queue. With `fails`, a publisher that finds it full gets an error.
    pub(super) fn add(&self, mailbox: &Arc<Mailbox<Arc<M>>>, fails: bool) {
        if let (Some((source, clock)), true) = (&self.origin, mailbox.merges()) {
            mailbox.expect_own(source, clock);
            let waiting: Weak<Mailbox<Arc<M>>> = Arc::downgrade(mailbox);
            clock.tell(waiting);
        }
        self.change(|receivers| {
            let overflow = mailbox.overflow();
            let mailbox = Arc::clone(mailbox);
            if overflow.holds_publisher() {
                let fails = fails || overflow == Overflow::Error;
                receivers.gates.push(Gate { mailbox, fails });
            } else {
                receivers.lossy.push(mailbox);
            }
        });
    }
}

/// Calls, and keeps a panic from going further: the message is shared and never changed, so nothing is left half done.
pub(super) fn survives(call: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(call)).is_ok()
}
