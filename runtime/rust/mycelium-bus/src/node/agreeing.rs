//! What the two sides of a link tell each other, carried out.

use std::sync::atomic::AtomicU64;
use std::sync::Arc;

use mycelium::control::{LaneJoined, LaneOffer};
use mycelium::frame::Frame;
use mycelium::Timestamp;

use super::core::NodeCore;
use super::fault::LinkFault;
use super::link::{Link, Talk};
use super::outbound::Wanted;
use super::service::Use;
use crate::handshake::{Agreement, LocalSide, Manner, Step, Use as Told};

/// What a control message came to, as far as the connection has to act on it.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Both sides have welcomed each other.
    pub(crate) is_agreed: bool,
    pub(crate) offer: Option<LaneOffer>,
    pub(crate) joined: Option<LaneJoined>,
    /// What the peer published before this time has been sent.
    pub(crate) watermark: Option<Timestamp>,
}

impl Link {
    /// Begins to talk over a new connection: the hello that goes first.
    pub(crate) fn begin(&self, core: &NodeCore) -> Vec<u8> {
        let mut talk = self.talk();
        self.barred.clear();
        let uses = core.service_at(self.plan.service).uses();
        let told = uses.iter().map(|used| self.told(used)).collect();
        let (agreement, hello) = Agreement::begin(self.side(core), told);
        *talk = Talk {
            agreement: Some(agreement),
            ..Talk::default()
        };
        hello
    }

    /// This side of it, and whom it expects on the other.
    pub(crate) fn side(&self, core: &NodeCore) -> LocalSide {
        LocalSide {
            node: core.number(),
            node_name: core.name().to_owned(),
            services: core
                .services()
                .iter()
                .map(|service| service.name().to_owned())
                .collect(),
            from: self.plan.from.clone(),
            to: self.plan.to.clone(),
            peer: self.plan.peer_number,
            peer_name: self.plan.peer_node.clone(),
            allow_out: self.plan.allow_out.clone(),
            allow_in: self.plan.allow_in.clone(),
        }
    }

    /// Takes a control message in.
    pub(crate) fn hear(
        self: &Arc<Self>,
        core: &NodeCore,
        frame: &Frame<'_>,
    ) -> Result<Heard, LinkFault> {
        let mut talk = self.talk();
        let Some(agreement) = &mut talk.agreement else {
            return Err(LinkFault::Closed);
        };
        match agreement.receive(frame) {
            Ok(steps) => self.follow(core, &mut talk, steps),
            Err(rejection) => {
                if !rejection.frame.is_empty() {
                    self.say(core, &rejection.frame);
                }
                Err(LinkFault::Rejected(rejection.reason))
            }
        }
    }

    /// Tells the peer that the service uses a type otherwise than before.
    pub(crate) fn use_changed(self: &Arc<Self>, core: &NodeCore, type_id: u16) {
        let mut talk = self.talk();
        // Read with the talk locked, so that the last word is the last state.
        let used = core.service_at(self.plan.service).use_of(type_id);
        let (Some(agreement), Some(used)) = (&mut talk.agreement, used) else {
            return;
        };
        let steps = agreement.change(self.told(&used));
        // An end that shows itself here shows itself to the driver as well, which acts on it.
        let _ = self.follow(core, &mut talk, steps);
    }

    fn follow(
        self: &Arc<Self>,
        core: &NodeCore,
        talk: &mut Talk,
        steps: Vec<Step>,
    ) -> Result<Heard, LinkFault> {
        let mut heard = Heard::default();
        for step in steps {
            match step {
                Step::Send(frame) => self.say(core, &frame),
                Step::Established { .. } => heard.is_agreed = true,
                Step::OutboundChanged { type_id, manner } => {
                    self.outbound_changed(core, talk, type_id, manner);
                }
                Step::InboundChanged { type_id, is_agreed } => {
                    if is_agreed {
                        self.expect_messages(core, type_id);
                    }
                }
                Step::Heartbeat(heartbeat) => heard.watermark = Some(heartbeat.watermark),
                Step::Barred { type_id, is_barred } => self.barred.change(type_id, is_barred),
                Step::Mismatch(note) => {
                    talk.mismatches.insert(note.type_id, note.reason);
                }
                Step::Mended { type_id } => {
                    talk.mismatches.remove(&type_id);
                }
                Step::LaneOffer(offer) => heard.offer = Some(offer),
                Step::LaneJoined(joined) => heard.joined = Some(joined),
                Step::Refused {
                    correlation_id,
                    reason,
                } => core.requests().refuse(self.id(), correlation_id, reason),
                Step::Goodbye(goodbye) => {
                    let reason = goodbye.reason.unwrap_or_default();
                    return Err(LinkFault::Goodbye(match reason.is_empty() {
                        true => goodbye.code.name().unwrap_or("no reason").to_lowercase(),
                        false => reason,
                    }));
                }
            }
        }
        Ok(heard)
    }

    fn outbound_changed(
        self: &Arc<Self>,
        core: &NodeCore,
        talk: &mut Talk,
        type_id: u16,
        manner: Option<Manner>,
    ) {
        // What a peer with another topology wants beyond answers goes another way.
        let manner = match self.plan.carries_out {
            true => manner,
            false => manner
                .filter(|manner| manner.has(Manner::REPLIES))
                .map(|_| Manner::REPLIES),
        };
        match manner {
            Some(manner) => talk.wanted.insert(type_id, manner),
            None => talk.wanted.remove(&type_id),
        };
        if self.is_established() {
            self.note_time(core, talk);
            self.send_from_now_on(core, type_id, manner);
        }
    }

    /// Whoever orders by time waits for the peer from now on, and not from its first message on.
    fn expect_messages(&self, core: &NodeCore, type_id: u16) {
        let receivers = core.service_at(self.plan.service).destinations(type_id);
        let receivers = receivers.iter().flat_map(|to| &to.messages);
        receivers.for_each(|receiver| receiver.expect(&self.plan.to));
    }

    /// Whether the peer orders what comes by time, or measures it.
    fn note_time(&self, core: &NodeCore, talk: &Talk) {
        let wants_time = |manner: &Manner| manner.has(Manner::ENVELOPE);
        if self.tell_time(talk.wanted.values().any(wants_time)) {
            // The driver has to know when to wake up.
            core.nudger().wake_by_ref();
        }
    }

    /// The link is established: what the peer wants begins to flow, before anybody who waits for the link learns of it.
    pub(crate) fn begin_to_send(self: &Arc<Self>, core: &NodeCore) {
        let talk = self.talk();
        for (type_id, manner) in &talk.wanted {
            self.send_from_now_on(core, *type_id, Some(*manner));
        }
        core.established(self);
        self.note_time(core, &talk);
    }

    fn send_from_now_on(self: &Arc<Self>, core: &NodeCore, type_id: u16, manner: Option<Manner>) {
        let Some(outbound) = core.service_at(self.plan.service).outbound_of(type_id) else {
            return;
        };
        let published = manner.filter(|manner| manner.has(Manner::PUBLISHED));
        let wanted = published.map(|manner| {
            Arc::new(Wanted {
                link: Arc::clone(self),
                is_lossy: manner.has(Manner::LOSSY),
                has_envelope: manner.has(Manner::ENVELOPE) || manner.has(Manner::LOSSY),
                sequence: AtomicU64::new(0),
            })
        });
        outbound.change(self, wanted);
        core.links_changed().ring();
    }

    /// Talks no more, and sends nothing any more.
    pub(crate) fn end(self: &Arc<Self>, core: &NodeCore) {
        let mut talk = self.talk();
        talk.agreement = None;
        for type_id in std::mem::take(&mut talk.wanted).into_keys() {
            if let Some(outbound) = core.service_at(self.plan.service).outbound_of(type_id) {
                outbound.change(self, None);
            }
        }
        self.cut_off();
    }

    /// A use as the peer is told of it.
    fn told(&self, used: &Use) -> Told {
        let mut wants = Manner::NOT;
        if let Some(want) = used.messages.filter(|_| self.plan.carries_in) {
            wants = wants.and(Manner::PUBLISHED);
            if want.is_lossy {
                wants = wants.and(Manner::LOSSY);
            }
            if want.needs_envelope {
                wants = wants.and(Manner::ENVELOPE);
            }
        }
        if used.serves && self.plan.carries_in {
            wants = wants.and(Manner::REQUESTS);
        }
        if used.awaits {
            wants = wants.and(Manner::REPLIES);
        }
        Told {
            information: used.information,
            wants,
        }
    }
}
