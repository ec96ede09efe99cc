//! What the peer has said of its message types.

use std::collections::HashMap;

use mycelium::control::{MessageVersion, Subscribe, Want};
use mycelium::versions::{Direction, PeerVersion};

use super::announcing::{announced_bytes, ANNOUNCED_BYTES_MAX, FIRST_TYPE_ID};
use super::manner::Manner;
use super::rejection::{plain, Rejection};

/// A version of a message as the peer announced it.
#[derive(Debug)]
pub(crate) struct PeerMessage {
    pub(crate) name: String,
    wire_digest: u64,
    version: Option<String>,
    accepted: Vec<(u64, Direction)>,
}

impl PeerMessage {
    fn of(said: MessageVersion) -> Self {
        let accepted = said.accepted.iter();
        Self {
            accepted: accepted
                .map(|each| (each.wire_digest, each.direction.into()))
                .collect(),
            wire_digest: said.wire_digest,
            version: said.version,
            name: said.name,
        }
    }

    pub(crate) fn wire_digest(&self) -> u64 {
        self.wire_digest
    }

    pub(crate) fn version(&self) -> PeerVersion<'_> {
        PeerVersion {
            wire_digest: self.wire_digest,
            version: self.version.as_deref(),
            accepted: &self.accepted,
        }
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Announcements {
    messages: HashMap<u16, PeerMessage>,
    wants: HashMap<u16, Manner>,
    bytes: usize,
}

impl Announcements {
    pub(crate) fn message(&self, type_id: u16) -> Option<&PeerMessage> {
        self.messages.get(&type_id)
    }

    pub(crate) fn wants(&self, type_id: u16) -> Manner {
        self.wants.get(&type_id).copied().unwrap_or_default()
    }

    /// Takes a change in, as a Hello or a Subscribe carries it; the types it concerns.
    pub(crate) fn take(&mut self, said: Subscribe) -> Result<Vec<u16>, Rejection> {
        let mut changed = distinct(said.add.iter().chain(&said.remove))?;
        for message in said.messages {
            changed.push(message.type_id);
            self.add_message(message)?;
        }
        for type_id in said.remove {
            if self.wants.remove(&type_id).is_none() {
                return Err(Rejection::malformed(format!(
                    "the end of a subscription to type id {type_id}, which never began"
                )));
            }
        }
        let manners = manners_of(&said.add, &said.wants)?;
        for type_id in said.add {
            if !self.messages.contains_key(&type_id) {
                return Err(Rejection::malformed(format!(
                    "a subscription to type id {type_id}, of which no version was announced"
                )));
            }
            let manner = manners.get(&type_id).copied();
            self.wants
                .insert(type_id, manner.unwrap_or(Manner::PUBLISHED));
        }
        changed.sort_unstable();
        changed.dedup();
        Ok(changed)
    }

    fn add_message(&mut self, said: MessageVersion) -> Result<(), Rejection> {
        let type_id = said.type_id;
        if type_id < FIRST_TYPE_ID {
            return Err(Rejection::malformed(format!(
                "type id {type_id}: those below {FIRST_TYPE_ID} belong to the bus itself"
            )));
        }
        let name = plain(&said.name);
        let message = PeerMessage::of(said);
        self.bytes += announced_bytes(&message.name, message.accepted.len());
        if self.bytes > ANNOUNCED_BYTES_MAX {
            return Err(Rejection::malformed(format!(
                "more than {ANNOUNCED_BYTES_MAX} bytes of announced versions"
            )));
        }
        match self.messages.insert(type_id, message) {
            None => Ok(()),
            Some(_) => Err(Rejection::malformed(format!(
                "type id {type_id}, `{name}`, was announced twice"
            ))),
        }
    }
}

/// The ids in order, each of which is named once.
fn distinct<'a>(ids: impl Iterator<Item = &'a u16>) -> Result<Vec<u16>, Rejection> {
    let mut ids: Vec<u16> = ids.copied().collect();
    ids.sort_unstable();
    let repeated = ids.windows(2).find(|pair| pair.first() == pair.last());
    match repeated.and_then(<[u16]>::first) {
        None => Ok(ids),
        Some(type_id) => Err(Rejection::malformed(format!(
            "type id {type_id} was subscribed to, or no more, twice at once"
        ))),
    }
}

fn manners_of(added: &[u16], wants: &[Want]) -> Result<HashMap<u16, Manner>, Rejection> {
    let mut manners = HashMap::new();
    for &Want { type_id, manner } in wants {
        let known = Manner::from_bits(manner).ok_or_else(|| {
            Rejection::malformed(format!("type id {type_id} wanted in manner {manner}"))
        })?;
        if manners.insert(type_id, known).is_some() {
            return Err(Rejection::malformed(format!(
                "type id {type_id} wanted in two manners"
            )));
        }
    }
    let mut added = added.to_vec();
    added.sort_unstable();
    if let Some(stray) = manners
        .keys()
        .find(|each| added.binary_search(each).is_err())
    {
        return Err(Rejection::malformed(format!(
            "type id {stray} wanted in a manner, and not at all"
        )));
    }
    Ok(manners)
}
