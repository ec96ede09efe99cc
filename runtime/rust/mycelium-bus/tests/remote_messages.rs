//! Messages between two nodes, by each kind of route.

mod remote;

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use mycelium_bus::{RecvError, RequestError, SubscriberOptions};
use mycelium_generated::conformance::{Texts, Tree};
use remote::{text, tree, Pair, KINDS, LONG};

#[test]
fn what_one_publishes_the_other_receives_in_order() {
    for kind in KINDS {
        let pair = Pair::by(kind);
        let mut trees = pair.b.subscriber::<Tree>();
        let publisher = pair.a.publisher::<Tree>();
        let pair = pair.connected();
        publisher.wait_until_wanted(LONG).unwrap();
        for number in 0..5000 {
            publisher.publish(tree(number)).unwrap();
            if number >= 100 {
                assert_eq!(trees.recv_timeout(LONG).unwrap().value, number - 100);
            }
        }
        for number in 4900..5000 {
            assert_eq!(trees.recv_timeout(LONG).unwrap().value, number);
        }
        assert_eq!(trees.try_recv(), Ok(None));
        pair.left.close();
        pair.b.close();
        assert_eq!(trees.recv(), Err(RecvError::Closed));
    }
}

#[test]
fn a_slow_receiver_holds_the_sender_and_nothing_is_lost() {
    for kind in KINDS {
        let pair = Pair::by(kind);
        let mut trees = pair.b.subscriber::<Tree>();
        let publisher = pair.a.publisher::<Tree>();
        let _pair = pair.connected();
        publisher.wait_until_wanted(LONG).unwrap();
        let sender = thread::spawn(move || {
            for number in 0..100_000 {
                publisher.publish(tree(number)).unwrap();
            }
        });
        for number in 0..100_000 {
            assert_eq!(trees.recv_timeout(LONG).unwrap().value, number);
        }
        sender.join().unwrap();
    }
}

#[test]
fn what_links_bring_is_read_in_place_while_more_comes() {
    for kind in KINDS {
        let pair = Pair::by(kind);
        let mut trees = pair.b.subscriber_with::<Tree>(SubscriberOptions {
            capacity: 2,
            ..SubscriberOptions::default()
        });
        let mut texts = pair.b.subscriber::<Texts>();
        let publisher = pair.a.publisher::<Tree>();
        let (back, mut heard) = (pair.b.publisher::<Texts>(), pair.a.subscriber::<Texts>());
        let _pair = pair.connected();
        publisher.wait_until_wanted(LONG).unwrap();
        back.wait_until_wanted(LONG).unwrap();
        let sender = thread::spawn(move || {
            for number in 0..3_000 {
                publisher.publish(tree(number)).unwrap();
            }
        });
        for number in 0..3_000 {
            let read = trees.recv_timeout_with(LONG, |read| {
                // Who reads may do what it likes with its node, which has no room for what comes: drive it, and send.
                if number % 100 == 0 {
                    thread::sleep(Duration::from_millis(1));
                    assert_eq!(texts.try_recv().unwrap().is_some(), number > 0);
                    back.publish(text("read")).unwrap();
                    assert_eq!(heard.recv_timeout(LONG).unwrap().long, "read", "{kind}");
                }
                read.value
            });
            assert_eq!(read, Ok(number), "{kind}");
        }
        sender.join().unwrap();
        assert_eq!(trees.try_recv_with(|tree| tree.value), Ok(None));
    }
}

#[test]
fn a_request_is_answered_or_refused() {
    for kind in KINDS {
        let pair = Pair::by(kind);
        pair.b.serve::<Tree, Texts>(|request| match request.value {
            0 => Err("nothing".to_owned()),
            value => Ok(text(&value.to_string())),
        });
        let pair = pair.connected();
        let ask = |value| {
            pair.a
                .request_to::<Tree, Texts>(&tree(value), Some("b"), Some(LONG))
        };
        // That somebody serves is told after the connection is there.
        let first = loop {
            match ask(7) {
                Err(RequestError::NotServedBy { .. }) => thread::yield_now(),
                answer => break answer,
            }
        };
        assert_eq!(first.unwrap().long, "7");
        assert_eq!(ask(0), Err(RequestError::Failed("nothing".to_owned())));
        assert_eq!(pair.a.request::<Tree, Texts>(&tree(8)).unwrap().long, "8");
        let nobody = pair.b.request::<Tree, Tree>(&tree(1));
        assert!(
            matches!(nobody, Err(RequestError::NoServer { .. })),
            "{nobody:?}"
        );
    }
}

#[test]
fn whoever_asks_while_it_connects_learns_that_nobody_serves_yet() {
    for kind in KINDS {
        for _ in 0..20 {
            let pair = Pair::by(kind);
            pair.b.serve::<Texts, Texts>(|_| Ok(text("here")));
            // From before the first byte, so that some request falls into each step of connecting.
            let answer = loop {
                match pair
                    .a
                    .request_to::<Texts, Texts>(&text("?"), Some("b"), Some(LONG))
                {
                    Err(RequestError::NotServedBy { .. }) => {}
                    other => break other,
                }
            };
            assert_eq!(answer, Ok(text("here")), "{kind}");
        }
    }
}

#[test]
fn callbacks_run_in_one_other_thread_and_may_publish() {
    for kind in KINDS {
        let pair = Pair::by(kind);
        let answers = pair.b.publisher::<Texts>();
        let threads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&threads);
        let _subscription = pair.b.subscribe::<Tree>(move |tree| {
            seen.lock().unwrap().push(thread::current().id());
            answers.publish(text(&tree.value.to_string())).unwrap();
        });
        let mut texts = pair.a.subscriber::<Texts>();
        let publisher = pair.a.publisher::<Tree>();
        let _pair = pair.connected();
        publisher.wait_until_wanted(LONG).unwrap();
        for number in 0..100 {
            publisher.publish(tree(number)).unwrap();
        }
        for number in 0..100 {
            assert_eq!(texts.recv_timeout(LONG).unwrap().long, number.to_string());
        }
        let threads = threads.lock().unwrap();
        assert!(threads
            .iter()
            .all(|each| *each == threads[0] && *each != thread::current().id()));
    }
}
