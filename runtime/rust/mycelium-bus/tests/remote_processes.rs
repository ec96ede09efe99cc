//! Nodes in processes of their own: killed, idle, forked.

mod remote;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mycelium_bus::{LinkState, Node};
use mycelium_generated::conformance::{Texts, Tree};
use remote::{text, tree, two_by, Folder, KINDS, LONG};

/// Where the topology of a child process is.
const CHILD: &str = "MYCELIUM_TEST_CHILD";

/// A process that is killed with the test.
struct Echo(Child);

impl Echo {
    /// Starts this program again, as the node `right`.
    fn start(topology: &std::path::Path) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_other_process", "--nocapture"])
            .env(CHILD, topology)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Not a test of its own: what the processes run that the others start. Answers each tree with its number, for ever.
#[test]
fn the_other_process() {
    let Some(topology) = std::env::var_os(CHILD) else {
        return;
    };
    let node = Node::from_topology(topology, "right").unwrap();
    let bus = node.bus("b").unwrap();
    let texts = bus.publisher::<Texts>();
    let mut trees = bus.subscriber::<Tree>();
    for tree in trees.iter() {
        texts.publish(text(&tree.value.to_string())).unwrap();
    }
}

#[test]
fn a_killed_process_is_noticed_and_its_successor_connected() {
    for kind in KINDS {
        let folder = Folder::new();
        let topology = folder.topology(&two_by(kind, ""));
        let node = Node::from_topology(&topology, "left").unwrap();
        let bus = node.bus("a").unwrap();
        let mut texts = bus.subscriber::<Texts>();
        let trees = bus.publisher::<Tree>();
        for life in 0..3 {
            let mut echo = Echo::start(&topology);
            trees.wait_until_wanted(LONG).unwrap();
            for number in 0..200 {
                trees.publish(tree(life * 1000 + number)).unwrap();
                let came = texts.recv_timeout(LONG).unwrap();
                assert_eq!(came.long, (life * 1000 + number).to_string(), "{kind}");
            }
            echo.kill();
            let deadline = std::time::Instant::now() + LONG;
            while node.links()[0].state == LinkState::Established {
                assert!(
                    std::time::Instant::now() < deadline,
                    "the death goes unnoticed"
                );
                std::thread::sleep(Duration::from_millis(1));
            }
            assert!(!trees.is_wanted());
            trees.publish(tree(0)).unwrap();
        }
    }
}

/// Processor time of this process and its threads, in ticks of the system.
#[cfg(target_os = "linux")]
fn processor_ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    // Fields 14 and 15 of proc(5), of which the first two come before.
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_waits_uses_no_processor() {
    for kind in KINDS {
        let folder = Folder::new();
        let topology = folder.topology(&two_by(kind, ""));
        let node = Node::from_topology(&topology, "left").unwrap();
        let bus = node.bus("a").unwrap();
        let mut texts = bus.subscriber::<Texts>();
        let trees = bus.publisher::<Tree>();
        let echo = Echo::start(&topology);
        trees.wait_until_wanted(LONG).unwrap();
        trees.publish(tree(1)).unwrap();
        assert_eq!(texts.recv_timeout(LONG).unwrap().long, "1");
        // Whatever begins to rest has come to rest.
        std::thread::sleep(Duration::from_millis(200));
        let before = processor_ticks(echo.0.id());
        std::thread::sleep(Duration::from_millis(1500));
        let used = processor_ticks(echo.0.id()) - before;
        assert!(used <= 1, "{kind}: {used} ticks of 10 ms in 1.5 s");
    }
}
