//! The other end of a bus: receiving messages of one type.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;

use super::mailbox::Mailbox;
use super::receive::{look, Keep, Read};
use super::subject::Subject;
use super::BusMessage;
use crate::error::RecvError;
use crate::node::Handle;
use crate::overflow::Wait;
use crate::patience::Patience;

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
/// Blocking ([`recv`](Self::recv)), polling ([`try_recv`](Self::try_recv)), iterating ([`iter`](Self::iter)), asynchronous
/// under any executor ([`recv_async`](Self::recv_async), [`Stream`]), or reading in place ([`recv_with`](Self::recv_with)).
pub struct Subscriber<M: BusMessage> {
    pub(super) mailbox: Arc<Mailbox<Arc<M>>>,
    subject: Arc<Subject<M>>,
    service: usize,
    pub(super) handle: Option<Arc<Handle>>,
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
        self.receive_until(Patience::endless(), Keep)
    }

    /// The next message; waits for it no longer than `timeout`.
    ///
    /// # Errors
    /// [`RecvError::TimedOut`], [`RecvError::Closed`], [`RecvError::Forked`].
    pub fn recv_timeout(&mut self, timeout: Duration) -> Result<Arc<M>, RecvError> {
        self.receive_until(Patience::lasting(timeout), Keep)
    }

    /// The next message, None where there is none now.
    ///
    /// # Errors
    /// [`RecvError::Closed`], [`RecvError::Forked`].
    #[inline]
    pub fn try_recv(&mut self) -> Result<Option<Arc<M>>, RecvError> {
        self.try_receive(Keep)
    }

    /// Calls `read` with the next message; waits for it.
    ///
    /// The quickest way to receive: a message of up to about a hundred bytes that nobody else gets is read where the publisher has put it,
    /// neither copied nor allocated. Until `read` returns, its place in the queue is not free.
    ///
    /// # Errors
    /// As [`recv`](Self::recv).
    #[inline]
    pub fn recv_with<R>(&mut self, read: impl FnOnce(&M) -> R) -> Result<R, RecvError> {
        self.receive_until(Patience::endless(), Read(Some(read)))
    }

    /// As [`recv_with`](Self::recv_with), and waits no longer than `timeout`.
    ///
    /// # Errors
    /// As [`recv_timeout`](Self::recv_timeout).
    pub fn recv_timeout_with<R>(
        &mut self,
        timeout: Duration,
        read: impl FnOnce(&M) -> R,
    ) -> Result<R, RecvError> {
        self.receive_until(Patience::lasting(timeout), Read(Some(read)))
    }

    /// As [`recv_with`](Self::recv_with), and never waits: None where there is no message now.
    ///
    /// # Errors
    /// As [`try_recv`](Self::try_recv).
    #[inline]
    pub fn try_recv_with<R>(&mut self, read: impl FnOnce(&M) -> R) -> Result<Option<R>, RecvError> {
        self.try_receive(Read(Some(read)))
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
        if let Some(found) = look(&self.mailbox, &mut Keep) {
            return Poll::Ready(found);
        }
        self.mailbox.filled().register(context.waker());
        if let Some(handle) = self.handle.as_deref() {
            handle.core().drive_in_background();
        }
        match look(&self.mailbox, &mut Keep) {
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
