//! The bus: publishers and subscribers that do not know where the other side is.
//!
//! Within one process messages are shared by [`Arc`](std::sync::Arc): nothing is encoded or copied.
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

mod bell;
mod error;
mod latest;
mod mailbox;
pub mod merge;
mod message_bus;
pub mod metrics;
mod overflow;
mod publisher;
mod subscriber;
mod topic;
pub mod topology;

pub use error::{PublishError, RecvError, RequestError};
pub use message_bus::{BusMessage, MessageBus};
pub use overflow::{Overflow, SubscriberOptions, Wait};
pub use publisher::Publisher;
pub use subscriber::{Iter, Lost, Subscriber};
pub use topic::Subscription;
