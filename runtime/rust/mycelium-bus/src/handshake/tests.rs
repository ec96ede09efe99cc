//! Two agreements talking to each other.

use std::collections::VecDeque;

use mycelium::control::RejectCode;
use mycelium::frame::{Frame, DEFAULT_LENGTH_MAX};
use mycelium::versions::{Direction, KnownVersion, VersionHistory};
use mycelium::MessageInformation;

use super::{peek_hello, Agreement, LocalSide, Manner, Rejection, Step, Use};

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

fn outbound(type_id: u16, manner: Manner) -> Step {
    let manner = Some(manner);
    Step::OutboundChanged { type_id, manner }
}

fn inbound(type_id: u16) -> Step {
    let is_agreed = true;
    Step::InboundChanged { type_id, is_agreed }
}

#[test]
fn what_one_side_sends_and_the_other_wants_flows() {
    let mut link = Link::between([vec![sends(QUOTE)], vec![wants(QUOTE, Manner::PUBLISHED)]]);
    link.settle();
    assert!(link.ends.iter().all(Agreement::is_established));
    assert!(link.steps[0].contains(&outbound(1001, Manner::PUBLISHED)));
    assert!(link.steps[1].contains(&inbound(1001)));
}

#[test]
fn a_type_that_becomes_used_later_flows_from_then_on() {
    let mut link = Link::between([vec![], vec![wants(ORDER, Manner::REQUESTS)]]);
    link.settle();
    assert_eq!(link.steps[0].len(), 1);
    link.change(0, sends(ORDER));
    link.settle();
    assert!(link.steps[0].contains(&outbound(1002, Manner::REQUESTS)));
    assert!(link.steps[1].contains(&inbound(1002)));
    link.change(1, wants(ORDER, Manner::NOT));
    link.settle();
    let manner = None;
    let no_more = Step::OutboundChanged {
        type_id: 1002,
        manner,
    };
    assert_eq!(link.steps[0].last(), Some(&no_more));
}

#[test]
fn changes_before_the_welcome_are_not_lost() {
    for delivered in 0..4 {
        let mut link = Link::between([vec![], vec![]]);
        for turn in 0..delivered {
            link.deliver(turn % 2).expect("no rejection");
        }
        let lossy = Manner::PUBLISHED.and(Manner::LOSSY);
        link.change(0, wants(QUOTE, lossy));
        link.change(1, sends(QUOTE));
        link.settle();
        assert!(
            link.steps[1].contains(&outbound(1001, lossy)),
            "after {delivered} frames"
        );
        assert!(
            link.steps[0].contains(&inbound(1001)),
            "after {delivered} frames"
        );
    }
}

#[test]
fn incompatible_versions_do_not_flow_and_both_sides_know_why() {
    let other = information(1001, "market.Quote", 0xC3);
    let wanted = wants(other, Manner::PUBLISHED);
    let mut link = Link::between([
        vec![sends(QUOTE), sends(ORDER)],
        vec![wanted, wants(ORDER, Manner::PUBLISHED)],
    ]);
    link.settle();
    for end in 0..2 {
        let reasons = link.reasons(end);
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        for part in ["market.Quote", "00000000000000a1", "00000000000000c3"] {
            assert!(reasons[0].contains(part), "{reasons:?}");
        }
    }
    assert!(link.steps[0].contains(&outbound(1002, Manner::PUBLISHED)));
    assert!(!link.steps[0].contains(&outbound(1001, Manner::PUBLISHED)));
}

#[test]
fn the_history_of_either_side_vouches_for_the_other() {
    const KNOWN: &[KnownVersion] = &[KnownVersion {
        version: "1.0",
        wire_digest: 0xA1,
        direction: Direction::Reads,
        differences: "",
    }];
    let newer = MessageInformation {
        wire_digest: 0xC3,
        versions: VersionHistory {
            version: "2.0",
            same: "2.0",
            known: KNOWN,
        },
        ..QUOTE
    };
    let mut link = Link::between([vec![sends(QUOTE)], vec![wants(newer, Manner::PUBLISHED)]]);
    link.settle();
    assert!(link.steps[0].contains(&outbound(1001, Manner::PUBLISHED)));
    let mut back = Link::between([vec![wants(QUOTE, Manner::PUBLISHED)], vec![sends(newer)]]);
    back.settle();
    assert_eq!([back.reasons(0).len(), back.reasons(1).len()], [1, 1]);
}

#[test]
fn one_id_for_two_messages_is_told_with_both_names() {
    let trade = information(1001, "market.Trade", 0xA1);
    let mut link = Link::between([vec![sends(QUOTE)], vec![wants(trade, Manner::PUBLISHED)]]);
    link.settle();
    for end in 0..2 {
        let reasons = link.reasons(end);
        assert!(reasons[0].contains("market.Quote") && reasons[0].contains("market.Trade"));
    }
}

#[test]
fn a_route_that_allows_other_messages_only_says_so_on_both_sides() {
    let narrowed = LocalSide {
        allow_out: Some(vec!["Order".to_owned()]),
        ..side("a", "b")
    };
    let all = Manner::PUBLISHED;
    let uses = [
        vec![sends(QUOTE), sends(ORDER)],
        vec![wants(QUOTE, all), wants(ORDER, all)],
    ];
    let mut link = Link::new([narrowed, side("b", "a")], uses);
    link.settle();
    assert_eq!([link.reasons(0).len(), link.reasons(1).len()], [1, 1]);
    assert!(link.reasons(0)[0].contains("allows only Order"));
    assert!(link.steps[0].contains(&outbound(1002, all)));
    assert!(!link.steps[0].contains(&outbound(1001, all)));
}

#[test]
fn whoever_is_not_expected_is_refused() {
    let cases = [
        (
            LocalSide {
                node: 77,
                ..side("b", "a")
            },
            RejectCode::NotAllowed,
        ),
        (
            LocalSide {
                node_name: "c".to_owned(),
                ..side("b", "a")
            },
            RejectCode::NotAllowed,
        ),
        (
            LocalSide {
                services: vec![],
                ..side("b", "a")
            },
            RejectCode::UnknownService,
        ),
        (
            LocalSide {
                from: "c".to_owned(),
                ..side("b", "a")
            },
            RejectCode::UnknownService,
        ),
    ];
    for (peer, code) in cases {
        let mut link = Link::new([side("a", "b"), peer], [vec![], vec![]]);
        let rejection = link.deliver(0).expect_err("a stranger");
        assert_eq!(rejection.code, code, "{}", rejection.reason);
        link.under_way[1].clear();
        link.under_way[1].push_back(rejection.frame.clone());
        let told = link.deliver(1).expect_err("a refusal");
        assert!(told.reason.contains(&rejection.reason) && told.frame.is_empty());
    }
}

#[test]
fn frames_out_of_place_end_the_connection() {
    let (mut agreement, hello) = Agreement::begin(side("a", "b"), vec![]);
    let (_, theirs) = Agreement::begin(side("b", "a"), vec![]);
    assert_eq!(
        peek_hello(&frame(&theirs)),
        Ok(("b".to_owned(), "a".to_owned()))
    );
    let data = Frame {
        type_id: 1001,
        envelope: None,
        body: &[],
    };
    assert!(peek_hello(&data).is_err());
    assert!(agreement.receive(&data).is_err());
    assert!(agreement.receive(&frame(&hello)).is_err(), "its own Hello");
    agreement.receive(&frame(&theirs)).expect("a Hello");
    assert!(
        agreement.receive(&frame(&theirs)).is_err(),
        "a second Hello"
    );
}
