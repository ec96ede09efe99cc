//! What two honest sides come to.

use mycelium::control::{Subscribe, Welcome, MAXIMUM_LENGTH};
use mycelium::versions::{Direction, KnownVersion, VersionHistory};
use mycelium::{Message, MessageInformation};

use super::{information, sends, side, wants, Link, ORDER, QUOTE};
use crate::handshake::{Agreement, LocalSide, Manner, Step};

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
fn the_history_of_the_sender_vouches_where_the_receiver_has_none() {
    const KNOWN: &[KnownVersion] = &[KnownVersion {
        version: "1.0",
        wire_digest: 0xA1,
        direction: Direction::IsReadBy,
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
    let mut link = Link::between([vec![sends(newer)], vec![wants(QUOTE, Manner::PUBLISHED)]]);
    link.settle();
    assert!(link.steps[0].contains(&outbound(1001, Manner::PUBLISHED)));
    assert!(link.steps[1].contains(&inbound(1001)));
    assert_eq!([link.reasons(0).len(), link.reasons(1).len()], [0, 0]);
}

#[test]
fn a_type_may_flow_one_way_and_not_the_other() {
    const KNOWN: &[KnownVersion] = &[KnownVersion {
        version: "1.0",
        wire_digest: 0xA1,
        direction: Direction::Reads,
        differences: "field `venue` is new and required",
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
    let both = Manner::PUBLISHED;
    let mut link = Link::between([vec![wants(QUOTE, both)], vec![wants(newer, both)]]);
    link.settle();
    assert!(link.steps[0].contains(&outbound(1001, both)));
    assert!(!link.steps[0].contains(&inbound(1001)));
    assert!(link.steps[1].contains(&inbound(1001)));
    assert!(!link.steps[1].contains(&outbound(1001, both)));
    for (end, sentence) in ["this side cannot read", "the peer cannot read"]
        .iter()
        .enumerate()
    {
        let reasons = link.reasons(end);
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        assert!(reasons[0].contains(sentence), "{reasons:?}");
        assert!(reasons[0].contains("version 2.0"), "{reasons:?}");
    }
}

#[test]
fn a_want_that_ends_takes_its_mismatch_with_it() {
    let other = information(1001, "market.Quote", 0xC3);
    let mut link = Link::between([vec![sends(QUOTE)], vec![wants(other, Manner::PUBLISHED)]]);
    link.settle();
    link.change(1, wants(other, Manner::NOT));
    link.settle();
    for end in 0..2 {
        assert_eq!(link.reasons(end).len(), 1);
        assert_eq!(
            link.steps[end].last(),
            Some(&Step::Mended { type_id: 1001 })
        );
    }
}

#[test]
fn a_manner_that_changes_is_told_without_an_end_in_between() {
    let lossy = Manner::PUBLISHED.and(Manner::LOSSY);
    let mut link = Link::between([vec![sends(QUOTE)], vec![wants(QUOTE, Manner::PUBLISHED)]]);
    link.settle();
    link.steps[0].clear();
    link.change(1, wants(QUOTE, lossy));
    link.change(1, wants(QUOTE, lossy));
    link.settle();
    assert_eq!(link.steps[0], [outbound(1001, lossy)]);
}

#[test]
fn a_narrower_route_of_one_topology_is_told_later_too() {
    let narrowed = LocalSide {
        allow_out: Some(vec!["Order".to_owned()]),
        ..side("a", "b")
    };
    let mut link = Link::new([narrowed, side("b", "a")], [vec![sends(QUOTE)], vec![]]);
    link.settle();
    for _ in 0..2 {
        link.change(1, wants(QUOTE, Manner::PUBLISHED));
        link.settle();
        link.change(1, wants(QUOTE, Manner::NOT));
        link.settle();
    }
    assert_eq!(link.reasons(0).len(), 2);
    let told = link.reasons(1);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(link.steps[1].last(), Some(&Step::Mended { type_id: 1001 }));
    assert!(told[0].starts_with("the peer says: ") && told[0].contains("allows only Order"));
}

#[test]
fn more_types_than_a_hello_holds_are_agreed_on_all_the_same() {
    let many = |wanted| {
        let types = 1000..6000;
        let uses = types.map(move |type_id| {
            wants(
                information(type_id, "market.derivatives.OneOfManyMessages", 7),
                wanted,
            )
        });
        uses.collect::<Vec<_>>()
    };
    let mut link = Link::between([many(Manner::NOT), many(Manner::PUBLISHED)]);
    for frames in &link.under_way {
        let longest = frames.iter().map(Vec::len).max().unwrap_or(0);
        assert!(
            (30_000..MAXIMUM_LENGTH as usize).contains(&longest),
            "{longest}"
        );
    }
    link.settle();
    let flowing = |end: usize| {
        let steps = link.steps[end].iter();
        let changes = steps.filter(|step| {
            matches!(
                step,
                Step::OutboundChanged {
                    manner: Some(_),
                    ..
                } | Step::InboundChanged {
                    is_agreed: true,
                    ..
                }
            )
        });
        changes.count()
    };
    assert_eq!([flowing(0), flowing(1)], [5000, 5000]);
}

#[test]
fn many_long_mismatches_fit_into_a_welcome() {
    let named = |digest| {
        let types = 1000..1500;
        let uses = types.map(move |type_id| {
            wants(
                information(type_id, "market.Quote", digest),
                Manner::PUBLISHED,
            )
        });
        uses.collect::<Vec<_>>()
    };
    let mut link = Link::between([named(1), named(2)]);
    link.deliver(0).expect("no rejection");
    let welcome = link.under_way[1].back().expect("a Welcome");
    let body = welcome.get(8..).expect("a frame");
    let welcome = Welcome::decode(body).expect("a Welcome");
    assert!(welcome.agreed.is_empty() && welcome.mismatches.len() > 50);
    link.settle();
    assert_eq!([link.reasons(0).len(), link.reasons(1).len()], [500, 500]);
}

#[test]
fn what_cannot_be_announced_says_so_and_disturbs_nothing() {
    let control = information(5, "mycelium.control.Heartbeat", 1);
    let long: &'static str = Box::leak("long".repeat(65).into_boxed_str());
    let uses = vec![
        sends(QUOTE),
        sends(control),
        sends(information(1003, long, 1)),
    ];
    let mut link = Link::between([uses, vec![wants(QUOTE, Manner::PUBLISHED)]]);
    link.change(0, wants(control, Manner::PUBLISHED));
    link.settle();
    link.change(0, wants(control, Manner::NOT));
    link.settle();
    assert!(link.steps[0].contains(&outbound(1001, Manner::PUBLISHED)));
    let reasons = link.reasons(0);
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[0].contains("type ids below 1000"), "{reasons:?}");
    assert!(reasons[1].contains("1 to 256 bytes"), "{reasons:?}");
    assert!(link.reasons(1).is_empty());
}

#[test]
fn a_version_that_changes_in_place_is_judged_as_it_was_announced() {
    let mut link = Link::between([vec![sends(QUOTE)], vec![wants(QUOTE, Manner::PUBLISHED)]]);
    link.settle();
    let other = information(1001, "market.Quote", 0xC3);
    link.change(0, wants(other, Manner::PUBLISHED));
    link.settle();
    assert!(link.reasons(0).is_empty() && link.reasons(1).is_empty());
    assert!(link.steps[0].contains(&inbound(1001)));
}

#[test]
fn a_history_beyond_what_is_announced_counts_for_neither_side() {
    let known: Vec<KnownVersion> = (0..1500_u64)
        .map(|each| KnownVersion {
            version: "1.0",
            wire_digest: 0x1000 + each,
            direction: Direction::Both,
            differences: "",
        })
        .collect();
    let newest = MessageInformation {
        versions: VersionHistory {
            version: "9.0",
            same: "9.0",
            known: known.leak(),
        },
        ..QUOTE
    };
    for (older, flows) in [(0x1000 + 1023, true), (0x1000 + 1024, false)] {
        let old = information(1001, "market.Quote", older);
        let mut link = Link::between([vec![sends(newest)], vec![wants(old, Manner::PUBLISHED)]]);
        link.settle();
        assert_eq!(
            link.steps[0].contains(&outbound(1001, Manner::PUBLISHED)),
            flows
        );
        assert_eq!(link.steps[1].contains(&inbound(1001)), flows);
        assert_eq!(link.reasons(0).is_empty(), flows);
        assert_eq!(link.reasons(1).is_empty(), flows);
    }
}

#[test]
fn a_goodbye_is_heard_at_any_time() {
    let goodbye = mycelium::control::Goodbye {
        code: mycelium::control::GoodbyeCode::Shutdown,
        reason: Some("see you".to_owned()),
    };
    // Fit for one line of a log.
    let said = mycelium::control::Goodbye {
        reason: Some("see\nyou".to_owned()),
        ..goodbye.clone()
    };
    let bytes = crate::handshake::rejection::frame_of(&said);
    for delivered in 0..3 {
        let mut link = Link::between([vec![], vec![]]);
        for turn in 0..delivered {
            link.deliver(turn % 2).expect("no rejection");
        }
        let steps = link.ends[0].receive(&super::frame(&bytes)).expect("heard");
        assert_eq!(steps, [Step::Goodbye(goodbye.clone())]);
    }
}

#[test]
fn sentences_are_cut_between_characters() {
    let cut = crate::handshake::rejection::cut(&"ä€".repeat(400));
    assert!(cut.len() <= 1024 && cut.len() > 1020);
    assert!(cut.chars().all(|each| "ä€".contains(each)));
}

#[test]
fn what_is_told_of_one_type_is_told_by_one_small_frame() {
    let mut link = Link::between([vec![], vec![]]);
    link.settle();
    let steps = link.ends[0].change(wants(QUOTE, Manner::PUBLISHED.and(Manner::ENVELOPE)));
    let [Step::Send(bytes)] = steps.as_slice() else {
        panic!("{steps:?}");
    };
    let said = Subscribe::decode(super::frame(bytes).body).expect("a Subscribe");
    assert_eq!(
        (said.add.as_slice(), said.remove.len()),
        ([1001].as_slice(), 0)
    );
    assert_eq!((said.wants[0].type_id, said.wants[0].manner), (1001, 17));
    assert_eq!(said.messages[0].name, "market.Quote");
}
