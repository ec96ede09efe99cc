//! Answering services of other nodes.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use mycelium::control::RequestRefused;
use mycelium::{DecodeError, EncodeError, Message, MessageInformation};

use super::core::NodeCore;
use super::frame_buffer::FrameBuffer;
use super::link::Link;
use super::receiver::{Delivered, FrameReceiver, Want};
use super::service::Service;
use crate::error::PublishError;
use crate::handshake::{cut, frame_of, Manner};
use crate::local::{Bell, BusMessage, Server};
use crate::overflow::Wait;
use crate::patience::Patience;
use crate::raw::{InboundFrame, Purpose, ReplyTo};
use crate::trace::{within, SpanReference};

/// How long an answer waits for the word that it is expected: 20 times 5 ms.
const HEARING_TURNS: u32 = 20;
const HEARING_TURN: Duration = Duration::from_millis(5);

impl NodeCore {
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
        let envelope = self.correlated(to.correlation_id);
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
        let span = frame.envelope.as_ref().and_then(SpanReference::of);
        let call = move || {
            let serve = || within(span, || server(&message));
            let answer = catch_unwind(AssertUnwindSafe(serve))
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
