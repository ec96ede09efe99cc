//! What one service sends of one type, and over which links.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use mycelium::frame::Envelope;

use super::core::NodeCore;
use super::frame_buffer::FrameBuffer;
use super::link::Link;
use super::outward::{Outward, Sent};
use crate::error::PublishError;
use crate::local::ServiceClock;
use crate::overflow::Wait;
use crate::patience::{Patience, Waited};
use crate::trace::marked;

/// A link whose peer wants a type.
pub(crate) struct Wanted {
    pub(crate) link: Arc<Link>,
    /// The sender drops rather than waits.
    pub(crate) is_lossy: bool,
    pub(crate) has_envelope: bool,
    /// How many messages of the type went over this connection, dropped ones included. Written with the link's outward half
    /// locked.
    pub(crate) sequence: AtomicU64,
}

/// One type of message of one service, as it leaves its node.
pub(crate) struct Outbound {
    type_id: u16,
    /// That of the service.
    clock: Arc<ServiceClock>,
    wanted: ArcSwap<Vec<Arc<Wanted>>>,
    /// Whether there is anybody in it, for those who need to know no more.
    is_wanted: AtomicBool,
    /// The one that is in it, where it is one: for those who send over no other. Locked before the link's outward half, and
    /// while any of the three changes.
    only: Mutex<Option<Arc<Wanted>>>,
}

impl Outbound {
    pub(crate) fn new(type_id: u16, clock: Arc<ServiceClock>) -> Self {
        Self {
            type_id,
            clock,
            wanted: ArcSwap::default(),
            is_wanted: AtomicBool::new(false),
            only: Mutex::new(None),
        }
    }

    /// Whether any link wants it.
    #[inline]
    pub(crate) fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::Acquire)
    }

    /// The services at the other ends of links that want it.
    pub(crate) fn wanted_by(&self) -> Vec<String> {
        let wanted = self.wanted.load();
        wanted
            .iter()
            .map(|each| each.link.plan.to.clone())
            .collect()
    }

    /// From now on sends over this link, or no more.
    pub(crate) fn change(&self, link: &Arc<Link>, wanted: Option<Arc<Wanted>>) {
        let mut only = self.only();
        let before = self.wanted.load();
        let others = before
            .iter()
            .filter(|each| !Arc::ptr_eq(&each.link, link))
            .cloned();
        let after: Vec<_> = others.chain(wanted).collect();
        let is_wanted = !after.is_empty();
        *only = match after.as_slice() {
            [one] => Some(Arc::clone(one)),
            _ => None,
        };
        self.wanted.store(Arc::new(after));
        self.is_wanted.store(is_wanted, Ordering::Release);
    }

    /// Returns once all links that lose nothing have room for a frame of that size. Without patience, or where a route says
    /// so, it does not wait.
    pub(crate) fn await_room(
        &self,
        core: &NodeCore,
        size: usize,
        patience: Option<Patience<'_>>,
    ) -> Result<(), PublishError> {
        let full = self.full_link(size);
        let Some((full, may_wait)) = full else {
            return Ok(());
        };
        let Some(patience) = patience.filter(|_| may_wait) else {
            return Err(PublishError::Full);
        };
        self.wait_for_room(core, full, size, patience)
    }

    #[cold]
    fn wait_for_room(
        &self,
        core: &NodeCore,
        first: Arc<Link>,
        size: usize,
        patience: Patience<'_>,
    ) -> Result<(), PublishError> {
        let mut patience = patience.begin();
        let mut full = first;
        loop {
            let look = || (full.has_room(size) || core.is_closed()).then_some(());
            match core.wait_for(full.room(), Wait::Adaptive, &mut patience, look) {
                Waited::Found(()) => {}
                Waited::TimedOut => return Err(PublishError::Full),
                Waited::Interrupted => return Err(PublishError::Interrupted),
            }
            core.check()?;
            match self.full_link(size) {
                None => return Ok(()),
                Some((_, false)) => return Err(PublishError::Full),
                Some((link, true)) => full = link,
            }
        }
    }

    /// A link without room, and whether its route lets a publisher wait.
    fn full_link(&self, size: usize) -> Option<(Arc<Link>, bool)> {
        let wanted = self.wanted.load();
        let full = wanted
            .iter()
            .find(|each| !each.is_lossy && !each.link.has_room(size))?;
        Some((Arc::clone(&full.link), !full.link.fails_when_full()))
    }

    /// Sends over all links. Where room that was there has vanished, the frame still goes: a matter of one message for each
    /// thread that publishes.
    pub(crate) fn send(&self, core: &NodeCore, frame: &mut FrameBuffer) {
        for wanted in self.wanted.load().iter() {
            wanted.send(core, self, frame);
        }
    }

    /// Sends where one link wants it and has room, looked for and taken under one lock; false where nothing was sent.
    #[inline]
    pub(crate) fn send_to_only(&self, core: &NodeCore, frame: &mut FrameBuffer) -> bool {
        match &*self.only() {
            Some(only) => only.send_if_room(core, self, frame),
            None => false,
        }
    }

    fn only(&self) -> MutexGuard<'_, Option<Arc<Wanted>>> {
        self.only.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn publish_body(
        &self,
        core: &NodeCore,
        body: &[u8],
        patience: Option<Patience<'_>>,
    ) -> Result<(), PublishError> {
        core.check()?;
        if !self.is_wanted() {
            return Ok(());
        }
        let mut frame = FrameBuffer::of_this_thread();
        frame.body().extend_from_slice(body);
        frame
            .check_length(self.type_id)
            .map_err(PublishError::Invalid)?;
        if self.send_to_only(core, &mut frame) {
            return Ok(());
        }
        self.await_room(core, frame.len(), patience)?;
        self.send(core, &mut frame);
        Ok(())
    }
}

impl Wanted {
    /// Sends where there is room, looked for and taken under one lock; false where a sender has to wait.
    #[inline]
    fn send_if_room(&self, core: &NodeCore, outbound: &Outbound, frame: &mut FrameBuffer) -> bool {
        let outward = self.link.outward();
        self.send_by(core, outward, outbound, frame, |outward, bytes| {
            let sent = outward.send_if_room(outbound.type_id, self.has_envelope, bytes);
            (self.is_lossy || sent != Sent::Full).then_some(sent)
        })
    }

    fn send(&self, core: &NodeCore, outbound: &Outbound, frame: &mut FrameBuffer) {
        if self.is_lossy {
            self.send_if_room(core, outbound, frame);
            return;
        }
        let outward = self.link.outward();
        self.send_by(core, outward, outbound, frame, |outward, bytes| {
            Some(outward.send(bytes))
        });
    }

    /// Numbers the frame and has it sent; false where it was not, and has no number. The link's lock makes the numbers follow the
    /// order of the frames.
    #[inline]
    fn send_by(
        &self,
        core: &NodeCore,
        mut outward: MutexGuard<'_, Outward>,
        outbound: &Outbound,
        frame: &mut FrameBuffer,
        send: impl FnOnce(&mut Outward, &[u8]) -> Option<Sent>,
    ) -> bool {
        let sequence = self.sequence.load(Ordering::Relaxed) + 1;
        let envelope = self.has_envelope.then(|| {
            marked(Envelope {
                sequence,
                published_at: outbound.clock.now(),
                source: core.number(),
                ..Envelope::default()
            })
        });
        let bytes = frame.frame(outbound.type_id, envelope.as_ref());
        let Some(sent) = send(&mut outward, bytes) else {
            return false;
        };
        self.sequence.store(sequence, Ordering::Relaxed);
        self.link.after_send(core, outward, bytes.len(), sent);
        true
    }
}

/// Nanoseconds since 1970-01-01 UTC.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    })
}
