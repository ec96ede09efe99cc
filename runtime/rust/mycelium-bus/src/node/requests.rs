//! Asking services of other nodes, and answering them.

use std::collections::HashMap;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use mycelium::control::RequestRefused;
use mycelium::frame::Envelope;
use mycelium::{DecodeError, EncodeError, Message, MessageInformation};

use super::core::NodeCore;
use super::frame_buffer::FrameBuffer;
use super::link::Link;
use super::outbound::now;
use super::outward::Sent;
use super::receiver::{Delivered, FrameReceiver, Want};
use super::service::Service;
use super::status::LinkId;
use crate::error::{PublishError, RequestError};
use crate::handshake::{cut, frame_of, Manner};
use crate::local::{Bell, BusMessage, Server};
use crate::overflow::Wait;
use crate::patience::{Patience, Waited};
use crate::raw::{InboundFrame, Purpose, ReplyTo};

/// How long an answer waits for the word that it is expected: 20 times 5 ms.
const HEARING_TURNS: u32 = 20;
const HEARING_TURN: Duration = Duration::from_millis(5);

/// An answer, when it is there.
struct Pending {
    reply_type: u16,
    answer: Mutex<Option<Result<Vec<u8>, RequestError>>>,
    answered: Bell,
}

impl Pending {
    fn set(&self, answer: Result<Vec<u8>, RequestError>) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        self.answered.ring();
    }

    fn take(&self) -> Option<Result<Vec<u8>, RequestError>> {
        let mut answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        answer.take()
    }
}

/// The requests of this node that wait for answers.
#[derive(Default)]
pub(crate) struct Requests {
    count: AtomicU64,
    pending: Mutex<HashMap<(LinkId, u64), Arc<Pending>>>,
}

impl Requests {
    fn lock(&self) -> MutexGuard<'_, HashMap<(LinkId, u64), Arc<Pending>>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer came. One that nobody waits for any more is passed over.
    pub(crate) fn answer(&self, link: LinkId, correlation_id: u64, type_id: u16, body: &[u8]) {
        let Some(pending) = self.lock().remove(&(link, correlation_id)) else {
            return;
        };
        pending.set(match type_id == pending.reply_type {
            true => Ok(body.to_vec()),
            false => Err(RequestError::Failed(format!(
                "it answered with a message of type {type_id} instead of {}",
                pending.reply_type
            ))),
        });
    }

    pub(crate) fn refuse(&self, link: LinkId, correlation_id: u64, reason: String) {
        if let Some(pending) = self.lock().remove(&(link, correlation_id)) {
            pending.set(Err(RequestError::Failed(reason)));
        }
    }

    /// No answers will come over a link any more.
    pub(crate) fn disconnected(&self, link: LinkId, service: &str) {
        let lost = {
            let mut pending = self.lock();
            let keys: Vec<_> = pending.keys().copied().collect();
            let keys = keys.into_iter().filter(|(each, _)| *each == link);
            keys.filter_map(|key| pending.remove(&key))
                .collect::<Vec<_>>()
        };
        for pending in lost {
            let service = service.to_owned();
            pending.set(Err(RequestError::Disconnected { service }));
        }
    }

    /// No answers will come any more.
    pub(crate) fn close(&self) {
        let lost = std::mem::take(&mut *self.lock());
        for pending in lost.into_values() {
            pending.set(Err(RequestError::Closed));
        }
    }
}

impl NodeCore {
    /// The body of the answer to a request.
    pub(crate) fn request(
        &self,
        service: &Service,
        request: MessageInformation,
        body: &[u8],
        reply: MessageInformation,
        to: Option<&str>,
        patience: Patience<'_>,
    ) -> Result<Vec<u8>, RequestError> {
        self.check().map_err(|error| match error {
            PublishError::Forked => RequestError::Forked,
            _ => RequestError::Closed,
        })?;
        let no_server = || RequestError::NoServer {
            request: request.name,
            reply: reply.name,
        };
        let (Some(request_type), Some(reply_type)) = (request.type_id, reply.type_id) else {
            return Err(no_server());
        };
        service.outbound(self, &request);
        service.await_replies(self, &reply);
        let link = find_server(service, request.name, request_type, to)?.ok_or_else(no_server)?;
        let unserved = || match to {
            None => no_server(),
            Some(to) => RequestError::NotServedBy {
                request: request.name,
                service: to.to_owned(),
            },
        };
        let mut frame = FrameBuffer::of_this_thread();
        frame.body().extend_from_slice(body);
        frame
            .check_length(request_type)
            .map_err(RequestError::Invalid)?;
        let correlation_id = link.own_correlation(&self.requests().count);
        let key = (link.id(), correlation_id);
        let pending = Arc::new(Pending {
            reply_type,
            answer: Mutex::new(None),
            answered: Bell::default(),
        });
        self.requests().lock().insert(key, Arc::clone(&pending));
        let envelope = self.envelope(correlation_id);
        let bytes = frame.frame(request_type, Some(&envelope));
        let sent = link.send(self, bytes);
        drop(frame);
        if sent == Sent::Nowhere {
            // The connection ended between finding the server and asking it, which is as if it had not been found.
            self.requests().lock().remove(&key);
            return Err(unserved());
        }
        let mut patience = patience.begin();
        let look = || pending.take();
        let waited = self.wait_for(&pending.answered, Wait::Adaptive, &mut patience, look);
        self.requests().lock().remove(&key);
        match waited {
            Waited::Found(answer) => answer,
            Waited::TimedOut => Err(RequestError::TimedOut),
            Waited::Interrupted => Err(RequestError::Interrupted),
        }
    }

    fn envelope(&self, correlation_id: u64) -> Envelope {
        Envelope {
            published_at: now(),
            correlation_id,
            source: self.number(),
            ..Envelope::default()
        }
    }

    /// Tells who asked that there is no answer.
    pub(super) fn refuse(&self, link: &Link, correlation_id: u64, reason: &str) {
        let reason = cut(reason);
        let refused = RequestRefused {
            correlation_id,
            reason,
        };
        link.say(self, &frame_of(&refused));
    }

    /// Why an answer of that type cannot go, once all that the asking side said before it asked has been heard: a request through
    /// shared memory may overtake that on the socket beside it.
    fn reason_not_to_answer(&self, link: &Link, type_id: u16, name: &str) -> Option<String> {
        let mut reason = link.reason_not_to_answer(type_id, name)?;
        if link.plan.lanes.is_none() {
            return Some(reason);
        }
        let hears = Bell::default();
        for _ in 0..HEARING_TURNS {
            let mut patience = Patience::lasting(HEARING_TURN).begin();
            let look = || {
                link.reason_not_to_answer(type_id, name)
                    .is_none()
                    .then_some(())
            };
            // Drives where nobody else does; nobody rings where somebody does.
            self.wait_for(&hears, Wait::Adaptive, &mut patience, look);
            reason = link.reason_not_to_answer(type_id, name)?;
        }
        Some(reason)
    }

    /// Answers a request that came over a link.
    pub(crate) fn reply(
        &self,
        to: ReplyTo,
        answer: Result<(MessageInformation, &[u8]), &str>,
    ) -> Result<(), PublishError> {
        self.check_answer()?;
        let Some(link) = self.links().get(to.link.index()) else {
            return Ok(());
        };
        let refused = |reason: &str| self.refuse(link, to.correlation_id, reason);
        let (information, body) = match answer {
            Ok(answer) => answer,
            Err(reason) => {
                refused(reason);
                return Ok(());
            }
        };
        let service = self.service_at(link.plan.service);
        service.outbound(self, &information);
        let type_id = information.type_id.unwrap_or(0);
        if let Some(reason) = self.reason_not_to_answer(link, type_id, information.name) {
            refused(&reason);
            return Ok(());
        }
        let mut frame = FrameBuffer::of_this_thread();
        frame.body().extend_from_slice(body);
        if let Err(error) = frame.check_length(type_id) {
            refused(&error.to_string());
            return Ok(());
        }
        let envelope = self.envelope(to.correlation_id);
        link.send(self, frame.frame(type_id, Some(&envelope)));
        Ok(())
    }
}

impl Link {
    /// Why an answer of that type cannot go; None where it can.
    fn reason_not_to_answer(&self, type_id: u16, name: &str) -> Option<String> {
        let talk = self.talk();
        let wanted = talk.wanted.get(&type_id);
        if wanted.is_some_and(|manner| manner.has(Manner::REPLIES)) {
            return None;
        }
        let mismatch = talk.mismatches.get(&type_id).cloned();
        Some(mismatch.unwrap_or_else(|| {
            format!("the answer is a {name}, which the asking side does not expect")
        }))
    }
}

/// The link to the one service that serves a type, or to the one that was named.
fn find_server(
    service: &Service,
    name: &'static str,
    type_id: u16,
    to: Option<&str>,
) -> Result<Option<Arc<Link>>, RequestError> {
    let serves = |link: &&Arc<Link>| {
        // What a peer serves is known before the link can carry anything.
        if !link.is_established() {
            return false;
        }
        let talk = link.talk();
        let wanted = talk.wanted.get(&type_id);
        wanted.is_some_and(|manner| manner.has(Manner::REQUESTS))
    };
    let serving = service.links().iter().filter(serves);
    if let Some(to) = to {
        let mut named = serving.filter(|link| link.plan.to == to);
        return match named.next() {
            Some(link) => Ok(Some(Arc::clone(link))),
            None => Err(RequestError::NotServedBy {
                request: name,
                service: to.to_owned(),
            }),
        };
    }
    let serving: Vec<_> = serving.collect();
    let mut services: Vec<_> = serving.iter().map(|link| link.plan.to.clone()).collect();
    services.sort();
    services.dedup();
    match serving.first() {
        Some(link) if services.len() == 1 => Ok(Some(Arc::clone(link))),
        Some(_) => Err(RequestError::Ambiguous {
            request: name,
            services,
        }),
        None => Ok(None),
    }
}

/// Answers requests with typed messages, in the thread that delivers.
struct TypedServer<M, R>(Server<M, R>);

impl<M: BusMessage, R: BusMessage> FrameReceiver for TypedServer<M, R> {
    fn deliver(
        &self,
        core: &NodeCore,
        frame: &InboundFrame<'_>,
        retry: &Waker,
    ) -> Result<Delivered, DecodeError> {
        let delivery = core.delivery();
        if !delivery.has_room_or_wakes(retry) {
            return Ok(Delivered::Later);
        }
        let Some(to) = frame.reply_to() else {
            return Ok(Delivered::Done);
        };
        let message = M::decode(frame.body)?;
        let (server, node) = (Arc::clone(&self.0), core.weak());
        let call = move || {
            let answer = catch_unwind(AssertUnwindSafe(|| server(&message)))
                .unwrap_or_else(|_| Err("the server panicked".to_owned()))
                .and_then(|reply| encode(&reply));
            if let Some(core) = node.upgrade() {
                let answer = answer
                    .as_ref()
                    .map(|body| (R::INFORMATION, body.as_slice()));
                // A node that was closed meanwhile answers nobody.
                let _ = core.reply(to, answer.map_err(String::as_str));
            }
        };
        delivery.put(core, Box::new(call));
        Ok(Delivered::Done)
    }

    fn miss(&self, _: u64) {}
}

fn encode<R: Message>(reply: &R) -> Result<Vec<u8>, String> {
    reply
        .encode_to_vec()
        .map_err(|error: EncodeError| format!("its answer cannot be sent: {error}"))
}

impl Service {
    /// Answers requests of other nodes with that server, instead of the one before.
    pub(crate) fn serve<M: BusMessage, R: BusMessage>(
        &self,
        core: &NodeCore,
        server: Server<M, R>,
    ) {
        // The answer's version is told before the first request comes.
        self.outbound(core, &R::INFORMATION);
        let receiver: Arc<dyn FrameReceiver> = Arc::new(TypedServer(server));
        let want = Want {
            is_lossy: false,
            needs_envelope: false,
        };
        self.serve_instead(core, &M::INFORMATION, &receiver, want);
    }

    fn serve_instead(
        &self,
        core: &NodeCore,
        information: &MessageInformation,
        receiver: &Arc<dyn FrameReceiver>,
        want: Want,
    ) {
        self.change(core, information, |used| used.forget_servers());
        self.receive(core, information, Purpose::Requests, receiver, Some(want));
    }
}
