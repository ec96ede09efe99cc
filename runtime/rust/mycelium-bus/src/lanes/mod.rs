//! Links through shared memory: a lane in each direction, beside a unix socket that carries the handshake and control messages,
//! passes the bells, and tells when the peer is gone.
//!
//! After the handshake each side makes its lane and offers it; the other joins it, and answers with its bell, which the
//! lane's writer then rings. Every connection has lanes of its own: nothing of an earlier one can be taken for a message of this.

mod inlet;
mod joining;
mod outlet;
mod plan;

#[cfg(test)]
mod tests;

pub(crate) use inlet::{LaneFault, LaneInlet};
pub(crate) use joining::Joining;
pub(crate) use outlet::LaneOutlet;
pub(crate) use plan::{remove_leftovers, LanePlan};
