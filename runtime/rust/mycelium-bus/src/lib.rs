//! The bus: publishers and subscribers that do not know where the other side is.
//!
//! Within one process nothing is encoded: a message moves to the one who subscribed, and several share it by
//! [`Arc`](std::sync::Arc). [`Subscriber::recv_with`] reads small ones where they lie.
//! [`topology`] reads which service runs where.
//!
//! ```
//! use mycelium_bus::{MessageBus, RecvError};
//! use mycelium::control::Heartbeat;
//! use mycelium::Timestamp;
//!
//! let bus = MessageBus::new();
//! let beats = bus.publisher::<Heartbeat>();
//! let mut heard = bus.subscriber::<Heartbeat>();
//! beats.publish(Heartbeat { time: Timestamp::from_nanoseconds(1), watermark: Timestamp::from_nanoseconds(0) })?;
//! assert_eq!(heard.recv()?.time, Timestamp::from_nanoseconds(1));
//! bus.close();
//! assert_eq!(heard.recv().unwrap_err(), RecvError::Closed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod error;
mod handshake;
mod lanes;
mod local;
pub mod merge;
pub mod metrics;
mod node;
mod overflow;
mod patience;
pub mod raw;
mod static_routes;
mod synchronization;
pub mod topology;
pub mod trace;
mod transport;

pub use error::{PublishError, RecvError, RequestError};
pub use local::{
    BusMessage, Iter, Lost, MessageBus, Publishable, Publisher, Subscriber, Subscription,
};
pub use node::guests;
pub use node::{LinkCounters, LinkId, LinkState, LinkStatus, Node, NodeError, NodeOptions};
pub use overflow::{Overflow, SubscriberOptions, Wait};
pub use static_routes::{Handle, Publish, StaticQueue};
