//! The conversation on one link, from this side.

use std::collections::{BTreeMap, BTreeSet};

use mycelium::control::{
    Goodbye, Heartbeat, Hello, LaneJoined, LaneOffer, Reject, RequestRefused, Subscribe, Welcome,
};
use mycelium::frame::Frame;
use mycelium::Message;

use super::announcements::Announcements;
use super::announcing::{hello_of, nothing, want, within_announcement, Spoken};
use super::flow::{judge, Flow};
use super::hello::check_hello;
use super::rejection::{frame_of, plain, Rejection};
use super::side::{LocalSide, Use};
use super::step::Step;

/// Mismatches that a Welcome tells, and the bytes of those. A peer whose Welcome tells fewer finds the others by itself.
const TOLD_MISMATCHES_MAX: usize = 256;
const TOLD_BYTES_MAX: usize = 32 * 1024;

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Hello was sent.
    AwaitingHello,
    /// The peer's Hello was answered.
    AwaitingWelcome,
    Established,
    /// One side refused.
    Ended,
}

/// What both sides have agreed on so far. It lives as long as the connection.
#[derive(Debug)]
pub(crate) struct Agreement {
    pub(super) side: LocalSide,
    phase: Phase,
    pub(super) uses: BTreeMap<u16, Use>,
    pub(super) spoken: Spoken,
    pub(super) peer: Announcements,
    pub(super) flows: BTreeMap<u16, Flow>,
    /// Uses that the Hello does not tell: those it had no room for, and what changed before the peer could take it.
    unsent: Vec<Use>,
    /// What the peer alone stands in the way of, as it says.
    pub(super) told: BTreeMap<u16, String>,
    /// What the peer was told to be in the way, once each: it may want a type again and again.
    pub(super) routes_told: BTreeSet<u16>,
}

impl Agreement {
    /// Begins with what this side uses now; gives the frame of its Hello. A use without a type id never leaves its node.
    pub(crate) fn begin(side: LocalSide, uses: Vec<Use>) -> (Self, Vec<u8>) {
        let with_id = uses
            .into_iter()
            .filter_map(|used| Some((used.information.type_id?, within_announcement(used))));
        let mut uses: BTreeMap<u16, Use> = with_id.collect();
        let mut spoken = Spoken::default();
        let mut unsent: Vec<Use> = uses.values().copied().collect();
        let hello = frame_of(&hello_of(&side, &mut unsent, &mut spoken));
        for type_id in unsent.iter().filter_map(|used| used.information.type_id) {
            uses.remove(&type_id);
        }
        let agreement = Self {
            side,
            phase: Phase::AwaitingHello,
            uses,
            spoken,
            peer: Announcements::default(),
            flows: BTreeMap::new(),
            unsent,
            told: BTreeMap::new(),
            routes_told: BTreeSet::new(),
        };
        (agreement, hello)
    }

    /// Whether messages may flow.
    #[cfg(test)]
    pub(crate) fn is_established(&self) -> bool {
        self.phase == Phase::Established
    }

    /// Takes a control frame of the peer in. After a rejection its frame is sent and the connection closed; nothing more is
    /// taken in.
    pub(crate) fn receive(&mut self, frame: &Frame<'_>) -> Result<Vec<Step>, Rejection> {
        let heard = self.hear(frame);
        if heard.is_err() {
            self.phase = Phase::Ended;
        }
        heard
    }

    fn hear(&mut self, frame: &Frame<'_>) -> Result<Vec<Step>, Rejection> {
        Rejection::check_length(frame)?;
        if let Some(reject) = read::<Reject>(frame)? {
            return Err(Rejection::by_peer(reject.code, &reject.reason));
        }
        if let Some(mut goodbye) = read::<Goodbye>(frame)? {
            goodbye.reason = goodbye.reason.as_deref().map(plain);
            return Ok(vec![Step::Goodbye(goodbye)]);
        }
        match self.phase {
            Phase::AwaitingHello => self.hear_hello(frame),
            Phase::AwaitingWelcome => self.hear_welcome(frame),
            Phase::Established => self.hear_later(frame),
            Phase::Ended => Err(Rejection::malformed("a message after the end")),
        }
    }

    fn hear_hello(&mut self, frame: &Frame<'_>) -> Result<Vec<Step>, Rejection> {
        let hello = check_hello(&self.side, frame)?;
        self.peer.take(Subscribe {
            add: hello.subscriptions,
            messages: hello.messages,
            wants: hello.wants,
            ..nothing()
        })?;
        let known: Vec<u16> = self.uses.keys().copied().collect();
        for type_id in known {
            self.flows.insert(type_id, self.judge(type_id));
        }
        self.phase = Phase::AwaitingWelcome;
        let mut steps = vec![Step::Send(frame_of(&self.welcome()))];
        // The peer reads these after the Welcome, when it is established.
        for used in std::mem::take(&mut self.unsent) {
            steps.extend(self.change(used));
        }
        Ok(steps)
    }

    fn welcome(&self) -> Welcome {
        let flows = self.flows.iter();
        let agreed = flows.filter(|(_, flow)| flow.is_any());
        let mut size = 0;
        let mismatches = self.flows.keys().filter_map(|id| self.mismatch(*id));
        let mismatches = mismatches.take(TOLD_MISMATCHES_MAX).take_while(|each| {
            size += 32 + each.name.len() + each.reason.len();
            size <= TOLD_BYTES_MAX
        });
        Welcome {
            node: self.side.node,
            agreed: agreed.map(|(type_id, _)| *type_id).collect(),
            mismatches: mismatches.collect(),
        }
    }

    fn hear_welcome(&mut self, frame: &Frame<'_>) -> Result<Vec<Step>, Rejection> {
        let Some(welcome) = read::<Welcome>(frame)? else {
            return Err(out_of_place(frame, "a Welcome"));
        };
        self.phase = Phase::Established;
        let mut steps = vec![Step::Established {
            node: self.side.peer,
            node_name: self.side.peer_name.clone(),
        }];
        for type_id in self.flows.keys() {
            self.note_flow(*type_id, &Flow::default(), &mut steps);
            self.note_reason(*type_id, None, &mut steps);
        }
        self.hear_mismatches(welcome, &mut steps);
        Ok(steps)
    }

    fn hear_later(&mut self, frame: &Frame<'_>) -> Result<Vec<Step>, Rejection> {
        let mut steps = Vec::new();
        if let Some(said) = read::<Subscribe>(frame)? {
            for type_id in self.peer.take(said)? {
                self.judge_again(type_id, &mut steps);
            }
        } else if let Some(welcome) = read::<Welcome>(frame)? {
            self.hear_mismatches(welcome, &mut steps);
        } else if let Some(beat) = read::<Heartbeat>(frame)? {
            steps.push(Step::Heartbeat(beat));
        } else if let Some(refused) = read::<RequestRefused>(frame)? {
            steps.push(Step::Refused {
                correlation_id: refused.correlation_id,
                reason: plain(&refused.reason),
            });
        } else if let Some(offer) = read::<LaneOffer>(frame)? {
            steps.push(Step::LaneOffer(offer));
        } else if let Some(joined) = read::<LaneJoined>(frame)? {
            steps.push(Step::LaneJoined(joined));
        } else {
            let expected = "a message of an established connection";
            return Err(out_of_place(frame, expected));
        }
        Ok(steps)
    }

    /// This side's use of a message type is new or another than before.
    pub(crate) fn change(&mut self, used: Use) -> Vec<Step> {
        let Some(type_id) = used.information.type_id else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        match self.phase {
            Phase::Ended => {}
            Phase::AwaitingHello => self.unsent.push(used),
            Phase::AwaitingWelcome => {
                steps.extend(self.tell(type_id, used).map(Step::Send));
                self.flows.insert(type_id, self.judge(type_id));
                steps.extend(self.tell_route(type_id));
            }
            Phase::Established => {
                steps.extend(self.tell(type_id, used).map(Step::Send));
                self.judge_again(type_id, &mut steps);
            }
        }
        steps
    }

    /// Notes a use; the frame that tells the peer, where there is anything new for it.
    fn tell(&mut self, type_id: u16, used: Use) -> Option<Vec<u8>> {
        let mut said = nothing();
        match self.uses.get_mut(&type_id) {
            None => {
                let used = within_announcement(used);
                self.spoken.introduce(&mut said, &used);
                self.uses.insert(type_id, used);
                if said.messages.is_empty() {
                    return None;
                }
            }
            Some(before) if before.wants == used.wants => return None,
            Some(before) => {
                // The version is the one that was announced, whatever comes later.
                before.wants = used.wants;
                if self.spoken.obstacle(type_id).is_some() {
                    return None;
                }
                match before.wants.is_wanted() {
                    true => want(&mut said, before),
                    false => said.remove.push(type_id),
                }
            }
        }
        Some(frame_of(&said))
    }

    fn judge(&self, type_id: u16) -> Flow {
        let used = self.uses.get(&type_id);
        judge(&self.side, used, type_id, &self.spoken, &self.peer)
    }

    fn judge_again(&mut self, type_id: u16, steps: &mut Vec<Step>) {
        // What the peer alone uses does not concern this side yet.
        if !self.uses.contains_key(&type_id) {
            return;
        }
        let shown = self.shown(type_id);
        let flow = self.judge(type_id);
        let before = self.flows.insert(type_id, flow).unwrap_or_default();
        self.note_flow(type_id, &before, steps);
        self.note_reason(type_id, shown, steps);
        steps.extend(self.tell_route(type_id));
    }
}

/// A control message of that type; None where the frame is another one.
fn read<M: Message>(frame: &Frame<'_>) -> Result<Option<M>, Rejection> {
    if Some(frame.type_id) != M::TYPE_ID {
        return Ok(None);
    }
    M::decode(frame.body).map(Some).map_err(|error| {
        Rejection::malformed(format!(
            "a {} that cannot be decoded: {error}",
            M::SHORT_NAME
        ))
    })
}

fn out_of_place(frame: &Frame<'_>, expected: &str) -> Rejection {
    let found = match Some(frame.type_id) {
        id if id == Hello::TYPE_ID => "a second Hello".to_owned(),
        id if id == Welcome::TYPE_ID => "a Welcome".to_owned(),
        _ => format!("type id {}", frame.type_id),
    };
    Rejection::malformed(format!("{found} came where {expected} was due"))
}
