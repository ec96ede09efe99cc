//! From frames that links bring to items of an inbox.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError, Weak};
use std::task::Waker;

use mycelium::DecodeError;

use super::core::NodeCore;
use super::inbox::InboxCore;
use super::receiver::{Delivered, FrameReceiver};
use crate::local::{Arrival, Mailbox, Origin, Queued};
use crate::node::now;
use crate::raw::InboundFrame;

pub(super) type Convert<T> = Box<dyn Fn(&InboundFrame<'_>) -> T + Send + Sync>;

/// Makes items of the frames of one type.
pub(super) struct Converter<T> {
    pub(super) inbox: Weak<InboxCore<T>>,
    pub(super) key: u32,
    pub(super) convert: Convert<T>,
    /// What was made of a frame for which a local item then took the room: it is the next to go in.
    pub(super) made: Mutex<Option<T>>,
}

impl<T> InboxCore<T> {
    pub(super) fn record(&self, frame: &InboundFrame<'_>) {
        if let (Some(latencies), Some(envelope)) = (&self.latencies, frame.envelope) {
            latencies.record(envelope.published_at, now());
        }
    }

    /// What is known of a message that comes, where it is put into an order.
    fn arrival(&self, core: &NodeCore, frame: &InboundFrame<'_>) -> Option<Arrival> {
        if !self.mailbox.merges() {
            return None;
        }
        let link = core.links().get(frame.link.index())?;
        // Requests and what an older peer sends have no number; they come in at once.
        let envelope = frame.envelope.unwrap_or_default();
        Some(Arrival {
            source: link.plan.to.as_str().into(),
            origin: Origin::Elsewhere(envelope.published_at, envelope.sequence),
        })
    }
}

impl<T: Send> FrameReceiver for Converter<T> {
    fn deliver(
        &self,
        core: &NodeCore,
        frame: &InboundFrame<'_>,
        retry: &Waker,
    ) -> Result<Delivered, DecodeError> {
        let Some(inbox) = self.inbox.upgrade() else {
            return Ok(Delivered::Done);
        };
        let mailbox = &inbox.mailbox;
        let arrival = inbox.arrival(core, frame);
        if !has_room(mailbox, arrival.as_ref(), retry) {
            return Ok(Delivered::Later);
        }
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let item = made.take().unwrap_or_else(|| (self.convert)(frame));
        let put = match &arrival {
            Some(arrival) => mailbox.put_arrived((self.key, item), arrival),
            None => mailbox.put((self.key, item)),
        };
        match put {
            Ok(()) => {
                inbox.record(frame);
                Ok(Delivered::Done)
            }
            Err((_, item)) => {
                *made = Some(item);
                // Rung at once where there is room again by now.
                if has_room(mailbox, arrival.as_ref(), retry) {
                    retry.wake_by_ref();
                }
                Ok(Delivered::Later)
            }
        }
    }

    fn direct(&self) -> Option<(usize, u32)> {
        let inbox = self.inbox.upgrade()?;
        // What is put into an order has to pass the queue.
        if inbox.mailbox.merges() {
            return None;
        }
        Some((std::ptr::from_ref(&*inbox).addr(), self.key))
    }

    fn expect(&self, source: &str) {
        if let Some(inbox) = self.inbox.upgrade() {
            inbox.mailbox.expect(&source.into());
        }
    }

    fn promise(&self, source: &str, time: i64) {
        if let Some(inbox) = self.inbox.upgrade() {
            inbox.mailbox.promise(&source.into(), time);
        }
    }

    fn leave(&self, source: &str) {
        if let Some(inbox) = self.inbox.upgrade() {
            inbox.mailbox.leave(&source.into());
        }
    }

    fn miss(&self, count: u64) {
        if let Some(inbox) = self.inbox.upgrade() {
            inbox.missed.fetch_add(count, Ordering::Relaxed);
        }
    }
}

/// Whether there is room; where there is none, `retry` is called when there may be.
fn has_room<T: Queued>(mailbox: &Mailbox<T>, arrival: Option<&Arrival>, retry: &Waker) -> bool {
    if mailbox.has_room_for(arrival) || !mailbox.overflow().holds_publisher() {
        return true;
    }
    mailbox.emptied().register(retry);
    let has_room = mailbox.has_room_for(arrival);
    if has_room {
        mailbox.emptied().forget(retry);
    }
    has_room
}
