//! The service `strategy` in Rust, within a program in Python: `market_data.py` loads this library.

use std::error::Error;

use mycelium::Duration;
use mycelium_bus::Node;
use mycelium_ffi::NodeTable;
use mycelium_generated::trading::market::Quote;
use mycelium_generated::trading::strategy::Signal;

/// Joins the node of the table, and answers five quotes with signals; 0, or 1 once it has said on standard error what went wrong.
///
/// # Safety
/// `table` is what a capsule of `Node.offer()` holds, and the capsule lives until this returns.
#[no_mangle]
pub unsafe extern "C" fn run_strategy(table: *const NodeTable) -> i32 {
    // SAFETY: as the caller vouches.
    let joined = unsafe { mycelium_ffi::join(table, &["strategy"]) };
    match joined.map_err(Into::into).and_then(|node| answer(&node)) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("strategy: {error}");
            1
        }
    }
}

fn answer(node: &Node) -> Result<(), Box<dyn Error>> {
    let bus = node.bus("strategy")?;
    let mut quotes = bus.subscriber::<Quote>();
    let signals = bus.publisher::<Signal>();
    for quote in quotes.iter().take(5) {
        signals.publish(Signal {
            symbol: quote.symbol,
            time: quote.time,
            strength: 0.5,
            confidence: 0.5,
            horizon: Duration::from_nanoseconds(1_000_000_000),
            strategy: "rust".to_owned(),
            features: None,
            model_digest: None,
        })?;
    }
    node.close();
    Ok(())
}
