//! Within one process: messages shared by `Arc`, from publishers to the queues and callbacks of subscribers.

mod bell;
mod brought;
mod counting;
mod handler;
mod latest;
mod mailbox;
mod merged;
#[cfg(test)]
mod merging_tests;
mod message_bus;
mod publisher;
mod receivers;
mod registry;
mod routes;
mod service_clock;
mod subject;
mod subscriber;
mod topic;

pub(crate) use bell::{sleeper, Bell};
pub use handler::Subscription;
pub(crate) use mailbox::Mailbox;
pub(crate) use merged::{Arrival, Origin};
pub use message_bus::{BusMessage, MessageBus};
pub use publisher::{Publishable, Publisher};
pub(crate) use registry::{Registry, Server};
pub(crate) use routes::LocalRoutes;
pub(crate) use service_clock::{AwaitsTime, ServiceClock};
pub use subscriber::{Iter, Lost, Subscriber};
