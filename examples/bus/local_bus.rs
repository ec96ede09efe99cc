//! A bus within one process: `cargo run --example local_bus` in `runtime/rust/mycelium-bus`.

use std::error::Error;
use std::thread;

use mycelium::control::Heartbeat;
use mycelium::Timestamp;
use mycelium_bus::{MessageBus, SubscriberOptions};

fn beat(number: i64) -> Heartbeat {
    Heartbeat {
        time: Timestamp::from_nanoseconds(number),
        watermark: Timestamp::from_nanoseconds(0),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let bus = MessageBus::new();
    let beats = bus.publisher::<Heartbeat>();
    let mut heard = bus.subscriber::<Heartbeat>();
    let listener = thread::spawn(move || heard.iter().map(|beat| beat.time.nanoseconds()).sum());
    for number in 1..=100 {
        beats.publish(beat(number))?;
    }
    bus.close();
    let sum: i64 = listener.join().map_err(|_| "the listener panicked")?;
    println!("100 beats, whose numbers add up to {sum}");
    assert_eq!(sum, 5050);
    read_in_place()
}

/// Between two threads, the quickest way.
fn read_in_place() -> Result<(), Box<dyn Error>> {
    let bus = MessageBus::new();
    let beats = bus.publisher::<Heartbeat>();
    let mut times = bus.subscriber_with::<Heartbeat>(SubscriberOptions {
        capacity: 64,
        ..SubscriberOptions::default()
    });
    beats.publish(beat(7))?;
    let time = times.recv_with(|beat| beat.time.nanoseconds())?;
    assert_eq!(time, 7);
    Ok(())
}

#[test]
fn it_runs() {
    main().unwrap();
}
