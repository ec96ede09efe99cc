//! A node of which one service is run by a guest, in a folder of its own.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mycelium_bus::topology::Topology;
use mycelium_bus::{MessageBus, Node, NodeError, NodeOptions};
use mycelium_ffi::{join, offer, JoinError, Offer};
use mycelium_generated::conformance::Tree;

/// Long enough for anything, on a machine that does other things as well.
pub const LONG: Duration = Duration::from_secs(20);

/// A folder that goes with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("mycelium-ffi-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A topology in the folder, of which this is all but the folder for sockets.
    pub fn topology(&self, text: &str) -> Topology {
        let folder = self.0.display().to_string();
        let text = text.replace("{FOLDER}", &folder);
        let text = format!("socket_dir = \"{folder}\"\n{text}");
        std::fs::write(self.0.join("topology.toml"), &text).unwrap();
        Topology::read(&text, "topology.toml").unwrap()
    }

    /// The node `engine`, which leaves these services to guests.
    pub fn host(&self, text: &str, guests: &[&str]) -> Result<Node, NodeError> {
        let options = NodeOptions::default().with_guests(guests.iter().copied());
        Node::with_options(self.topology(text), self.path(), "engine", options)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One node with two services.
pub const ENGINE: &str = r#"
[[nodes]]
name = "engine"
services = ["feed", "strategy"]
"#;

/// A host with the service `feed`, and a guest with `strategy`.
pub struct Pair {
    pub host: Node,
    pub guest: Node,
    pub feed: MessageBus,
    pub strategy: MessageBus,
    pub offer: Offer,
    pub folder: Folder,
}

impl Pair {
    pub fn of(text: &str) -> Self {
        let folder = Folder::new();
        let host = folder.host(text, &["strategy"]).unwrap();
        let offer = offer(&host).unwrap();
        let guest = join_with(&offer, &[]).unwrap();
        let feed = host.bus("feed").unwrap();
        let strategy = guest.bus("strategy").unwrap();
        Self {
            host,
            guest,
            feed,
            strategy,
            offer,
            folder,
        }
    }

    pub fn connected() -> Self {
        let pair = Self::of(ENGINE);
        pair.host.wait_until_connected(LONG).unwrap();
        pair.guest.wait_until_connected(LONG).unwrap();
        pair
    }
}

/// Joins what is offered.
pub fn join_with(offer: &Offer, services: &[&str]) -> Result<Node, JoinError> {
    // SAFETY: the offer lives for as long as the call.
    #[allow(unsafe_code)]
    unsafe {
        join(offer.as_ptr(), services)
    }
}

pub fn tree(value: i64) -> Tree {
    Tree {
        value,
        left: None,
        right: None,
        kids: Vec::new(),
    }
}
