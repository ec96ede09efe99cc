//! Two nodes and how they come together: `cargo run --example two_nodes` in `runtime/rust/mycelium-bus`. (Each would be a
//! process of its own; the program is the same.)

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use mycelium_bus::{MessageBus, Node};
use mycelium_generated::conformance::Tree;

const TOPOLOGY: &str = r#"
[[nodes]]
name = "engine"
services = ["market-data", "execution"]

[[nodes]]
name = "ml"
services = ["strategy"]
"#;

fn tree(value: i64) -> Tree {
    Tree {
        value,
        left: None,
        right: None,
        kids: Vec::new(),
    }
}

fn run(topology: &Path) -> Result<i64, Box<dyn Error>> {
    // One service is all that its process runs; the other node runs two.
    let strategy = MessageBus::from_topology(topology, "strategy")?;
    let engine = Node::from_topology(topology, "engine")?;
    let feed = engine.bus("market-data")?;

    let mut trees = strategy.subscriber::<Tree>();
    engine.wait_until_connected(Duration::from_secs(5))?;
    let publisher = feed.publisher::<Tree>();
    publisher.wait_until_wanted(Duration::from_secs(5))?;
    for number in 1..=100 {
        publisher.publish(tree(number))?;
    }
    engine.close();
    Ok(trees.iter().take(100).map(|tree| tree.value).sum())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("mycelium-two-nodes-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("topology.toml");
    let text = format!("socket_dir = \"{}\"\n{TOPOLOGY}", folder.display());
    std::fs::write(&path, text)?;
    let sum = run(&path);
    std::fs::remove_dir_all(&folder)?;
    println!(
        "100 trees from another node, whose values add up to {}",
        sum?
    );
    Ok(())
}

#[test]
fn it_runs() {
    main().unwrap();
}
