//! The other end of a bus: receiving messages of one type.

use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;

use super::mailbox::Mailbox;
use super::subject::Subject;
use super::BusMessage;
use crate::error::RecvError;
use crate::node::{Direct, Handle};
use crate::overflow::Wait;
use crate::patience::{Patience, Waited};
use crate::raw::InboundFrame;

/// How many messages a subscriber missed, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// There was no room in its queue.
    pub overflow: u64,
    /// Links did not bring them: a slow or broken connection had to drop them.
    pub link: u64,
    /// They came after what follows them in the order of publication had been given out: only where messages are merged by time.
    pub late: u64,
}

/// A queue of one type's messages, from when it was made. Dropping it ends it.
///
/// Blocking ([`recv`](Self::recv)), polling ([`try_recv`](Self::try_recv)), iterating ([`iter`](Self::iter)), or asynchronous
/// under any executor ([`recv_async`](Self::recv_async), [`Stream`]).
pub struct Subscriber<M: BusMessage> {
    mailbox: Arc<Mailbox<Arc<M>>>,
    subject: Arc<Subject<M>>,
    service: usize,
    handle: Option<Arc<Handle>>,
    /// What links had missed before this subscriber was there.
    missed_before: u64,
}

impl<M: BusMessage> Subscriber<M> {
    pub(super) fn new(
        mailbox: Arc<Mailbox<Arc<M>>>,
        subject: Arc<Subject<M>>,
        service: usize,
        handle: Option<Arc<Handle>>,
    ) -> Self {
        Self {
            missed_before: subject.missed(service),
            mailbox,
            subject,
            service,
            handle,
        }
    }

    /// The next message; waits for it.
    ///
    /// # Errors
    /// [`RecvError::Closed`], [`RecvError::Forked`].
    #[inline]
    pub fn recv(&mut self) -> Result<Arc<M>, RecvError> {
        self.recv_until(Patience::endless())
    }

    /// The next message; waits for it no longer than `timeout`.
    ///
    /// # Errors
    /// [`RecvError::TimedOut`], [`RecvError::Closed`], [`RecvError::Forked`].
    pub fn recv_timeout(&mut self, timeout: Duration) -> Result<Arc<M>, RecvError> {
        self.recv_until(Patience::lasting(timeout))
    }

    /// The next message, None where there is none now.
    ///
    /// # Errors
    /// [`RecvError::Closed`], [`RecvError::Forked`].
    #[inline]
    pub fn try_recv(&mut self) -> Result<Option<Arc<M>>, RecvError> {
        self.check()?;
        if let Some(found) = self.look() {
            return found.map(Some);
        }
        if let Some(handle) = self.handle.as_deref() {
            handle.core().drive_once();
        }
        self.look().transpose()
    }

    /// The next message, without holding a thread. Dropping the future loses nothing.
    ///
    /// # Errors
    /// [`RecvError::Closed`], [`RecvError::Forked`].
    pub async fn recv_async(&mut self) -> Result<Arc<M>, RecvError> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    /// For executors: the next message, or a wake-up once there is one.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Result<Arc<M>, RecvError>> {
        if let Err(refused) = self.check() {
            return Poll::Ready(Err(refused));
        }
        if let Some(found) = self.look() {
            return Poll::Ready(found);
        }
        self.mailbox.filled().register(context.waker());
        if let Some(handle) = self.handle.as_deref() {
            handle.core().drive_in_background();
        }
        match self.look() {
            Some(found) => Poll::Ready(found),
            None => {
                if self.mailbox.wait() == Wait::Spin {
                    // Publishers do not ring for those who never sleep.
                    context.waker().wake_by_ref();
                }
                Poll::Pending
            }
        }
    }

    /// Messages until the bus is closed.
    pub fn iter(&mut self) -> Iter<'_, M> {
        Iter { subscriber: self }
    }

    /// How many messages came out.
    pub fn received(&self) -> u64 {
        self.mailbox.received()
    }

    /// How many were missed.
    pub fn lost(&self) -> Lost {
        Lost {
            overflow: self.mailbox.lost(),
            link: self.subject.missed(self.service) - self.missed_before,
            late: self.mailbox.late(),
        }
    }

    /// How many wait to be received.
    pub fn waiting(&self) -> usize {
        self.mailbox.len()
    }

    fn recv_until(&mut self, patience: Patience<'_>) -> Result<Arc<M>, RecvError> {
        self.check()?;
        if let Some(found) = self.look() {
            return found;
        }
        loop {
            let due = self.mailbox.due();
            let ends = match due {
                None => patience.deadline,
                Some(_) => patience.deadline.into_iter().chain(due).min(),
            };
            match self.wait(Patience::until(ends), due) {
                Waited::Found(Some(found)) => return found,
                Waited::Found(None) => {}
                Waited::Interrupted => return Err(RecvError::Interrupted),
                Waited::TimedOut => {
                    if let Some(found) = self.look() {
                        return found;
                    }
                    if ends == patience.deadline {
                        return Err(RecvError::TimedOut);
                    }
                }
            }
        }
    }

    /// Waits for a message or the end; found is None where there is now another time at which to look again than `due`.
    fn wait(
        &self,
        patience: Patience<'_>,
        due: Option<Instant>,
    ) -> Waited<Option<Result<Arc<M>, RecvError>>> {
        let mailbox = &self.mailbox;
        let look = || match look(mailbox) {
            None => (mailbox.due() != due).then_some(None),
            found => Some(found),
        };
        let (filled, wait, mut patience) = (mailbox.filled(), mailbox.wait(), patience.begin());
        let Some(handle) = self.handle.as_deref() else {
            return filled.wait(wait, &mut patience, look);
        };
        let brought = Cell::new(None);
        let mut take = |_, frame: &InboundFrame<'_>| self.take_in_passing(frame, &brought);
        let direct = Direct::new(mailbox.identity(), &mut take);
        let look = || match brought.take() {
            None => look(),
            message => Some(message.map(Ok)),
        };
        let (core, direct) = (handle.core(), Some(direct));
        core.wait_with(filled, wait, &mut patience, look, direct)
    }

    /// Takes what a link has brought for this subscriber alone without the way through its queue, while that is empty. What
    /// cannot be decoded is left to those who judge links.
    fn take_in_passing(&self, frame: &InboundFrame<'_>, brought: &Cell<Option<Arc<M>>>) -> bool {
        if self.mailbox.len() != 0 || self.mailbox.is_closed() {
            return false;
        }
        let Ok(message) = M::decode(frame.body) else {
            return false;
        };
        brought.set(Some(Arc::new(message)));
        self.mailbox.count_received();
        true
    }

    /// Refuses in a forked child, to which neither the node nor what waits here belongs.
    #[inline]
    fn check(&self) -> Result<(), RecvError> {
        match self.handle.as_deref() {
            Some(handle) => handle.core().check_receiver(),
            None => Ok(()),
        }
    }

    #[inline]
    fn look(&mut self) -> Option<Result<Arc<M>, RecvError>> {
        look(&self.mailbox)
    }
}

/// A message, or the end; None where neither is there yet.
#[inline]
fn look<M>(mailbox: &Mailbox<Arc<M>>) -> Option<Result<Arc<M>, RecvError>> {
    if let Some(message) = mailbox.take() {
        mailbox.count_received();
        return Some(Ok(message));
    }
    if !mailbox.is_closed() {
        return None;
    }
    // What came before the end is still received.
    let last = mailbox.take();
    if last.is_some() {
        mailbox.count_received();
    }
    Some(last.ok_or(RecvError::Closed))
}

impl<M: BusMessage> Drop for Subscriber<M> {
    fn drop(&mut self) {
        self.mailbox.close();
        self.subject.remove_queue(&self.mailbox);
        self.subject
            .tell_links(self.handle.as_deref(), self.service);
    }
}

impl<M: BusMessage> Stream for Subscriber<M> {
    type Item = Arc<M>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Arc<M>>> {
        self.poll_recv(context).map(Result::ok)
    }
}

impl<M: BusMessage> fmt::Debug for Subscriber<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Subscriber")
            .field("message", &M::NAME)
            .field("waiting", &self.waiting())
            .field("received", &self.received())
            .field("lost", &self.lost())
            .finish_non_exhaustive()
    }
}

/// See [`Subscriber::iter`].
#[derive(Debug)]
pub struct Iter<'a, M: BusMessage> {
    subscriber: &'a mut Subscriber<M>,
}

impl<M: BusMessage> Iterator for Iter<'_, M> {
    type Item = Arc<M>;

    fn next(&mut self) -> Option<Arc<M>> {
        self.subscriber.recv().ok()
    }
}
