//! All counters of a node at one moment.

use super::latency::Latencies;
use crate::local::Lost;

/// All counters of a node, or of a bus without one, at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// The name of the node; empty for a bus that has none.
    pub node: String,
    /// By service and message.
    pub publishers: Vec<PublisherMetrics>,
    /// Every link between a service of this node and one of another.
    pub routes: Vec<RouteMetrics>,
    /// By service and message.
    pub subscribers: Vec<SubscriberMetrics>,
}

/// What one service published of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublisherMetrics {
    /// The service; empty for a bus without a topology.
    pub service: String,
    /// The qualified name of the message.
    pub message: String,
    /// The topic, where the message has one.
    pub topic: Option<String>,
    /// How many messages were published, to whomever.
    pub published: u64,
}

/// Messages that went one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// How many.
    pub messages: u64,
    /// Their frames, in bytes.
    pub bytes: u64,
    /// How many were lost instead: dropped by the sender for want of room, or known to be missing by the receiver.
    pub lost: u64,
}

/// What passed between two services on different nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteMetrics {
    /// The service of this node.
    pub from: String,
    /// The other one.
    pub to: String,
    /// What carries the messages: `shm`, `unix` or `tcp`.
    pub kind: String,
    /// Whether they are connected and have agreed.
    pub is_connected: bool,
    /// How often they were connected again.
    pub reconnections: u64,
    /// What this node sent.
    pub sent: Flow,
    /// What it received.
    pub received: Flow,
}

/// What the subscribers of one service received of one message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubscriberMetrics {
    /// The service; empty for a bus without a topology.
    pub service: String,
    /// The qualified name of the message.
    pub message: String,
    /// The topic, where the message has one.
    pub topic: Option<String>,
    /// How many subscribers and callbacks there are.
    pub subscribers: u64,
    /// How many messages came out of queues; callbacks are not counted, they get all there are.
    pub received: u64,
    /// How many were missed, by reason: `overflow` by all queues together, `link` by the service.
    pub lost: Lost,
    /// How many wait in queues.
    pub waiting: u64,
    /// How long they were on their way, where envelopes tell.
    pub latencies: Option<Latencies>,
}

impl Metrics {
    /// The same order every time.
    pub(crate) fn sort(&mut self) {
        self.publishers
            .sort_by(|a, b| (&a.service, &a.message).cmp(&(&b.service, &b.message)));
        self.subscribers
            .sort_by(|a, b| (&a.service, &a.message).cmp(&(&b.service, &b.message)));
    }

    /// As text for Prometheus (format 0.0.4, content type `text/plain; version=0.0.4`).
    ///
    /// Times are in seconds.
    pub fn to_prometheus(&self) -> String {
        super::prometheus::text(self)
    }
}
