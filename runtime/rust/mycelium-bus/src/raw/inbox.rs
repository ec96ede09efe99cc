//! One queue for any number of message types, filled by local code and by links.

use std::fmt;
use std::io;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mycelium::MessageInformation;

use super::{InboundFrame, Purpose, RawBus};
use crate::error::{PublishError, RecvError};
use crate::local::Lost;
use crate::metrics::Latencies;
use crate::node::{Handle, InboxCore, Service};
use crate::overflow::SubscriberOptions;
use crate::patience::Patience;

/// What came out of an inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken<T, R> {
    /// An item of the queue, with its key.
    Item(u32, T),
    /// What `direct` made of a frame in place.
    Direct(R),
}

/// A bounded queue of keyed items. Clones are the same queue; any number of threads may use it. Dropping the last one
/// ends it.
pub struct Inbox<T: Send + 'static> {
    core: Arc<InboxCore<T>>,
}

impl<T: Send + 'static> Inbox<T> {
    pub(crate) fn new(
        handle: Arc<Handle>,
        service: Arc<Service>,
        options: SubscriberOptions,
    ) -> Self {
        Self {
            core: InboxCore::new(handle, service, options),
        }
    }

    /// From now on takes what links bring of this type, under `key`.
    ///
    /// `convert` makes a queued item of a frame, for as long as nobody takes frames in place. It is called by whichever thread
    /// does the node's input, so it must not wait, and must not use the bus.
    pub fn receive(
        &self,
        information: MessageInformation,
        key: u32,
        purpose: Purpose,
        convert: impl Fn(&InboundFrame<'_>) -> T + Send + Sync + 'static,
    ) {
        self.core
            .receive(&information, key, purpose, Box::new(convert));
    }

    /// Takes no more of this type from links, for any purpose. What is queued stays.
    pub fn receive_no_more(&self, type_id: u16) {
        self.core.receive_no_more(type_id);
    }

    /// Puts a local item in; false where there is no room and nothing may be lost.
    #[inline]
    pub fn put(&self, key: u32, item: T) -> bool {
        self.core.mailbox().put((key, item)).is_ok()
    }

    /// As [`put`](Self::put), of an item that a service of this process publishes: where the inbox merges, it gets the time of that
    /// service, and its place in the order.
    pub fn put_from(&self, service: &RawBus, key: u32, item: T) -> bool {
        self.core.put_from(service.core_service(), key, item)
    }

    /// As [`has_room`](Self::has_room), for items of [`put_from`](Self::put_from).
    pub fn has_room_from(&self, service: &RawBus) -> bool {
        self.core.has_room_from(service.core_service())
    }

    /// As [`wait_for_room`](Self::wait_for_room), for items of [`put_from`](Self::put_from).
    ///
    /// # Errors
    /// As there.
    pub fn wait_for_room_from(
        &self,
        service: &RawBus,
        patience: Patience<'_>,
    ) -> Result<(), PublishError> {
        self.core
            .wait_for_room(Some(service.core_service()), patience)
    }

    /// From now on a service of this process may publish what goes in here: where the inbox merges, that is waited for.
    pub fn expect(&self, service: &RawBus) {
        self.core.expect_own(service.core_service());
    }

    /// A service of this process publishes nothing more that goes in here.
    pub fn leave(&self, service: &RawBus) {
        self.core.mailbox().leave(&service.service().into());
    }

    /// When to look again at what an inbox that merges holds back, though nothing has come.
    pub fn due(&self) -> Option<Instant> {
        self.core.mailbox().due()
    }

    /// How long what came over links was on its way; None where that is not measured.
    pub fn latencies(&self) -> Option<Latencies> {
        self.core.latencies()
    }

    /// Whether one more item would be taken in without loss.
    pub fn has_room(&self) -> bool {
        self.core.mailbox().has_room()
    }

    /// Returns when there is room, or the inbox was closed.
    ///
    /// # Errors
    /// [`PublishError::Full`] where the patience ends, [`PublishError::Interrupted`].
    pub fn wait_for_room(&self, patience: Patience<'_>) -> Result<(), PublishError> {
        self.core.wait_for_room(None, patience)
    }

    /// The next item; waits for it, and does the node's input and output meanwhile.
    ///
    /// Where a frame comes that this inbox alone wants, and nothing is queued, `direct` gets it with its key, in place: it
    /// must not wait or use the bus.
    ///
    /// # Errors
    /// [`RecvError`].
    #[inline]
    pub fn recv_with<R>(
        &self,
        patience: Patience<'_>,
        direct: impl FnMut(u32, &InboundFrame<'_>) -> R,
    ) -> Result<Taken<T, R>, RecvError> {
        self.core.recv_with(patience, direct)
    }

    /// As [`recv_with`](Self::recv_with), and looks once.
    ///
    /// # Errors
    /// [`RecvError::Closed`], [`RecvError::Forked`].
    #[inline]
    pub fn try_recv_with<R>(
        &self,
        direct: impl FnMut(u32, &InboundFrame<'_>) -> R,
    ) -> Result<Option<Taken<T, R>>, RecvError> {
        self.core.spin(Duration::ZERO, direct)
    }

    /// As [`recv_with`](Self::recv_with), and looks for about `time`, without sleeping in between; once for no time.
    ///
    /// # Errors
    /// [`RecvError::Closed`], [`RecvError::Forked`].
    #[inline]
    pub fn spin<R>(
        &self,
        time: Duration,
        direct: impl FnMut(u32, &InboundFrame<'_>) -> R,
    ) -> Result<Option<Taken<T, R>>, RecvError> {
        self.core.spin(time, direct)
    }

    /// How many items were missed.
    pub fn lost(&self) -> Lost {
        self.core.lost()
    }

    /// How many items came out.
    pub fn received(&self) -> u64 {
        self.core.received()
    }

    /// How many items wait.
    pub fn len(&self) -> usize {
        self.core.mailbox().len()
    }

    /// Whether no item waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it takes nothing in any more.
    pub fn is_closed(&self) -> bool {
        self.core.mailbox().is_closed()
    }

    /// Takes nothing in any more, and wakes everybody who waits. What is queued can still be taken.
    pub fn close(&self) {
        self.core.close();
    }

    /// A descriptor that becomes readable when something came after [`arm`](Self::arm), for event loops. It is the inbox's;
    /// nobody else closes it.
    ///
    /// # Errors
    /// The system gives no more descriptors, or has none of this kind (Linux has).
    pub fn watch(&self) -> io::Result<RawFd> {
        self.core.watch()
    }

    /// Has the next item, or the end, make the descriptor of [`watch`](Self::watch) readable, once. False where something is
    /// there already, and the descriptor stays as it is.
    pub fn arm(&self) -> bool {
        self.core.arm()
    }
}

impl<T: Send + 'static> Clone for Inbox<T> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
        }
    }
}

impl<T: Send + 'static> fmt::Debug for Inbox<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Inbox")
            .field("waiting", &self.len())
            .field("received", &self.received())
            .field("lost", &self.lost())
            .finish_non_exhaustive()
    }
}
