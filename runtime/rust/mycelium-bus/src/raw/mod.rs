//! Frames instead of messages: for other languages on top of this crate, and for bridges that do not decode.
//!
//! A [`RawBus`] is what a service of a [`Node`](crate::Node) sees. A [`RawPublisher`] takes encoded bodies; an [`Inbox`] is one queue for any
//! number of message types, local items and frames from links alike, and hands a frame over in place where it can.
//!
//! Only what crosses links passes here: items meant for this process are put into its inboxes by the caller.

mod bus;
mod inbox;

mod publisher;

use mycelium::frame::Envelope;

pub use crate::node::LinkId;
pub use crate::patience::Patience;
pub use bus::RawBus;
pub use inbox::{Inbox, Taken};
pub use publisher::RawPublisher;

/// A message as it came over a link, its body in place and not looked into.
#[derive(Clone, Copy, Debug)]
pub struct InboundFrame<'a> {
    /// Which message the body is.
    pub type_id: u16,
    /// What the bus knows about the message, where it said so.
    pub envelope: Option<Envelope>,
    /// The body.
    pub body: &'a [u8],
    /// The link it came over.
    pub link: LinkId,
}

impl InboundFrame<'_> {
    /// Where an answer goes; None for what is no request.
    pub fn reply_to(&self) -> Option<ReplyTo> {
        let correlation_id = self.envelope?.correlation_id;
        (correlation_id != 0).then_some(ReplyTo {
            link: self.link,
            correlation_id,
        })
    }
}

/// Where the answer to a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReplyTo {
    /// The link the request came over.
    pub link: LinkId,
    /// What the answer carries, so that it is known for one.
    pub correlation_id: u64,
}

/// What an inbox takes of a message type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// What is published.
    Messages,
    /// Requests, each of which has to be answered by [`RawBus::reply`]. The first inbox that takes them serves them.
    Requests,
}
