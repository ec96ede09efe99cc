//! Nodes of a small topology in a folder of their own.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mycelium_bus::{MessageBus, Node};
use mycelium_generated::conformance::{Texts, Tree};

/// Long enough for anything, on a machine that does other things as well.
pub const LONG: Duration = Duration::from_secs(20);

/// A folder that goes with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("mycelium-bus-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a topology, of which this is all but the folder for sockets.
    pub fn topology(&self, text: &str) -> PathBuf {
        let path = self.0.join("topology.toml");
        let sockets = self.0.display();
        let text = text.replace("{FOLDER}", &sockets.to_string());
        std::fs::write(&path, format!("socket_dir = \"{sockets}\"\n{text}")).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Each way in which two nodes can meet.
pub const KINDS: [&str; 3] = ["unix", "shm", "tcp"];

/// A port that was free a moment ago; nobody else asks for it, as the system gives others first.
pub fn free_port() -> u16 {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

/// Two nodes with a service each that meet by a kind of route, written in `{FOLDER}`; `routes` is added.
pub fn two_by(kind: &str, routes: &str) -> String {
    let endpoint = match kind {
        "unix" => String::new(),
        "shm" => "endpoint.kind = \"shm\"\nendpoint.path = \"{FOLDER}/lanes\"".to_owned(),
        _ => {
            let port = free_port();
            format!("endpoint.kind = \"tcp\"\nport = {port}")
        }
    };
    TWO.replace(
        "services = [\"b\"]",
        &format!("services = [\"b\"]\n{endpoint}"),
    ) + routes
}

pub const TWO: &str = r#"
[[nodes]]
name = "left"
services = ["a"]
[[nodes]]
name = "right"
services = ["b"]
"#;

/// Two nodes that are to be connected, with a service each.
pub struct Pair {
    pub left: Node,
    pub right: Node,
    pub a: MessageBus,
    pub b: MessageBus,
    pub folder: Folder,
    pub topology: PathBuf,
}

impl Pair {
    pub fn new() -> Self {
        Self::of(TWO)
    }

    pub fn by(kind: &str) -> Self {
        Self::of(&two_by(kind, ""))
    }

    pub fn of(text: &str) -> Self {
        let folder = Folder::new();
        let topology = folder.topology(text);
        let left = Node::from_topology(&topology, "left").unwrap();
        let right = Node::from_topology(&topology, "right").unwrap();
        let (a, b) = (left.bus("a").unwrap(), right.bus("b").unwrap());
        Self {
            left,
            right,
            a,
            b,
            folder,
            topology,
        }
    }

    pub fn connected(self) -> Self {
        self.left.wait_until_connected(LONG).unwrap();
        self.right.wait_until_connected(LONG).unwrap();
        self
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

pub fn text(long: &str) -> Texts {
    Texts {
        short: "s".to_owned(),
        bounded: "bounded".to_owned(),
        long: long.to_owned(),
        data: Vec::new(),
        blob: Vec::new(),
    }
}
