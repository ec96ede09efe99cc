//! A child made by `fork` has no part in its parent's nodes, and disturbs nothing of them. Alone in its process: a fork takes no
//! other thread along, and so none of another test.
#![cfg(target_os = "linux")]
#![allow(unsafe_code, reason = "nothing else makes a child that inherits")]

mod remote;

use std::io::Write;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use mycelium_bus::{
    MessageBus, Node, NodeError, PublishError, Publisher, RecvError, RequestError, Subscriber,
};
use mycelium_generated::conformance::{Texts, Tree};
use remote::{text, tree, Pair, KINDS, LONG};

/// What one end of a pair works with.
struct End {
    node: Node,
    bus: MessageBus,
    publisher: Publisher<Tree>,
    subscriber: Subscriber<Texts>,
}

/// What must hold in the child, before it has a node of its own; the first thing that does not.
fn in_child(end: &mut End, topology: &std::path::Path) -> Option<&'static str> {
    let NodeError::Claimed { .. } = Node::from_topology(topology, "left").err()? else {
        return Some("the child may claim the node");
    };
    let bus = &end.bus;
    let (moment, receiver) = (Duration::from_millis(1), &mut end.subscriber);
    let mut context = Context::from_waker(Waker::noop());
    let checks = [
        (
            "publish",
            end.publisher.publish(tree(0)) == Err(PublishError::Forked),
        ),
        (
            "try_publish",
            end.publisher.try_publish(tree(0)) == Err(PublishError::Forked),
        ),
        (
            "try_recv",
            receiver.try_recv().err() == Some(RecvError::Forked),
        ),
        (
            "poll_recv",
            receiver.poll_recv(&mut context) == Poll::Ready(Err(RecvError::Forked)),
        ),
        (
            "recv_timeout",
            receiver.recv_timeout(moment).err() == Some(RecvError::Forked),
        ),
        ("recv", receiver.recv().err() == Some(RecvError::Forked)),
        (
            "request",
            matches!(
                bus.request::<Tree, Texts>(&tree(0)),
                Err(RequestError::Forked)
            ),
        ),
        (
            "wait_until_connected",
            matches!(
                end.node.wait_until_connected(moment),
                Err(NodeError::Forked)
            ),
        ),
        (
            "wait_until_wanted",
            matches!(
                end.publisher.wait_until_wanted(moment),
                Err(NodeError::Forked)
            ),
        ),
        (
            "the parent's sockets and lanes are closed",
            inherited().is_empty(),
        ),
    ];
    let wrong = checks.into_iter().find(|(_, holds)| !holds);
    wrong.map(|(name, _)| name)
}

/// Sockets, lanes and locks among this process's descriptors.
fn inherited() -> Vec<String> {
    let descriptors = std::fs::read_dir("/proc/self/fd").expect("a system with proc");
    let names = descriptors.filter_map(|each| std::fs::read_link(each.ok()?.path()).ok());
    let names = names.map(|name| name.display().to_string());
    names
        .filter(|name| {
            ["socket:", "lanes", ".lock"]
                .iter()
                .any(|part| name.contains(part))
        })
        .collect()
}

/// Forks; returns when the child has looked at everything and ended as a process does that knows nothing of the bus.
fn fork(left: &mut End, topology: &std::path::Path) {
    // SAFETY: the child runs only the code below, which waits for no other thread, and ends by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: ends a child that hangs, so that the test does not.
        unsafe { libc::alarm(20) };
        let wrong = in_child(left, topology);
        left.bus.close();
        left.node.close();
        if let Some(wrong) = wrong {
            // Not by `eprintln`, which keeps it for an end that does not come.
            let told = format!("in the child, wrong: {wrong}; open: {:?}\n", inherited());
            let _ = std::io::stderr().write_all(told.as_bytes());
        }
        // SAFETY: ends the process.
        unsafe { libc::_exit(i32::from(wrong.is_some())) };
    }
    assert!(child > 0);
    let (mut status, deadline) = (0, Instant::now() + LONG);
    // SAFETY: looks after the child made above.
    while unsafe { libc::waitpid(child, &mut status, libc::WNOHANG) } == 0 {
        assert!(Instant::now() < deadline, "the child does not end");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(status, 0, "see above what was wrong in the child");
}

fn talk(
    left: &mut End,
    right: &mut (Publisher<Texts>, Subscriber<Tree>),
    numbers: std::ops::Range<i64>,
) {
    for number in numbers {
        left.publisher.publish(tree(number)).unwrap();
        assert_eq!(right.1.recv_timeout(LONG).unwrap().value, number);
        right.0.publish(text(&number.to_string())).unwrap();
        assert_eq!(
            left.subscriber.recv_timeout(LONG).unwrap().long,
            number.to_string()
        );
    }
}

#[test]
fn a_child_refuses_and_its_parent_goes_on() {
    for kind in KINDS {
        let Pair {
            left,
            right,
            a,
            b,
            folder,
            topology,
        } = Pair::by(kind).connected();
        let mut left = End {
            node: left,
            publisher: a.publisher(),
            subscriber: a.subscriber(),
            bus: a,
        };
        let mut far = (b.publisher(), b.subscriber());
        left.publisher.wait_until_wanted(LONG).unwrap();
        far.0.wait_until_wanted(LONG).unwrap();
        talk(&mut left, &mut far, 0..10);
        for life in 1..4 {
            // What waits at the time of the fork is the parent's alone.
            far.0.publish(text("waits")).unwrap();
            let deadline = Instant::now() + LONG;
            while left.subscriber.waiting() == 0 {
                assert!(Instant::now() < deadline, "{kind}: nobody drives");
                std::thread::yield_now();
            }
            fork(&mut left, &topology);
            assert_eq!(left.subscriber.recv_timeout(LONG).unwrap().long, "waits");
            talk(&mut left, &mut far, 10 * life..10 * life + 10);
        }
        for node in [&left.node, &right] {
            let reconnects = &node.links()[0].counters.reconnects;
            let reconnects = reconnects.load(std::sync::atomic::Ordering::Relaxed);
            assert_eq!(reconnects, 0, "{kind}: the child ended a connection");
        }
        // What the parent gives up is free again: no child keeps it.
        left.node.close();
        Node::from_topology(&topology, "left").unwrap();
        drop(folder);
    }
}
