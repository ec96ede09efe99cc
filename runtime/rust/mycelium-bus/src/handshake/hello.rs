//! The first message of each side.

use mycelium::control::AcceptedDigest;
use mycelium::control::{Hello, MessageVersion, RejectCode, Subscribe, Want};
use mycelium::frame::{Frame, WIRE_VERSION};
use mycelium::{Message, MessageInformation};

use super::manner::Manner;
use super::rejection::{plain, Rejection};
use super::side::{LocalSide, Use};

/// Digests of other versions that are announced of one message: those of the newest.
const ACCEPTED_MAX: usize = 1024;

/// The services a connection is for, as the peer's Hello sees them: its own, then the one of this side.
pub(crate) fn peek_hello(frame: &Frame<'_>) -> Result<(String, String), Rejection> {
    let hello = read_hello(frame)?;
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
    Hello::decode(frame.body)
        .map_err(|error| Rejection::malformed(format!("a Hello that cannot be decoded: {error}")))
}

/// This side's Hello.
pub(crate) fn hello_of<'a>(side: &LocalSide, uses: impl Iterator<Item = &'a Use>) -> Hello {
    let mut said = Subscribe {
        add: Vec::new(),
        remove: Vec::new(),
        messages: Vec::new(),
        wants: Vec::new(),
    };
    for used in uses {
        announce(&mut said, used);
        want(&mut said, used);
    }
    Hello {
        node: side.node,
        wire_version: WIRE_VERSION,
        node_name: side.node_name.clone(),
        services: side.services.clone(),
        messages: said.messages,
        subscriptions: said.add,
        from: Some(side.from.clone()),
        to: Some(side.to.clone()),
        wants: said.wants,
    }
}

/// Adds the version of a message type to an announcement.
pub(crate) fn announce(said: &mut Subscribe, used: &Use) {
    said.messages.extend(version_of(&used.information));
}

/// Adds to an announcement how a message type is wanted, where it is.
pub(crate) fn want(said: &mut Subscribe, used: &Use) {
    let Some(type_id) = used.information.type_id else {
        return;
    };
    if !used.wants.is_wanted() {
        return;
    }
    said.add.push(type_id);
    if used.wants != Manner::PUBLISHED {
        let manner = used.wants.bits();
        said.wants.push(Want { type_id, manner });
    }
}

fn version_of(information: &MessageInformation) -> Option<MessageVersion> {
    let accepted = information.versions.accepted().take(ACCEPTED_MAX);
    let version = information.versions.version;
    Some(MessageVersion {
        type_id: information.type_id?,
        wire_digest: information.wire_digest,
        name: information.name.to_owned(),
        version: (!version.is_empty() && version.len() <= 32).then(|| version.to_owned()),
        accepted: accepted
            .filter_map(|(wire_digest, direction)| {
                let direction = direction.announced()?;
                Some(AcceptedDigest {
                    wire_digest,
                    direction,
                })
            })
            .collect(),
    })
}

/// What the peer is and uses, if it is whom this side expects.
pub(crate) fn check_hello(side: &LocalSide, frame: &Frame<'_>) -> Result<Hello, Rejection> {
    let hello = read_hello(frame)?;
    let refuse = |code, reason: String| Err(Rejection::new(code, reason));
    let name = plain(&hello.node_name);
    if hello.wire_version != WIRE_VERSION {
        let found = hello.wire_version;
        return refuse(
            RejectCode::WireVersion,
            format!("node `{name}` speaks wire version {found}, `{}` speaks {WIRE_VERSION}; use versions of Mycelium that agree", side.node_name),
        );
    }
    let says = (hello.from.as_deref(), hello.to.as_deref());
    if says != (Some(&side.to), Some(&side.from)) {
        return refuse(
            RejectCode::UnknownService,
            format!(
                "this connection is for `{}` and `{}`, and `{name}` says otherwise",
                side.to, side.from
            ),
        );
    }
    if !hello.services.contains(&side.to) {
        return refuse(
            RejectCode::UnknownService,
            format!("node `{name}` does not run service `{}`", side.to),
        );
    }
    if hello.node_name != side.peer_name || hello.node != side.peer {
        return refuse(
            RejectCode::NotAllowed,
            format!(
                "service `{}` runs on node `{}` (number {}), and node `{name}` (number {}) says it does; give both sides the same topology",
                side.to, side.peer_name, side.peer, hello.node
            ),
        );
    }
    Ok(hello)
}
