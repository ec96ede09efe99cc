//! What this side notes of message types that flow, or do not, and what it tells the peer of that.

use mycelium::control::{Mismatch, Welcome};

use super::agreement::Agreement;
use super::flow::Flow;
use super::rejection::{cut, frame_of, plain};
use super::side::MismatchNote;
use super::step::Step;

impl Agreement {
    /// Why a type that both sides have announced does not flow, as the peer is told.
    pub(super) fn mismatch(&self, type_id: u16) -> Option<Mismatch> {
        if self.spoken.obstacle(type_id).is_some() {
            return None;
        }
        let information = &self.uses.get(&type_id)?.information;
        let obstacle = self.flows.get(&type_id)?.obstacle.as_ref()?;
        Some(Mismatch {
            type_id,
            local_digest: information.wire_digest,
            peer_digest: self.peer.message(type_id)?.wire_digest(),
            name: information.name.to_owned(),
            reason: cut(&obstacle.reason),
        })
    }

    /// Notes what the peer alone stands in the way of, such as a route that its topology narrows.
    pub(super) fn hear_mismatches(&mut self, welcome: Welcome, steps: &mut Vec<Step>) {
        for mismatch in welcome.mismatches {
            let type_id = mismatch.type_id;
            if !self.uses.contains_key(&type_id) {
                continue;
            }
            let before = self.shown(type_id);
            let reason = format!("the peer says: {}", plain(&mismatch.reason));
            self.told.insert(type_id, reason);
            self.note_reason(type_id, before, steps);
        }
    }

    /// What is to be shown of a type: why it does not flow, where it is wanted to.
    pub(super) fn shown(&self, type_id: u16) -> Option<String> {
        let flow = self.flows.get(&type_id)?;
        let told = self.told.get(&type_id).filter(|_| flow.is_any());
        let own = flow.obstacle.as_ref().map(|obstacle| &obstacle.reason);
        own.or(told).cloned()
    }

    /// Tells the peer of an obstacle that it may not know, as its topology may be another.
    pub(super) fn tell_route(&mut self, type_id: u16) -> Option<Step> {
        let obstacle = self.flows.get(&type_id)?.obstacle.as_ref()?;
        let mismatch = self.mismatch(type_id).filter(|_| obstacle.is_route)?;
        self.routes_told.insert(type_id).then(|| {
            Step::Send(frame_of(&Welcome {
                node: self.side.node,
                agreed: Vec::new(),
                mismatches: vec![mismatch],
            }))
        })
    }

    pub(super) fn note_flow(&self, type_id: u16, before: &Flow, steps: &mut Vec<Step>) {
        let Some(after) = self.flows.get(&type_id) else {
            return;
        };
        if before.outbound != after.outbound {
            let manner = after.outbound;
            steps.push(Step::OutboundChanged { type_id, manner });
        }
        if before.is_barred != after.is_barred {
            let is_barred = after.is_barred;
            steps.push(Step::Barred { type_id, is_barred });
        }
        if before.inbound != after.inbound {
            let is_agreed = after.inbound;
            steps.push(Step::InboundChanged { type_id, is_agreed });
        }
    }

    pub(super) fn note_reason(&self, type_id: u16, before: Option<String>, steps: &mut Vec<Step>) {
        match self.shown(type_id) {
            after if after == before => {}
            None => steps.push(Step::Mended { type_id }),
            Some(reason) => {
                let name = self.uses.get(&type_id).map(|used| used.information.name);
                steps.push(Step::Mismatch(MismatchNote {
                    type_id,
                    name: name.unwrap_or_default().to_owned(),
                    reason,
                }));
            }
        }
    }
}
