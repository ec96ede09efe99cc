//! Another node and a service that a guest runs, by each kind of route, whichever side dials.

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use mycelium_bus::{LinkState, Node, NodeError, RecvError};
use mycelium_generated::conformance::Tree;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use support::{join_with, tree, Folder, LONG};

/// What a node says of itself where others dial it.
fn endpoint(kind: &str, node: &str) -> String {
    match kind {
        "unix" => "endpoint.kind = \"unix\"\nendpoint.path = \"{FOLDER}/dialled.sock\"".to_owned(),
        "shm" => "endpoint.kind = \"shm\"\nendpoint.path = \"{FOLDER}/lanes\"".to_owned(),
        _ => format!(
            "endpoint.kind = \"tcp\"\nport = {}\n{}",
            free_port(),
            tls(kind, node)
        ),
    }
}

fn tls(kind: &str, node: &str) -> String {
    match kind {
        "tls" => format!("tls = {{ cert = '{node}.pem', key = '{node}.key', ca = 'ca.pem' }}"),
        _ => String::new(),
    }
}

/// A port that was free a moment ago; nobody else asks for it, as the system gives others first.
fn free_port() -> u16 {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().port()
}

fn topology(kind: &str, is_engine_dialled: bool) -> String {
    let (engine, ml) = match is_engine_dialled {
        true => (endpoint(kind, "engine"), tls(kind, "ml")),
        false => (tls(kind, "engine"), endpoint(kind, "ml")),
    };
    format!(
        r#"
[[nodes]]
name = "engine"
services = ["feed", "strategy"]
{engine}
[[nodes]]
name = "ml"
services = ["model"]
{ml}
"#
    )
}

/// Certificates for both nodes.
fn sign(folder: &Path) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    std::fs::write(folder.join("ca.pem"), certificate.pem()).unwrap();
    let authority = Issuer::new(params, key);
    for node in ["engine", "ml"] {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![node.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        std::fs::write(folder.join(format!("{node}.pem")), certificate.pem()).unwrap();
        let path = folder.join(format!("{node}.key"));
        std::fs::write(&path, key.serialize_pem()).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// The host `engine` with its guest, and the node `ml` beside them.
struct Stage {
    host: Node,
    guest: Node,
    ml: Node,
    offer: mycelium_ffi::Offer,
    _folder: Folder,
}

impl Stage {
    fn new(kind: &str, is_engine_dialled: bool) -> Self {
        let folder = Folder::new();
        if kind == "tls" {
            sign(folder.path());
        }
        let text = topology(kind, is_engine_dialled);
        let host = folder.host(&text, &["strategy"]).unwrap();
        let ml = Node::from_topology(folder.path().join("topology.toml"), "ml").unwrap();
        let offer = mycelium_ffi::offer(&host).unwrap();
        let guest = join_with(&offer, &[]).unwrap();
        for node in [&host, &guest, &ml] {
            node.wait_until_connected(LONG)
                .unwrap_or_else(|error| panic!("{kind} {is_engine_dialled}: {error}"));
        }
        Self {
            host,
            guest,
            ml,
            offer,
            _folder: folder,
        }
    }
}

const KINDS: [&str; 4] = ["unix", "shm", "tcp", "tls"];

#[test]
fn messages_go_both_ways_and_none_is_lost() {
    const COUNT: i64 = 20_000;
    for (kind, is_engine_dialled) in KINDS.iter().flat_map(|kind| [(kind, true), (kind, false)]) {
        let stage = Stage::new(kind, is_engine_dialled);
        let links = stage.guest.links();
        let link = links.iter().find(|link| link.to == "model").unwrap();
        let name = if *kind == "tls" { "tcp" } else { kind };
        assert_eq!(link.kind.name(), name);
        let (strategy, model) = (
            stage.guest.bus("strategy").unwrap(),
            stage.ml.bus("model").unwrap(),
        );
        for (from, to) in [(&strategy, &model), (&model, &strategy)] {
            let mut trees = to.subscriber::<Tree>();
            let publisher = from.publisher::<Tree>();
            publisher.wait_until_wanted(LONG).unwrap();
            let sender = thread::spawn(move || {
                for number in 0..COUNT {
                    publisher.publish(tree(number)).unwrap();
                }
            });
            for number in 0..COUNT {
                assert_eq!(trees.recv_timeout(LONG).unwrap().value, number);
            }
            sender.join().unwrap();
        }
        // The host's own service is dialled as ever.
        let feed = stage.host.links();
        let feed = feed.iter().find(|link| link.to == "model").unwrap();
        assert_eq!(feed.state, LinkState::Established);
    }
}

#[test]
fn who_dials_for_a_guest_that_is_not_there_learns_of_it_and_finds_the_next() {
    for kind in KINDS {
        let stage = Stage::new(kind, true);
        let model = stage.ml.bus("model").unwrap();
        stage.guest.close();
        let missing = loop {
            match stage.ml.wait_until_connected(Duration::from_millis(50)) {
                Err(NodeError::NotConnected(links)) if links[0].contains("not joined") => {
                    break links
                }
                // It was not noticed yet, or has not been dialled again.
                _ => {}
            }
        };
        let words = "service `strategy` is run by a guest of node `engine` that has not joined yet";
        assert!(missing[0].contains(words), "{missing:?}");
        let guest = join_with(&stage.offer, &["strategy"]).unwrap();
        stage.ml.wait_until_connected(LONG).unwrap();
        let mut trees = model.subscriber::<Tree>();
        let publisher = guest.bus("strategy").unwrap().publisher::<Tree>();
        publisher.wait_until_wanted(LONG).unwrap();
        publisher.publish(tree(7)).unwrap();
        assert_eq!(trees.recv_timeout(LONG).unwrap().value, 7);
    }
}

#[test]
fn a_host_without_services_of_its_own_is_dialled_for_its_guests() {
    let folder = Folder::new();
    let text = topology("unix", true);
    let host = folder.host(&text, &["feed", "strategy"]).unwrap();
    let offer = mycelium_ffi::offer(&host).unwrap();
    let guest = join_with(&offer, &[]).unwrap();
    let ml = Node::from_topology(folder.path().join("topology.toml"), "ml").unwrap();
    ml.wait_until_connected(LONG).unwrap();
    guest.wait_until_connected(LONG).unwrap();
    assert!(host.links().is_empty());
    assert_eq!(guest.links().len(), 2);
    let mut trees = guest.bus("strategy").unwrap().subscriber::<Tree>();
    host.close();
    assert_eq!(trees.recv_timeout(LONG), Err(RecvError::Closed));
}
