//! Clients that are slow, wrong or hostile do not disturb others, and are told why they are cut off.

mod hostile;
mod remote;

use std::time::Duration;

use hostile::{framed, wanting, Said, Stage, Witness, ENVELOPE, LOSSY, PUBLISHED, STREAMS};
use mycelium::control::{Hello, RejectCode, Subscribe};
use mycelium::frame::{Envelope, Frame, DEFAULT_LENGTH_MAX};
use mycelium::Message;
use mycelium_bus::{LinkState, Node, PublishError};
use mycelium_generated::conformance::{Texts, Tree};
use remote::{text, Folder, LONG};

/// So short that tests need not wait, and long enough for honest handshakes beside.
const SHORT: Duration = Duration::from_millis(600);

/// A message of an application, without or with a number that makes it a request.
fn data(type_id: u16, correlation_id: u64, body: &[u8]) -> Vec<u8> {
    let envelope = (correlation_id != 0).then(|| Envelope {
        correlation_id,
        ..Envelope::default()
    });
    let frame = Frame {
        type_id,
        envelope,
        body,
    };
    let mut bytes = Vec::new();
    frame.encode(DEFAULT_LENGTH_MAX, &mut bytes).unwrap();
    bytes
}

#[test]
fn who_says_nothing_is_cut_off_in_time() {
    for kind in STREAMS {
        let stage = Stage::new(kind, SHORT);
        let mut witness = Witness::of(&stage);
        let mut silent = stage.client();
        witness.is_undisturbed();
        let reject = silent.reject();
        assert_eq!(reject.code, RejectCode::TimedOut);
        assert!(reject.reason.contains("too long"), "{}", reject.reason);
        witness.is_undisturbed();
    }
}

#[test]
fn who_greets_and_then_says_nothing_is_cut_off_in_time() {
    for kind in STREAMS {
        let stage = Stage::new(kind, SHORT);
        let mut witness = Witness::of(&stage);
        let mut half = stage.client();
        half.say(&stage.hello("other"));
        assert!(matches!(half.hear(), Said::Hello(_)));
        assert!(matches!(half.hear(), Said::Welcome(_)));
        assert_eq!(half.reject().code, RejectCode::TimedOut);
        stage.wait_for_error("c", "took too long");
        witness.is_undisturbed();
    }
}

#[test]
fn who_sends_byte_by_byte_has_no_longer_than_others() {
    for kind in STREAMS {
        let stage = Stage::new(kind, SHORT);
        let mut witness = Witness::of(&stage);
        let mut slow = stage.client();
        let hello = framed(&stage.hello("other"));
        // The last byte never comes, and each of the others buys no time.
        let bytes = hello[..hello.len() - 1].iter();
        for byte in bytes {
            if !slow.send_if_heard(&[*byte]) {
                break;
            }
            witness.is_undisturbed();
        }
        assert_eq!(slow.reject().code, RejectCode::TimedOut);
        witness.is_undisturbed();
    }
}

#[test]
fn who_sends_byte_by_byte_in_time_gets_in() {
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let mut slow = stage.client();
        for byte in framed(&stage.hello("other")) {
            slow.send(&[byte]);
        }
        assert!(matches!(slow.hear(), Said::Hello(_)));
        assert!(matches!(slow.hear(), Said::Welcome(_)));
    }
}

#[test]
fn garbage_is_answered_with_the_reason() {
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let mut witness = Witness::of(&stage);
        let oversized = 65_537_u32.to_le_bytes();
        let cases: [(Vec<u8>, RejectCode, &str); 6] = [
            (
                b"GET / HTTP/1.1\r\n\r\n".to_vec(),
                RejectCode::WireVersion,
                "BAD_VERSION",
            ),
            (vec![0xFF; 64], RejectCode::WireVersion, "BAD_VERSION"),
            (
                vec![1, 0, 6, 1, 0, 0, 0, 0],
                RejectCode::Malformed,
                "BAD_FLAGS",
            ),
            (
                [&[1, 0, 0, 1], oversized.as_slice()].concat(),
                RejectCode::Malformed,
                "FRAME_TOO_LARGE",
            ),
            (
                data(1, 0, b"no Hello"),
                RejectCode::Malformed,
                "cannot be decoded",
            ),
            (
                data(1001, 0, b"a message"),
                RejectCode::Malformed,
                "begins with a Hello",
            ),
        ];
        for (bytes, code, part) in cases {
            let mut client = stage.client();
            client.send(&bytes);
            let reject = client.reject();
            assert_eq!(reject.code, code, "{}", reject.reason);
            assert!(reject.reason.contains(part), "{}", reject.reason);
            witness.is_undisturbed();
        }
    }
}

#[test]
fn a_message_before_the_welcome_ends_the_connection() {
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let mut client = stage.client();
        client.say(&stage.hello("other"));
        client.send(&data(Tree::TYPE_ID.unwrap(), 0, b""));
        assert!(matches!(client.hear(), Said::Hello(_)));
        assert!(matches!(client.hear(), Said::Welcome(_)));
        let reject = client.reject();
        assert!(
            reject.reason.contains("where none was due"),
            "{}",
            reject.reason
        );
        stage.wait_for_error("c", "where none was due");
    }
}

#[test]
fn an_impostor_is_refused_and_takes_nobodys_place() {
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let mut witness = Witness::of(&stage);
        let honest = || stage.hello("right");
        let from = |from: &str| Some(from.to_owned());
        let cases: [(Hello, RejectCode, &str); 6] = [
            (
                Hello {
                    node: 77,
                    ..honest()
                },
                RejectCode::NotAllowed,
                "(number 77)",
            ),
            (
                Hello {
                    node_name: "wrong".to_owned(),
                    ..honest()
                },
                RejectCode::NotAllowed,
                "`wrong`",
            ),
            (
                Hello {
                    node_name: "left".to_owned(),
                    ..honest()
                },
                RejectCode::NotAllowed,
                "calls itself `left`, as this one does",
            ),
            (
                Hello {
                    services: vec!["x".to_owned()],
                    ..honest()
                },
                RejectCode::UnknownService,
                "does not run service `b`",
            ),
            (
                Hello {
                    from: from("x\u{7}"),
                    ..honest()
                },
                RejectCode::UnknownService,
                "expects no connection from `x `",
            ),
            (
                Hello {
                    wire_version: 2,
                    ..honest()
                },
                RejectCode::WireVersion,
                "speaks wire version 2",
            ),
        ];
        for (hello, code, part) in cases {
            let mut client = stage.client();
            client.say(&hello);
            let reject = client.reject();
            assert_eq!(reject.code, code, "{}", reject.reason);
            assert!(reject.reason.contains(part), "{}", reject.reason);
            witness.is_undisturbed();
        }
    }
}

#[test]
fn both_sides_know_why_two_topologies_do_not_meet() {
    let stage = Stage::new("unix", LONG);
    let text = std::fs::read_to_string(&stage.topology).unwrap();
    let elsewhere = Folder::new();
    let path = elsewhere.path().join("topology.toml");
    std::fs::write(
        &path,
        text.replace("name = \"right\"", "name = \"right\"\nid = 5"),
    )
    .unwrap();
    let right = Node::from_topology(&path, "right").unwrap();
    let error = stage.wait_for_error("b", "give both sides the same topology");
    assert!(error.starts_with("turned somebody away: "), "{error}");
    assert!(error.contains("`right` (number 5) says it does"), "{error}");
    let told = right
        .wait_until_connected(Duration::from_millis(300))
        .unwrap_err();
    let told = told.to_string();
    assert!(
        told.contains("the peer refuses: service `b` runs on node `right`"),
        "{told}"
    );
}

#[test]
fn a_link_of_one_kind_is_not_reached_by_another() {
    // `right` comes by TCP; `other` by its unix socket, whose peers have to be of the same user.
    let routes = "
            [[routes]]
            from = \"a\"
            to = \"c\"
            kind = \"unix\"
            [[routes]]
            from = \"c\"
            to = \"a\"
            kind = \"unix\"";
    let stage = Stage::with_routes("tcp", LONG, routes);
    let mut client = stage.client();
    client.say(&stage.hello("other"));
    let reject = client.reject();
    assert_eq!(reject.code, RejectCode::UnknownService);
    assert!(
        reject.reason.contains("from `c` to `a` by tcp"),
        "{}",
        reject.reason
    );
}

#[test]
fn a_contradiction_later_ends_the_connection_and_the_next_is_welcome() {
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let mut witness = Witness::of(&stage);
        let contradiction = Subscribe {
            add: vec![],
            remove: vec![1001],
            messages: vec![],
            wants: vec![],
        };
        for _ in 0..3 {
            let mut client = stage.client();
            client.agree(&stage.hello("other"));
            client.say(&contradiction);
            let reject = client.reject();
            assert_eq!(reject.code, RejectCode::Malformed);
            assert!(
                reject.reason.contains("which never began"),
                "{}",
                reject.reason
            );
            stage.wait_for_error("c", "which never began");
            witness.is_undisturbed();
        }
    }
}

#[test]
fn a_message_that_cannot_be_decoded_ends_the_connection() {
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let mut witness = Witness::of(&stage);
        let _texts = stage.a.subscriber::<Texts>();
        let mut client = stage.client();
        client.agree(&stage.hello("other"));
        client.send(&data(Texts::TYPE_ID.unwrap(), 0, b"no Texts"));
        let goodbye = loop {
            match client.hear() {
                Said::Goodbye(goodbye) => break goodbye,
                Said::End => panic!("no Goodbye"),
                _ => {}
            }
        };
        assert!(goodbye
            .reason
            .unwrap()
            .contains("what was sent here cannot be read"));
        stage.wait_for_error("c", "the peer sent what cannot be read");
        let counters = stage.link("c").counters;
        assert_eq!(
            counters
                .undecodable
                .load(std::sync::atomic::Ordering::Relaxed),
            1
        );
        witness.is_undisturbed();
    }
}

#[test]
fn a_frame_larger_than_any_ends_the_connection_before_it_comes() {
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let mut witness = Witness::of(&stage);
        let mut client = stage.client();
        client.agree(&stage.hello("other"));
        let length = (DEFAULT_LENGTH_MAX + 1).to_le_bytes();
        client.send(&[&[0xE9, 3, 0, 1], length.as_slice()].concat());
        stage.wait_for_error("c", "FRAME_TOO_LARGE");
        witness.is_undisturbed();
    }
}

#[test]
fn a_peer_that_does_not_read_holds_who_must_not_lose() {
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let publisher = stage.a.publisher::<Texts>();
        let mut deaf = stage.client();
        deaf.agree(&wanting::<Texts>(stage.hello("other"), PUBLISHED));
        publisher.wait_until_wanted(LONG).unwrap();
        let message = text(&"x".repeat(4000));
        let mut accepted = 0;
        while publisher.try_publish(message.clone()).is_ok() {
            accepted += 1;
            assert!(accepted < 8000, "32 MB wait");
        }
        assert!(accepted >= 1024, "as many as the route holds: {accepted}");
        for _ in 0..accepted {
            let Said::Other(type_id, _, body) = deaf.hear() else {
                panic!("no message");
            };
            assert_eq!(type_id, Texts::TYPE_ID.unwrap());
            assert_eq!(Texts::decode(&body).unwrap(), message);
        }
        publisher.publish(message.clone()).unwrap();
        assert!(matches!(deaf.hear(), Said::Other(..)));
    }
}

#[test]
fn a_route_that_fails_when_full_says_so() {
    let routes = "
            [[routes]]
            from = \"a\"
            to = \"c\"
            overflow = \"error\"
            capacity = 16";
    for kind in STREAMS {
        let stage = Stage::with_routes(kind, LONG, routes);
        let publisher = stage.a.publisher::<Texts>();
        let mut deaf = stage.client();
        deaf.agree(&wanting::<Texts>(stage.hello("other"), PUBLISHED));
        publisher.wait_until_wanted(LONG).unwrap();
        let message = text(&"x".repeat(4000));
        let full = (0..8000).find_map(|_| publisher.publish(message.clone()).err());
        assert_eq!(full, Some(PublishError::Full));
    }
}

#[test]
fn a_peer_that_may_lose_loses_exactly_what_was_dropped() {
    const COUNT: u64 = 5000;
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let mut witness = Witness::of(&stage);
        let publisher = stage.a.publisher::<Texts>();
        let mut deaf = stage.client();
        let manner = PUBLISHED | LOSSY | ENVELOPE;
        deaf.agree(&wanting::<Texts>(stage.hello("other"), manner));
        publisher.wait_until_wanted(LONG).unwrap();
        for _ in 0..COUNT {
            publisher.publish(text(&"x".repeat(4000))).unwrap();
        }
        witness.is_undisturbed();
        let counters = stage.link("c").counters;
        let dropped = counters
            .dropped_full
            .load(std::sync::atomic::Ordering::Relaxed);
        assert!(dropped > 0 && dropped < COUNT, "{dropped}");
        let mut last = 0;
        for _ in 0..COUNT - dropped {
            let Said::Other(_, sequence, _) = deaf.hear() else {
                panic!("no message");
            };
            assert!(sequence > last);
            last = sequence;
        }
        // Whatever is missing shows in the numbers, the last of which may be that of a dropped one.
        publisher.publish(text("last")).unwrap();
        let Said::Other(_, sequence, _) = deaf.hear() else {
            panic!("no message");
        };
        assert_eq!(sequence, COUNT + 1);
    }
}

#[test]
fn who_asks_without_end_and_reads_no_answers_is_cut_off() {
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let mut witness = Witness::of(&stage);
        let mut asking = stage.client();
        asking.agree(&stage.hello("other"));
        // Numbers that are not those of this side's answers: its node has the other bit.
        let numbers = [1_u64, 1 << 63 | 1];
        let requests: Vec<u8> = numbers
            .iter()
            .flat_map(|number| data(1001, *number, b""))
            .collect();
        let many = requests.repeat(512);
        let mut sent = 0_usize;
        while asking.send_if_heard(&many) {
            sent += many.len();
            assert!(sent < 1 << 30, "a gigabyte of questions, and no end");
        }
        stage.wait_for_error("c", "the peer takes nothing in");
        witness.is_undisturbed();
    }
}

#[test]
fn a_connection_that_floods_leaves_others_their_turn() {
    for kind in STREAMS {
        let stage = Stage::new(kind, LONG);
        let mut witness = Witness::of(&stage);
        let mut flood = stage.client();
        flood.agree(&stage.hello("other"));
        let is_over = std::sync::atomic::AtomicBool::new(false);
        let over = std::sync::atomic::Ordering::Relaxed;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let many = data(1001, 0, b"unwanted").repeat(4096);
                while !is_over.load(over) && flood.send_if_heard(&many) {}
            });
            for _ in 0..50 {
                witness.is_undisturbed();
            }
            is_over.store(true, over);
        });
        let counters = stage.link("c").counters;
        assert!(counters.dropped_unwanted.load(over) > 0);
        assert_eq!(stage.link("c").state, LinkState::Established);
    }
}

#[test]
fn what_a_route_does_not_allow_is_not_taken_in_either() {
    let routes = "
            [[routes]]
            from = \"c\"
            to = \"a\"
            allow = [\"Tree\"]";
    for kind in STREAMS {
        let stage = Stage::with_routes(kind, LONG, routes);
        let mut texts = stage.a.subscriber::<Texts>();
        let mut trees = stage.a.subscriber::<Tree>();
        let mut client = stage.client();
        // It does not even say that it sends such messages.
        client.agree(&stage.hello("other"));
        let forbidden = text("forbidden").encode_to_vec().unwrap();
        client.send(&data(Texts::TYPE_ID.unwrap(), 0, &forbidden));
        let allowed = remote::tree(7).encode_to_vec().unwrap();
        client.send(&data(Tree::TYPE_ID.unwrap(), 0, &allowed));
        assert_eq!(trees.recv_timeout(LONG).unwrap().value, 7);
        assert_eq!(texts.try_recv(), Ok(None));
        let dropped = &stage.link("c").counters.dropped_unwanted;
        assert_eq!(dropped.load(std::sync::atomic::Ordering::Relaxed), 1);
    }
}
