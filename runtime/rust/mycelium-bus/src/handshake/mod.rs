//! What two sides of a link say to each other before messages flow, and whenever what they use changes.
//!
//! No input or output happens here: frames go in, [`Step`]s come out, so that the whole conversation can be tested, and replayed, in
//! memory. Each side says Hello (who it is, the message types it uses, each with its version, and which of them it wants),
//! answers the peer's Hello with Welcome or Reject, and is established once it was welcomed. Both sides judge each
//! message type from the same two announcements, so both come to the same verdict: a type they do not agree on does not flow, and
//! both know the sentence that says why; the link stays.

mod agreement;
mod announcements;
mod announcing;
mod flow;
mod hello;
mod manner;
mod notes;
mod rejection;
mod side;
mod step;

pub(crate) use agreement::Agreement;
pub(crate) use hello::{check_hello, peek_hello};
pub(crate) use manner::Manner;
pub(crate) use rejection::{cut, frame_of, plain, Rejection};
pub(crate) use side::{LocalSide, Use};
pub(crate) use step::Step;

#[cfg(test)]
mod tests;
