//! The peer's first message, and whether it is whom this side expects.

use mycelium::control::{Hello, RejectCode};
use mycelium::frame::{Frame, WIRE_VERSION};
use mycelium::Message;

use super::rejection::{plain, Rejection};
use super::side::LocalSide;

/// The services a connection is for, as the peer's Hello sees them: its own, then the one of this side.
pub(crate) fn peek_hello(frame: &Frame<'_>) -> Result<(String, String), Rejection> {
    let hello = read_hello(frame)?;
    check_wire_version(&hello)?;
    match (hello.from, hello.to) {
        (Some(from), Some(to)) => Ok((from, to)),
        _ => Err(Rejection::malformed(
            "a Hello that does not say which services the connection is for",
        )),
    }
}

fn read_hello(frame: &Frame<'_>) -> Result<Hello, Rejection> {
    if Some(frame.type_id) != Hello::TYPE_ID {
        return Err(Rejection::malformed(format!(
            "a connection begins with a Hello, not with type id {}",
            frame.type_id
        )));
    }
    Rejection::check_length(frame)?;
    Hello::decode(frame.body)
        .map_err(|error| Rejection::malformed(format!("a Hello that cannot be decoded: {error}")))
}

fn check_wire_version(hello: &Hello) -> Result<(), Rejection> {
    if hello.wire_version == WIRE_VERSION {
        return Ok(());
    }
    let reason = format!(
        "node `{}` speaks wire version {}, this side {WIRE_VERSION}; use versions of Mycelium that agree",
        plain(&hello.node_name),
        hello.wire_version
    );
    Err(Rejection::new(RejectCode::WireVersion, reason))
}

/// What the peer is and uses, if it is whom this side expects.
pub(crate) fn check_hello(side: &LocalSide, frame: &Frame<'_>) -> Result<Hello, Rejection> {
    let hello = read_hello(frame)?;
    check_wire_version(&hello)?;
    check_services(side, &hello)?;
    check_node(side, &hello)?;
    Ok(hello)
}

fn check_services(side: &LocalSide, hello: &Hello) -> Result<(), Rejection> {
    let name = plain(&hello.node_name);
    if (hello.from.as_deref(), hello.to.as_deref()) != (Some(&side.to), Some(&side.from)) {
        let reason = format!(
            "this connection is for `{}` and `{}`, and node `{name}` says it is for others",
            side.to, side.from
        );
        return Err(Rejection::new(RejectCode::UnknownService, reason));
    }
    if !hello.services.contains(&side.to) {
        let reason = format!("node `{name}` does not run service `{}`", side.to);
        return Err(Rejection::new(RejectCode::UnknownService, reason));
    }
    Ok(())
}

fn check_node(side: &LocalSide, hello: &Hello) -> Result<(), Rejection> {
    if hello.node_name == side.peer_name && hello.node == side.peer {
        return Ok(());
    }
    let reason = if hello.node_name == side.node_name {
        format!(
            "the connection to node `{}` leads to another that calls itself `{}`, as this one does; look at the addresses in the topology",
            side.peer_name, side.node_name
        )
    } else {
        format!(
            "service `{}` runs on node `{}` (number {}), and node `{}` (number {}) says it does; give both sides the same topology",
            side.to,
            side.peer_name,
            side.peer,
            plain(&hello.node_name),
            hello.node
        )
    };
    Err(Rejection::new(RejectCode::NotAllowed, reason))
}
