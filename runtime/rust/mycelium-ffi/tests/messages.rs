//! Messages between a host and its guest, and between guests.

mod support;

use std::thread;
use std::time::{Duration, Instant};

use mycelium::{Message, MessageInformation};
use mycelium_bus::{LinkState, Overflow, SubscriberOptions};
use mycelium_generated::conformance::{Texts, Tree};
use support::{join_with, tree, Folder, Pair, ENGINE, LONG};

fn text(long: &str) -> Texts {
    Texts {
        short: "s".to_owned(),
        bounded: "bounded".to_owned(),
        long: long.to_owned(),
        data: Vec::new(),
        blob: Vec::new(),
    }
}

#[test]
fn messages_go_both_ways_in_order_and_none_is_lost() {
    let pair = Pair::connected();
    for (from, to) in [(&pair.feed, &pair.strategy), (&pair.strategy, &pair.feed)] {
        let mut trees = to.subscriber::<Tree>();
        let publisher = from.publisher::<Tree>();
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
        assert_eq!(trees.lost().overflow + trees.lost().link, 0);
    }
}

#[test]
fn links_say_how_they_come_about() {
    let pair = Pair::connected();
    for (node, from, to) in [
        (&pair.host, "feed", "strategy"),
        (&pair.guest, "strategy", "feed"),
    ] {
        let links = node.links();
        assert_eq!(links.len(), 1);
        assert_eq!((&*links[0].from, &*links[0].to), (from, to));
        assert_eq!(links[0].kind.name(), "ffi");
        assert_eq!(links[0].state, LinkState::Established);
        assert_eq!(links[0].peer_node, "engine");
    }
}

#[test]
fn large_messages_arrive_whole() {
    const SIZES: [i64; 5] = [0, 1, 100, 10_000, 200_000];
    let pair = Pair::connected();
    let mut trees = pair.strategy.subscriber::<Tree>();
    let publisher = pair.feed.publisher::<Tree>();
    publisher.wait_until_wanted(LONG).unwrap();
    let with_kids = |count| Tree {
        kids: (0..count).map(tree).collect(),
        ..tree(count)
    };
    let sender = thread::spawn(move || {
        for size in SIZES {
            publisher.publish(with_kids(size)).unwrap();
        }
    });
    for size in SIZES {
        assert_eq!(*trees.recv_timeout(LONG).unwrap(), with_kids(size));
    }
    sender.join().unwrap();
}

#[test]
fn requests_are_answered_both_ways() {
    let pair = Pair::connected();
    for (asks, answers, to) in [
        (&pair.feed, &pair.strategy, "strategy"),
        (&pair.strategy, &pair.feed, "feed"),
    ] {
        answers.serve::<Tree, Texts>(|request| Ok(text(&request.value.to_string())));
        for number in 0..1000 {
            let answer = loop {
                match asks.request_to::<Tree, Texts>(&tree(number), Some(to), Some(LONG)) {
                    // The first may come before the other side knows that somebody serves.
                    Err(mycelium_bus::RequestError::NotServedBy { .. }) => {}
                    other => break other.unwrap(),
                }
            };
            assert_eq!(answer.long, number.to_string());
        }
    }
}

#[test]
fn what_a_lossy_receiver_misses_is_counted_exactly() {
    let pair = Pair::connected();
    let options = SubscriberOptions {
        capacity: 16,
        overflow: Overflow::DropOldest,
        ..SubscriberOptions::default()
    };
    let mut trees = pair.strategy.subscriber_with::<Tree>(options);
    let publisher = pair.feed.publisher::<Tree>();
    publisher.wait_until_wanted(LONG).unwrap();
    let mut sent = 0;
    for _ in 0..200_000 {
        sent += 1;
        publisher.publish(tree(sent)).unwrap();
    }
    let (mut received, mut last) = (0, 0);
    // Only what arrives tells of what was lost before it.
    while last < sent {
        sent += 1;
        publisher.publish(tree(sent)).unwrap();
        while let Ok(next) = trees.recv_timeout(Duration::from_millis(20)) {
            assert!(next.value > last);
            last = next.value;
            received += 1;
        }
    }
    let lost = trees.lost();
    assert_eq!(
        received + lost.overflow + lost.link,
        sent as u64,
        "{lost:?}"
    );
}

#[test]
fn a_message_on_which_the_two_do_not_agree_stays_behind_and_both_say_why() {
    let pair = Pair::connected();
    let other = MessageInformation {
        wire_digest: Tree::WIRE_DIGEST ^ 1,
        ..Tree::INFORMATION
    };
    let _publisher = pair.guest.raw("strategy").unwrap().publisher(other);
    let mut trees = pair.feed.subscriber::<Tree>();
    for node in [&pair.host, &pair.guest] {
        let deadline = Instant::now() + LONG;
        while node.links()[0].mismatches.is_empty() {
            assert!(Instant::now() < deadline, "nobody says so");
            thread::yield_now();
        }
        let mismatches = &node.links()[0].mismatches;
        assert!(mismatches[0].contains("conformance.Tree"), "{mismatches:?}");
    }
    assert_eq!(trees.try_recv(), Ok(None));
}

#[test]
fn guests_meet_each_other() {
    let text = ENGINE.replace("\"strategy\"", "\"strategy\", \"risk\"");
    let folder = Folder::new();
    let host = folder.host(&text, &["risk", "strategy"]).unwrap();
    let offer = mycelium_ffi::offer(&host).unwrap();
    let risk = join_with(&offer, &["risk"]).unwrap();
    let strategy = join_with(&offer, &["strategy"]).unwrap();
    for node in [&host, &risk, &strategy] {
        node.wait_until_connected(LONG).unwrap();
        assert_eq!(node.links().len(), 2);
    }
    let (from, to) = (strategy.bus("strategy").unwrap(), risk.bus("risk").unwrap());
    for (from, to) in [(&from, &to), (&to, &from)] {
        let mut trees = to.subscriber::<Tree>();
        let publisher = from.publisher::<Tree>();
        publisher.wait_until_wanted(LONG).unwrap();
        for number in 0..1000 {
            publisher.publish(tree(number)).unwrap();
            assert_eq!(trees.recv_timeout(LONG).unwrap().value, number);
        }
    }
}

#[test]
fn a_guest_with_several_services_has_them_by_reference() {
    let text = ENGINE.replace("\"strategy\"", "\"strategy\", \"risk\"");
    let folder = Folder::new();
    let host = folder.host(&text, &["risk", "strategy"]).unwrap();
    let offer = mycelium_ffi::offer(&host).unwrap();
    let guest = join_with(&offer, &[]).unwrap();
    guest.wait_until_connected(LONG).unwrap();
    let mut trees = guest.bus("risk").unwrap().subscriber::<Tree>();
    let publisher = guest.bus("strategy").unwrap().publisher::<Tree>();
    publisher.publish(tree(1)).unwrap();
    assert_eq!(trees.try_recv().unwrap().unwrap().value, 1);
    let between: Vec<_> = guest.links().into_iter().map(|link| link.to).collect();
    assert_eq!(between, ["feed", "feed"]);
}
