//! The conversation on one link, from this side.

use std::collections::BTreeMap;

use mycelium::control::{
    Goodbye, Heartbeat, Hello, LaneJoined, LaneOffer, Mismatch, Reject, RejectCode, RequestRefused,
    Subscribe, Welcome,
};
use mycelium::frame::Frame;
use mycelium::Message;

use super::announcements::Announcements;
use super::flow::{judge, Flow};
use super::hello::{announce, check_hello, hello_of, want};
use super::manner::Manner;
use super::rejection::{cut, frame_of, plain, Rejection};
use super::side::{LocalSide, MismatchNote, Use};

/// Mismatches that a Welcome tells.
const TOLD_MISMATCHES_MAX: usize = 256;

/// Something the link has to do, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Send this frame.
    Send(Vec<u8>),
    /// Messages may flow from now on.
    Established {
        /// The peer's number.
        node: u32,
        /// The peer's name.
        node_name: String,
    },
    /// The peer wants a type in this manner, and both agree; None: no more.
    OutboundChanged {
        type_id: u16,
        manner: Option<Manner>,
    },
    /// Whether a type that this side wants comes.
    InboundChanged { type_id: u16, is_agreed: bool },
    /// A type does not flow; a reason that was told before is told again only if it changed.
    Mismatch(MismatchNote),
    /// A type flows again.
    Mended { type_id: u16 },
    /// A request was not served.
    Refused { correlation_id: u64, reason: String },
    /// The peer lives.
    Heartbeat(Heartbeat),
    /// The peer will close the connection.
    Goodbye(Goodbye),
    /// The peer's lane is ready.
    LaneOffer(LaneOffer),
    /// The peer reads this side's lane.
    LaneJoined(LaneJoined),
}

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Hello was sent.
    AwaitingHello,
    /// The peer's Hello was answered.
    AwaitingWelcome,
    Established,
}

/// What both sides have agreed on so far. It lives as long as the connection.
#[derive(Debug)]
pub(crate) struct Agreement {
    side: LocalSide,
    phase: Phase,
    uses: BTreeMap<u16, Use>,
    peer: Announcements,
    flows: BTreeMap<u16, Flow>,
    /// What changed after the Hello was sent and before the peer could take it.
    unsent: Vec<Use>,
}

impl Agreement {
    /// Begins with what this side uses now; gives the frame of its Hello. A use without a type id never leaves its node.
    pub(crate) fn begin(side: LocalSide, uses: Vec<Use>) -> (Self, Vec<u8>) {
        let known = uses.iter();
        let uses: BTreeMap<u16, Use> = known
            .filter_map(|each| Some((each.information.type_id?, *each)))
            .collect();
        let hello = frame_of(&hello_of(&side, uses.values()));
        let agreement = Self {
            side,
            phase: Phase::AwaitingHello,
            uses,
            peer: Announcements::default(),
            flows: BTreeMap::new(),
            unsent: Vec::new(),
        };
        (agreement, hello)
    }

    /// Whether messages may flow.
    pub(crate) fn is_established(&self) -> bool {
        self.phase == Phase::Established
    }

    /// Takes a control frame of the peer in. After a rejection, its frame is sent and the connection closed.
    pub(crate) fn receive(&mut self, frame: &Frame<'_>) -> Result<Vec<Step>, Rejection> {
        if let Some(reject) = read::<Reject>(frame)? {
            return Err(Rejection::by_peer(reject.code, &reject.reason));
        }
        match self.phase {
            Phase::AwaitingHello => self.receive_hello(frame),
            Phase::AwaitingWelcome => self.receive_welcome(frame),
            Phase::Established => self.receive_later(frame),
        }
    }

    fn receive_hello(&mut self, frame: &Frame<'_>) -> Result<Vec<Step>, Rejection> {
        let hello = check_hello(&self.side, frame)?;
        self.peer.take(Subscribe {
            add: hello.subscriptions,
            remove: Vec::new(),
            messages: hello.messages,
            wants: hello.wants,
        })?;
        let known: Vec<u16> = self.uses.keys().copied().collect();
        for type_id in known {
            self.flows.insert(type_id, self.judge(type_id));
        }
        self.phase = Phase::AwaitingWelcome;
        let mut steps = vec![Step::Send(frame_of(&self.welcome()))];
        // The peer reads these after the Welcome, when it is established.
        for used in std::mem::take(&mut self.unsent) {
            steps.extend(self.tell(used).map(Step::Send));
            if let Some(type_id) = used.information.type_id {
                self.flows.insert(type_id, self.judge(type_id));
            }
        }
        Ok(steps)
    }

    fn welcome(&self) -> Welcome {
        let flows = self.flows.iter();
        let agreed = flows.filter(|(_, flow)| flow.outbound.is_some() || flow.inbound);
        Welcome {
            node: self.side.node,
            agreed: agreed.map(|(type_id, _)| *type_id).collect(),
            mismatches: self.told_mismatches(),
        }
    }

    fn told_mismatches(&self) -> Vec<Mismatch> {
        let obstacles = self.flows.iter().filter_map(|(type_id, flow)| {
            let used = self.uses.get(type_id)?;
            Some(Mismatch {
                type_id: *type_id,
                local_digest: used.information.wire_digest,
                peer_digest: self.peer.message(*type_id)?.wire_digest(),
                name: used.information.name.to_owned(),
                reason: cut(flow.obstacle.as_deref()?),
            })
        });
        obstacles.take(TOLD_MISMATCHES_MAX).collect()
    }

    fn receive_welcome(&mut self, frame: &Frame<'_>) -> Result<Vec<Step>, Rejection> {
        let Some(welcome) = read::<Welcome>(frame)? else {
            return Err(out_of_place(frame, "a Welcome"));
        };
        self.phase = Phase::Established;
        let mut steps = vec![Step::Established {
            node: self.side.peer,
            node_name: self.side.peer_name.clone(),
        }];
        for (type_id, flow) in &self.flows {
            self.note_change(*type_id, &Flow::default(), flow, &mut steps);
        }
        // What the peer alone stands in the way of, such as a route that its topology narrows.
        for mismatch in welcome.mismatches {
            let flow = self.flows.get(&mismatch.type_id);
            if flow.is_some_and(|flow| flow.obstacle.is_none()) {
                steps.push(Step::Mismatch(MismatchNote {
                    type_id: mismatch.type_id,
                    name: plain(&mismatch.name),
                    reason: format!("the peer says: {}", plain(&mismatch.reason)),
                }));
            }
        }
        Ok(steps)
    }

    fn receive_later(&mut self, frame: &Frame<'_>) -> Result<Vec<Step>, Rejection> {
        if let Some(said) = read::<Subscribe>(frame)? {
            let mut steps = Vec::new();
            for type_id in self.peer.take(said)? {
                self.judge_again(type_id, &mut steps);
            }
            return Ok(steps);
        }
        let step = if let Some(beat) = read::<Heartbeat>(frame)? {
            Step::Heartbeat(beat)
        } else if let Some(refused) = read::<RequestRefused>(frame)? {
            Step::Refused {
                correlation_id: refused.correlation_id,
                reason: plain(&refused.reason),
            }
        } else if let Some(goodbye) = read::<Goodbye>(frame)? {
            Step::Goodbye(goodbye)
        } else if let Some(offer) = read::<LaneOffer>(frame)? {
            Step::LaneOffer(offer)
        } else if let Some(joined) = read::<LaneJoined>(frame)? {
            Step::LaneJoined(joined)
        } else {
            return Err(out_of_place(
                frame,
                "a message of an established connection",
            ));
        };
        Ok(vec![step])
    }

    /// This side's use of a message type is new or another than before.
    pub(crate) fn change(&mut self, used: Use) -> Vec<Step> {
        let Some(type_id) = used.information.type_id else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        match self.phase {
            Phase::AwaitingHello => self.unsent.push(used),
            Phase::AwaitingWelcome => {
                steps.extend(self.tell(used).map(Step::Send));
                self.flows.insert(type_id, self.judge(type_id));
            }
            Phase::Established => {
                steps.extend(self.tell(used).map(Step::Send));
                self.judge_again(type_id, &mut steps);
            }
        }
        steps
    }

    /// Notes a use; the frame that tells the peer, where there is anything new for it.
    fn tell(&mut self, used: Use) -> Option<Vec<u8>> {
        let type_id = used.information.type_id?;
        let mut said = Subscribe {
            add: Vec::new(),
            remove: Vec::new(),
            messages: Vec::new(),
            wants: Vec::new(),
        };
        match self.uses.insert(type_id, used) {
            None => announce(&mut said, &used),
            Some(before) if before.wants == used.wants => return None,
            Some(_) => {}
        }
        match used.wants.is_wanted() {
            true => want(&mut said, &used),
            false if said.messages.is_empty() => said.remove.push(type_id),
            false => {}
        }
        Some(frame_of(&said))
    }

    fn judge(&self, type_id: u16) -> Flow {
        judge(&self.side, self.uses.get(&type_id), type_id, &self.peer)
    }

    fn judge_again(&mut self, type_id: u16, steps: &mut Vec<Step>) {
        let flow = self.judge(type_id);
        let before = self.flows.get(&type_id).cloned().unwrap_or_default();
        self.note_change(type_id, &before, &flow, steps);
        self.flows.insert(type_id, flow);
    }

    fn note_change(&self, type_id: u16, before: &Flow, after: &Flow, steps: &mut Vec<Step>) {
        if before.outbound != after.outbound {
            let manner = after.outbound;
            steps.push(Step::OutboundChanged { type_id, manner });
        }
        if before.inbound != after.inbound {
            let is_agreed = after.inbound;
            steps.push(Step::InboundChanged { type_id, is_agreed });
        }
        match &after.obstacle {
            _ if before.obstacle == after.obstacle => {}
            None => steps.push(Step::Mended { type_id }),
            Some(reason) => {
                let name = self.uses.get(&type_id).map(|used| used.information.name);
                steps.push(Step::Mismatch(MismatchNote {
                    type_id,
                    name: name.unwrap_or_default().to_owned(),
                    reason: reason.clone(),
                }));
            }
        }
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
        id if id == Welcome::TYPE_ID => "a second Welcome".to_owned(),
        _ => format!("type id {}", frame.type_id),
    };
    Rejection::new(
        RejectCode::Malformed,
        format!("{found} came where {expected} was due"),
    )
}
