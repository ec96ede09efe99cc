//! One service of this node: what it sends and wants, by type, and who receives that here.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use mycelium::MessageInformation;

use super::connection::FIRST_APPLICATION_TYPE;
use super::core::NodeCore;
use super::link::Link;
use super::outbound::Outbound;
use super::receiver::{FrameReceiver, Want};
use crate::local::ServiceClock;
use crate::raw::Purpose;

/// A receiver of one type.
#[derive(Clone)]
struct Registered {
    purpose: Purpose,
    want: Want,
    receiver: Arc<dyn FrameReceiver>,
}

/// What a service does with one type.
pub(super) struct TypeUse {
    information: MessageInformation,
    outbound: Arc<Outbound>,
    /// It sends such messages: publications, requests or answers.
    sends: bool,
    /// It takes them as answers.
    awaits: bool,
    receivers: Vec<Registered>,
}

/// What a service uses a type for, as links are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) information: MessageInformation,
    pub(crate) sends: bool,
    /// What is published is wanted.
    pub(crate) messages: Option<Want>,
    pub(crate) serves: bool,
    pub(crate) awaits: bool,
}

/// Who gets the frames of one type.
#[derive(Clone, Default)]
pub(crate) struct Destinations {
    pub(crate) messages: Vec<Arc<dyn FrameReceiver>>,
    pub(crate) requests: Option<Arc<dyn FrameReceiver>>,
}

/// Destinations by type, sorted.
pub(crate) type InboundTable = Vec<(u16, Arc<Destinations>)>;

pub(crate) struct Service {
    name: String,
    types: Mutex<BTreeMap<u16, TypeUse>>,
    inbound: ArcSwap<InboundTable>,
    /// Counts the changes of `inbound`.
    changes: AtomicU64,
    links: Vec<Arc<Link>>,
    clock: Arc<ServiceClock>,
}

impl Service {
    pub(crate) fn new(name: String, links: Vec<Arc<Link>>) -> Self {
        Self {
            name,
            types: Mutex::default(),
            inbound: ArcSwap::default(),
            changes: AtomicU64::new(0),
            links,
            clock: Arc::default(),
        }
    }

    /// The time at which it publishes.
    pub(crate) fn clock(&self) -> &Arc<ServiceClock> {
        &self.clock
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn links(&self) -> &[Arc<Link>] {
        &self.links
    }

    /// Who gets frames of a type.
    #[inline]
    pub(crate) fn destinations(&self, type_id: u16) -> Option<Arc<Destinations>> {
        let table = self.inbound.load();
        let place = table.binary_search_by_key(&type_id, |(each, _)| *each);
        place
            .ok()
            .and_then(|place| table.get(place))
            .map(|(_, destinations)| Arc::clone(destinations))
    }

    /// How often those who get frames have changed, the destinations with it. Asked before [them](Self::destinations), so that
    /// what is known by a number is never older than it.
    #[inline]
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Calls with each receiver of what is published.
    pub(crate) fn each_receiver(&self, each: impl FnMut(&Arc<dyn FrameReceiver>)) {
        let table = self.inbound.load();
        let destinations = table.iter().map(|(_, destinations)| destinations);
        destinations.flat_map(|to| &to.messages).for_each(each);
    }

    /// What leaves this service of a type, which from now on it sends.
    pub(crate) fn outbound(
        &self,
        core: &NodeCore,
        information: &MessageInformation,
    ) -> Arc<Outbound> {
        let mut outbound = Arc::new(Outbound::new(
            information.type_id.unwrap_or(0),
            Arc::clone(&self.clock),
        ));
        self.change(core, information, |used| {
            used.sends = true;
            outbound = Arc::clone(&used.outbound);
        });
        outbound
    }

    /// Where messages of a type go, whoever sends them.
    pub(crate) fn outbound_of(&self, type_id: u16) -> Option<Arc<Outbound>> {
        let types = self.lock();
        types.get(&type_id).map(|used| Arc::clone(&used.outbound))
    }

    /// From now on takes answers of a type.
    pub(crate) fn await_replies(&self, core: &NodeCore, information: &MessageInformation) {
        self.change(core, information, |used| used.awaits = true);
    }

    /// Adds a receiver of a type, changes what it wants, or removes it where it wants nothing more.
    pub(crate) fn receive(
        &self,
        core: &NodeCore,
        information: &MessageInformation,
        purpose: Purpose,
        receiver: &Arc<dyn FrameReceiver>,
        want: Option<Want>,
    ) {
        self.change(core, information, |used| {
            used.receivers
                .retain(|each| each.purpose != purpose || !is_same(&each.receiver, receiver));
            if let Some(want) = want {
                used.receivers.push(Registered {
                    purpose,
                    want,
                    receiver: Arc::clone(receiver),
                });
            }
        });
    }

    /// As [`receive`](Self::receive), for what is published.
    pub(crate) fn receive_messages(
        &self,
        core: &NodeCore,
        information: &MessageInformation,
        receiver: Arc<impl FrameReceiver + 'static>,
        want: Option<Want>,
    ) {
        let receiver: Arc<dyn FrameReceiver> = receiver;
        self.receive(core, information, Purpose::Messages, &receiver, want);
    }

    /// Removes whatever a receiver takes of a type.
    pub(crate) fn receive_no_more(
        &self,
        core: &NodeCore,
        type_id: u16,
        receiver: &Arc<dyn FrameReceiver>,
    ) {
        let information = self.lock().get(&type_id).map(|used| used.information);
        if let Some(information) = information {
            for purpose in [Purpose::Messages, Purpose::Requests] {
                self.receive(core, &information, purpose, receiver, None);
            }
        }
    }

    /// A message without an id, or with one of the connection's own, never leaves its process, so nothing is told of it.
    pub(super) fn change(
        &self,
        core: &NodeCore,
        information: &MessageInformation,
        change: impl FnOnce(&mut TypeUse),
    ) {
        let Some(type_id) = information
            .type_id
            .filter(|id| *id >= FIRST_APPLICATION_TYPE)
        else {
            return;
        };
        {
            let mut types = self.lock();
            let used = types.entry(type_id).or_insert_with(|| TypeUse {
                information: *information,
                outbound: Arc::new(Outbound::new(type_id, Arc::clone(&self.clock))),
                sends: false,
                awaits: false,
                receivers: Vec::new(),
            });
            let before = used.summary();
            change(used);
            let is_same_to_links = used.summary() == before;
            let table = types.iter().filter(|(_, used)| !used.receivers.is_empty());
            let table = table.map(|(type_id, used)| (*type_id, Arc::new(used.destinations())));
            self.inbound.store(Arc::new(table.collect()));
            self.changes.fetch_add(1, Ordering::Release);
            if is_same_to_links {
                return;
            }
        }
        for link in self.links() {
            link.use_changed(core, type_id);
        }
    }

    /// What links are told of a type.
    pub(crate) fn use_of(&self, type_id: u16) -> Option<Use> {
        self.lock().get(&type_id).map(TypeUse::summary)
    }

    /// What links are told of all types.
    pub(crate) fn uses(&self) -> Vec<Use> {
        self.lock().values().map(TypeUse::summary).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u16, TypeUse>> {
        self.types.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TypeUse {
    /// Removes those who answered.
    pub(super) fn forget_servers(&mut self) {
        self.receivers
            .retain(|each| each.purpose != Purpose::Requests);
    }

    fn summary(&self) -> Use {
        let of = |purpose| {
            self.receivers
                .iter()
                .filter(move |each| each.purpose == purpose)
        };
        Use {
            information: self.information,
            sends: self.sends,
            messages: of(Purpose::Messages)
                .map(|each| each.want)
                .reduce(Want::and),
            serves: of(Purpose::Requests).next().is_some(),
            awaits: self.awaits,
        }
    }

    fn destinations(&self) -> Destinations {
        let of = |purpose| {
            let receivers = self.receivers.iter();
            let receivers = receivers.filter(move |each| each.purpose == purpose);
            receivers.map(|each| Arc::clone(&each.receiver))
        };
        Destinations {
            messages: of(Purpose::Messages).collect(),
            requests: of(Purpose::Requests).next(),
        }
    }
}

/// Whether both are the same receiver, whatever their tables of functions.
fn is_same(one: &Arc<dyn FrameReceiver>, other: &Arc<dyn FrameReceiver>) -> bool {
    std::ptr::addr_eq(Arc::as_ptr(one), Arc::as_ptr(other))
}
