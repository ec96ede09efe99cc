//! How the next message gets from a queue, or past it, to the one who receives.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

use super::bell::spin;
use super::mailbox::Mailbox;
use super::subscriber::Subscriber;
use super::BusMessage;
use crate::error::RecvError;
use crate::node::Direct;
use crate::overflow::Wait;
use crate::patience::{Patience, Waited};
use crate::raw::InboundFrame;

/// How a receiver wants its next message.
pub(super) trait Receive<M> {
    type Received;

    /// Takes it from the queue.
    fn take(&mut self, mailbox: &Mailbox<Arc<M>>) -> Option<Self::Received>;

    /// Sees whether it is there, while others may wait for this thread to drive their links: nothing of the receiver's is called.
    fn find(&mut self, mailbox: &Mailbox<Arc<M>>) -> Option<Found<M>>;

    /// Has what was found; None where that was no message.
    fn accept(&mut self, found: Found<M>) -> Option<Self::Received>;
}

/// What there is to receive.
pub(super) enum Found<M> {
    Message(Arc<M>),
    /// Something in the queue.
    Waiting,
    /// Nothing, but another time to look again.
    Due,
    End,
}

/// To keep, as long as it likes.
pub(super) struct Keep;

impl<M> Receive<M> for Keep {
    type Received = Arc<M>;

    #[inline]
    fn take(&mut self, mailbox: &Mailbox<Arc<M>>) -> Option<Arc<M>> {
        let message = mailbox.take()?;
        mailbox.count_received();
        Some(message)
    }

    #[inline]
    fn find(&mut self, mailbox: &Mailbox<Arc<M>>) -> Option<Found<M>> {
        self.take(mailbox).map(Found::Message)
    }

    #[inline]
    fn accept(&mut self, found: Found<M>) -> Option<Arc<M>> {
        match found {
            Found::Message(message) => Some(message),
            _ => None,
        }
    }
}

/// To read it, once, where it lies.
pub(super) struct Read<F>(pub(super) Option<F>);

impl<M, R, F: FnOnce(&M) -> R> Receive<M> for Read<F> {
    type Received = R;

    #[inline]
    fn take(&mut self, mailbox: &Mailbox<Arc<M>>) -> Option<R> {
        mailbox.read(&mut self.0)
    }

    #[inline]
    fn find(&mut self, mailbox: &Mailbox<Arc<M>>) -> Option<Found<M>> {
        mailbox.is_ready().then_some(Found::Waiting)
    }

    #[inline]
    fn accept(&mut self, found: Found<M>) -> Option<R> {
        match found {
            Found::Message(message) => self.0.take().map(|read| read(&message)),
            _ => None,
        }
    }
}

/// A message, or the end; None where neither is there yet.
#[inline]
pub(super) fn look<M, W: Receive<M>>(
    mailbox: &Mailbox<Arc<M>>,
    receive: &mut W,
) -> Option<Result<W::Received, RecvError>> {
    if let Some(received) = receive.take(mailbox) {
        return Some(Ok(received));
    }
    if !mailbox.is_closed() {
        return None;
    }
    // What came before the end is still received.
    Some(receive.take(mailbox).ok_or(RecvError::Closed))
}

impl<M: BusMessage> Subscriber<M> {
    #[inline]
    pub(super) fn receive_until<W: Receive<M>>(
        &mut self,
        patience: Patience<'_>,
        mut receive: W,
    ) -> Result<W::Received, RecvError> {
        self.check()?;
        if self.spins_alone() {
            // Nothing but this is between a message that follows soon and the one who receives it.
            if let Some(received) = spin(|| receive.take(&self.mailbox)) {
                return Ok(received);
            }
        }
        self.receive_later(patience, receive)
    }

    /// Whether it spins before it waits, and only publishers of this process bring messages.
    #[inline]
    fn spins_alone(&self) -> bool {
        self.handle.is_none() && self.mailbox.wait() != Wait::Block
    }

    #[inline]
    fn receive_later<W: Receive<M>>(
        &mut self,
        patience: Patience<'_>,
        mut receive: W,
    ) -> Result<W::Received, RecvError> {
        if let Some(found) = look(&self.mailbox, &mut receive) {
            return found;
        }
        loop {
            let due = self.mailbox.due();
            let ends = match due {
                None => patience.deadline,
                Some(_) => patience.deadline.into_iter().chain(due).min(),
            };
            let found = match self.wait(Patience::until(ends), due, &mut receive) {
                Waited::Found(found) => found,
                Waited::Interrupted => return Err(RecvError::Interrupted),
                Waited::TimedOut if ends == patience.deadline => {
                    return look(&self.mailbox, &mut receive).unwrap_or(Err(RecvError::TimedOut));
                }
                Waited::TimedOut => Found::Due,
            };
            if let Some(received) = receive.accept(found) {
                return Ok(received);
            }
            if let Some(found) = look(&self.mailbox, &mut receive) {
                return found;
            }
        }
    }

    /// Has the next message received, if there is one now.
    #[inline]
    pub(super) fn try_receive<W: Receive<M>>(
        &mut self,
        mut receive: W,
    ) -> Result<Option<W::Received>, RecvError> {
        self.check()?;
        if let Some(found) = look(&self.mailbox, &mut receive) {
            return found.map(Some);
        }
        if let Some(handle) = self.handle.as_deref() {
            handle.core().drive_once();
        }
        look(&self.mailbox, &mut receive).transpose()
    }

    /// Waits for a message, the end, or another time at which to look again than `due`.
    #[inline]
    fn wait<W: Receive<M>>(
        &self,
        patience: Patience<'_>,
        due: Option<Instant>,
        receive: &mut W,
    ) -> Waited<Found<M>> {
        let mailbox = &self.mailbox;
        let brought = Cell::new(None);
        let look = || {
            if let Some(message) = brought.take() {
                return Some(Found::Message(message));
            }
            let found = receive.find(mailbox);
            if found.is_some() {
                return found;
            }
            if mailbox.is_closed() {
                return Some(Found::End);
            }
            (mailbox.due() != due).then_some(Found::Due)
        };
        let (filled, wait, mut patience) = (mailbox.filled(), mailbox.wait(), patience.begin());
        let Some(handle) = self.handle.as_deref() else {
            return match self.spins_alone() {
                true => filled.wait_longer(wait, &mut patience, look),
                false => filled.wait(wait, &mut patience, look),
            };
        };
        let mut take = |_, frame: &InboundFrame<'_>| self.take_in_passing(frame, &brought);
        let direct = Direct::new(mailbox.identity(), &mut take);
        let (core, direct) = (handle.core(), Some(direct));
        core.wait_with(filled, wait, &mut patience, look, direct)
    }

    /// Takes what a link has brought for this subscriber alone without the way through its queue, while that is empty. What
    /// cannot be decoded is left to those who judge links.
    #[inline(always)]
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
    pub(super) fn check(&self) -> Result<(), RecvError> {
        match self.handle.as_deref() {
            Some(handle) => handle.core().check_receiver(),
            None => Ok(()),
        }
    }
}
