//! What handlers publish while a message is being delivered.

use super::Publish;
use crate::error::PublishError;

/// Up to `CAPACITY` messages, first in, first out, in the memory of its owner. Part of a [`static_bus!`](crate::static_bus), and
/// what its handlers publish to.
#[derive(Debug)]
pub struct StaticQueue<E, const CAPACITY: usize> {
    messages: [Option<E>; CAPACITY],
    first: usize,
    length: usize,
}

impl<E, const CAPACITY: usize> Default for StaticQueue<E, CAPACITY> {
    fn default() -> Self {
        Self {
            messages: [const { None }; CAPACITY],
            first: 0,
            length: 0,
        }
    }
}

impl<E, const CAPACITY: usize> StaticQueue<E, CAPACITY> {
    /// Takes the message that has waited longest.
    #[inline]
    pub fn take(&mut self) -> Option<E> {
        if self.length == 0 {
            return None;
        }
        let message = self.messages.get_mut(self.first)?.take();
        self.first = (self.first + 1) % CAPACITY;
        self.length -= 1;
        message
    }
}

impl<M, E: From<M>, const CAPACITY: usize> Publish<M> for StaticQueue<E, CAPACITY> {
    #[inline]
    fn publish(&mut self, message: M) -> Result<(), PublishError> {
        if self.length == CAPACITY {
            return Err(PublishError::Full);
        }
        let last = (self.first + self.length) % CAPACITY;
        match self.messages.get_mut(last) {
            Some(place) => *place = Some(message.into()),
            None => return Err(PublishError::Full),
        }
        self.length += 1;
        Ok(())
    }
}
