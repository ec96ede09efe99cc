//! What is behind an inbox: one queue, and the receivers that put frames into it.

use std::cell::Cell;
use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Wake, Waker};

use mycelium::{DecodeError, MessageInformation};
use mycelium_lane::{Doorbell, EventBell};

use super::core::{Closes, Handle, NodeCore};
use super::driver::Direct;
use super::receiver::{Delivered, FrameReceiver, Want};
use super::service::Service;
use crate::error::{PublishError, RecvError};
use crate::local::{Lost, Mailbox};
use crate::overflow::SubscriberOptions;
use crate::patience::{Patience, Waited};
use crate::raw::{InboundFrame, Purpose, Taken};

type Convert<T> = Box<dyn Fn(&InboundFrame<'_>) -> T + Send + Sync>;

/// Makes items of the frames of one type.
struct Converter<T> {
    inbox: Weak<InboxCore<T>>,
    key: u32,
    convert: Convert<T>,
    /// What was made of a frame for which a local item then took the room: it is the next to go in.
    made: Mutex<Option<T>>,
}

pub(crate) struct InboxCore<T> {
    handle: Arc<Handle>,
    service: Arc<Service>,
    mailbox: Mailbox<(u32, T)>,
    missed: AtomicU64,
    received: AtomicU64,
    converters: Mutex<Vec<(u16, Arc<dyn FrameReceiver>)>>,
    alarm: OnceLock<Waker>,
    watched: OnceLock<Arc<Alarm>>,
    is_lossy: bool,
}

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
            mailbox: Mailbox::new(SubscriberOptions {
                merge: None,
                ..options
            })
            .ringing(),
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
            needs_envelope: false,
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

    pub(crate) fn wait_for_room(&self, patience: Patience<'_>) -> Result<(), PublishError> {
        match self.mailbox.wait_for_room(patience) {
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

    pub(crate) fn recv_with<R>(
        &self,
        patience: Patience<'_>,
        direct: impl FnMut(u32, &InboundFrame<'_>) -> R,
    ) -> Result<Taken<T, R>, RecvError> {
        if let Some(found) = self.look() {
            return found;
        }
        let core = self.handle.core();
        core.check_receiver()?;
        let made = Cell::new(None);
        let mut take = self.direct(&made, direct);
        let look = || {
            self.look()
                .or_else(|| Some(Ok(Taken::Direct(made.take()?))))
        };
        let direct = Direct::new(self.identity(), &mut take);
        let waited = core.wait_with(
            self.mailbox.filled(),
            self.mailbox.wait(),
            &mut patience.begin(),
            look,
            Some(direct),
        );
        match waited {
            Waited::Found(found) => found,
            Waited::TimedOut => Err(RecvError::TimedOut),
            Waited::Interrupted => Err(RecvError::Interrupted),
        }
    }

    pub(crate) fn spin<R>(
        &self,
        polls: u32,
        direct: impl FnMut(u32, &InboundFrame<'_>) -> R,
    ) -> Result<Option<Taken<T, R>>, RecvError> {
        if let Some(found) = self.look() {
            return found.map(Some);
        }
        let core = self.handle.core();
        core.check_receiver()?;
        let made = Cell::new(None);
        let mut take = self.direct(&made, direct);
        let look = || {
            self.look()
                .or_else(|| Some(Ok(Taken::Direct(made.take()?))))
        };
        let direct = Direct::new(self.identity(), &mut take);
        core.spin(polls, look, Some(direct)).transpose()
    }

    /// Where the driver puts what the caller makes of a frame: looked at first, because it was the last to come while the
    /// queue was empty.
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
            made.set(Some(direct(key, frame)));
            true
        }
    }

    /// Tells this inbox from all others that live.
    fn identity(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    pub(crate) fn lost(&self) -> Lost {
        Lost {
            overflow: self.mailbox.lost(),
            link: self.missed.load(Ordering::Relaxed),
            late: 0,
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
        if self.mailbox.len() != 0 || self.mailbox.is_closed() {
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

impl<T: Send> FrameReceiver for Converter<T> {
    fn deliver(
        &self,
        _: &NodeCore,
        frame: &InboundFrame<'_>,
        retry: &Waker,
    ) -> Result<Delivered, DecodeError> {
        let Some(inbox) = self.inbox.upgrade() else {
            return Ok(Delivered::Done);
        };
        let mailbox = &inbox.mailbox;
        if !has_room(mailbox, retry) {
            return Ok(Delivered::Later);
        }
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let item = made.take().unwrap_or_else(|| (self.convert)(frame));
        match mailbox.put((self.key, item)) {
            Ok(()) => Ok(Delivered::Done),
            Err((_, item)) => {
                *made = Some(item);
                // Rung at once where there is room again by now.
                if has_room(mailbox, retry) {
                    retry.wake_by_ref();
                }
                Ok(Delivered::Later)
            }
        }
    }

    fn direct(&self) -> Option<(usize, u32)> {
        let inbox = self.inbox.upgrade()?;
        Some((std::ptr::from_ref(&*inbox).addr(), self.key))
    }

    fn miss(&self, count: u64) {
        if let Some(inbox) = self.inbox.upgrade() {
            inbox.missed.fetch_add(count, Ordering::Relaxed);
        }
    }
}

/// Whether there is room; where there is none, `retry` is called when there may be.
fn has_room<T>(mailbox: &Mailbox<T>, retry: &Waker) -> bool {
    if mailbox.has_room() || !mailbox.overflow().holds_publisher() {
        return true;
    }
    mailbox.emptied().register(retry);
    let has_room = mailbox.has_room();
    if has_room {
        mailbox.emptied().forget(retry);
    }
    has_room
}

/// Makes a descriptor readable.
struct Alarm(EventBell);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        // A bell of our own that cannot be rung has been rung so often that it is heard.
        let _ = self.0.ring();
    }
}
