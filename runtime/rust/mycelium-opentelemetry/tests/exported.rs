//! What OpenTelemetry is told, read back from exporters in memory.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::time::Duration;

use mycelium::control::Heartbeat;
use mycelium::Timestamp;
use mycelium_bus::{MessageBus, Node, Overflow, RequestError, SubscriberOptions};
use mycelium_generated::conformance::Tree;
use mycelium_opentelemetry::{observe, TracedBus};
use opentelemetry::metrics::MeterProvider;
use opentelemetry::trace::{SpanId, SpanKind, Status, TracerProvider};
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracer, SdkTracerProvider, SpanData};

const LONG: Duration = Duration::from_secs(20);

fn beat(number: i64) -> Heartbeat {
    Heartbeat {
        time: Timestamp::from_nanoseconds(number),
        watermark: Timestamp::from_nanoseconds(0),
    }
}

fn tree(value: i64) -> Tree {
    Tree {
        value,
        left: None,
        right: None,
        kids: Vec::new(),
    }
}

/// A tracer whose spans are kept.
fn tracing() -> (SdkTracerProvider, SdkTracer, InMemorySpanExporter) {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let tracer = provider.tracer("mycelium.bus");
    (provider, tracer, exporter)
}

fn spans(exporter: &InMemorySpanExporter) -> BTreeMap<String, SpanData> {
    let finished = exporter.get_finished_spans().unwrap();
    finished
        .into_iter()
        .map(|span| (span.name.to_string(), span))
        .collect()
}

#[test]
fn counters_are_read_when_they_are_collected() {
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let bus = MessageBus::new();
    let observed = bus.clone();
    observe(&provider.meter("mycelium.bus"), move || observed.metrics());
    let mut beats = bus.subscriber_with::<Heartbeat>(SubscriberOptions {
        capacity: 2,
        overflow: Overflow::DropNewest,
        ..bus.options()
    });
    for number in 0..3 {
        bus.publisher().publish(beat(number)).unwrap();
    }
    beats.recv().unwrap();
    provider.force_flush().unwrap();
    let mut values = BTreeMap::new();
    for resource in exporter.get_finished_metrics().unwrap() {
        for metric in resource.scope_metrics().flat_map(|scope| scope.metrics()) {
            let AggregatedMetrics::U64(data) = metric.data() else {
                continue;
            };
            let total: u64 = match data {
                MetricData::Sum(sum) => sum.data_points().map(|point| point.value()).sum(),
                MetricData::Gauge(gauge) => gauge.data_points().map(|point| point.value()).sum(),
                _ => continue,
            };
            values.insert(metric.name().to_owned(), total);
        }
    }
    for (name, value) in [
        ("mycelium.published.messages", 3),
        ("mycelium.received.messages", 1),
        ("mycelium.lost.messages", 1),
        ("mycelium.waiting.messages", 1),
        ("mycelium.subscribers", 1),
    ] {
        assert_eq!(values.get(name), Some(&value), "{name}: {values:?}");
    }
}

#[test]
fn a_callback_is_a_child_of_the_publication() {
    let (_provider, tracer, exporter) = tracing();
    let bus = TracedBus::new(MessageBus::new(), tracer);
    let _subscription = bus.subscribe::<Heartbeat>(|_| {});
    bus.publisher().publish(beat(1)).unwrap();
    let spans = spans(&exporter);
    let publication = &spans["publish mycelium.control.Heartbeat"];
    let call = &spans["process mycelium.control.Heartbeat"];
    assert_eq!(publication.span_kind, SpanKind::Producer);
    assert_eq!(call.span_kind, SpanKind::Consumer);
    assert_eq!(publication.parent_span_id, SpanId::INVALID);
    assert_eq!(call.parent_span_id, publication.span_context.span_id());
}

#[test]
fn what_goes_wrong_is_told_by_the_spans() {
    let (_provider, tracer, exporter) = tracing();
    let bus = TracedBus::new(MessageBus::new(), tracer);
    bus.serve::<Heartbeat, Heartbeat>(|_| Err("nothing here".to_owned()));
    let answer = bus.request_to::<Heartbeat, Heartbeat>(&beat(1), None, None);
    assert_eq!(answer, Err(RequestError::Failed("nothing here".to_owned())));
    let spans = spans(&exporter);
    let (server, client) = (
        &spans["serve mycelium.control.Heartbeat"],
        &spans["request mycelium.control.Heartbeat"],
    );
    assert_eq!(server.status, Status::error("nothing here"));
    assert!(matches!(client.status, Status::Error { .. }));
    assert_eq!(server.parent_span_id, client.span_context.span_id());
}

#[test]
fn a_request_takes_its_trace_to_another_node_and_on() {
    let folder =
        std::env::temp_dir().join(format!("mycelium-opentelemetry-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let topology = folder.join("topology.toml");
    let text = "[[nodes]]\nname = \"left\"\nservices = [\"a\"]\n[[nodes]]\nname = \"right\"\nservices = [\"b\"]\n";
    std::fs::write(
        &topology,
        format!("socket_dir = \"{}\"\n{text}", folder.display()),
    )
    .unwrap();
    let left = Node::from_topology(&topology, "left").unwrap();
    let right = Node::from_topology(&topology, "right").unwrap();
    let (_provider, tracer, exporter) = tracing();
    let asking = TracedBus::new(left.bus("a").unwrap(), tracer.clone());
    let serving = TracedBus::new(right.bus("b").unwrap(), tracer);
    let (heard, hears) = mpsc::channel();
    let _subscription = serving.subscribe::<Heartbeat>(move |_| heard.send(()).unwrap());
    let onward = serving.publisher::<Heartbeat>();
    serving.serve::<Tree, Tree>(move |request| {
        onward.publish(beat(1)).map_err(|error| error.to_string())?;
        Ok(tree(request.value + 1))
    });
    left.wait_until_connected(LONG).unwrap();
    right.wait_until_connected(LONG).unwrap();
    let answer = loop {
        match asking.request_to::<Tree, Tree>(&tree(1), Some("b"), Some(LONG)) {
            Err(RequestError::NotServedBy { .. }) => {}
            other => break other,
        }
    };
    assert_eq!(answer.unwrap().value, 2);
    hears.recv_timeout(LONG).unwrap();
    let spans = spans(&exporter);
    let of = |operation: &str| {
        let found = spans.iter().find(|(name, _)| name.starts_with(operation));
        found.map(|(_, span)| span.clone()).unwrap()
    };
    let (client, server) = (of("request"), of("serve"));
    assert_eq!(server.parent_span_id, client.span_context.span_id());
    for operation in ["publish", "process"] {
        let trace = of(operation).span_context.trace_id();
        assert_eq!(trace, client.span_context.trace_id(), "{operation}");
    }
    right.close();
    left.close();
    let _ = std::fs::remove_dir_all(&folder);
}
