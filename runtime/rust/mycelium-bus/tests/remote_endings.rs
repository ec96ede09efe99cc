//! How connections and nodes end, and what those who wait then learn.

mod remote;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use mycelium_bus::{LinkState, Node, NodeError, PublishError, RecvError, RequestError};
use mycelium_generated::conformance::{Texts, Tree};
use remote::{text, tree, Folder, Pair, KINDS, LONG, TWO};

#[test]
fn a_node_that_comes_back_is_connected_again() {
    for kind in KINDS {
        let pair = Pair::by(kind).connected();
        let publisher = pair.a.publisher::<Tree>();
        for life in 0..3 {
            let right = match life {
                0 => pair.right.clone(),
                _ => Node::from_topology(&pair.topology, "right").unwrap(),
            };
            let mut trees = right.bus("b").unwrap().subscriber::<Tree>();
            publisher.wait_until_wanted(LONG).unwrap();
            publisher.publish(tree(life)).unwrap();
            assert_eq!(trees.recv_timeout(LONG).unwrap().value, life);
            right.close();
            let left = pair.left.clone();
            let is_gone = || left.links()[0].state != LinkState::Established;
            wait_until(is_gone);
            assert_eq!(trees.recv(), Err(RecvError::Closed));
        }
        let counters = &pair.left.links()[0].counters;
        let reconnects = counters
            .reconnects
            .load(std::sync::atomic::Ordering::Relaxed);
        assert_eq!(reconnects, 2, "{kind}");
    }
}

#[test]
fn whoever_starts_first_waits_for_the_other() {
    for listener_first in [true, false] {
        let folder = Folder::new();
        let topology = folder.topology(TWO);
        let (first, second) = match listener_first {
            true => ("left", "right"),
            false => ("right", "left"),
        };
        let early = Node::from_topology(&topology, first).unwrap();
        let missing = early.wait_until_connected(Duration::from_millis(30));
        let Err(NodeError::NotConnected(links)) = missing else {
            panic!("{missing:?}");
        };
        assert_eq!(links.len(), 1);
        assert!(links[0].contains(second), "{links:?}");
        let late = Node::from_topology(&topology, second).unwrap();
        early.wait_until_connected(LONG).unwrap();
        late.wait_until_connected(LONG).unwrap();
    }
}

#[test]
fn a_node_runs_once() {
    let pair = Pair::new();
    let again = Node::from_topology(&pair.topology, "left");
    let Err(NodeError::Claimed { node, process, .. }) = again else {
        panic!("{again:?}");
    };
    assert_eq!((node.as_str(), process), ("left", Some(std::process::id())));
    pair.left.close();
    Node::from_topology(&pair.topology, "left").unwrap();
}

#[test]
fn a_node_that_closes_answers_what_it_was_asked_before() {
    for kind in KINDS {
        let pair = Pair::by(kind);
        let (begun, has_begun) = mpsc::channel();
        let publisher = pair.b.publisher::<Tree>();
        pair.b.serve::<Texts, Texts>(move |_| {
            begun.send(()).unwrap();
            while publisher.publish(tree(1)) != Err(PublishError::Closed) {
                thread::yield_now();
            }
            Ok(text("late, but here"))
        });
        let pair = pair.connected();
        let bus = pair.a.clone();
        let asker = thread::spawn(move || loop {
            match bus.request::<Texts, Texts>(&text("?")) {
                Err(RequestError::NoServer { .. }) => thread::yield_now(),
                answer => break answer,
            }
        });
        has_begun.recv_timeout(LONG).unwrap();
        pair.right.close();
        let answer = asker.join().unwrap();
        assert_eq!(answer, Ok(text("late, but here")), "{kind}");
    }
}

#[test]
fn closing_wakes_those_who_receive_publish_and_ask() {
    for kind in KINDS {
        let pair = Pair::by(kind);
        pair.b.serve::<Texts, Texts>(|_| {
            thread::sleep(Duration::from_millis(300));
            Err("too late".to_owned())
        });
        // Nobody takes these out.
        let _full = pair.b.subscriber::<Tree>();
        let mut quiet = pair.a.subscriber::<Texts>();
        let publisher = pair.a.publisher::<Tree>();
        let pair = pair.connected();
        publisher.wait_until_wanted(LONG).unwrap();
        let receiver = thread::spawn(move || quiet.recv());
        let sender = thread::spawn(move || loop {
            if let Err(error) = publisher.publish(tree(1)) {
                break error;
            }
        });
        let bus = pair.a.clone();
        let asker = thread::spawn(move || bus.request::<Texts, Texts>(&text("?")));
        let counters = pair.left.links()[0].counters.clone();
        let sent = || counters.sent.load(std::sync::atomic::Ordering::Relaxed);
        // Until the sender is held: what it sends does not grow any more.
        let mut before = 0;
        wait_until(|| {
            thread::sleep(Duration::from_millis(30));
            let is_held = sent() > 1024 && sent() == before;
            before = sent();
            is_held
        });
        pair.left.close();
        assert_eq!(receiver.join().unwrap(), Err(RecvError::Closed));
        assert_eq!(sender.join().unwrap(), PublishError::Closed);
        let asked = asker.join().unwrap();
        assert!(
            matches!(asked, Err(RequestError::Closed | RequestError::Failed(_))),
            "{asked:?}"
        );
    }
}

#[test]
fn what_was_published_before_closing_arrives() {
    for kind in KINDS {
        let pair = Pair::by(kind);
        let mut trees = pair.b.subscriber::<Tree>();
        let publisher = pair.a.publisher::<Tree>();
        let pair = pair.connected();
        publisher.wait_until_wanted(LONG).unwrap();
        (0..1000).for_each(|number| publisher.publish(tree(number)).unwrap());
        pair.left.close();
        for number in 0..1000 {
            assert_eq!(trees.recv_timeout(LONG).unwrap().value, number, "{kind}");
        }
    }
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let deadline = std::time::Instant::now() + LONG;
    while !is_so() {
        assert!(std::time::Instant::now() < deadline, "it took too long");
        thread::sleep(Duration::from_millis(1));
    }
}
