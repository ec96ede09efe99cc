//! Routes within one thread that are known when the program is compiled: publishing is a call.

mod define;
mod queue;

pub use queue::StaticQueue;

use crate::error::PublishError;
use crate::local::{BusMessage, MessageBus};

/// Does something with messages of type `M`, and may publish others to `Bus`.
///
/// A handler that asks of its bus only what it publishes, as in `impl<B: Publish<Order>> Handle<Quote, B> for Strategy`, works
/// the same in a [`static_bus!`](crate::static_bus) and, in a loop over a [`Subscriber`](crate::Subscriber), on a
/// [`MessageBus`].
pub trait Handle<M, Bus> {
    /// Called with each message, in the order of publication.
    fn handle(&mut self, message: &M, bus: &mut Bus);
}

/// Takes messages of type `M`.
pub trait Publish<M> {
    /// Publishes a message to all who handle it.
    ///
    /// # Errors
    /// [`PublishError::Full`] where there is no room for it, and those of [`Publisher::publish`](crate::Publisher::publish) on a
    /// [`MessageBus`].
    fn publish(&mut self, message: M) -> Result<(), PublishError>;
}

/// Looks for the topic each time; a loop that publishes much keeps a [`Publisher`](crate::Publisher).
impl<M: BusMessage> Publish<M> for MessageBus {
    fn publish(&mut self, message: M) -> Result<(), PublishError> {
        self.publisher().publish(message)
    }
}
