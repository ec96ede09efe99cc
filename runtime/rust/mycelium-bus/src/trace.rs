//! The span that what is published or asked belongs to, for tracing across nodes.
//!
//! Envelopes have room for it, so it travels with requests, and with messages of which subscribers merge by time, measure latencies
//! or may lose some; other messages carry no envelope, and so no span. Callbacks and servers of other nodes run within the span
//! that came with the message, and what they publish and ask goes on with it. The crate `mycelium-opentelemetry` makes spans of
//! OpenTelemetry of this.

use std::cell::Cell;

use mycelium::frame::Envelope;

/// A span, as W3C Trace Context names it: of the trace that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpanReference {
    /// The trace, most significant byte first.
    pub trace_id: [u8; 16],
    /// The span, most significant byte first.
    pub span_id: [u8; 8],
}

thread_local! {
    static CURRENT: Cell<Option<SpanReference>> = const { Cell::new(None) };
}

impl SpanReference {
    /// The span that this thread is in; None where it is in none.
    pub fn current() -> Option<Self> {
        CURRENT.get()
    }

    /// What a message came with; None where it came with nothing.
    pub fn of(envelope: &Envelope) -> Option<Self> {
        let is_set = envelope.trace_id != [0; 16] && envelope.span_id != [0; 8];
        is_set.then_some(Self {
            trace_id: envelope.trace_id,
            span_id: envelope.span_id,
        })
    }
}

/// Calls within a span, or within none: what is published and asked meanwhile, in this thread, carries it.
pub fn within<R>(span: Option<SpanReference>, call: impl FnOnce() -> R) -> R {
    /// Also where the call panics.
    struct Back(Option<SpanReference>);

    impl Drop for Back {
        fn drop(&mut self) {
            CURRENT.set(self.0);
        }
    }

    let _back = Back(CURRENT.replace(span));
    call()
}

/// An envelope with the span that this thread is in.
pub(crate) fn marked(envelope: Envelope) -> Envelope {
    match SpanReference::current() {
        None => envelope,
        Some(span) => Envelope {
            trace_id: span.trace_id,
            span_id: span.span_id,
            ..envelope
        },
    }
}
