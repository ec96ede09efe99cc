//! A bus whose traffic is spans.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use mycelium_bus::{BusMessage, MessageBus, RequestError, Subscription};
use opentelemetry::trace::Tracer;

use crate::publisher::TracedPublisher;
use crate::spans::{spanned, Operation};

/// A bus whose publications, callbacks, requests and answers are spans; those of the bus itself stay as fast as they are.
///
/// A span is the parent of what it brings about: within a process always, between nodes where the message carries an
/// envelope, as requests do ([`mycelium_bus::trace`]).
#[derive(Clone)]
pub struct TracedBus<T> {
    bus: MessageBus,
    tracer: T,
}

impl<T> TracedBus<T>
where
    T: Tracer<Span: Send + Sync + 'static> + Clone + Send + Sync + 'static,
{
    /// One whose spans this tracer makes.
    pub fn new(bus: MessageBus, tracer: T) -> Self {
        Self { bus, tracer }
    }

    /// The bus itself.
    pub fn bus(&self) -> &MessageBus {
        &self.bus
    }

    /// As [`MessageBus::publisher`]; each publication is a span of kind producer.
    pub fn publisher<M: BusMessage>(&self) -> TracedPublisher<M, T> {
        TracedPublisher::new(self.bus.publisher(), self.tracer.clone())
    }

    /// As [`MessageBus::subscribe`]; each call is a span of kind consumer.
    pub fn subscribe<M: BusMessage>(
        &self,
        callback: impl Fn(&Arc<M>) + Send + Sync + 'static,
    ) -> Subscription<M> {
        let tracer = self.tracer.clone();
        self.bus.subscribe(move |message: &Arc<M>| {
            let call = || {
                callback(message);
                Ok::<(), Infallible>(())
            };
            let _ = spanned::<M, _, _>(&tracer, Operation::Process, call);
        })
    }

    /// As [`MessageBus::serve`]; each request is a span of kind server.
    pub fn serve<M: BusMessage, R: BusMessage>(
        &self,
        handler: impl Fn(&M) -> Result<R, String> + Send + Sync + 'static,
    ) {
        let tracer = self.tracer.clone();
        self.bus.serve(move |message: &M| {
            spanned::<M, _, _>(&tracer, Operation::Serve, || handler(message))
        });
    }

    /// As [`MessageBus::request_to`], a span of kind client.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub fn request_to<M: BusMessage, R: BusMessage>(
        &self,
        message: &M,
        to: Option<&str>,
        timeout: Option<Duration>,
    ) -> Result<R, RequestError> {
        let ask = || self.bus.request_to(message, to, timeout);
        spanned::<M, _, _>(&self.tracer, Operation::Request, ask)
    }
}

impl<T> fmt::Debug for TracedBus<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TracedBus")
            .field("bus", &self.bus)
            .finish_non_exhaustive()
    }
}
