//! What is behind an inbox: one queue, and the receivers that put frames into it.

use std::cell::Cell;
use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Wake, Waker};
use std::time::Duration;

use mycelium::MessageInformation;
use mycelium_lane::{Doorbell, EventBell};

use super::converter::{Convert, Converter};
use super::core::{Closes, Handle};
use super::driver::Direct;
use super::receiver::{FrameReceiver, Want};
use super::service::Service;
use crate::error::{PublishError, RecvError};
use crate::local::{queued_as_it_is, Arrival, AwaitsTime, Lost, Mailbox, Origin};
use crate::metrics::{Latencies, LatencyRecorder};
use crate::overflow::{SubscriberOptions, Wait};
use crate::patience::{Patience, Waited};
use crate::raw::{InboundFrame, Purpose, Taken};

pub(crate) struct InboxCore<T> {
    handle: Arc<Handle>,
    service: Arc<Service>,
    pub(super) mailbox: Mailbox<(u32, T)>,
    /// How long messages were on their way, where that is measured.
    pub(super) latencies: Option<LatencyRecorder>,
    pub(super) missed: AtomicU64,
    received: AtomicU64,
    converters: Mutex<Vec<(u16, Arc<dyn FrameReceiver>)>>,
    alarm: OnceLock<Waker>,
    watched: OnceLock<Arc<Alarm>>,
    is_lossy: bool,
}

queued_as_it_is!([T](u32, T));

impl<T: Send + 'static> InboxCore<T> {
    pub(crate) fn new(
        handle: Arc<Handle>,
        service: Arc<Service>,
        options: SubscriberOptions,
    ) -> Arc<Self> {
        let core = Arc::new(Self {
            handle,
            service,
            is_lossy: !options.overflow.holds_publisher(),
            latencies: options.latency.then(LatencyRecorder::new).flatten(),
            mailbox: Mailbox::new(options).ringing(),
            missed: AtomicU64::new(0),
            received: AtomicU64::new(0),
            converters: Mutex::default(),
            alarm: OnceLock::new(),
            watched: OnceLock::new(),
        });
        let closes: Arc<dyn Closes> = Arc::<Self>::clone(&core);
        let node = core.handle.core();
        node.add_inbox(Arc::downgrade(&closes));
        if node.is_closed() {
            core.mailbox.close();
        }
        core
    }

    pub(crate) fn receive(
        self: &Arc<Self>,
        information: &MessageInformation,
        key: u32,
        purpose: Purpose,
        convert: Convert<T>,
    ) {
        let Some(type_id) = information.type_id.filter(|_| !self.mailbox.is_closed()) else {
            return;
        };
        let receiver: Arc<dyn FrameReceiver> = Arc::new(Converter {
            inbox: Arc::downgrade(self),
            key,
            convert,
            made: Mutex::new(None),
        });
        self.converters().push((type_id, Arc::clone(&receiver)));
        let want = Want {
            is_lossy: self.is_lossy,
            needs_envelope: self.mailbox.merges() || self.latencies.is_some(),
        };
        let core = self.handle.core();
        self.service
            .receive(core, information, purpose, &receiver, Some(want));
    }

    pub(crate) fn receive_no_more(&self, type_id: u16) {
        let removed: Vec<_> = {
            let mut converters = self.converters();
            let (removed, stay) = std::mem::take(&mut *converters)
                .into_iter()
                .partition(|(each, _)| *each == type_id);
            *converters = stay;
            removed
        };
        self.remove(&removed);
    }

    fn remove(&self, receivers: &[(u16, Arc<dyn FrameReceiver>)]) {
        let core = self.handle.core();
        for (type_id, receiver) in receivers {
            self.service.receive_no_more(core, *type_id, receiver);
        }
    }

    pub(crate) fn mailbox(&self) -> &Mailbox<(u32, T)> {
        &self.mailbox
    }

    /// Returns when there is room, for what that service of this process publishes.
    pub(crate) fn wait_for_room(
        &self,
        service: Option<&Service>,
        patience: Patience<'_>,
    ) -> Result<(), PublishError> {
        let own = service.map(own_arrival);
        let look = || self.mailbox.has_room_for(own.as_ref()).then_some(());
        let core = self.handle.core();
        let bell = self.mailbox.emptied();
        match core.wait_for(bell, Wait::Adaptive, &mut patience.begin(), look) {
            Waited::Found(()) => Ok(()),
            Waited::TimedOut => Err(PublishError::Full),
            Waited::Interrupted => Err(PublishError::Interrupted),
        }
    }

    /// An item, or the end.
    #[inline]
    fn look<R>(&self) -> Option<Result<Taken<T, R>, RecvError>> {
        let mut item = self.mailbox.take();
        if item.is_none() {
            if !self.mailbox.is_closed() {
                return None;
            }
            // What came before the end is still taken.
            item = self.mailbox.take();
        }
        Some(match item {
            Some((key, item)) => {
                self.received.fetch_add(1, Ordering::Relaxed);
                Ok(Taken::Item(key, item))
            }
            None => Err(RecvError::Closed),
        })
    }

    /// What was made of a frame in passing, which came while the queue was empty; then an item, or the end.
    #[inline]
    fn look_first_at<R>(&self, made: &Cell<Option<R>>) -> Option<Result<Taken<T, R>, RecvError>> {
        match made.take() {
            Some(made) => Some(Ok(Taken::Direct(made))),
            None => self.look(),
        }
    }

    pub(crate) fn recv_with<R>(
        &self,
        patience: Patience<'_>,
        direct: impl FnMut(u32, &InboundFrame<'_>) -> R,
    ) -> Result<Taken<T, R>, RecvError> {
        let core = self.handle.core();
        core.check_receiver()?;
        if let Some(found) = self.look() {
            return found;
        }
        let made = Cell::new(None);
        let mut take = self.direct(&made, direct);
        let (deadline, mut interrupt) = (patience.deadline, patience.interrupt);
        loop {
            // What is held up is looked at again when that ends.
            let due = self.mailbox.due();
            let ends = deadline.into_iter().chain(due).min();
            let look = || match self.look_first_at(&made) {
                None => (self.mailbox.due() != due).then_some(None),
                found => Some(found),
            };
            let patience = Patience {
                deadline: ends,
                interrupt: interrupt.as_mut().map(|interrupt| &mut **interrupt as _),
            };
            let waited = core.wait_with(
                self.mailbox.filled(),
                self.mailbox.wait(),
                &mut patience.begin(),
                look,
                Some(Direct::new(self.identity(), &mut take)),
            );
            match waited {
                Waited::Found(Some(found)) => return found,
                Waited::Found(None) => {}
                Waited::TimedOut if ends == deadline => return Err(RecvError::TimedOut),
                Waited::TimedOut => {}
                Waited::Interrupted => return Err(RecvError::Interrupted),
            }
        }
    }

    pub(crate) fn spin<R>(
        &self,
        time: Duration,
        direct: impl FnMut(u32, &InboundFrame<'_>) -> R,
    ) -> Result<Option<Taken<T, R>>, RecvError> {
        let core = self.handle.core();
        core.check_receiver()?;
        if let Some(found) = self.look() {
            return found.map(Some);
        }
        let made = Cell::new(None);
        let mut take = self.direct(&made, direct);
        let look = || self.look_first_at(&made);
        let direct = Direct::new(self.identity(), &mut take);
        core.spin(time, look, Some(direct)).transpose()
    }

    /// Where the driver puts what the caller makes of a frame.
    fn direct<'a, R>(
        &'a self,
        made: &'a Cell<Option<R>>,
        mut direct: impl FnMut(u32, &InboundFrame<'_>) -> R + 'a,
    ) -> impl FnMut(u32, &InboundFrame<'_>) -> bool + 'a {
        move |key, frame| {
            if self.mailbox.len() != 0 {
                return false;
            }
            self.received.fetch_add(1, Ordering::Relaxed);
            self.record(frame);
            made.set(Some(direct(key, frame)));
            true
        }
    }

    pub(crate) fn latencies(&self) -> Option<Latencies> {
        self.latencies.as_ref().map(LatencyRecorder::snapshot)
    }

    /// Messages of a service of this process may come.
    pub(crate) fn expect_own(self: &Arc<Self>, service: &Service) {
        if self.mailbox.merges() {
            self.mailbox
                .expect_own(&service.name().into(), service.clock());
            let waiting: Weak<Self> = Arc::downgrade(self);
            service.clock().tell(waiting);
        }
    }

    /// Puts in what a service of this process publishes.
    pub(crate) fn put_from(&self, service: &Service, key: u32, item: T) -> bool {
        let own = own_arrival(service);
        self.mailbox.put_arrived((key, item), &own).is_ok()
    }

    /// Whether one more item of that service would be taken in without loss.
    pub(crate) fn has_room_from(&self, service: &Service) -> bool {
        self.mailbox.has_room_for(Some(&own_arrival(service)))
    }

    /// Tells this inbox from all others that live.
    fn identity(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    pub(crate) fn lost(&self) -> Lost {
        Lost {
            overflow: self.mailbox.lost(),
            link: self.missed.load(Ordering::Relaxed),
            late: self.mailbox.late(),
        }
    }

    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    pub(crate) fn watch(&self) -> io::Result<RawFd> {
        let alarm = match self.watched.get() {
            Some(alarm) => alarm,
            None => {
                let fresh = Arc::new(Alarm(EventBell::new()?));
                let alarm = self.watched.get_or_init(|| fresh);
                let waker = Waker::from(Arc::clone(alarm));
                self.alarm.get_or_init(|| waker);
                alarm
            }
        };
        Ok(alarm.0.as_fd().as_raw_fd())
    }

    pub(crate) fn arm(&self) -> bool {
        let (Some(alarm), Some(watched)) = (self.alarm.get(), self.watched.get()) else {
            return false;
        };
        // Who arms has heard of the last time.
        let _ = watched.0.silence();
        self.mailbox.filled().register(alarm);
        if self.mailbox.is_ready() || self.mailbox.is_closed() {
            self.mailbox.filled().forget(alarm);
            return false;
        }
        self.handle.core().drive_in_background();
        true
    }
}

impl<T> InboxCore<T> {
    fn converters(&self) -> MutexGuard<'_, Vec<(u16, Arc<dyn FrameReceiver>)>> {
        self.converters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn close(&self) {
        self.mailbox.close();
        let receivers = std::mem::take(&mut *self.converters());
        let core = self.handle.core();
        for (type_id, receiver) in &receivers {
            self.service.receive_no_more(core, *type_id, receiver);
        }
    }
}

impl<T: Send> AwaitsTime for InboxCore<T> {
    fn look_again(&self) {
        self.mailbox.filled().ring();
    }
}

impl<T: Send> Closes for InboxCore<T> {
    fn close(&self) {
        self.close();
    }
}

impl<T> Drop for InboxCore<T> {
    fn drop(&mut self) {
        self.close();
    }
}

/// What a service of this process publishes now.
fn own_arrival(service: &Service) -> Arrival {
    Arrival {
        source: service.name().into(),
        origin: Origin::Here(Arc::clone(service.clock())),
    }
}

/// Makes a descriptor readable.
struct Alarm(EventBell);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        // A bell of our own that cannot be rung has been rung so often that it is heard.
        let _ = self.0.ring();
    }
}
