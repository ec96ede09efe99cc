//! The service `market-data` in Rust, and an interpreter in the same process that runs `strategy`: `rust-host TOPOLOGY PYTHON`.
//!
//! `PYTHON` is the program whose environment the interpreter takes, such as `.venv/bin/python`; the module `strategy` is found as
//! any other.

mod interpreter;

use std::env;
use std::error::Error;
use std::path::Path;
use std::thread;
use std::time::Duration;

use mycelium::{Ascii, Decimal, Timestamp};
use mycelium_bus::topology::Topology;
use mycelium_bus::{MessageBus, Node, NodeOptions};
use mycelium_generated::trading::market::Quote;
use mycelium_generated::trading::strategy::Signal;

const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [topology, python] = arguments.as_slice() else {
        return Err("usage: rust-host TOPOLOGY PYTHON".into());
    };
    let topology = Topology::load(Path::new(topology))?;
    let options = NodeOptions::default().with_guests(["strategy"]);
    let node = Node::with_options(topology, Path::new("."), "desk", options)?;

    let offer = mycelium_ffi::offer(&node)?;
    let python = python.clone();
    let strategy = thread::spawn(move || interpreter::call(&python, c"strategy", c"run", offer));

    publish_quotes(&node.bus("market-data")?)?;
    strategy
        .join()
        .map_err(|_| "the interpreter's thread panicked")??;
    node.close();
    Ok(())
}

/// Five quotes, and what the strategy makes of each.
fn publish_quotes(bus: &MessageBus) -> Result<(), Box<dyn Error>> {
    let mut signals = bus.subscriber::<Signal>();
    let quotes = bus.publisher::<Quote>();
    quotes.wait_until_wanted(PATIENCE)?;
    for sequence in 1..=5 {
        quotes.publish(Quote {
            symbol: Ascii::new("EURUSD")?,
            time: Timestamp::from_nanoseconds(1_700_000_000_000_000_000),
            bid: Decimal::from_mantissa(112_101_000),
            ask: Decimal::from_mantissa(112_103_000),
            bid_size: 1_000_000,
            ask_size: 1_000_000,
            sequence,
            venue: None,
            conditions: None,
        })?;
        let signal = signals.recv_timeout(PATIENCE)?;
        let (strategy, symbol, strength) = (&signal.strategy, &signal.symbol, signal.strength);
        println!("{strategy} of {symbol}: {strength:+.2}");
    }
    Ok(())
}
