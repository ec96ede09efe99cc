//! Counters as observable instruments.

use std::sync::Arc;

use mycelium_bus::metrics::{Flow, Metrics, RouteMetrics, SubscriberMetrics};
use opentelemetry::metrics::{AsyncInstrument, Meter};
use opentelemetry::KeyValue;

/// The shares of messages whose latency is told.
const QUANTILES: [f64; 4] = [0.5, 0.9, 0.99, 1.0];

type Source = Arc<dyn Fn() -> Metrics + Send + Sync>;

/// Tells each value with its attributes.
type Read<V> = fn(&Metrics, &mut dyn FnMut(V, Vec<KeyValue>));

/// The end of a name, its unit and description, and what there is to tell.
type Instrument<V> = (&'static str, &'static str, &'static str, Read<V>);

const COUNTERS: [Instrument<u64>; 7] = [
    (
        "published.messages",
        "{message}",
        "Messages published, to whomever.",
        published,
    ),
    (
        "received.messages",
        "{message}",
        "Messages that came out of subscribers.",
        |metrics, tell| {
            of_subscribers(metrics, tell, |each| each.received);
        },
    ),
    (
        "lost.messages",
        "{message}",
        "Messages that subscribers missed, by reason.",
        lost,
    ),
    (
        "route.reconnections",
        "{connection}",
        "How often the two services were connected again.",
        |metrics, tell| {
            of_routes(metrics, tell, |each| each.reconnections);
        },
    ),
    (
        "route.messages",
        "{message}",
        "Messages between two services.",
        |metrics, tell| {
            of_flows(metrics, tell, |flow| flow.messages);
        },
    ),
    (
        "route.bytes",
        "By",
        "Bytes of frames between two services.",
        |metrics, tell| {
            of_flows(metrics, tell, |flow| flow.bytes);
        },
    ),
    (
        "route.lost.messages",
        "{message}",
        "Messages lost between two services.",
        |metrics, tell| {
            of_flows(metrics, tell, |flow| flow.lost);
        },
    ),
];

const GAUGES: [Instrument<u64>; 3] = [
    (
        "waiting.messages",
        "{message}",
        "Messages in the queues of subscribers.",
        |metrics, tell| {
            of_subscribers(metrics, tell, |each| each.waiting);
        },
    ),
    (
        "subscribers",
        "{subscriber}",
        "Subscribers and callbacks.",
        |metrics, tell| {
            of_subscribers(metrics, tell, |each| each.subscribers);
        },
    ),
    (
        "route.connected",
        "1",
        "1 where the two services are connected and have agreed.",
        |metrics, tell| {
            of_routes(metrics, tell, |each| u64::from(each.is_connected));
        },
    ),
];

/// Lets a meter read all counters whenever its provider collects: `observe(&meter, move || node.metrics())`.
///
/// Several buses of one node share its counters: observe the node, once. What the closure holds lives as long as the meter's
/// provider.
pub fn observe(meter: &Meter, source: impl Fn() -> Metrics + Send + Sync + 'static) {
    let source: Source = Arc::new(source);
    for (name, unit, description, read) in COUNTERS {
        let counter = meter
            .u64_observable_counter(format!("mycelium.{name}"))
            .with_unit(unit)
            .with_description(description);
        counter.with_callback(callback(&source, read)).build();
    }
    for (name, unit, description, read) in GAUGES {
        let gauge = meter
            .u64_observable_gauge(format!("mycelium.{name}"))
            .with_unit(unit)
            .with_description(description);
        gauge.with_callback(callback(&source, read)).build();
    }
    meter
        .f64_observable_gauge("mycelium.latency")
        .with_unit("s")
        .with_description("Time from publication to receipt that a share did not exceed.")
        .with_callback(callback(&source, latencies))
        .build();
}

fn callback<V: 'static>(
    source: &Source,
    read: Read<V>,
) -> impl Fn(&dyn AsyncInstrument<V>) + Send + Sync + 'static {
    let source = Arc::clone(source);
    move |observer| {
        read(&source(), &mut |value, attributes| {
            observer.observe(value, &attributes)
        })
    }
}

fn published(metrics: &Metrics, tell: &mut dyn FnMut(u64, Vec<KeyValue>)) {
    for each in &metrics.publishers {
        let topic = each.topic.as_deref();
        tell(
            each.published,
            of_message(metrics, &each.service, &each.message, topic),
        );
    }
}

fn of_subscribers(
    metrics: &Metrics,
    tell: &mut dyn FnMut(u64, Vec<KeyValue>),
    value: fn(&SubscriberMetrics) -> u64,
) {
    for each in &metrics.subscribers {
        tell(value(each), of_subscriber(metrics, each));
    }
}

fn lost(metrics: &Metrics, tell: &mut dyn FnMut(u64, Vec<KeyValue>)) {
    for each in &metrics.subscribers {
        let lost = each.lost;
        for (reason, count) in [
            ("late", lost.late),
            ("link", lost.link),
            ("overflow", lost.overflow),
        ] {
            let mut attributes = of_subscriber(metrics, each);
            attributes.push(KeyValue::new("reason", reason));
            tell(count, attributes);
        }
    }
}

fn latencies(metrics: &Metrics, tell: &mut dyn FnMut(f64, Vec<KeyValue>)) {
    for each in &metrics.subscribers {
        let Some(latencies) = each.latencies.as_ref().filter(|all| all.count() != 0) else {
            continue;
        };
        for share in QUANTILES {
            let mut attributes = of_subscriber(metrics, each);
            attributes.push(KeyValue::new("quantile", share));
            tell(latencies.quantile(share).as_secs_f64(), attributes);
        }
    }
}

fn of_routes(
    metrics: &Metrics,
    tell: &mut dyn FnMut(u64, Vec<KeyValue>),
    value: fn(&RouteMetrics) -> u64,
) {
    for each in &metrics.routes {
        tell(value(each), of_route(metrics, each));
    }
}

fn of_flows(metrics: &Metrics, tell: &mut dyn FnMut(u64, Vec<KeyValue>), value: fn(&Flow) -> u64) {
    for each in &metrics.routes {
        for (direction, flow) in [("sent", &each.sent), ("received", &each.received)] {
            let mut attributes = of_route(metrics, each);
            attributes.push(KeyValue::new("direction", direction));
            tell(value(flow), attributes);
        }
    }
}

fn of_subscriber(metrics: &Metrics, each: &SubscriberMetrics) -> Vec<KeyValue> {
    of_message(metrics, &each.service, &each.message, each.topic.as_deref())
}

fn of_message(
    metrics: &Metrics,
    service: &str,
    message: &str,
    topic: Option<&str>,
) -> Vec<KeyValue> {
    vec![
        KeyValue::new("node", metrics.node.clone()),
        KeyValue::new("service", service.to_owned()),
        KeyValue::new("message", message.to_owned()),
        KeyValue::new("topic", topic.unwrap_or_default().to_owned()),
    ]
}

fn of_route(metrics: &Metrics, each: &RouteMetrics) -> Vec<KeyValue> {
    vec![
        KeyValue::new("node", metrics.node.clone()),
        KeyValue::new("from", each.from.clone()),
        KeyValue::new("to", each.to.clone()),
        KeyValue::new("kind", each.kind.clone()),
    ]
}
