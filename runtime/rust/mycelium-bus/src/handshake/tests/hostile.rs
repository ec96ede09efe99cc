//! What no honest peer says.

use mycelium::control::{
    AcceptedDigest, Direction, Hello, MessageVersion, Reject, RejectCode, Subscribe, Want,
    MAXIMUM_LENGTH,
};
use mycelium::frame::Frame;
use mycelium::Message;

use super::{frame, sends, side, wants, Link, ORDER, QUOTE};
use crate::handshake::rejection::frame_of;
use crate::handshake::{peek_hello, Agreement, LocalSide, Manner, Rejection, Step};

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
    let begin = || Agreement::begin(side("a", "b"), vec![]);
    let (_, own) = begin();
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
    assert!(begin().0.receive(&data).is_err());
    assert!(begin().0.receive(&frame(&own)).is_err(), "its own Hello");
    for second in [frame(&theirs), data] {
        let (mut agreement, _) = begin();
        agreement.receive(&frame(&theirs)).expect("a Hello");
        let rejection = agreement.receive(&second).expect_err("no Welcome");
        assert_eq!(rejection.code, RejectCode::Malformed);
        assert!(rejection.reason.contains("where a Welcome was due"));
    }
}

fn hello() -> Hello {
    Hello {
        node: u32::from(b'b'),
        wire_version: 1,
        node_name: "b".to_owned(),
        services: vec!["b".to_owned()],
        messages: vec![version(1001, "market.Quote")],
        subscriptions: vec![],
        from: Some("b".to_owned()),
        to: Some("a".to_owned()),
        wants: vec![],
    }
}

fn version(type_id: u16, name: &str) -> MessageVersion {
    MessageVersion {
        type_id,
        wire_digest: 0xA1,
        name: name.to_owned(),
        version: None,
        accepted: vec![],
    }
}

/// What this side says to that Hello.
fn answer(hello: &Hello) -> Result<Vec<Step>, Rejection> {
    let (mut agreement, _) = Agreement::begin(side("a", "b"), vec![sends(QUOTE)]);
    agreement.receive(&frame(&frame_of(hello)))
}

#[test]
fn an_honest_hello_is_welcomed() {
    assert!(answer(&hello()).is_ok());
}

#[test]
fn contradictions_in_a_hello_are_refused() {
    let want = |type_id, manner| Want { type_id, manner };
    let cases: [(Hello, &str); 9] = [
        (
            Hello {
                messages: vec![version(1001, "market.Quote"), version(1001, "market.Quote")],
                ..hello()
            },
            "announced twice",
        ),
        (
            Hello {
                messages: vec![version(999, "market.Quote")],
                ..hello()
            },
            "below 1000",
        ),
        (
            Hello {
                subscriptions: vec![1002],
                ..hello()
            },
            "no version was announced",
        ),
        (
            Hello {
                subscriptions: vec![1001, 1001],
                ..hello()
            },
            "twice at once",
        ),
        (
            Hello {
                wants: vec![want(1001, 1)],
                ..hello()
            },
            "not at all",
        ),
        (
            Hello {
                subscriptions: vec![1001],
                wants: vec![want(1001, 1), want(1001, 2)],
                ..hello()
            },
            "two manners",
        ),
        (
            Hello {
                subscriptions: vec![1001],
                wants: vec![want(1001, 64)],
                ..hello()
            },
            "manner 64",
        ),
        (
            Hello {
                subscriptions: vec![1001],
                wants: vec![want(1001, 8)],
                ..hello()
            },
            "manner 8",
        ),
        (
            Hello {
                from: None,
                ..hello()
            },
            "for others",
        ),
    ];
    for (said, reason) in cases {
        let rejection = answer(&said).expect_err(reason);
        assert!(rejection.reason.contains(reason), "{}", rejection.reason);
        let told = Reject::decode(frame(&rejection.frame).body).expect("a Reject");
        assert_eq!(
            (told.code, &told.reason),
            (rejection.code, &rejection.reason)
        );
    }
}

#[test]
fn another_wire_version_is_named() {
    let said = Hello {
        wire_version: 2,
        ..hello()
    };
    let rejection = answer(&said).expect_err("version 2");
    assert_eq!(rejection.code, RejectCode::WireVersion);
    assert!(rejection
        .reason
        .contains("speaks wire version 2, this side 1"));
    let peeked = peek_hello(&frame(&frame_of(&said))).expect_err("version 2");
    assert_eq!(peeked.code, RejectCode::WireVersion);
}

#[test]
fn a_connection_that_leads_back_is_told_from_an_impostor() {
    let said = Hello {
        node: u32::from(b'a'),
        node_name: "a".to_owned(),
        ..hello()
    };
    let rejection = answer(&said).expect_err("itself");
    assert_eq!(rejection.code, RejectCode::NotAllowed);
    assert!(rejection
        .reason
        .contains("calls itself `a`, as this one does"));
}

#[test]
fn what_a_peer_says_is_fit_for_one_line_of_a_log() {
    let said = Hello {
        node_name: "b\n\u{1b}[31mERROR".to_owned(),
        ..hello()
    };
    let rejection = answer(&said).expect_err("another node");
    assert!(
        !rejection.reason.contains(char::is_control),
        "{:?}",
        rejection.reason
    );
}

#[test]
fn contradictions_in_a_subscription_are_refused() {
    let nothing = || Subscribe {
        add: vec![],
        remove: vec![],
        messages: vec![],
        wants: vec![],
    };
    let cases = [
        Subscribe {
            remove: vec![1001],
            ..nothing()
        },
        Subscribe {
            add: vec![1001],
            remove: vec![1001],
            ..nothing()
        },
        Subscribe {
            messages: vec![version(1001, "market.Quote")],
            ..nothing()
        },
        Subscribe {
            add: vec![60000],
            ..nothing()
        },
    ];
    for said in cases {
        let mut link = Link::between([vec![sends(QUOTE)], vec![sends(QUOTE)]]);
        link.settle();
        let rejection = link.ends[0]
            .receive(&frame(&frame_of(&said)))
            .expect_err("a contradiction");
        assert_eq!(rejection.code, RejectCode::Malformed, "{said:?}");
        let after = link.ends[0].receive(&frame(&frame_of(&nothing())));
        assert!(after.is_err(), "nothing is heard after the end");
        assert!(link.ends[0].change(sends(ORDER)).is_empty());
    }
}

#[test]
fn a_control_message_larger_than_any_is_refused_before_it_is_read() {
    let body = vec![0; MAXIMUM_LENGTH as usize + 1];
    for type_id in [1, 2, 3, 4, 6] {
        let large = Frame {
            type_id,
            envelope: None,
            body: &body,
        };
        let (mut agreement, _) = Agreement::begin(side("a", "b"), vec![]);
        let rejection = agreement.receive(&large).expect_err("too large");
        assert!(
            rejection.reason.contains("65537 bytes"),
            "{}",
            rejection.reason
        );
    }
    let large = Frame {
        type_id: 1,
        envelope: None,
        body: &body,
    };
    assert!(peek_hello(&large).is_err());
}

#[test]
fn a_peer_that_announces_without_end_is_cut_off() {
    let mut link = Link::between([vec![], vec![]]);
    link.settle();
    let accepted = AcceptedDigest {
        wire_digest: 1,
        direction: Direction::Both,
    };
    let ended = (1000..=u16::MAX).find_map(|type_id| {
        let said = Subscribe {
            add: vec![],
            remove: vec![],
            messages: vec![MessageVersion {
                accepted: vec![accepted; 1024],
                ..version(type_id, &"x".repeat(256))
            }],
            wants: vec![],
        };
        let heard = link.ends[0].receive(&frame(&frame_of(&said)));
        heard.err().map(|rejection| (type_id, rejection))
    });
    let (type_id, rejection) = ended.expect("an end");
    assert!(type_id < 1300, "{type_id}");
    assert!(rejection.reason.contains("bytes of announced versions"));
}

#[test]
fn what_must_not_come_is_barred_whatever_the_peer_announces() {
    let narrowed = || LocalSide {
        allow_in: Some(vec!["market.Order".to_owned()]),
        ..side("a", "b")
    };
    let barred = |is_barred| Step::Barred {
        type_id: 1001,
        is_barred,
    };
    let announced = [vec![], vec![sends(QUOTE)]];
    for theirs in announced {
        let ours = vec![
            wants(QUOTE, Manner::PUBLISHED),
            wants(ORDER, Manner::PUBLISHED),
        ];
        let mut link = Link::new([narrowed(), side("b", "a")], [ours, theirs]);
        link.settle();
        let barring = |step: &&Step| matches!(step, Step::Barred { .. });
        let steps: Vec<_> = link.steps[0].iter().filter(barring).collect();
        assert_eq!(steps, [&barred(true)]);
        link.change(0, wants(QUOTE, Manner::NOT));
        assert!(link.steps[0].contains(&barred(false)));
    }
    let other = super::information(1001, "market.Quote", 0xC3);
    let mut link = Link::between([vec![wants(QUOTE, Manner::PUBLISHED)], vec![sends(other)]]);
    link.settle();
    assert!(link.steps[0].contains(&barred(true)));
}
