//! Asking services of other nodes.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mycelium::frame::Envelope;
use mycelium::MessageInformation;

use super::core::NodeCore;
use super::frame_buffer::FrameBuffer;
use super::link::Link;
use super::outbound::now;
use super::outward::Sent;
use super::service::Service;
use super::status::LinkId;
use crate::error::{PublishError, RequestError};
use crate::handshake::Manner;
use crate::local::Bell;
use crate::overflow::Wait;
use crate::patience::{Patience, Waited};
use crate::trace::marked;

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
        let unserved = || match to {
            None => no_server(),
            Some(to) => RequestError::NotServedBy {
                request: request.name,
                service: to.to_owned(),
            },
        };
        let serving = service.links_to_servers(request_type, to);
        let Some(link) = serving.first() else {
            return Err(unserved());
        };
        if serving.len() > 1 {
            let services = names_of(&serving);
            if services.len() > 1 {
                let request = request.name;
                return Err(RequestError::Ambiguous { request, services });
            }
        }
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
        if self.is_closed() {
            // Closing has ended those that were there before this one.
            self.requests().lock().remove(&key);
            return Err(RequestError::Closed);
        }
        let envelope = self.correlated(correlation_id);
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

    /// An envelope of a request, or of its answer.
    pub(super) fn correlated(&self, correlation_id: u64) -> Envelope {
        marked(Envelope {
            published_at: now(),
            correlation_id,
            source: self.number(),
            ..Envelope::default()
        })
    }
}

impl Service {
    /// The links to services of other nodes that are known to answer requests of a type, or to that one of them.
    fn links_to_servers(&self, type_id: u16, to: Option<&str>) -> Vec<Arc<Link>> {
        let serves = |link: &&Arc<Link>| {
            // What a peer serves is known before the link can carry anything.
            if !link.is_established() {
                return false;
            }
            let talk = link.talk();
            let wanted = talk.wanted.get(&type_id);
            wanted.is_some_and(|manner| manner.has(Manner::REQUESTS))
        };
        let links = self.links().iter().filter(serves);
        links
            .filter(|link| to.is_none_or(|to| link.plan.to == to))
            .cloned()
            .collect()
    }

    /// The services of other nodes that are known to answer requests of a type.
    pub(crate) fn servers_elsewhere(
        &self,
        core: &NodeCore,
        request: &MessageInformation,
    ) -> Vec<String> {
        let Some(type_id) = request.type_id else {
            return Vec::new();
        };
        // Who has not said what it sends is told by nobody whether they would take it.
        self.outbound(core, request);
        let links = self.links_to_servers(type_id, None);
        names_of(&links)
    }
}

fn names_of(links: &[Arc<Link>]) -> Vec<String> {
    let mut names: Vec<_> = links.iter().map(|link| link.plan.to.clone()).collect();
    names.sort();
    names.dedup();
    names
}
