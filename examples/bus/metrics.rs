//! What a bus counts: `cargo run --example metrics` in `runtime/rust/mycelium-bus`.

use std::error::Error;

use mycelium::control::Heartbeat;
use mycelium::Timestamp;
use mycelium_bus::{MessageBus, Overflow, SubscriberOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let bus = MessageBus::new();
    let mut newest = bus.subscriber_with::<Heartbeat>(SubscriberOptions {
        overflow: Overflow::DropOldest,
        capacity: 2,
        ..SubscriberOptions::default()
    });
    let beats = bus.publisher::<Heartbeat>();
    for second in 1..=5 {
        let time = Timestamp::from_nanoseconds(second * 1_000_000_000);
        beats.publish(Heartbeat {
            time,
            watermark: time,
        })?;
    }
    newest.recv()?;

    let metrics = bus.metrics();
    for each in &metrics.subscribers {
        println!(
            "{}: {} lost, {} waiting",
            each.message, each.lost.overflow, each.waiting
        );
    }
    print!("{}", metrics.to_prometheus());
    assert_eq!(
        (
            metrics.subscribers[0].lost.overflow,
            metrics.subscribers[0].waiting
        ),
        (3, 1)
    );
    Ok(())
}

#[test]
fn it_runs() {
    main().unwrap();
}
