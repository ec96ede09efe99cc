//! A snapshot as text for Prometheus. The names are stable: `docs/metrics.md` lists them.

use std::collections::BTreeMap;

use super::exposition::{Exposition, Labels};
use super::latency::Latencies;
use super::snapshot::{Flow, Metrics, PublisherMetrics, RouteMetrics, SubscriberMetrics};

/// Upper ends of the buckets of latencies, in nanoseconds: 1, 2.5 and 5 of each power of ten, from 100 ns to 10 s.
const BUCKETS: [u64; 25] = [
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    10_000_000_000,
];

/// The end of a name, what it counts, and how many there are.
type Part = (&'static str, &'static str, fn(&Flow) -> u64);

type Series<'a> = BTreeMap<Labels<'a>, u64>;

pub(super) fn text(metrics: &Metrics) -> String {
    let mut exposition = Exposition::default();
    publishers(metrics, &mut exposition);
    subscribers(metrics, &mut exposition);
    latencies(metrics, &mut exposition);
    routes(metrics, &mut exposition);
    exposition.into_text()
}

fn publishers(metrics: &Metrics, exposition: &mut Exposition) {
    let mut published = Series::new();
    for each in &metrics.publishers {
        add(&mut published, of_publisher(metrics, each), each.published);
    }
    exposition.counters(
        "mycelium_published_messages_total",
        "Messages published, to whomever.",
        &published,
    );
}

fn subscribers(metrics: &Metrics, exposition: &mut Exposition) {
    let (mut received, mut lost) = (Series::new(), Series::new());
    let (mut waiting, mut subscribers) = (Series::new(), Series::new());
    for each in &metrics.subscribers {
        let labels = of_subscriber(metrics, each);
        add(&mut received, labels.clone(), each.received);
        add(&mut waiting, labels.clone(), each.waiting);
        add(&mut subscribers, labels.clone(), each.subscribers);
        let lost_here = each.lost;
        let reasons = [
            ("late", lost_here.late),
            ("link", lost_here.link),
            ("overflow", lost_here.overflow),
        ];
        for (reason, count) in reasons {
            let mut labels = labels.clone();
            labels.push(("reason", reason));
            add(&mut lost, labels, count);
        }
    }
    exposition.counters(
        "mycelium_received_messages_total",
        "Messages that came out of subscribers.",
        &received,
    );
    exposition.counters(
        "mycelium_lost_messages_total",
        "Messages that subscribers missed, by reason.",
        &lost,
    );
    exposition.gauges(
        "mycelium_waiting_messages",
        "Messages in the queues of subscribers.",
        &waiting,
    );
    exposition.gauges(
        "mycelium_subscribers",
        "Subscribers and callbacks.",
        &subscribers,
    );
}

fn latencies(metrics: &Metrics, exposition: &mut Exposition) {
    const NAME: &str = "mycelium_latency_seconds";
    let mut series = BTreeMap::<Labels<'_>, Latencies>::new();
    for each in &metrics.subscribers {
        if let Some(latencies) = &each.latencies {
            series
                .entry(of_subscriber(metrics, each))
                .and_modify(|known| known.merge(latencies))
                .or_insert_with(|| latencies.clone());
        }
    }
    exposition.head(
        NAME,
        "histogram",
        "Time from publication to receipt, by the clocks of both ends.",
    );
    for (labels, latencies) in series {
        let bucket = format!("{NAME}_bucket");
        for (bound, count) in BUCKETS.iter().zip(latencies.cumulative(&BUCKETS)) {
            let end = seconds(*bound);
            let mut labels = labels.clone();
            labels.push(("le", &end));
            exposition.sample(&bucket, &labels, count);
        }
        let mut all = labels.clone();
        all.push(("le", "+Inf"));
        exposition.sample(&bucket, &all, latencies.count());
        let sum = latencies.sum().as_secs_f64();
        exposition.sample(&format!("{NAME}_sum"), &labels, sum);
        exposition.sample(&format!("{NAME}_count"), &labels, latencies.count());
    }
}

fn routes(metrics: &Metrics, exposition: &mut Exposition) {
    let (mut connected, mut reconnections) = (Series::new(), Series::new());
    for each in &metrics.routes {
        let labels = of_route(metrics, each);
        add(&mut connected, labels.clone(), u64::from(each.is_connected));
        add(&mut reconnections, labels, each.reconnections);
    }
    exposition.gauges(
        "mycelium_route_connected",
        "1 where the two services are connected and have agreed.",
        &connected,
    );
    exposition.counters(
        "mycelium_route_reconnections_total",
        "How often the two services were connected again.",
        &reconnections,
    );
    let parts: [Part; 3] = [
        ("messages", "Messages", |flow| flow.messages),
        ("bytes", "Bytes of frames", |flow| flow.bytes),
        ("lost_messages", "Messages lost", |flow| flow.lost),
    ];
    for (part, what, value) in parts {
        let mut series = Series::new();
        for each in &metrics.routes {
            for (direction, flow) in [("sent", &each.sent), ("received", &each.received)] {
                let mut labels = of_route(metrics, each);
                labels.push(("direction", direction));
                add(&mut series, labels, value(flow));
            }
        }
        let name = format!("mycelium_route_{part}_total");
        let help = format!("{what} on the way between two services of different nodes.");
        exposition.counters(&name, &help, &series);
    }
}

fn add<'a>(series: &mut Series<'a>, labels: Labels<'a>, value: u64) {
    *series.entry(labels).or_default() += value;
}

fn of_publisher<'a>(metrics: &'a Metrics, each: &'a PublisherMetrics) -> Labels<'a> {
    of_message(metrics, &each.service, &each.message, each.topic.as_deref())
}

fn of_subscriber<'a>(metrics: &'a Metrics, each: &'a SubscriberMetrics) -> Labels<'a> {
    of_message(metrics, &each.service, &each.message, each.topic.as_deref())
}

fn of_message<'a>(
    metrics: &'a Metrics,
    service: &'a str,
    message: &'a str,
    topic: Option<&'a str>,
) -> Labels<'a> {
    vec![
        ("node", &metrics.node),
        ("service", service),
        ("message", message),
        ("topic", topic.unwrap_or("")),
    ]
}

fn of_route<'a>(metrics: &'a Metrics, each: &'a RouteMetrics) -> Labels<'a> {
    vec![
        ("node", &metrics.node),
        ("from", &each.from),
        ("to", &each.to),
        ("kind", &each.kind),
    ]
}

/// Nanoseconds in seconds, as short as can be: 2500 is 0.0000025.
fn seconds(nanoseconds: u64) -> String {
    let text = format!(
        "{}.{:09}",
        nanoseconds / 1_000_000_000,
        nanoseconds % 1_000_000_000
    );
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
