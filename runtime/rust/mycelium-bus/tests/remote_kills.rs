//! Processes that are killed: the survivor notices, goes on with what comes back, and has nothing twice, torn or out of order.

mod remote;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use mycelium_bus::{LinkState, Node};
use mycelium_generated::conformance::{Texts, Tree};
use remote::{text, tree, two_by, Folder, LONG};

/// Of shared memory, where processes share most, and of sockets.
const KINDS: [&str; 2] = ["shm", "unix"];

/// Every so many messages there is one that travels in parts.
const LARGE_EVERY: usize = 40;

/// The other process, killed with the test if not before.
struct Peer(Child);

impl Peer {
    /// Runs [`peer`] in a process of its own.
    fn start(topology: &Path, role: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "peer", "--ignored", "--nocapture"])
            .env("MYCELIUM_TEST_TOPOLOGY", topology)
            .env("MYCELIUM_TEST_ROLE", role)
            .stdout(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "the other process of the tests here, which they start"]
fn peer() {
    let topology = std::env::var("MYCELIUM_TEST_TOPOLOGY").unwrap();
    let role = std::env::var("MYCELIUM_TEST_ROLE").unwrap();
    let node = Node::from_topology(topology, "left").unwrap();
    let bus = node.bus("a").unwrap();
    match role.as_str() {
        "publish" => {
            let texts = bus.publisher::<Texts>();
            texts.wait_until_wanted(LONG).unwrap();
            for number in 0.. {
                texts.publish(numbered(number)).unwrap();
            }
        }
        "answer" => {
            let mut trees = bus.subscriber::<Tree>();
            let texts = bus.publisher::<Texts>();
            texts.wait_until_wanted(LONG).unwrap();
            loop {
                let value = trees.recv().unwrap().value;
                texts.publish(text(&value.to_string())).unwrap();
            }
        }
        "stay" => {
            let _trees = bus.subscriber::<Tree>();
            std::thread::park();
        }
        other => panic!("no role {other}"),
    }
}

/// A message that tells its number, and by its bytes whether it is whole.
fn numbered(number: usize) -> Texts {
    let mut message = text(&number.to_string());
    if number % LARGE_EVERY == LARGE_EVERY - 1 {
        message.data = (0..200_000).map(|at| (at / 64 + number) as u8).collect();
    }
    message
}

fn node_of(folder: &Folder, kind: &str, routes: &str) -> (Node, std::path::PathBuf) {
    let place = folder.path().display().to_string();
    let text = two_by(kind, routes).replace("{FOLDER}", &place);
    let topology = folder.topology(&text);
    (Node::from_topology(&topology, "right").unwrap(), topology)
}

fn state(node: &Node) -> LinkState {
    node.links()[0].state.clone()
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came to be");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Lanes that lie in the folder.
fn lanes(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(':')).collect()
}

#[test]
fn what_a_killed_publisher_sent_is_whole_and_in_order_and_so_is_what_its_successor_sends() {
    for kind in KINDS {
        let folder = Folder::new();
        let (right, topology) = node_of(&folder, kind, "");
        let mut texts = right.bus("b").unwrap().subscriber::<Texts>();
        for life in 0..4 {
            let mut peer = Peer::start(&topology, "publish");
            let mut next = 0;
            let mut check = |message: &Texts| {
                assert!(
                    *message == numbered(next),
                    "{kind}: {} is no {next}",
                    message.long
                );
                next += 1;
            };
            // A different moment each time, also in the middle of a message in parts.
            for _ in 0..500 + life * 137 {
                check(&texts.recv_timeout(LONG).unwrap());
            }
            peer.kill();
            while let Ok(message) = texts.recv_timeout(Duration::from_millis(50)) {
                check(&message);
            }
            wait_until(|| state(&right) != LinkState::Established);
            while let Ok(Some(message)) = texts.try_recv() {
                check(&message);
            }
            wait_until(|| lanes(&folder).is_empty());
        }
        let counters = &right.links()[0].counters;
        assert_eq!(counters.reconnects.load(Ordering::Relaxed), 3, "{kind}");
        assert_eq!(counters.undecodable.load(Ordering::Relaxed), 0, "{kind}");
    }
}

#[test]
fn a_killed_receiver_holds_nobody_up_and_its_successor_gets_what_is_published_then() {
    for kind in KINDS {
        let folder = Folder::new();
        let (right, topology) = node_of(&folder, kind, "");
        let bus = right.bus("b").unwrap();
        let mut texts = bus.subscriber::<Texts>();
        let publisher = bus.publisher::<Tree>();
        let mut number = 0;
        for _ in 0..3 {
            let mut peer = Peer::start(&topology, "answer");
            publisher.wait_until_wanted(LONG).unwrap();
            let first = number;
            for _ in 0..3000 {
                publisher.publish(tree(number)).unwrap();
                number += 1;
                if number - first > 500 {
                    let answered = texts.recv_timeout(LONG).unwrap();
                    assert_eq!(answered.long, (number - 501).to_string(), "{kind}");
                }
            }
            peer.kill();
            // Some of these go into what the dead one does not read any more; nobody waits for it.
            for _ in 0..100_000 {
                publisher.publish(tree(number)).unwrap();
                number += 1;
            }
            wait_until(|| state(&right) != LinkState::Established);
            while texts.try_recv().is_ok_and(|answer| answer.is_some()) {}
        }
    }
}

#[test]
fn a_publisher_that_waits_for_room_learns_that_the_receiver_was_killed() {
    for kind in KINDS {
        let folder = Folder::new();
        let routes = "[[routes]]\nfrom = \"b\"\nto = \"a\"\ncapacity = 16\n";
        let (right, topology) = node_of(&folder, kind, routes);
        let publisher = right.bus("b").unwrap().publisher::<Tree>();
        let mut peer = Peer::start(&topology, "stay");
        publisher.wait_until_wanted(LONG).unwrap();
        let publishing = std::thread::spawn(move || {
            for number in 0..100_000 {
                publisher.publish(tree(number)).unwrap();
            }
        });
        // It comes to a halt: the peer's queue and what is on the way hold far fewer.
        let sent = || right.links()[0].counters.sent.load(Ordering::Relaxed);
        let mut before = 0;
        wait_until(|| {
            std::thread::sleep(Duration::from_millis(20));
            let is_still = sent() > 16 && sent() == before;
            before = sent();
            is_still
        });
        assert!(!publishing.is_finished(), "{kind}");
        peer.kill();
        publishing.join().unwrap();
        // What was on its way is counted.
        let counters = &right.links()[0].counters;
        let lost = counters.dropped_disconnected.load(Ordering::Relaxed);
        assert!(lost > 0, "{kind}");
    }
}

#[test]
fn lanes_of_two_that_were_both_killed_are_removed_by_those_who_come_next() {
    let folder = Folder::new();
    let (right, topology) = node_of(&folder, "shm", "");
    right.close();
    drop(right);
    for name in ["lanes.a:b", "lanes.b:a", "lanes.gone:b"] {
        let options = mycelium_lane::WriterOptions::default().with_capacity(4096);
        let path = folder.path().join(name);
        mycelium_lane::Writer::open(path, &options)
            .unwrap()
            .hand_over();
    }
    let right = Node::from_topology(&topology, "right").unwrap();
    assert!(lanes(&folder).is_empty());
    let left = Node::from_topology(&topology, "left").unwrap();
    left.wait_until_connected(LONG).unwrap();
    right.wait_until_connected(LONG).unwrap();
    assert_eq!(lanes(&folder).len(), 2);
    left.close();
    right.close();
    assert!(lanes(&folder).is_empty());
}

#[test]
fn the_largest_messages_pass_in_parts_and_to_the_last_of_them() {
    for kind in KINDS {
        let folder = Folder::new();
        let (right, topology) = node_of(&folder, kind, "");
        let left = Node::from_topology(&topology, "left").unwrap();
        let publisher = left.bus("a").unwrap().publisher::<Texts>();
        let mut texts = right.bus("b").unwrap().subscriber::<Texts>();
        publisher.wait_until_wanted(LONG).unwrap();
        let large = |bytes: usize| {
            let mut message = text("large");
            message.data = (0..bytes).map(|at| (at / 1000) as u8).collect();
            message
        };
        let sizes = [16 * 1024 * 1024 - 200, 3, 70_000, 5_000_000];
        let sending = std::thread::spawn(move || {
            for bytes in sizes {
                publisher.publish(large(bytes)).unwrap();
            }
            // What was published before is still sent.
            left.close();
        });
        for bytes in sizes {
            let received = texts.recv_timeout(LONG).unwrap();
            assert!(*received == large(bytes), "{kind}: {bytes} bytes");
        }
        sending.join().unwrap();
    }
}
