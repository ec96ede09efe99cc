//! The other end of a bus: receiving messages of one type.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_core::Stream;

use crate::error::RecvError;
use crate::mailbox::Mailbox;
use crate::topic::Topic;
use mycelium::Message;

/// How many messages a subscriber missed, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// There was no room in its queue.
    pub overflow: u64,
}

/// A queue of one type's messages, from when it was made. Dropping it ends it.
///
/// Blocking ([`recv`](Self::recv)), polling ([`try_recv`](Self::try_recv)), iterating ([`iter`](Self::iter)), or asynchronous
/// under any executor ([`recv_async`](Self::recv_async), [`Stream`]).
pub struct Subscriber<M> {
    mailbox: Arc<Mailbox<M>>,
    topic: Arc<Topic<M>>,
    received: u64,
}

impl<M: Message> Subscriber<M> {
    pub(crate) fn new(mailbox: Arc<Mailbox<M>>, topic: Arc<Topic<M>>) -> Self {
        Self {
            mailbox,
            topic,
            received: 0,
        }
    }

    /// The next message; waits for it.
    ///
    /// # Errors
    /// [`RecvError::Closed`].
    #[inline]
    pub fn recv(&mut self) -> Result<Arc<M>, RecvError> {
        self.recv_until(None)
    }

    /// The next message; waits for it no longer than `timeout`.
    ///
    /// # Errors
    /// [`RecvError::TimedOut`], [`RecvError::Closed`].
    pub fn recv_timeout(&mut self, timeout: Duration) -> Result<Arc<M>, RecvError> {
        // A deadline beyond what the clock can tell is none.
        self.recv_until(Instant::now().checked_add(timeout))
    }

    /// The next message, None where there is none now.
    ///
    /// # Errors
    /// [`RecvError::Closed`].
    #[inline]
    pub fn try_recv(&mut self) -> Result<Option<Arc<M>>, RecvError> {
        self.look().transpose()
    }

    /// The next message, without holding a thread. Dropping the future loses nothing.
    ///
    /// # Errors
    /// [`RecvError::Closed`].
    pub async fn recv_async(&mut self) -> Result<Arc<M>, RecvError> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    /// For executors: the next message, or a wake-up once there is one.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Result<Arc<M>, RecvError>> {
        if let Some(found) = self.look() {
            return Poll::Ready(found);
        }
        self.mailbox.filled().register(context.waker());
        match self.look() {
            Some(found) => Poll::Ready(found),
            None => Poll::Pending,
        }
    }

    /// Messages until the bus is closed.
    pub fn iter(&mut self) -> Iter<'_, M> {
        Iter { subscriber: self }
    }

    /// How many messages came out.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// How many were missed.
    pub fn lost(&self) -> Lost {
        Lost {
            overflow: self.mailbox.lost(),
        }
    }

    /// How many wait to be received.
    pub fn waiting(&self) -> usize {
        self.mailbox.len()
    }

    fn recv_until(&mut self, deadline: Option<Instant>) -> Result<Arc<M>, RecvError> {
        if let Some(found) = self.look() {
            return found;
        }
        let (mailbox, received) = (&self.mailbox, &mut self.received);
        mailbox
            .filled()
            .wait(mailbox.wait(), deadline, || look(mailbox, received))
            .unwrap_or(Err(RecvError::TimedOut))
    }

    #[inline]
    fn look(&mut self) -> Option<Result<Arc<M>, RecvError>> {
        look(&self.mailbox, &mut self.received)
    }
}

/// A message, or the end; None where neither is there yet.
#[inline]
fn look<M>(mailbox: &Mailbox<M>, received: &mut u64) -> Option<Result<Arc<M>, RecvError>> {
    if let Some(message) = mailbox.take() {
        *received += 1;
        return Some(Ok(message));
    }
    if !mailbox.is_closed() {
        return None;
    }
    // What came before the end is still received.
    let last = mailbox.take();
    *received += u64::from(last.is_some());
    Some(last.ok_or(RecvError::Closed))
}

impl<M> Drop for Subscriber<M> {
    fn drop(&mut self) {
        self.mailbox.close();
        self.topic.remove(&self.mailbox);
    }
}

impl<M: Message> Stream for Subscriber<M> {
    type Item = Arc<M>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Arc<M>>> {
        self.poll_recv(context).map(Result::ok)
    }
}

impl<M: Message> fmt::Debug for Subscriber<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Subscriber")
            .field("message", &M::NAME)
            .field("waiting", &self.waiting())
            .field("received", &self.received)
            .field("lost", &self.lost())
            .finish_non_exhaustive()
    }
}

/// See [`Subscriber::iter`].
#[derive(Debug)]
pub struct Iter<'a, M: Message> {
    subscriber: &'a mut Subscriber<M>,
}

impl<M: Message> Iterator for Iter<'_, M> {
    type Item = Arc<M>;

    fn next(&mut self) -> Option<Arc<M>> {
        self.subscriber.recv().ok()
    }
}
