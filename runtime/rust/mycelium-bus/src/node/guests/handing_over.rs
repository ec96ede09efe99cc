//! Connections between the driver of a host and those of its guests.

use mycelium::control::RejectCode;

use super::{Arrival, GuestError};
use crate::handshake::{plain, Rejection};
use crate::node::connection::Connection;
use crate::node::core::NodeCore;
use crate::node::driver::Driver;
use crate::transport::Stream;

impl Driver {
    /// Takes in what came from other cores of this process.
    pub(in crate::node) fn take_arrivals(&mut self, core: &NodeCore) {
        if core.is_closed() {
            return;
        }
        for Arrival { stream, read } in core.arrivals().take() {
            self.add(core, Connection::arrived(core, stream, &read));
        }
    }

    /// Gives a connection to the guest it is for.
    pub(in crate::node) fn hand_over(&mut self, core: &NodeCore, index: usize, service: &str) {
        if let Some((stream, read)) = self.release(index) {
            core.guests().hand_over(service, &stream, read);
        }
    }
}

/// Whether a stranger may come for the service of a guest, which looks at its hello once more.
pub(in crate::node) fn check_for_guest(
    core: &NodeCore,
    stream: &Stream,
    from: &str,
    to: &str,
) -> Result<(), Rejection> {
    let Some(peer) = core.topology().node_of(from) else {
        let (from, node) = (plain(from), core.name());
        let reason =
            format!("node `{node}` knows no service `{from}`; give both sides the same topology");
        return Err(Rejection::new(RejectCode::UnknownService, reason));
    };
    stream
        .check_peer(peer)
        .map_err(|reason| Rejection::new(RejectCode::NotAllowed, reason))?;
    core.guests()
        .check(to)
        .map_err(|error: GuestError| Rejection::new(RejectCode::UnknownService, error.to_string()))
}
