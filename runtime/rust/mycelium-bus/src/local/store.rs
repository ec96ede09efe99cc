//! Where a mailbox keeps what has not been received.

use mycelium_queue::{BoundedQueue, Vacant};

use super::latest::Latest;
use super::merged::Merged;
use super::parcel::Queued;
use crate::overflow::{Overflow, SubscriberOptions};

#[allow(
    clippy::large_enum_variant,
    reason = "lives behind one Arc; a box would cost every message one more cache line"
)]
pub(super) enum Store<T: Queued> {
    Queue(BoundedQueue<T>),
    /// A queue of what lies in it itself.
    InPlace(BoundedQueue<T::Parcel>),
    Latest(Latest<T>),
    Merged(Merged<T>),
}

impl<T: Queued> Store<T> {
    pub(super) fn new(options: &SubscriberOptions) -> Self {
        match (options.overflow, options.merge) {
            (Overflow::Latest, _) => Self::Latest(Latest::default()),
            (_, Some(lateness)) => Self::Merged(Merged::new(lateness, options.capacity)),
            _ if T::IN_PLACE => Self::InPlace(BoundedQueue::new(options.capacity)),
            _ => Self::Queue(BoundedQueue::new(options.capacity)),
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Queue(queue) => queue.len(),
            Self::InPlace(queue) => queue.len(),
            Self::Latest(latest) => latest.len(),
            Self::Merged(merged) => merged.len(),
        }
    }

    /// Whether nothing can be taken out now.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Queue(queue) => queue.is_empty(),
            Self::InPlace(queue) => queue.is_empty(),
            Self::Latest(latest) => latest.len() == 0,
            Self::Merged(merged) => !merged.is_ready(),
        }
    }

    /// Whether one more message would be taken in without loss.
    pub(super) fn has_room(&self) -> bool {
        match self {
            Self::Queue(queue) => queue.has_room(),
            Self::InPlace(queue) => queue.has_room(),
            Self::Latest(_) | Self::Merged(_) => true,
        }
    }

    /// Takes the message in, and calls `lose` for each that is lost; gives it back where there is no room and nothing may be.
    #[inline]
    pub(super) fn put(&self, message: T, overflow: Overflow, lose: impl Fn()) -> Result<(), T> {
        match self {
            Self::Queue(queue) => put_into(queue, message, overflow, lose),
            Self::InPlace(queue) => {
                put_into(queue, message.pack(), overflow, lose).map_err(T::unpack)
            }
            Self::Latest(latest) => {
                if latest.replace(message) {
                    lose();
                }
                Ok(())
            }
            // Whoever puts messages into such a queue knows where they come from.
            Self::Merged(_) => Err(message),
        }
    }

    /// Takes the message that is next.
    #[inline]
    pub(super) fn take(&self) -> Option<T> {
        match self {
            Self::Queue(queue) => queue.pop(),
            Self::InPlace(queue) => queue.pop().map(T::unpack),
            Self::Latest(latest) => latest.take(),
            Self::Merged(merged) => merged.take(),
        }
    }
}

/// Where a message goes.
pub(super) enum Room<'a, I> {
    Here(Vacant<'a, I>),
    /// Nowhere: it is lost.
    Lost,
    /// There is no room, and it must not be lost.
    Full,
}

/// Finds room in the queue, and calls `lose` for each message that is lost for it.
#[inline]
pub(super) fn find_room<I>(
    queue: &BoundedQueue<I>,
    overflow: Overflow,
    lose: impl Fn(),
) -> Room<'_, I> {
    loop {
        if let Some(vacant) = queue.vacant() {
            return Room::Here(vacant);
        }
        match overflow {
            Overflow::DropOldest => {
                if queue.evict() {
                    lose();
                }
            }
            Overflow::DropNewest => {
                lose();
                return Room::Lost;
            }
            _ => return Room::Full,
        }
    }
}

#[inline]
fn put_into<I>(
    queue: &BoundedQueue<I>,
    item: I,
    overflow: Overflow,
    lose: impl Fn(),
) -> Result<(), I> {
    match find_room(queue, overflow, lose) {
        Room::Here(vacant) => vacant.fill(item),
        Room::Lost => {}
        Room::Full => return Err(item),
    }
    Ok(())
}
