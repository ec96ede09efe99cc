//! From frames of a link to those who receive them.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;

use mycelium::frame::{Frame, HEADER_SIZE};
use mycelium::DecodeError;

use super::core::NodeCore;
use super::counters::LinkCounters;
use super::driver::Direct;
use super::fault::LinkFault;
use super::link::Link;
use super::receiver::{Delivered, FrameReceiver};
use super::service::Destinations;
use crate::raw::InboundFrame;

/// What the node makes of a frame that it is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offered {
    /// Done with; the next, please.
    Taken,
    /// Done with; no more now.
    TakenLast,
    /// Not now: the same has to be offered again next time.
    Refused,
}

/// How far the messages of a connection are.
#[derive(Default)]
pub(crate) struct Traffic {
    /// How many receivers have got the first frame, of those there were when it came.
    served: usize,
    /// The first frame was refused: it is still for those there were when it came.
    is_offered_again: bool,
    known: Option<Known>,
    /// The last sequence number of each type.
    sequences: Vec<(u16, u64)>,
}

/// Who gets frames of a type, as of so many changes.
struct Known {
    type_id: u16,
    changes: u64,
    destinations: Arc<Destinations>,
}

impl Traffic {
    /// Hands a frame over. Refused where somebody has no room; a fault where it is not what was promised.
    pub(crate) fn offer(
        &mut self,
        core: &NodeCore,
        link: &Link,
        frame: &Frame<'_>,
        size: usize,
        direct: &mut Option<Direct<'_>>,
    ) -> Result<Offered, LinkFault> {
        let inbound = InboundFrame {
            type_id: frame.type_id,
            envelope: frame.envelope,
            body: frame.body,
            link: link.id(),
        };
        let offered = self.route(core, link, &inbound, direct)?;
        self.is_offered_again = offered == Offered::Refused;
        if !self.is_offered_again {
            self.served = 0;
            count_received(link, size);
        }
        Ok(offered)
    }

    /// Hands a frame without an envelope to the one who waits for it, where nobody else gets it and nothing stands in the way;
    /// whether it was taken. If not, it has to be [offered](Self::offer).
    #[inline]
    pub(crate) fn take_plain(
        &self,
        core: &NodeCore,
        link: &Link,
        type_id: u16,
        body: &[u8],
        direct: &mut Direct<'_>,
    ) -> bool {
        let Some(known) = &self.known else {
            return false;
        };
        let changes = core.service_at(link.plan.service).changes();
        let is_known = known.type_id == type_id && known.changes == changes;
        if !is_known || self.is_offered_again || link.barred.has(type_id) {
            return false;
        }
        let [only] = known.destinations.messages.as_slice() else {
            return false;
        };
        let frame = InboundFrame {
            type_id,
            envelope: None,
            body,
            link: link.id(),
        };
        let is_taken = direct.offer(only, &frame);
        if is_taken {
            count_received(link, HEADER_SIZE + body.len());
        }
        is_taken
    }

    /// Who gets frames of a type now, looked up again only after a change.
    #[inline]
    fn known(&mut self, core: &NodeCore, link: &Link, type_id: u16) -> Known {
        let service = core.service_at(link.plan.service);
        let changes = service.changes();
        if let Some(known) = self.known.take() {
            if self.is_offered_again || (known.type_id == type_id && known.changes == changes) {
                return known;
            }
        }
        Known {
            type_id,
            changes,
            destinations: service.destinations(type_id).unwrap_or_default(),
        }
    }

    fn route(
        &mut self,
        core: &NodeCore,
        link: &Link,
        frame: &InboundFrame<'_>,
        direct: &mut Option<Direct<'_>>,
    ) -> Result<Offered, DecodeError> {
        let correlation_id = frame.envelope.map_or(0, |envelope| envelope.correlation_id);
        if link.barred.has(frame.type_id) {
            pass_over(core, link, correlation_id);
            return Ok(Offered::Taken);
        }
        if correlation_id != 0 && link.is_reply(correlation_id) {
            core.requests()
                .answer(link.id(), correlation_id, frame.type_id, frame.body);
            return Ok(Offered::Taken);
        }
        let known = self.known(core, link, frame.type_id);
        let offered = match correlation_id {
            0 => self.publish(core, link, frame, &known.destinations, direct),
            _ => ask(core, link, frame, &known.destinations, direct),
        };
        self.known = Some(known);
        offered
    }

    /// Hands a published frame to all who receive it.
    #[inline]
    fn publish(
        &mut self,
        core: &NodeCore,
        link: &Link,
        frame: &InboundFrame<'_>,
        destinations: &Destinations,
        direct: &mut Option<Direct<'_>>,
    ) -> Result<Offered, DecodeError> {
        let receivers = destinations.messages.as_slice();
        if self.served == 0 && !receivers.is_empty() {
            self.count_gap(link, frame, receivers);
        }
        match receivers {
            [] => {
                LinkCounters::add(&link.counters().dropped_unwanted, 1);
                Ok(Offered::Taken)
            }
            [one] => hand_over(core, one, frame, direct),
            several => {
                while let Some(receiver) = several.get(self.served) {
                    if hand_over(core, receiver, frame, &mut None)? == Offered::Refused {
                        return Ok(Offered::Refused);
                    }
                    self.served += 1;
                }
                Ok(Offered::Taken)
            }
        }
    }

    /// Tells receivers how many messages are missing before this one.
    fn count_gap(
        &mut self,
        link: &Link,
        frame: &InboundFrame<'_>,
        receivers: &[Arc<dyn FrameReceiver>],
    ) {
        let Some(sequence) = frame.envelope.map(|envelope| envelope.sequence) else {
            return;
        };
        let known = self
            .sequences
            .iter_mut()
            .find(|(type_id, _)| *type_id == frame.type_id);
        let last = match known {
            Some((_, last)) => std::mem::replace(last, sequence),
            None => {
                self.sequences.push((frame.type_id, sequence));
                0
            }
        };
        // A number that is not greater is the start of another count.
        let missing = sequence.saturating_sub(last).saturating_sub(1);
        if missing != 0 && last < sequence {
            LinkCounters::add(&link.counters().missed, missing);
            receivers.iter().for_each(|receiver| receiver.miss(missing));
        }
    }
}

#[inline]
fn count_received(link: &Link, size: usize) {
    LinkCounters::add_alone(&link.counters().received, 1);
    LinkCounters::add_alone(&link.counters().bytes_received, size as u64);
}

/// Hands a request to the one who answers such.
fn ask(
    core: &NodeCore,
    link: &Link,
    frame: &InboundFrame<'_>,
    destinations: &Destinations,
    direct: &mut Option<Direct<'_>>,
) -> Result<Offered, DecodeError> {
    let Some(server) = &destinations.requests else {
        let correlation_id = frame.envelope.map_or(0, |envelope| envelope.correlation_id);
        let reason = format!("service `{}` does not answer this", link.plan.from);
        core.refuse(link, correlation_id, &reason);
        return Ok(Offered::Taken);
    };
    hand_over(core, server, frame, direct)
}

/// What the two sides have not agreed on reaches nobody; whoever asked, or waits for an answer, is told.
#[cold]
fn pass_over(core: &NodeCore, link: &Link, correlation_id: u64) {
    LinkCounters::add(&link.counters().dropped_unwanted, 1);
    let reason = "the two sides have not agreed on the type of this message";
    if correlation_id == 0 {
        return;
    }
    match link.is_reply(correlation_id) {
        true => core
            .requests()
            .refuse(link.id(), correlation_id, reason.to_owned()),
        false => core.refuse(link, correlation_id, reason),
    }
}

fn hand_over(
    core: &NodeCore,
    receiver: &Arc<dyn FrameReceiver>,
    frame: &InboundFrame<'_>,
    direct: &mut Option<Direct<'_>>,
) -> Result<Offered, DecodeError> {
    // Who has taken one does not look again before the turn ends: what else comes in it waits in the queue.
    if let Some(direct) = direct.as_mut().filter(|direct| !direct.has_taken) {
        if direct.offer(receiver, frame) {
            return Ok(Offered::TakenLast);
        }
    }
    let nudger = core.nudger();
    // A panic of who converts is its own affair; the frame is gone.
    match catch_unwind(AssertUnwindSafe(|| receiver.deliver(core, frame, nudger))) {
        Ok(Ok(Delivered::Done)) | Err(_) => Ok(Offered::Taken),
        Ok(Ok(Delivered::Later)) => Ok(Offered::Refused),
        Ok(Err(error)) => Err(error),
    }
}
