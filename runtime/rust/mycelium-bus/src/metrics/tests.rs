use std::time::Duration;

use super::{Flow, Latencies, LatencyRecorder, Metrics};
use super::{PublisherMetrics, RouteMetrics, SubscriberMetrics};
use crate::local::Lost;

fn subscriber(received: u64, latencies: Option<Latencies>) -> SubscriberMetrics {
    SubscriberMetrics {
        service: "strategy".into(),
        message: "market.Quote".into(),
        topic: Some("market.quotes".into()),
        received,
        lost: Lost {
            overflow: 2,
            link: 5,
            late: 0,
        },
        subscribers: 1,
        waiting: 1,
        latencies,
    }
}

fn lines(metrics: &Metrics, beginning: &str) -> Vec<String> {
    let text = metrics.to_prometheus();
    assert!(text.ends_with('\n'));
    let found = text.lines().filter(|line| line.starts_with(beginning));
    found.map(str::to_owned).collect()
}

#[test]
fn latencies_are_told_within_one_percent_and_within_bounds() {
    let recorder = LatencyRecorder::new().unwrap();
    for millisecond in 1..=1000 {
        recorder.record(0, millisecond * 1_000_000);
    }
    let latencies = recorder.snapshot();
    assert_eq!(latencies.count(), 1000);
    assert_eq!(latencies.sum(), Duration::from_millis(500_500));
    let median = latencies.quantile(0.5).as_secs_f64();
    assert!((0.495..=0.505).contains(&median), "{median}");
    // A clock that is behind, and a message that took an hour.
    recorder.record(1_000, 10);
    recorder.record(0, 3_600_000_000_000);
    let latencies = recorder.snapshot();
    assert_eq!(latencies.count(), 1002);
    assert!(latencies.longest() >= Duration::from_secs(60));
    assert!(latencies.longest() < Duration::from_secs(61));
}

#[test]
fn subscribers_of_one_service_and_message_are_one_series() {
    let metrics = Metrics {
        node: "ml".into(),
        subscribers: vec![subscriber(3, None), subscriber(4, None)],
        ..Metrics::default()
    };
    let labels = r#"{node="ml",service="strategy",message="market.Quote",topic="market.quotes""#;
    assert_eq!(
        lines(&metrics, "mycelium_received_messages_total"),
        [format!("mycelium_received_messages_total{labels}}} 7")]
    );
    assert_eq!(
        lines(&metrics, "mycelium_waiting_messages"),
        [format!("mycelium_waiting_messages{labels}}} 2")]
    );
    let overflow = format!(r#"mycelium_lost_messages_total{labels},reason="overflow"}} 4"#);
    assert!(lines(&metrics, "mycelium_lost_messages_total").contains(&overflow));
}

#[test]
fn buckets_of_latencies_are_cumulative_and_end_with_all() {
    let recorders = [
        LatencyRecorder::new().unwrap(),
        LatencyRecorder::new().unwrap(),
    ];
    recorders[0].record(0, 90);
    recorders[0].record(0, 2_000);
    recorders[1].record(0, 30_000_000_000);
    let metrics = Metrics {
        subscribers: recorders
            .iter()
            .map(|recorder| subscriber(1, Some(recorder.snapshot())))
            .collect(),
        ..Metrics::default()
    };
    let buckets = lines(&metrics, "mycelium_latency_seconds_bucket");
    assert_eq!(buckets.len(), 26);
    assert!(
        buckets[0].ends_with(r#"le="0.0000001"} 1"#),
        "{}",
        buckets[0]
    );
    assert!(
        buckets[4].ends_with(r#"le="0.0000025"} 2"#),
        "{}",
        buckets[4]
    );
    assert!(buckets[24].ends_with(r#"le="10"} 2"#), "{}", buckets[24]);
    assert!(buckets[25].ends_with(r#"le="+Inf"} 3"#), "{}", buckets[25]);
    let sums = lines(&metrics, "mycelium_latency_seconds_sum");
    assert!(sums[0].ends_with(" 30.00000209"), "{}", sums[0]);
    let counts = lines(&metrics, "mycelium_latency_seconds_count");
    assert!(counts[0].ends_with(" 3"), "{}", counts[0]);
}

#[test]
fn routes_tell_what_passed_either_way() {
    let flow = |messages, bytes, lost| Flow {
        messages,
        bytes,
        lost,
    };
    let metrics = Metrics {
        node: "engine".into(),
        routes: vec![RouteMetrics {
            from: "market-data".into(),
            to: "strategy".into(),
            kind: "shm".into(),
            is_connected: true,
            reconnections: 2,
            sent: flow(5, 500, 1),
            received: flow(6, 600, 0),
        }],
        ..Metrics::default()
    };
    let labels = r#"node="engine",from="market-data",to="strategy",kind="shm""#;
    assert_eq!(
        lines(&metrics, "mycelium_route_"),
        [
            format!("mycelium_route_connected{{{labels}}} 1"),
            format!("mycelium_route_reconnections_total{{{labels}}} 2"),
            format!(r#"mycelium_route_messages_total{{{labels},direction="received"}} 6"#),
            format!(r#"mycelium_route_messages_total{{{labels},direction="sent"}} 5"#),
            format!(r#"mycelium_route_bytes_total{{{labels},direction="received"}} 600"#),
            format!(r#"mycelium_route_bytes_total{{{labels},direction="sent"}} 500"#),
            format!(r#"mycelium_route_lost_messages_total{{{labels},direction="received"}} 0"#),
            format!(r#"mycelium_route_lost_messages_total{{{labels},direction="sent"}} 1"#),
        ]
    );
}

#[test]
fn labels_are_escaped() {
    let metrics = Metrics {
        publishers: vec![PublisherMetrics {
            service: "a \"quoted\" \\ and\nbroken name".into(),
            message: "m.M".into(),
            topic: None,
            published: 1,
        }],
        ..Metrics::default()
    };
    assert_eq!(
        lines(&metrics, "mycelium_published_messages_total"),
        [concat!(
            "mycelium_published_messages_total{node=\"\",",
            r#"service="a \"quoted\" \\ and\nbroken name","#,
            r#"message="m.M",topic=""} 1"#
        )]
    );
}

#[test]
fn every_family_has_help_and_a_type() {
    let text = Metrics::default().to_prometheus();
    let helped: Vec<_> = names(&text, "# HELP ");
    assert_eq!(helped, names(&text, "# TYPE "));
    assert_eq!(helped.len(), 11);
}

fn names<'a>(text: &'a str, beginning: &str) -> Vec<&'a str> {
    let found = text.lines().filter_map(|line| line.strip_prefix(beginning));
    found.filter_map(|rest| rest.split(' ').next()).collect()
}
