//! Who receives what one service publishes, and how a message gets into their queues.

use std::sync::Arc;

use super::handler::Handler;
use super::mailbox::Mailbox;
use super::merged::Arrival;
use super::parcel::Parcel;
use super::publisher::Publishable;
use super::store::Room;
use crate::error::PublishError;
use crate::patience::Patience;

/// A queue that loses nothing.
pub(super) struct Gate<M> {
    pub(super) mailbox: Arc<Mailbox<Arc<M>>>,
    /// Whether a publisher gets an error rather than wait.
    pub(super) fails: bool,
}

impl<M> Clone for Gate<M> {
    fn clone(&self) -> Self {
        Self {
            mailbox: Arc::clone(&self.mailbox),
            fails: self.fails,
        }
    }
}

/// Who receives. Replaced as a whole, so that publishing takes no lock.
pub(super) struct Receivers<M> {
    pub(super) handlers: Vec<Arc<Handler<M>>>,
    /// Queues that lose messages rather than hold a publisher.
    pub(super) lossy: Vec<Arc<Mailbox<Arc<M>>>>,
    pub(super) gates: Vec<Gate<M>>,
    /// Whether one of the queues puts messages into an order.
    pub(super) merges: bool,
}

impl<M> Clone for Receivers<M> {
    fn clone(&self) -> Self {
        Self {
            handlers: self.handlers.clone(),
            lossy: self.lossy.clone(),
            gates: self.gates.clone(),
            merges: self.merges,
        }
    }
}

impl<M> Receivers<M> {
    pub(super) fn queues(&self) -> impl Iterator<Item = &Arc<Mailbox<Arc<M>>>> {
        let gates = self.gates.iter().map(|gate| &gate.mailbox);
        gates.chain(&self.lossy)
    }

    /// The queue that everything goes to as it comes, where nobody else receives.
    pub(super) fn only_queue(&self) -> Option<&Arc<Mailbox<Arc<M>>>> {
        let only = self.only().map(|only| only.mailbox);
        only.filter(|queue| queue.is_plain())
    }

    /// The queue that everything goes to, where nobody else receives and it needs to know nothing but the message.
    #[inline]
    pub(super) fn only(&self) -> Option<Only<'_, M>> {
        let (mailbox, fails) = match (self.gates.as_slice(), self.lossy.as_slice()) {
            ([gate], []) => (&gate.mailbox, gate.fails),
            ([], [mailbox]) => (mailbox, false),
            _ => return None,
        };
        (self.handlers.is_empty() && !self.merges).then_some(Only { mailbox, fails })
    }
}

/// A queue that is alone.
pub(super) struct Only<'a, M> {
    mailbox: &'a Arc<Mailbox<Arc<M>>>,
    fails: bool,
}

impl<M> Only<'_, M> {
    /// Puts the message in, itself where that can be: the publisher lets go of it, so that the receiver finds it its own.
    #[inline]
    pub(super) fn pass(
        &self,
        message: impl Publishable<M>,
        may_wait: bool,
    ) -> Result<(), PublishError> {
        while let Some(room) = self.mailbox.room_in_place() {
            match room {
                Room::Here(place) => {
                    place.fill(Parcel::of(message));
                    self.mailbox.tell_filled();
                    return Ok(());
                }
                Room::Lost => return Ok(()),
                Room::Full => self.wait(may_wait)?,
            }
        }
        let mut message = message.into();
        while let Err(back) = self.mailbox.put(message) {
            self.wait(may_wait)?;
            message = back;
        }
        Ok(())
    }

    #[cold]
    fn wait(&self, may_wait: bool) -> Result<(), PublishError> {
        if !may_wait || self.fails {
            return Err(PublishError::Full);
        }
        wait_for_room(self.mailbox, None);
        Ok(())
    }
}

#[inline]
pub(super) fn pass<M>(
    gate: &Gate<M>,
    message: &Arc<M>,
    may_wait: bool,
    arrival: Option<&Arrival>,
) -> Result<(), PublishError> {
    while !put(&gate.mailbox, message, arrival) {
        if !may_wait || gate.fails {
            return Err(PublishError::Full);
        }
        wait_for_room(&gate.mailbox, arrival);
    }
    Ok(())
}

#[inline]
pub(super) fn put<M>(
    mailbox: &Mailbox<Arc<M>>,
    message: &Arc<M>,
    arrival: Option<&Arrival>,
) -> bool {
    let message = Arc::clone(message);
    match arrival {
        None => mailbox.put(message).is_ok(),
        Some(arrival) => mailbox.put_arrived(message, arrival).is_ok(),
    }
}

#[cold]
pub(super) fn wait_for_room<M>(mailbox: &Mailbox<Arc<M>>, arrival: Option<&Arrival>) {
    mailbox.wait_for_room_for(arrival, Patience::endless());
}
