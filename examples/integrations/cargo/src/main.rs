//! Encodes an order and reads it back.

include!(concat!(env!("OUT_DIR"), "/rust/src/all-modules.rs"));

use std::error::Error;

use mycelium::Message;
use shop::Order;

fn main() -> Result<(), Box<dyn Error>> {
    let order = Order {
        id: 7,
        item: "lamp".to_owned(),
    };
    let body = order.encode_to_vec()?;
    assert_eq!(Order::decode(&body)?, order);
    println!("{order:?}");
    Ok(())
}
