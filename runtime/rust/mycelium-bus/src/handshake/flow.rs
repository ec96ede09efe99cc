//! Whether a message type flows, each way.

use mycelium::versions::{Compatibility, Direction};
use mycelium::MessageInformation;

use super::announcements::{Announcements, PeerMessage};
use super::announcing::Spoken;
use super::manner::Manner;
use super::rejection::plain;
use super::side::{allows, LocalSide, Use};

/// The verdict on one message type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flow {
    /// How the peer wants it, where it does and both agree.
    pub(crate) outbound: Option<Manner>,
    /// Whether this side wants it and both agree.
    pub(crate) inbound: bool,
    /// Whether it is wanted here and must not come all the same. A type of which the peer has said nothing is not: its
    /// announcement may still be on its way beside the lane that brings the messages.
    pub(crate) is_barred: bool,
    /// Why it does not flow, where one side wants it to.
    pub(crate) obstacle: Option<Obstacle>,
}

/// Why a type does not flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Obstacle {
    pub(crate) reason: String,
    /// A route of the topology, of which the peer may have another: it is told. Anything else it finds by itself.
    pub(crate) is_route: bool,
}

/// Judges one type, which both sides or only one may know.
pub(crate) fn judge(
    side: &LocalSide,
    used: Option<&Use>,
    type_id: u16,
    spoken: &Spoken,
    peer: &Announcements,
) -> Flow {
    if let Some(reason) = spoken.obstacle(type_id) {
        return Flow::stopped(reason.to_owned());
    }
    let Some(used) = used else {
        return Flow::default();
    };
    let Some(theirs) = peer.message(type_id) else {
        let is_allowed = allows(side.allow_in.as_deref(), used.information.name);
        return Flow {
            is_barred: used.wants.is_wanted() && !is_allowed,
            ..Flow::default()
        };
    };
    let wanted_there = peer.wants(type_id);
    let flow_out = wanted_there.is_wanted();
    let flow_in = used.wants.is_wanted();
    if !flow_out && !flow_in {
        return Flow::default();
    }
    let information = &used.information;
    if theirs.name != information.name {
        return Flow::stopped(other_name(type_id, information, theirs));
    }
    let out = flow_out.then(|| obstacle(side, information, theirs, Direction::IsReadBy));
    let inward = flow_in.then(|| obstacle(side, information, theirs, Direction::Reads));
    Flow {
        outbound: (out == Some(None)).then_some(wanted_there),
        inbound: inward == Some(None),
        is_barred: matches!(inward, Some(Some(_))),
        obstacle: out.flatten().or(inward.flatten()),
    }
}

impl Flow {
    /// Whether it flows at all.
    pub(crate) fn is_any(&self) -> bool {
        self.outbound.is_some() || self.inbound
    }

    fn stopped(reason: String) -> Self {
        Self {
            is_barred: true,
            obstacle: Some(Obstacle {
                reason,
                is_route: false,
            }),
            ..Self::default()
        }
    }
}

/// Why data does not flow that way; None where it does.
fn obstacle(
    side: &LocalSide,
    information: &MessageInformation,
    theirs: &PeerMessage,
    way: Direction,
) -> Option<Obstacle> {
    let verdict = information.version_verdict(theirs.version(), way);
    if verdict.compatibility == Compatibility::Incompatible {
        return Some(Obstacle {
            reason: verdict.to_string(),
            is_route: false,
        });
    }
    let (allowed, source, target) = match way {
        Direction::Reads => (side.allow_in.as_deref(), &side.to, &side.from),
        _ => (side.allow_out.as_deref(), &side.from, &side.to),
    };
    if allows(allowed, information.name) {
        return None;
    }
    let names = match allowed.unwrap_or_default() {
        [] => "nothing".to_owned(),
        names => format!("only {}", names.join(", ")),
    };
    let reason = format!(
        "{}: the route from `{source}` to `{target}` allows {names}; add it to `allow` in the topology",
        information.name
    );
    Some(Obstacle {
        reason,
        is_route: true,
    })
}

fn other_name(type_id: u16, information: &MessageInformation, theirs: &PeerMessage) -> String {
    format!(
        "type id {type_id} is {} (wire digest {:016x}) here and {} (wire digest {:016x}) at the peer; \
         give one of the two another id",
        information.name,
        information.wire_digest,
        plain(&theirs.name),
        theirs.wire_digest(),
    )
}
