//! One type of message among the services of one process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mycelium::Message;

use super::brought::Brought;
use super::handler::Handler;
use super::mailbox::Mailbox;
use super::routes::LocalRoutes;
use super::service_clock::ServiceClock;
use super::topic::Topic;
use super::BusMessage;
use crate::node::{Handle, Outbound, Want};

pub(super) enum Receiver<M> {
    Queue(Arc<Mailbox<Arc<M>>>),
    Callback(Arc<Handler<M>>),
}

pub(super) struct Member<M> {
    pub(super) service: usize,
    pub(super) receiver: Receiver<M>,
}

/// Who receives this type, by service, and the topics made of that: one for each service that publishes, and one for each
/// that links bring messages to.
pub(crate) struct Subject<M> {
    routes: Arc<LocalRoutes>,
    state: Mutex<State<M>>,
}

pub(super) struct State<M> {
    pub(super) members: Vec<Member<M>>,
    pub(super) published_by: Vec<(usize, Arc<Topic<M>>)>,
    pub(super) brought_to: Vec<(usize, Arc<Brought<M>>)>,
    /// What subscribers that have gone received and lost, by service.
    pub(super) gone: Vec<(usize, Gone)>,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Gone {
    pub(super) received: u64,
    pub(super) overflow: u64,
    pub(super) late: u64,
}

impl<M> Subject<M> {
    pub(super) fn lock(&self) -> MutexGuard<'_, State<M>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls with each topic that this service's receivers are part of, and whether its publishers fail when full.
    fn each_topic(
        &self,
        state: &State<M>,
        names: [&str; 2],
        target: usize,
        mut each: impl FnMut(&Topic<M>, bool),
    ) {
        for (source, topic) in &state.published_by {
            if self.routes.allows(*source, target, names) {
                each(topic, self.routes.fails_when_full(*source, target));
            }
        }
        for (service, brought) in &state.brought_to {
            if *service == target {
                each(&brought.topic, false);
            }
        }
    }

    pub(super) fn remove_queue(&self, mailbox: &Arc<Mailbox<Arc<M>>>) {
        let mut state = self.lock();
        let place = state.members.iter().position(
            |member| matches!(&member.receiver, Receiver::Queue(each) if Arc::ptr_eq(each, mailbox)),
        );
        if let Some(place) = place {
            let member = state.members.remove(place);
            state.remember(&member);
        }
        state.all_topics().for_each(|topic| topic.remove(mailbox));
    }

    pub(super) fn remove_handler(&self, handler: &Arc<Handler<M>>) {
        let mut state = self.lock();
        state.members.retain(
            |member| !matches!(&member.receiver, Receiver::Callback(each) if Arc::ptr_eq(each, handler)),
        );
        state
            .all_topics()
            .for_each(|topic| topic.remove_handler(handler));
    }
}

impl<M> State<M> {
    /// What a receiver counted, which must not vanish with it.
    fn remember(&mut self, member: &Member<M>) {
        let Receiver::Queue(mailbox) = &member.receiver else {
            return;
        };
        let known = self
            .gone
            .iter()
            .position(|(each, _)| *each == member.service);
        let place = known.unwrap_or_else(|| {
            self.gone.push((member.service, Gone::default()));
            self.gone.len() - 1
        });
        if let Some((_, gone)) = self.gone.get_mut(place) {
            gone.received += mailbox.received();
            gone.overflow += mailbox.lost();
            gone.late += mailbox.late();
        }
    }

    fn all_topics(&self) -> impl Iterator<Item = &Topic<M>> {
        let published = self.published_by.iter().map(|(_, topic)| &**topic);
        let brought = self.brought_to.iter().map(|(_, brought)| &brought.topic);
        published.chain(brought)
    }

    /// Whether a receiver of this service wants the way of messages measured.
    fn measures(&self, service: usize) -> bool {
        let mut members = self.members.iter();
        members.any(|member| {
            let measures =
                matches!(&member.receiver, Receiver::Queue(mailbox) if mailbox.latency());
            member.service == service && measures
        })
    }

    /// Whether a receiver of this service needs to know when messages were published.
    fn merges(&self, service: usize) -> bool {
        let mut members = self.members.iter();
        members.any(|member| {
            let merges = matches!(&member.receiver, Receiver::Queue(mailbox) if mailbox.merges());
            member.service == service && merges
        })
    }

    /// What a service wants from links; None where nobody there receives.
    fn want_of(&self, service: usize) -> Option<Want> {
        let mut members = self
            .members
            .iter()
            .filter(|member| member.service == service)
            .peekable();
        members.peek()?;
        let is_lossy = |member: &Member<M>| match &member.receiver {
            Receiver::Queue(mailbox) => !mailbox.overflow().holds_publisher(),
            Receiver::Callback(_) => false,
        };
        Some(Want {
            is_lossy: members.all(is_lossy),
            needs_envelope: self.measures(service) || self.merges(service),
        })
    }
}

impl<M: BusMessage> Subject<M> {
    pub(super) fn new(routes: Arc<LocalRoutes>) -> Self {
        Self {
            routes,
            state: Mutex::new(State {
                members: Vec::new(),
                published_by: Vec::new(),
                brought_to: Vec::new(),
                gone: Vec::new(),
            }),
        }
    }

    /// The topic of what a service publishes.
    pub(super) fn published_by(
        &self,
        service: usize,
        name: &str,
        clock: &Arc<ServiceClock>,
        links: Option<Arc<Outbound>>,
    ) -> Arc<Topic<M>> {
        let mut state = self.lock();
        let known = state.published_by.iter().find(|(each, _)| *each == service);
        if let Some((_, topic)) = known {
            return Arc::clone(topic);
        }
        let topic = Arc::new(Topic::of_service(name, Arc::clone(clock), links));
        for member in &state.members {
            if !self.routes.allows(service, member.service, names::<M>()) {
                continue;
            }
            match &member.receiver {
                Receiver::Queue(mailbox) => {
                    topic.add(
                        mailbox,
                        self.routes.fails_when_full(service, member.service),
                    );
                }
                Receiver::Callback(handler) => topic.add_handler(handler),
            }
        }
        state.published_by.push((service, Arc::clone(&topic)));
        topic
    }

    pub(super) fn add_queue(&self, service: usize, mailbox: Arc<Mailbox<Arc<M>>>) {
        let mut state = self.lock();
        self.each_topic(&state, names::<M>(), service, |topic, fails| {
            topic.add(&mailbox, fails);
        });
        let receiver = Receiver::Queue(mailbox);
        state.members.push(Member { service, receiver });
    }

    pub(super) fn add_handler(&self, service: usize, handler: Arc<Handler<M>>) {
        let mut state = self.lock();
        self.each_topic(&state, names::<M>(), service, |topic, _| {
            topic.add_handler(&handler);
        });
        let receiver = Receiver::Callback(handler);
        state.members.push(Member { service, receiver });
    }

    /// Ends what a service publishes and receives.
    pub(super) fn close(&self, service: usize) {
        let mut state = self.lock();
        for (each, topic) in &state.published_by {
            if *each == service {
                topic.close();
            }
        }
        let (ended, stay) = std::mem::take(&mut state.members)
            .into_iter()
            .partition(|member| member.service == service);
        state.members = stay;
        let ended: Vec<Member<M>> = ended;
        for member in &ended {
            state.remember(member);
            match &member.receiver {
                Receiver::Queue(mailbox) => {
                    state.all_topics().for_each(|topic| topic.remove(mailbox));
                    mailbox.close();
                }
                Receiver::Callback(handler) => {
                    let topics = state.all_topics();
                    topics.for_each(|topic| topic.remove_handler(handler));
                }
            }
        }
        drop(state);
        // Dropped without the lock: what a callback owns may use the bus when it goes.
        drop(ended);
    }

    /// Tells a service's links whether it wants this type.
    pub(super) fn tell_links(self: &Arc<Self>, handle: Option<&Handle>, service: usize) {
        let Some(core) = handle.map(Handle::core) else {
            return;
        };
        let mut state = self.lock();
        let want = state.want_of(service);
        let known = state.brought_to.iter().find(|(each, _)| *each == service);
        let brought = match known {
            Some((_, brought)) => Arc::clone(brought),
            None if want.is_none() => return,
            None => {
                let topic = Topic::brought();
                for member in state.members.iter().filter(|each| each.service == service) {
                    match &member.receiver {
                        Receiver::Queue(mailbox) => topic.add(mailbox, false),
                        Receiver::Callback(handler) => topic.add_handler(handler),
                    }
                }
                let brought = Arc::new(Brought::new(topic, core.delivery()));
                state.brought_to.push((service, Arc::clone(&brought)));
                brought
            }
        };
        if state.measures(service) {
            brought.measure();
        }
        // Told with the lock held, so that the last word is the last state.
        core.service_at(service)
            .receive_messages(core, &M::INFORMATION, brought, want);
    }

    /// How many messages links should have brought to a service and did not.
    pub(super) fn missed(&self, service: usize) -> u64 {
        let state = self.lock();
        let known = state.brought_to.iter().find(|(each, _)| *each == service);
        known.map_or(0, |(_, brought)| brought.missed())
    }
}

fn names<M: Message>() -> [&'static str; 2] {
    [M::NAME, M::SHORT_NAME]
}
