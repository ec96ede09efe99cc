//! The same handlers on a bus fixed when the program is compiled, and on a bus that finds its subscribers while it runs:
//! `cargo run --example static_bus` in `runtime/rust/mycelium-bus`.

use std::error::Error;

use mycelium::control::{Goodbye, GoodbyeCode, Heartbeat};
use mycelium::Timestamp;
use mycelium_bus::{static_bus, Handle, MessageBus, Publish};

/// Says goodbye at every hundredth beat.
#[derive(Default)]
struct Watch {
    beats: u32,
}

impl<B: Publish<Goodbye>> Handle<Heartbeat, B> for Watch {
    fn handle(&mut self, _: &Heartbeat, bus: &mut B) {
        self.beats += 1;
        if self.beats.is_multiple_of(100) {
            bus.publish(goodbye()).expect("room for one");
        }
    }
}

fn goodbye() -> Goodbye {
    Goodbye {
        code: GoodbyeCode::Shutdown,
        reason: None,
    }
}

/// Counts what it hears.
#[derive(Default)]
struct Counter {
    goodbyes: u32,
}

impl<B> Handle<Goodbye, B> for Counter {
    fn handle(&mut self, _: &Goodbye, _: &mut B) {
        self.goodbyes += 1;
    }
}

static_bus! {
    /// Both handlers in one thread: publishing is a call.
    struct Engine {
        watch: Watch,
        counter: Counter,
    }

    /// What travels on it; handlers may publish 8 messages before the first of them is delivered.
    enum EngineMessage[8] {
        Heartbeat => watch,
        Goodbye => counter,
    }
}

fn beat(number: i64) -> Heartbeat {
    Heartbeat {
        time: Timestamp::from_nanoseconds(number),
        watermark: Timestamp::from_nanoseconds(0),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut engine = Engine::new(Watch::default(), Counter::default());
    for number in 1..=1000 {
        engine.publish(beat(number))?;
    }

    let mut bus = MessageBus::new();
    let mut goodbyes = bus.subscriber::<Goodbye>();
    let (mut watch, mut counter) = (Watch::default(), Counter::default());
    for number in 1..=1000 {
        watch.handle(&beat(number), &mut bus);
        while let Some(goodbye) = goodbyes.try_recv()? {
            counter.handle(&goodbye, &mut bus);
        }
    }

    println!(
        "{} and {} goodbyes",
        engine.counter.goodbyes, counter.goodbyes
    );
    assert_eq!((engine.counter.goodbyes, counter.goodbyes), (10, 10));
    Ok(())
}

#[test]
fn it_runs() {
    main().unwrap();
}
