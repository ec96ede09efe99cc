//! Those who connect, until it is known whom they are for.

use std::io;
use std::sync::Arc;

use mycelium::control::RejectCode;
use mycelium::frame::Frame;

use super::core::NodeCore;
use super::fault::LinkFault;
use super::guests::check_for_guest;
use super::link::Link;
use crate::handshake::{check_hello, peek_hello, plain, Rejection};
use crate::transport::Stream;

/// Whom a connection turned out to be with.
pub(super) enum Met {
    /// Somebody who has just said which link they come for.
    Stranger(Arc<Link>),
    /// Somebody who comes for this service, which a guest runs.
    Guest(String),
    /// The peer of a link, which is established by now.
    Friend(Arc<Link>),
}

/// Whom a stranger is for, as its hello tells.
pub(super) fn meet(core: &NodeCore, stream: &Stream, frame: &Frame<'_>) -> Result<Met, LinkFault> {
    let refuse = |rejection: Rejection| {
        // A peer that reads nothing does not learn why.
        let _ = stream.write(&[io::IoSlice::new(&rejection.frame)]);
        LinkFault::Rejected(rejection.reason)
    };
    let (from, to) = peek_hello(frame).map_err(refuse)?;
    let (kind, links) = (stream.kind(), core.links().iter());
    let mut links = links.filter(|link| link.plan.from == to && link.plan.to == from);
    let Some(link) = links.find(|link| !link.plan.is_dialled && link.plan.kind == kind) else {
        if core.guests().has(&to) {
            check_for_guest(core, stream, &from, &to).map_err(refuse)?;
            return Ok(Met::Guest(to));
        }
        let reason = format!(
            "node `{}` expects no connection from `{}` to `{}` by {}; give both sides the same topology",
            core.name(),
            plain(&from),
            plain(&to),
            kind.name()
        );
        return Err(refuse(Rejection::new(RejectCode::UnknownService, reason)));
    };
    // Whoever is not the peer must not take the place of a connection that holds.
    let known = match core.topology_node(&link.plan.peer_node) {
        Some(node) => stream
            .check_peer(node)
            .map_err(|reason| Rejection::new(RejectCode::NotAllowed, reason)),
        None => Ok(()),
    };
    let known = known.and_then(|()| check_hello(&link.side(core), frame).map(drop));
    known.map_err(|rejection| {
        link.turned_away(&rejection.reason);
        refuse(rejection)
    })?;
    Ok(Met::Stranger(Arc::clone(link)))
}
