//! Publications as spans.

use std::fmt;

use mycelium::Message;
use mycelium_bus::{PublishError, Publishable, Publisher};
use opentelemetry::trace::Tracer;

use crate::spans::{spanned, Operation};

/// A publisher whose publications are spans of kind producer.
pub struct TracedPublisher<M, T> {
    publisher: Publisher<M>,
    tracer: T,
}

impl<M: Message, T: Tracer<Span: Send + Sync + 'static>> TracedPublisher<M, T> {
    pub(crate) fn new(publisher: Publisher<M>, tracer: T) -> Self {
        Self { publisher, tracer }
    }

    /// The one that it publishes with.
    pub fn publisher(&self) -> &Publisher<M> {
        &self.publisher
    }

    /// As [`Publisher::publish`].
    ///
    /// # Errors
    /// As there.
    pub fn publish(&self, message: impl Publishable<M>) -> Result<(), PublishError> {
        let publish = || self.publisher.publish(message);
        spanned::<M, _, _>(&self.tracer, Operation::Publish, publish)
    }

    /// As [`Publisher::try_publish`].
    ///
    /// # Errors
    /// As there.
    pub fn try_publish(&self, message: impl Publishable<M>) -> Result<(), PublishError> {
        let publish = || self.publisher.try_publish(message);
        spanned::<M, _, _>(&self.tracer, Operation::Publish, publish)
    }
}

impl<M: Message, T> fmt::Debug for TracedPublisher<M, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TracedPublisher")
            .field("publisher", &self.publisher)
            .finish_non_exhaustive()
    }
}
