//! The service `market-data`: publishes quotes until five signals have come back. `quickstart TOPOLOGY`

use std::env;
use std::error::Error;
use std::time::Duration;

use mycelium::{Ascii, Decimal, Timestamp};
use mycelium_bus::{MessageBus, RecvError};
use mycelium_generated::trading::market::Quote;
use mycelium_generated::trading::strategy::Signal;

fn main() -> Result<(), Box<dyn Error>> {
    let topology = env::args().nth(1).ok_or("usage: quickstart TOPOLOGY")?;

    let bus = MessageBus::from_topology(topology, "market-data")?;
    let quotes = bus.publisher::<Quote>();
    let mut signals = bus.subscriber::<Signal>();

    let (mut sequence, mut heard) = (0, 0);
    while heard < 5 {
        sequence += 1;
        if sequence > 3000 {
            return Err("no strategy has answered for 30 s".into());
        }
        quotes.publish(quote(sequence)?)?;
        match signals.recv_timeout(Duration::from_millis(10)) {
            Ok(signal) => {
                heard += 1;
                println!(
                    "{} of {}: {:+.2}",
                    signal.strategy, signal.symbol, signal.strength
                );
            }
            // The strategy is not there yet, or is thinking.
            Err(RecvError::TimedOut) => {}
            Err(error) => return Err(error.into()),
        }
    }
    for link in bus.node().iter().flat_map(|node| node.links()) {
        println!("{} <-> {} over {}", link.from, link.to, link.kind.name());
    }
    bus.close();
    Ok(())
}

fn quote(sequence: u64) -> Result<Quote, Box<dyn Error>> {
    let step = i64::try_from(sequence)? % 10;
    Ok(Quote {
        symbol: Ascii::new("EURUSD")?,
        time: Timestamp::from_nanoseconds(1_700_000_000_000_000_000),
        bid: Decimal::from_mantissa(112_101_000 + step * 1_000),
        ask: Decimal::from_mantissa(112_103_000 + step * 1_000),
        bid_size: 1_000_000,
        ask_size: 1_000_000,
        sequence,
        venue: None,
        conditions: None,
    })
}
