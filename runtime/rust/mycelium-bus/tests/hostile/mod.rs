//! A node, and clients that speak to its socket byte by byte.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use mycelium::control::{Goodbye, Hello, MessageVersion, Reject, Want, Welcome};
use mycelium::frame::{encode_message, Envelope, Frame, DEFAULT_LENGTH_MAX};
use mycelium::Message;
use mycelium_bus::topology::Topology;
use mycelium_bus::{LinkState, LinkStatus, MessageBus, Node, NodeOptions};
use mycelium_generated::conformance::Tree;

use crate::remote::{Folder, LONG};

/// What carries the streams that clients can speak over.
pub const STREAMS: [&str; 2] = ["unix", "tcp"];

/// Each way in which peers meet; by shared memory, at the control socket beside the lanes.
pub const MEETINGS: [&str; 3] = ["unix", "tcp", "shm"];

/// Bits of `mycelium.control.Want`.
pub const PUBLISHED: u8 = 1;
pub const LOSSY: u8 = 8;
pub const ENVELOPE: u8 = 16;

/// A node `left` with the service `a`, and what is needed to be one of its peers: `right` with `b`, `other` with `c`.
pub struct Stage {
    pub left: Node,
    pub a: MessageBus,
    pub folder: Folder,
    pub topology: PathBuf,
    address: Address,
}

enum Address {
    Unix(PathBuf),
    Tcp(String),
}

impl Stage {
    pub fn new(kind: &str, handshake_timeout: Duration) -> Self {
        Self::with_routes(kind, handshake_timeout, "")
    }

    pub fn with_routes(kind: &str, handshake_timeout: Duration, routes: &str) -> Self {
        let folder = Folder::new();
        let (endpoint, address) = match kind {
            "unix" => {
                let path = folder.path().join("left.sock");
                (String::new(), Address::Unix(path))
            }
            "shm" => {
                let lanes = folder.path().join("lanes");
                let address = Address::Unix(folder.path().join("lanes.sock"));
                let lanes = lanes.display();
                let endpoint = format!("endpoint.kind = \"shm\"\nendpoint.path = \"{lanes}\"");
                (endpoint, address)
            }
            _ => {
                // Free a moment ago; nobody else asks for it, as the system gives others first.
                let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
                let port = free.local_addr().unwrap().port();
                let address = Address::Tcp(format!("127.0.0.1:{port}"));
                (format!("endpoint.kind = \"tcp\"\nport = {port}"), address)
            }
        };
        let topology = folder.topology(&format!(
            "
            [[nodes]]
            name = \"left\"
            services = [\"a\"]
            {endpoint}
            [[nodes]]
            name = \"right\"
            services = [\"b\"]
            [[nodes]]
            name = \"other\"
            services = [\"c\"]
            {routes}
            "
        ));
        let options = NodeOptions::default().with_handshake_timeout(handshake_timeout);
        let read = Topology::load(&topology).unwrap();
        let left = Node::with_options(read, folder.path(), "left", options).unwrap();
        Self {
            a: left.bus("a").unwrap(),
            left,
            folder,
            topology,
            address,
        }
    }

    /// A client that has connected and said nothing.
    pub fn client(&self) -> Client {
        match &self.address {
            Address::Unix(path) => {
                let socket = UnixStream::connect(path).unwrap();
                socket.set_read_timeout(Some(LONG)).unwrap();
                Client(Box::new(socket))
            }
            Address::Tcp(address) => {
                let socket = TcpStream::connect(address).unwrap();
                socket.set_read_timeout(Some(LONG)).unwrap();
                Client(Box::new(socket))
            }
        }
    }

    /// The node `right`, which is honest.
    pub fn right(&self) -> Node {
        Node::from_topology(&self.topology, "right").unwrap()
    }

    /// What an honest node of the topology would say.
    pub fn hello(&self, node: &str) -> Hello {
        let topology = Topology::load(&self.topology).unwrap();
        let node = topology
            .nodes
            .iter()
            .find(|each| each.name == node)
            .unwrap();
        Hello {
            node: node.number,
            wire_version: 1,
            node_name: node.name.clone(),
            services: node.services.clone(),
            messages: Vec::new(),
            subscriptions: Vec::new(),
            from: node.services.first().cloned(),
            to: Some("a".to_owned()),
            wants: Vec::new(),
        }
    }

    /// How the link to a service does.
    pub fn link(&self, to: &str) -> LinkStatus {
        let mut links = self.left.links().into_iter();
        links.find(|link| link.to == to).unwrap()
    }

    /// Why the link to a service has no connection; returns when that mentions `part`.
    pub fn wait_for_error(&self, to: &str, part: &str) -> String {
        let deadline = std::time::Instant::now() + LONG;
        loop {
            let state = self.link(to).state;
            if let LinkState::Connecting {
                last_error: Some(error),
            } = &state
            {
                if error.contains(part) {
                    return error.clone();
                }
            }
            assert!(std::time::Instant::now() < deadline, "{part}: {state}");
            std::thread::yield_now();
        }
    }
}

/// An honest pair of services that talk while somebody else misbehaves.
pub struct Witness {
    right: Node,
    publisher: mycelium_bus::Publisher<Tree>,
    trees: mycelium_bus::Subscriber<Tree>,
    count: i64,
}

impl Witness {
    pub fn of(stage: &Stage) -> Self {
        let right = stage.right();
        let trees = right.bus("b").unwrap().subscriber::<Tree>();
        let publisher = stage.a.publisher::<Tree>();
        publisher.wait_until_wanted(LONG).unwrap();
        Self {
            right,
            publisher,
            trees,
            count: 0,
        }
    }

    /// Messages still flow, over the same connection.
    pub fn is_undisturbed(&mut self) {
        for _ in 0..10 {
            self.publisher
                .publish(crate::remote::tree(self.count))
                .unwrap();
            let heard = self.trees.recv_timeout(LONG).unwrap();
            assert_eq!(heard.value, self.count);
            self.count += 1;
        }
        let reconnects = &self.right.links()[0].counters.reconnects;
        assert_eq!(reconnects.load(std::sync::atomic::Ordering::Relaxed), 0);
    }
}

pub trait Socket: Read + Write + Send {}

impl<S: Read + Write + Send> Socket for S {}

/// The bytes of one connection.
pub struct Client(pub Box<dyn Socket>);

/// What a node has said.
#[derive(Debug)]
pub enum Said {
    Hello(Hello),
    Welcome(Welcome),
    Reject(Reject),
    Goodbye(Goodbye),
    /// A message, or a control message not named here: its type, its sequence number or 0, and its body.
    Other(u16, u64, Vec<u8>),
    /// Nothing more.
    End,
}

impl Client {
    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Sends to somebody who may have hung up.
    pub fn send_if_heard(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).is_ok()
    }

    pub fn say<M: Message>(&mut self, message: &M) {
        self.send(&framed(message));
    }

    pub fn hear(&mut self) -> Said {
        let mut header = [0; 8];
        if !self.fill(&mut header) {
            return Said::End;
        }
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
        let mut bytes = header.to_vec();
        bytes.resize(8 + length as usize, 0);
        if !self.fill(&mut bytes[8..]) {
            return Said::End;
        }
        let frame = Frame::decode(&bytes, DEFAULT_LENGTH_MAX, |_| true).unwrap();
        let body = frame.body;
        match frame.type_id {
            1 => Said::Hello(Hello::decode(body).unwrap()),
            2 => Said::Welcome(Welcome::decode(body).unwrap()),
            3 => Said::Reject(Reject::decode(body).unwrap()),
            // How far the node is, which whoever takes envelopes is told now and then.
            5 => self.hear(),
            6 => Said::Goodbye(Goodbye::decode(body).unwrap()),
            type_id => {
                let sequence = frame.envelope.map_or(0, |envelope| envelope.sequence);
                Said::Other(type_id, sequence, body.to_vec())
            }
        }
    }

    /// False at the end of the connection.
    fn fill(&mut self, bytes: &mut [u8]) -> bool {
        match self.0.read_exact(bytes) {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                panic!("nothing came in {LONG:?}")
            }
            Err(_) => false,
        }
    }

    /// Why the node turns this client away.
    pub fn reject(&mut self) -> Reject {
        match self.hear() {
            Said::Reject(reject) => {
                assert!(matches!(self.hear(), Said::End));
                reject
            }
            other => panic!("{other:?}"),
        }
    }

    /// Both sides' Hello and Welcome.
    pub fn agree(&mut self, hello: &Hello) -> Welcome {
        self.say(hello);
        let Said::Hello(heard) = self.hear() else {
            panic!("no Hello");
        };
        let Said::Welcome(welcome) = self.hear() else {
            panic!("no Welcome");
        };
        let agreed = Vec::new();
        let mismatches = Vec::new();
        self.say(&Welcome {
            node: heard.node,
            agreed,
            mismatches,
        });
        welcome
    }
}

/// The same, and wants messages in that manner.
pub fn wanting<M: Message>(hello: Hello, manner: u8) -> Hello {
    let type_id = M::TYPE_ID.unwrap();
    Hello {
        messages: vec![MessageVersion {
            type_id,
            wire_digest: M::WIRE_DIGEST,
            name: M::NAME.to_owned(),
            version: None,
            accepted: Vec::new(),
        }],
        subscriptions: vec![type_id],
        wants: vec![Want { type_id, manner }],
        ..hello
    }
}

pub fn framed<M: Message>(message: &M) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_message(message, None, DEFAULT_LENGTH_MAX, &mut bytes).unwrap();
    bytes
}

/// A message of an application, without or with a number that makes it a request.
pub fn data(type_id: u16, correlation_id: u64, body: &[u8]) -> Vec<u8> {
    let envelope = (correlation_id != 0).then(|| Envelope {
        correlation_id,
        ..Envelope::default()
    });
    let frame = Frame {
        type_id,
        envelope,
        body,
    };
    let mut bytes = Vec::new();
    frame.encode(DEFAULT_LENGTH_MAX, &mut bytes).unwrap();
    bytes
}
