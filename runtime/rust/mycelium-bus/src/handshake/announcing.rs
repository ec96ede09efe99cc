//! What this side says of its message types.

use std::collections::BTreeMap;

use mycelium::control::{
    AcceptedDigest, Hello, MessageVersion, Subscribe, Want, MAXIMUM_LENGTH, MAXIMUM_SERVICES,
};
use mycelium::frame::WIRE_VERSION;
use mycelium::versions::{Direction, VersionHistory};
use mycelium::MessageInformation;

use super::manner::Manner;
use super::side::{LocalSide, Use};

/// The smallest type id of an application; those below are the bus's own.
pub(crate) const FIRST_TYPE_ID: u16 = 1000;

/// Digests of other versions that are announced of one message: those of the newest.
const ACCEPTED_MAX: usize = 1024;

/// Bytes of announcements on one link, each way: 16,384 types with names of usual length and some history.
pub(crate) const ANNOUNCED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes of a message's name, and of the name of its version.
const NAME_BYTES_MAX: usize = 256;
const VERSION_BYTES_MAX: usize = 32;

/// Bytes of a Hello beside its lists and names, and of a type in those lists beside its version; both with room to spare.
const HELLO_BYTES: usize = 64;
const USE_BYTES: usize = 16;

/// Bytes that an announced type counts for.
pub(crate) fn announced_bytes(name: &str, accepted: usize) -> usize {
    128 + name.len() + accepted * size_of::<(u64, Direction)>()
}

/// A use whose history is no longer than what is announced of it, so that both sides judge by the same.
pub(crate) fn within_announcement(mut used: Use) -> Use {
    let history = &mut used.information.versions;
    let mut vouched = 0;
    let too_many = history.known.iter().position(|known| {
        vouched += usize::from(known.direction != Direction::Neither);
        vouched > ACCEPTED_MAX
    });
    if let Some(known) = too_many.and_then(|place| history.known.get(..place)) {
        *history = VersionHistory { known, ..*history };
    }
    used
}

/// What was said on a link so far, and what cannot be.
#[derive(Debug, Default)]
pub(crate) struct Spoken {
    bytes: usize,
    unspeakable: BTreeMap<u16, String>,
}

impl Spoken {
    /// Why a type was not announced.
    pub(crate) fn obstacle(&self, type_id: u16) -> Option<&str> {
        self.unspeakable.get(&type_id).map(String::as_str)
    }

    /// Adds a type that is new to the peer to an announcement, unless it cannot be.
    pub(crate) fn introduce(&mut self, said: &mut Subscribe, used: &Use) {
        let Some(type_id) = used.information.type_id else {
            return;
        };
        match self.version_of(type_id, &used.information) {
            Ok(version) => {
                self.bytes += announced_bytes(&version.name, version.accepted.len());
                said.messages.push(version);
                want(said, used);
            }
            Err(reason) => {
                let reason = format!("{}: {reason}", used.information.name);
                self.unspeakable.insert(type_id, reason);
            }
        }
    }

    fn version_of(
        &self,
        type_id: u16,
        information: &MessageInformation,
    ) -> Result<MessageVersion, String> {
        if type_id < FIRST_TYPE_ID {
            return Err(format!(
                "type ids below {FIRST_TYPE_ID} are for the bus itself, so {type_id} does not leave its node"
            ));
        }
        let (name, version) = (information.name, information.versions.version);
        if !(1..=NAME_BYTES_MAX).contains(&name.len()) {
            return Err(format!(
                "it does not leave its node, as its name has not 1 to {NAME_BYTES_MAX} bytes"
            ));
        }
        let accepted: Vec<AcceptedDigest> = accepted_of(information).collect();
        if self.bytes + announced_bytes(name, accepted.len()) > ANNOUNCED_BYTES_MAX {
            return Err(format!(
                "more than {ANNOUNCED_BYTES_MAX} bytes of versions on one link; use fewer message types in one service"
            ));
        }
        let has_version = (1..=VERSION_BYTES_MAX).contains(&version.len());
        Ok(MessageVersion {
            type_id,
            wire_digest: information.wire_digest,
            name: name.to_owned(),
            version: has_version.then(|| version.to_owned()),
            accepted,
        })
    }
}

fn accepted_of(information: &MessageInformation) -> impl Iterator<Item = AcceptedDigest> {
    let accepted = information.versions.accepted().take(ACCEPTED_MAX);
    accepted.filter_map(|(wire_digest, direction)| {
        let direction = direction.announced()?;
        Some(AcceptedDigest {
            wire_digest,
            direction,
        })
    })
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

/// An announcement of nothing.
pub(crate) fn nothing() -> Subscribe {
    Subscribe {
        add: Vec::new(),
        remove: Vec::new(),
        messages: Vec::new(),
        wants: Vec::new(),
    }
}

/// This side's Hello, with as many uses as fit into it; the others stay in `uses`, to be told after the Welcome.
pub(crate) fn hello_of(side: &LocalSide, uses: &mut Vec<Use>, spoken: &mut Spoken) -> Hello {
    let others = side.services.iter().filter(|each| **each != side.from);
    let is_run = side.services.contains(&side.from);
    let services = is_run.then_some(&side.from).into_iter().chain(others);
    let services: Vec<String> = services.take(MAXIMUM_SERVICES as usize).cloned().collect();
    let names = [&side.node_name, &side.from, &side.to];
    let names = names.into_iter().chain(&services);
    let mut size = HELLO_BYTES + names.map(|name| name.len() + 8).sum::<usize>();
    let mut said = nothing();
    uses.retain(|used| {
        let accepted = accepted_of(&used.information).count();
        size += USE_BYTES + used.information.name.len() + VERSION_BYTES_MAX;
        size += 16 + accepted * <AcceptedDigest as mycelium::wire::FixedSize>::SIZE;
        let fits = size <= MAXIMUM_LENGTH as usize;
        if fits {
            spoken.introduce(&mut said, used);
        }
        !fits
    });
    Hello {
        node: side.node,
        wire_version: WIRE_VERSION,
        node_name: side.node_name.clone(),
        services,
        messages: said.messages,
        subscriptions: said.add,
        from: Some(side.from.clone()),
        to: Some(side.to.clone()),
        wants: said.wants,
    }
}
