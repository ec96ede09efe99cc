//! Spans by the semantic conventions for messaging.

use std::fmt::Display;

use mycelium::Message;
use mycelium_bus::trace::{within, SpanReference};
use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
};
use opentelemetry::{Context, KeyValue};

/// What happens to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Publish,
    Process,
    Request,
    Serve,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Process => "process",
            Self::Request => "request",
            Self::Serve => "serve",
        }
    }

    fn kind_of_operation(self) -> &'static str {
        match self {
            Self::Publish | Self::Request => "send",
            Self::Process | Self::Serve => "process",
        }
    }

    fn span_kind(self) -> SpanKind {
        match self {
            Self::Publish => SpanKind::Producer,
            Self::Process => SpanKind::Consumer,
            Self::Request => SpanKind::Client,
            Self::Serve => SpanKind::Server,
        }
    }
}

/// Calls within a span of an operation on a message; an error is told by the span, and given back.
pub(crate) fn spanned<M: Message, R, E: Display>(
    tracer: &impl Tracer<Span: Send + Sync + 'static>,
    operation: Operation,
    call: impl FnOnce() -> Result<R, E>,
) -> Result<R, E> {
    let destination = M::TOPIC.unwrap_or(M::NAME);
    let span = tracer
        .span_builder(format!("{} {destination}", operation.name()))
        .with_kind(operation.span_kind())
        .with_attributes([
            KeyValue::new("messaging.system", "mycelium"),
            KeyValue::new("messaging.operation.name", operation.name()),
            KeyValue::new("messaging.operation.type", operation.kind_of_operation()),
            KeyValue::new("messaging.destination.name", destination),
            KeyValue::new("mycelium.message", M::NAME),
        ])
        .start_with_context(tracer, &parent());
    let context = Context::current_with_span(span);
    let reference = reference_of(context.span().span_context());
    let _attached = context.clone().attach();
    let done = within(reference, call);
    if let Err(error) = &done {
        context
            .span()
            .set_attribute(KeyValue::new("error.type", std::any::type_name::<E>()));
        context.span().set_status(Status::error(error.to_string()));
    }
    done
}

/// The span that this thread is in, else the one that the message at hand came with.
fn parent() -> Context {
    let current = Context::current();
    if current.has_active_span() {
        return current;
    }
    match SpanReference::current() {
        None => current,
        Some(span) => current.with_remote_span_context(SpanContext::new(
            TraceId::from_bytes(span.trace_id),
            SpanId::from_bytes(span.span_id),
            // Others do not travel.
            TraceFlags::SAMPLED,
            true,
            TraceState::default(),
        )),
    }
}

fn reference_of(span: &SpanContext) -> Option<SpanReference> {
    (span.is_valid() && span.is_sampled()).then(|| SpanReference {
        trace_id: span.trace_id().to_bytes(),
        span_id: span.span_id().to_bytes(),
    })
}
