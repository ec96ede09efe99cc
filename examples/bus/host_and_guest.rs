//! A node of which another library of the process runs a service: `cargo run --example host_and_guest` in
//! `runtime/rust/mycelium-ffi`. (The guest would be in a library of its own; the calls are the same.)

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use mycelium_bus::topology::Topology;
use mycelium_bus::{Node, NodeOptions};
use mycelium_ffi::NodeTable;
use mycelium_generated::conformance::Tree;

const TOPOLOGY: &str = r#"
[[nodes]]
name = "engine"
services = ["market-data", "strategy"]
"#;

const PATIENCE: Duration = Duration::from_secs(5);

fn tree(value: i64) -> Tree {
    Tree {
        value,
        left: None,
        right: None,
        kids: Vec::new(),
    }
}

/// In the program: asks the guest.
fn run(topology: Topology) -> Result<i64, Box<dyn Error>> {
    let options = NodeOptions::default().with_guests(["strategy"]);
    let engine = Node::with_options(topology, Path::new("."), "engine", options)?;
    let offer = mycelium_ffi::offer(&engine)?;

    let guest = run_guest(offer.as_ptr())?;
    engine.wait_until_connected(PATIENCE)?;
    let feed = engine.bus("market-data")?;
    let mut answers = feed.subscriber::<Tree>();
    guest.publisher.wait_until_wanted(PATIENCE)?;
    guest.publisher.publish(tree(42))?;
    Ok(answers.recv_timeout(PATIENCE)?.value)
}

/// What the guest is made of.
struct Guest {
    _node: Node,
    publisher: mycelium_bus::Publisher<Tree>,
}

/// In the library: joins the node.
#[allow(unsafe_code, reason = "the table of functions is a pointer")]
fn run_guest(offer: *const NodeTable) -> Result<Guest, Box<dyn Error>> {
    // SAFETY: the offer lives for as long as the call.
    let guest = unsafe { mycelium_ffi::join(offer, &["strategy"]) }?;
    let strategy = guest.bus("strategy")?;

    Ok(Guest {
        publisher: strategy.publisher::<Tree>(),
        _node: guest,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("host-and-guest-{}", std::process::id()));
    let text = format!("socket_dir = \"{}\"\n{TOPOLOGY}", folder.display());
    let answer = run(Topology::read(&text, "topology.toml")?);
    let _ = std::fs::remove_dir_all(&folder);
    println!("the guest says {}", answer?);
    Ok(())
}

#[test]
fn it_runs() {
    main().unwrap();
}
