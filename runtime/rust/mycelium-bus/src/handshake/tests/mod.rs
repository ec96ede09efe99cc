//! Two agreements talking to each other, and one that a stranger talks to.

use std::collections::VecDeque;

use mycelium::frame::{Frame, DEFAULT_LENGTH_MAX};
use mycelium::versions::VersionHistory;
use mycelium::MessageInformation;

use super::{Agreement, LocalSide, Manner, Rejection, Step, Use};

mod conversation;
mod hostile;
mod random;

const QUOTE: MessageInformation = information(1001, "market.Quote", 0xA1);
const ORDER: MessageInformation = information(1002, "market.Order", 0xB2);

const fn information(type_id: u16, name: &'static str, wire_digest: u64) -> MessageInformation {
    MessageInformation {
        type_id: Some(type_id),
        name,
        topic: None,
        wire_digest,
        full_digest: wire_digest,
        versions: VersionHistory::EMPTY,
    }
}

fn side(own: &str, other: &str) -> LocalSide {
    let number = |name: &str| u32::from(name.as_bytes()[0]);
    LocalSide {
        node: number(own),
        node_name: own.to_owned(),
        services: vec![own.to_owned()],
        from: own.to_owned(),
        to: other.to_owned(),
        peer: number(other),
        peer_name: other.to_owned(),
        allow_out: None,
        allow_in: None,
    }
}

fn sends(information: MessageInformation) -> Use {
    Use {
        information,
        wants: Manner::NOT,
    }
}

fn wants(information: MessageInformation, wants: Manner) -> Use {
    Use { information, wants }
}

fn frame(bytes: &[u8]) -> Frame<'_> {
    Frame::decode(bytes, DEFAULT_LENGTH_MAX, |_| true).expect("one frame")
}

/// Both ends and what is under way.
struct Link {
    ends: [Agreement; 2],
    under_way: [VecDeque<Vec<u8>>; 2],
    steps: [Vec<Step>; 2],
}

impl Link {
    fn new(sides: [LocalSide; 2], uses: [Vec<Use>; 2]) -> Self {
        let [first, second] = sides;
        let [first_uses, second_uses] = uses;
        let (first, to_second) = Agreement::begin(first, first_uses);
        let (second, to_first) = Agreement::begin(second, second_uses);
        Self {
            ends: [first, second],
            under_way: [[to_first].into(), [to_second].into()],
            steps: [Vec::new(), Vec::new()],
        }
    }

    fn between(uses: [Vec<Use>; 2]) -> Self {
        Self::new([side("a", "b"), side("b", "a")], uses)
    }

    fn change(&mut self, end: usize, used: Use) {
        let steps = self.ends[end].change(used);
        self.take(end, steps);
    }

    fn take(&mut self, end: usize, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Send(bytes) => self.under_way[1 - end].push_back(bytes),
                other => self.steps[end].push(other),
            }
        }
    }

    /// Delivers one frame to that end; false where none is under way.
    fn deliver(&mut self, end: usize) -> Result<bool, Rejection> {
        let Some(bytes) = self.under_way[end].pop_front() else {
            return Ok(false);
        };
        let steps = self.ends[end].receive(&frame(&bytes))?;
        self.take(end, steps);
        Ok(true)
    }

    fn settle(&mut self) {
        while self.deliver(0).expect("no rejection") | self.deliver(1).expect("no rejection") {}
    }

    fn reasons(&self, end: usize) -> Vec<String> {
        let steps = self.steps[end].iter();
        steps
            .filter_map(|step| match step {
                Step::Mismatch(note) => Some(note.reason.clone()),
                _ => None,
            })
            .collect()
    }
}
