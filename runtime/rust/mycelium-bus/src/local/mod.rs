//! Within one process: messages, moved to one or shared by `Arc`, from publishers to the queues and callbacks of subscribers.

mod bell;
mod brought;
mod counting;
mod handler;
mod latest;
mod lone;
mod mailbox;
mod merged;
mod merging;
#[cfg(test)]
mod merging_tests;
mod message_bus;
mod parcel;
mod publisher;
mod publishing;
mod receive;
mod receivers;
mod registry;
mod routes;
mod service_clock;
mod store;
mod subject;
mod subscriber;
mod topic;

pub(crate) use bell::{sleeper, Bell};
pub use handler::Subscription;
pub(crate) use mailbox::Mailbox;
pub(crate) use merged::{Arrival, Origin};
pub use message_bus::{BusMessage, MessageBus};
pub(crate) use parcel::{queued_as_it_is, Queued};
pub use publisher::{Publishable, Publisher};
pub(crate) use registry::{Registry, Server};
pub(crate) use routes::LocalRoutes;
pub(crate) use service_clock::{AwaitsTime, ServiceClock};
pub use subscriber::{Iter, Lost, Subscriber};
