//! What passed, what waits and what was lost: as objects, and as text for Prometheus.
//!
//! A [`Metrics`] is a snapshot. Counters only grow while the node lives; none of them is lost with the publisher, subscriber or
//! connection that counted.

mod exposition;
mod latency;
mod prometheus;
mod snapshot;
#[cfg(test)]
mod tests;

pub use latency::{Latencies, LatencyRecorder};
pub use snapshot::{Flow, Metrics, PublisherMetrics, RouteMetrics, SubscriberMetrics};
