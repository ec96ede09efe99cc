//! Messages of several nodes, put into the order of their publication.

mod remote;

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use mycelium_bus::{MessageBus, Node, Overflow, Publisher, Subscriber, SubscriberOptions};
use mycelium_generated::conformance::Tree;
use remote::{free_port, tree, Folder, KINDS, LONG};

/// Longer than any test: whoever waits that long never comes to an end.
const NEVER: Duration = Duration::from_secs(3600);

/// Services `a` and `c`, which publish, and `b`, which merges, each in a node of its own, or all in one.
fn topology(kind: &str) -> String {
    let endpoint = match kind {
        "local" => {
            return "[[nodes]]\nname = \"all\"\nservices = [\"a\", \"b\", \"c\"]\n".to_owned();
        }
        "unix" => String::new(),
        "shm" => "endpoint.kind = \"shm\"\nendpoint.path = \"{FOLDER}/lanes\"".to_owned(),
        _ => format!("endpoint.kind = \"tcp\"\nport = {}", free_port()),
    };
    format!(
        "[[nodes]]\nname = \"of-a\"\nservices = [\"a\"]\n\
         [[nodes]]\nname = \"of-b\"\nservices = [\"b\"]\n{endpoint}\n\
         [[nodes]]\nname = \"of-c\"\nservices = [\"c\"]\n"
    )
}

/// Nodes that run, and the buses of their services.
struct Deployment {
    folder: Folder,
    is_local: bool,
    nodes: Vec<Node>,
}

impl Deployment {
    fn by(kind: &str) -> Self {
        let folder = Folder::new();
        folder.topology(&topology(kind));
        Self {
            folder,
            is_local: kind == "local",
            nodes: Vec::new(),
        }
    }

    /// The bus of a service, in a node that now runs.
    fn start(&mut self, service: &str) -> MessageBus {
        let node = match self.is_local {
            true => "all".to_owned(),
            false => format!("of-{service}"),
        };
        if let Some(running) = self.nodes.iter().find(|running| running.name() == node) {
            return running.bus(service).unwrap();
        }
        let path = self.folder.path().join("topology.toml");
        let node = Node::from_topology(path, &node).unwrap();
        let bus = node.bus(service).unwrap();
        self.nodes.push(node);
        bus
    }

    fn stop(&mut self, service: &str) {
        let name = format!("of-{service}");
        let place = self.nodes.iter().position(|node| node.name() == name);
        self.nodes.remove(place.unwrap()).close();
    }

    /// Waits for what is published to be wanted by `b`. Who had a publisher before `b` was there is known to it then.
    fn connect(&self, publishers: &[&Publisher<Tree>]) {
        if !self.is_local {
            for publisher in publishers {
                publisher.wait_until_wanted(LONG).unwrap();
            }
        }
    }

    /// The buses of `a` and `c`, at given times, with publishers, and a subscriber of `b` that waits that long.
    fn begin(
        &mut self,
        lateness: Duration,
    ) -> ([(MessageBus, Publisher<Tree>); 2], Subscriber<Tree>) {
        let sources = ["a", "c"].map(|service| {
            let bus = self.start(service);
            bus.advance_to(i64::MIN).unwrap();
            let publisher = bus.publisher::<Tree>();
            (bus, publisher)
        });
        let trees = merging(&self.start("b"), lateness);
        self.connect(&[&sources[0].1, &sources[1].1]);
        // Who is asked learns of it before the one who asks learns that it will come, and only then is it waited for.
        for node in &self.nodes {
            node.wait_until_connected(LONG).unwrap();
        }
        (sources, trees)
    }
}

fn merging(bus: &MessageBus, lateness: Duration) -> Subscriber<Tree> {
    bus.subscriber_with(SubscriberOptions {
        merge: Some(lateness),
        ..bus.options()
    })
}

fn next(trees: &mut Subscriber<Tree>) -> i64 {
    trees.recv_timeout(LONG).unwrap().value
}

/// Returns when that many messages are there.
fn await_waiting(trees: &Subscriber<Tree>, count: usize) {
    while trees.waiting() < count {
        thread::yield_now();
    }
}

#[test]
fn a_service_that_publishes_nothing_holds_up_nobody() {
    for kind in KINDS {
        for overflow in [Overflow::Block, Overflow::DropOldest] {
            let mut deployment = Deployment::by(kind);
            let [a, b, c] = ["a", "b", "c"].map(|service| deployment.start(service));
            let mut trees = b.subscriber_with::<Tree>(SubscriberOptions {
                merge: Some(NEVER),
                overflow,
                ..b.options()
            });
            let (publisher, silent) = (a.publisher::<Tree>(), c.publisher::<Tree>());
            deployment.connect(&[&publisher, &silent]);
            for number in 0..100 {
                publisher.publish(tree(number)).unwrap();
            }
            for number in 0..100 {
                assert_eq!(next(&mut trees), number, "{kind}");
            }
        }
    }
}

#[test]
fn a_service_whose_time_stands_still_is_waited_for_as_long_as_may_be() {
    for kind in KINDS.into_iter().chain(["local"]) {
        let mut deployment = Deployment::by(kind);
        let ([(_a, publisher), (_c, silent)], mut trees) =
            deployment.begin(Duration::from_millis(50));
        publisher.publish_at(tree(1), 10).unwrap();
        assert_eq!(next(&mut trees), 1);
        silent.publish_at(tree(2), 5).unwrap();
        publisher.publish_at(tree(3), 20).unwrap();
        assert_eq!(next(&mut trees), 3);
        assert_eq!(trees.lost().late, 1, "{kind}");
    }
}

#[test]
fn a_service_that_leaves_is_waited_for_no_more() {
    for kind in KINDS {
        let mut deployment = Deployment::by(kind);
        let ([(_a, publisher), _c], mut trees) = deployment.begin(NEVER);
        publisher.publish_at(tree(1), 10).unwrap();
        await_waiting(&trees, 1);
        assert_eq!(trees.try_recv(), Ok(None), "{kind}");
        deployment.stop("c");
        assert_eq!(next(&mut trees), 1, "{kind}");
    }
}

#[test]
fn a_service_of_the_same_node_that_is_closed_is_waited_for_no_more() {
    let mut deployment = Deployment::by("local");
    let ([(_a, publisher), (c, _silent)], mut trees) = deployment.begin(NEVER);
    publisher.publish_at(tree(1), 10).unwrap();
    assert_eq!(trees.try_recv(), Ok(None));
    c.close();
    assert_eq!(next(&mut trees), 1);
}

#[test]
fn whoever_joins_late_is_waited_for_from_then_on() {
    for kind in KINDS {
        let mut deployment = Deployment::by(kind);
        let [a, b] = ["a", "b"].map(|service| deployment.start(service));
        let mut trees = merging(&b, NEVER);
        // First the time: to whoever orders by it, a publisher tells the system's otherwise.
        a.advance_to(0).unwrap();
        let early = a.publisher::<Tree>();
        deployment.connect(&[&early]);
        early.publish_at(tree(1), 100).unwrap();
        assert_eq!(next(&mut trees), 1);
        let c = deployment.start("c");
        c.advance_to(0).unwrap();
        let late = c.publisher::<Tree>();
        deployment.connect(&[&late]);
        late.publish_at(tree(2), 200).unwrap();
        await_waiting(&trees, 1);
        assert_eq!(trees.try_recv(), Ok(None), "{kind}");
        early.publish_at(tree(3), 300).unwrap();
        assert_eq!(next(&mut trees), 2, "{kind}");
        await_waiting(&trees, 1);
        assert_eq!(trees.try_recv(), Ok(None), "{kind}");
        c.advance_to(301).unwrap();
        assert_eq!(next(&mut trees), 3, "{kind}");
    }
}

#[test]
fn the_time_of_a_service_lets_go_on_who_waits_for_it() {
    let mut deployment = Deployment::by("local");
    let ([(_a, publisher), (c, _silent)], mut trees) = deployment.begin(NEVER);
    publisher.publish_at(tree(1), 10).unwrap();
    let receiver = thread::spawn(move || next(&mut trees));
    c.advance_to(11).unwrap();
    assert_eq!(receiver.join().unwrap(), 1);
}

/// Numbers that look random and are the same on every run: xorshift64 (Marsaglia, 2003).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 % bound).unwrap()
    }
}

/// What a service publishes, and when.
type History = Vec<(i64, Tree)>;

fn histories(chance: &mut Chance) -> [History; 2] {
    [0, 1].map(|source| {
        let mut time = 0;
        let count = chance.below(300);
        let messages = (0..count).map(|number| {
            time += chance.below(3);
            (time, tree(source * 1000 + number))
        });
        messages.collect()
    })
}

/// The order in which `b` receives what `a` and `c` publish, each in a thread of its own.
fn received(kind: &str, histories: &[History; 2]) -> Vec<i64> {
    let mut deployment = Deployment::by(kind);
    let (sources, mut trees) = deployment.begin(NEVER);
    let count = histories.iter().map(Vec::len).sum();
    let threads: Vec<_> = sources
        .into_iter()
        .zip(histories.clone())
        .map(|((bus, publisher), history)| {
            thread::spawn(move || {
                for (time, message) in history {
                    publisher.publish_at(Arc::new(message), time).unwrap();
                }
                bus.advance_to(i64::MAX).unwrap();
            })
        })
        .collect();
    let order = (0..count).map(|_| next(&mut trees)).collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert_eq!(trees.lost().late, 0, "{kind}");
    order
}

#[test]
fn the_same_messages_come_in_the_same_order_wherever_services_run() {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for _ in 0..5 {
        let histories = histories(&mut chance);
        let mut expected: Vec<_> = histories
            .iter()
            .enumerate()
            .flat_map(|(source, history)| {
                let numbered = history.iter().enumerate();
                numbered.map(move |(number, (time, tree))| (*time, source, number, tree.value))
            })
            .collect();
        expected.sort_unstable();
        let expected: Vec<_> = expected.into_iter().map(|(.., value)| value).collect();
        for kind in KINDS.into_iter().chain(["local"]) {
            assert_eq!(received(kind, &histories), expected, "{kind}");
        }
    }
}
