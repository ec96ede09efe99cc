//! The counters of a node as a snapshot.

use std::sync::atomic::{AtomicU64, Ordering};

use super::core::NodeCore;
use super::status::{LinkState, LinkStatus};
use crate::metrics::{Flow, Metrics, RouteMetrics};

impl NodeCore {
    pub(crate) fn metrics(&self) -> Metrics {
        let mut metrics = Metrics {
            node: self.name().to_owned(),
            ..Metrics::default()
        };
        let name_of = |service| self.service_at(service).name().to_owned();
        self.registry().count(&name_of, &mut metrics);
        let links = self.links().iter();
        metrics.routes = links.map(|link| route(link.status())).collect();
        metrics
    }
}

fn route(link: LinkStatus) -> RouteMetrics {
    let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let counters = &link.counters;
    let is_connected = link.state == LinkState::Established;
    RouteMetrics {
        is_connected,
        reconnections: value(&counters.reconnects),
        sent: Flow {
            messages: value(&counters.sent),
            bytes: value(&counters.bytes_sent),
            lost: value(&counters.dropped_full) + value(&counters.dropped_disconnected),
        },
        received: Flow {
            messages: value(&counters.received),
            bytes: value(&counters.bytes_received),
            lost: value(&counters.missed),
        },
        from: link.from,
        to: link.to,
        kind: link.kind.name().to_owned(),
    }
}
