//! Write an order as a frame, or read one: `exchange write > FILE`, `exchange read < FILE`.
//!
//! The programs beside this one do the same in Python and OCaml; the bytes are the same in all three.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{stdin, stdout, Read, Write};

use mycelium::frame::{encode_message, Envelope, Frame, DEFAULT_LENGTH_MAX};
use mycelium::{Ascii, Message, Timestamp, Uuid};
use mycelium_generated::registry;
use mycelium_generated::trading::instrument::{Side, Venue};
use mycelium_generated::trading::orders::{Limit, OrderRequest, Pricing, TimeInForce};

fn order() -> Result<OrderRequest, Box<dyn Error>> {
    Ok(OrderRequest {
        id: Uuid::from_u128(0x0f8f_ad5b_d9cb_469f_a165_7086_7728_950e),
        symbol: Ascii::new("EURUSD")?,
        time: Timestamp::from_nanoseconds(1_577_898_000_065_000_000),
        side: Side::Buy,
        quantity: "250000".parse()?,
        pricing: Pricing::Limit(Limit {
            price: "1.12115".parse()?,
            post_only: true,
        }),
        time_in_force: TimeInForce::Gtc,
        venue: Some(Venue::Ebs),
        strategy: Some("mean-reversion".to_owned()),
        account: Some("4711-0815".to_owned()),
        tags: BTreeMap::from([
            ("desk".to_owned(), "fx".to_owned()),
            ("trader".to_owned(), "ada".to_owned()),
        ]),
    })
}

fn envelope() -> Envelope {
    Envelope {
        sequence: 1,
        published_at: 1_577_898_000_066_000_000,
        source: 1,
        destination: 2,
        ..Envelope::default()
    }
}

fn write() -> Result<(), Box<dyn Error>> {
    let mut frame = Vec::new();
    encode_message(&order()?, Some(&envelope()), DEFAULT_LENGTH_MAX, &mut frame)?;
    Ok(stdout().write_all(&frame)?)
}

fn read() -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    stdin().read_to_end(&mut bytes)?;
    let frame = Frame::decode(&bytes, DEFAULT_LENGTH_MAX, registry::is_known)?;
    let message = OrderRequest::decode(frame.body)?;
    assert_eq!((&message, frame.envelope), (&order()?, Some(envelope())));
    println!("{message:?}");
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("write") => write(),
        Some("read") => read(),
        _ => Err("usage: exchange write | read".into()),
    }
}
