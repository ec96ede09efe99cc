//! The bus for OpenTelemetry: [`observe`] lets a meter read its counters, [`TracedBus`] makes spans of what passes it.
//!
//! Names are in `docs/metrics.md`. A bus that is neither observed nor wrapped costs what it costs without this crate.

#![forbid(unsafe_code)]

mod metrics;
mod publisher;
mod spans;
mod traced_bus;

pub use metrics::observe;
pub use publisher::TracedPublisher;
pub use traced_bus::TracedBus;
