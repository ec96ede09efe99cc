//! Who cannot prove by a certificate to be a node of the topology is nobody, over TCP that is protected.

mod remote;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use mycelium_bus::topology::Topology;
use mycelium_bus::{LinkState, Node, NodeError, NodeOptions};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use remote::{Folder, LONG};

/// An authority that signs for nodes, all in one folder.
struct Authority(Issuer<'static, KeyPair>);

impl Authority {
    fn new(folder: &Folder, name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        let path = folder.path().join(format!("{name}.pem"));
        std::fs::write(path, certificate.pem()).unwrap();
        Self(Issuer::new(params, key))
    }

    fn sign(&self, folder: &Folder, node: &str) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![node.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let path = |ending| folder.path().join(format!("{node}.{ending}"));
        std::fs::write(path("pem"), certificate.pem()).unwrap();
        std::fs::write(path("key"), key.serialize_pem()).unwrap();
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path("key"), private).unwrap();
    }
}

/// `left` listens, protected; `right` has a certificate, `bare` has none.
struct Stage {
    folder: Folder,
    topology: PathBuf,
    port: u16,
}

impl Stage {
    fn new() -> Self {
        let folder = Folder::new();
        let authority = Authority::new(&folder, "ca");
        for node in ["left", "right", "thief"] {
            authority.sign(&folder, node);
        }
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let tls = |node| {
            format!("tls = {{ cert = \"{node}.pem\", key = \"{node}.key\", ca = \"ca.pem\" }}")
        };
        let topology = folder.topology(&format!(
            "
            [[nodes]]
            name = \"left\"
            services = [\"a\"]
            endpoint.kind = \"tcp\"
            port = {port}
            {}
            [[nodes]]
            name = \"right\"
            services = [\"b\"]
            {}
            [[nodes]]
            name = \"bare\"
            services = [\"c\"]
            ",
            tls("left"),
            tls("right"),
        ));
        Self {
            folder,
            topology,
            port,
        }
    }

    /// The topology as somebody else would like it.
    fn forged(&self, from: &str, to: &str) -> PathBuf {
        let text = std::fs::read_to_string(&self.topology).unwrap();
        let sockets = self.folder.path().join("forged");
        let text = text.replace(from, to).replacen(
            &format!("socket_dir = \"{}\"", self.folder.path().display()),
            &format!("socket_dir = \"{}\"", sockets.display()),
            1,
        );
        let path = self.folder.path().join("forged.toml");
        std::fs::write(&path, text).unwrap();
        path
    }

    fn left(&self, handshake_timeout: Duration) -> Node {
        let options = NodeOptions::default().with_handshake_timeout(handshake_timeout);
        let topology = Topology::load(&self.topology).unwrap();
        Node::with_options(topology, self.folder.path(), "left", options).unwrap()
    }
}

/// Why a node has no connection, when that mentions `part`.
fn wait_for_error(node: &Node, part: &str) -> String {
    let deadline = Instant::now() + LONG;
    loop {
        let links = node.links();
        let errors = links.iter().filter_map(|link| match &link.state {
            LinkState::Connecting { last_error } => last_error.clone(),
            _ => None,
        });
        if let Some(error) = errors.into_iter().find(|error| error.contains(part)) {
            return error;
        }
        assert!(Instant::now() < deadline, "{part}: {links:?}");
        std::thread::yield_now();
    }
}

fn is_connected(node: &Node, to: &str) -> bool {
    let mut links = node.links().into_iter();
    links.any(|link| link.to == to && link.state == LinkState::Established)
}

/// Reads to the end of the connection.
fn rest(mut client: TcpStream) -> usize {
    client.set_read_timeout(Some(LONG)).unwrap();
    let mut said = Vec::new();
    match client.read_to_end(&mut said) {
        Ok(_) => said.len(),
        Err(error) => {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
            said.len()
        }
    }
}

#[test]
fn who_speaks_no_tls_or_nothing_is_cut_off_and_disturbs_nobody() {
    let stage = Stage::new();
    let left = stage.left(Duration::from_millis(600));
    let right = Node::from_topology(&stage.topology, "right").unwrap();
    right.wait_until_connected(Duration::ZERO).ok();
    let connect = || TcpStream::connect(("127.0.0.1", stage.port)).unwrap();
    let silent = connect();
    let mut plain = connect();
    plain.write_all(&[1, 0, 0, 1, 0, 0, 0, 0]).unwrap();
    let mut half = connect();
    // The beginning of a record of TLS, whose end never comes.
    half.write_all(&[22, 3, 1, 2, 0, 1]).unwrap();
    for client in [silent, plain, half] {
        rest(client);
    }
    let deadline = Instant::now() + LONG;
    while !is_connected(&left, "b") {
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    }
    assert!(!is_connected(&left, "c"));
}

#[test]
fn a_node_without_a_certificate_is_told_at_its_start() {
    let stage = Stage::new();
    let refused = Node::from_topology(&stage.topology, "bare").unwrap_err();
    assert!(matches!(refused, NodeError::Tls(_)), "{refused:?}");
    let words = refused.to_string();
    assert!(
        words.contains("`bare` has no `tls`, without which `left`"),
        "{words}"
    );
}

#[test]
fn a_trusted_node_that_poses_as_another_is_refused_and_told_why() {
    let stage = Stage::new();
    let left = stage.left(LONG);
    let forged = stage.forged(
        "right.pem\", key = \"right.key",
        "thief.pem\", key = \"thief.key",
    );
    let thief = Node::from_topology(&forged, "right").unwrap();
    let told = wait_for_error(&thief, "the peer refuses");
    let reason = "the peer's certificate is for";
    assert!(
        told.contains(reason) && told.contains("not for node `right`"),
        "{told}"
    );
    let noted = wait_for_error(&left, "turned somebody away");
    assert!(noted.contains(reason), "{noted}");
    assert!(!is_connected(&left, "b"));
}

#[test]
fn a_certificate_of_another_authority_is_refused() {
    let stage = Stage::new();
    let left = stage.left(LONG);
    let elsewhere = Folder::new();
    Authority::new(&elsewhere, "ca").sign(&elsewhere, "right");
    for ending in ["pem", "key"] {
        let name = |node| format!("{node}.{ending}");
        let from = elsewhere.path().join(name("right"));
        std::fs::copy(from, stage.folder.path().join(name("stranger"))).unwrap();
    }
    let forged = stage.forged(
        "right.pem\", key = \"right.key",
        "stranger.pem\", key = \"stranger.key",
    );
    let stranger = Node::from_topology(&forged, "right").unwrap();
    wait_for_error(&stranger, "refuses this node's certificate");
    assert!(!is_connected(&left, "b"));
}
