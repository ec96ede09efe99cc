//! Peers that were let in and then misbehave: they are bounded or cut off, and disturb nobody else.

mod hostile;
mod remote;

use hostile::{data, wanting, Said, Stage, Witness, ENVELOPE, LOSSY, PUBLISHED, STREAMS};
use mycelium::control::{RejectCode, Subscribe};
use mycelium::frame::DEFAULT_LENGTH_MAX;
use mycelium::Message;
use mycelium_bus::{LinkState, PublishError};
use mycelium_generated::conformance::{Texts, Tree};
use remote::{text, LONG};

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
                while !is_over.load(over) {
                    flood.send(&many);
                }
            });
            // The flood may begin late, on a busy machine.
            let counters = stage.link("c").counters;
            while counters.dropped_unwanted.load(over) == 0 {
                witness.is_undisturbed();
            }
            for _ in 0..50 {
                witness.is_undisturbed();
            }
            is_over.store(true, over);
        });
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
