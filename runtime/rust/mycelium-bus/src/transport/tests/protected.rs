//! TLS between nodes with certificates made here.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::*;
use crate::topology::{Node, Topology};

/// An authority, and a folder for what it signs.
struct Authority {
    folder: Folder,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let folder = Folder::new();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        let issuer = Issuer::new(params, key);
        Self { folder, issuer }
    }

    /// Writes the certificate and key of a node, valid for these names.
    fn sign(&self, node: &str, names: &[&str]) {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(names).unwrap();
        self.write(node, params);
    }

    fn write(&self, node: &str, params: CertificateParams) {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let path = |ending| self.folder.path().join(format!("{node}.{ending}"));
        std::fs::write(path("pem"), certificate.pem()).unwrap();
        std::fs::write(path("key"), key.serialize_pem()).unwrap();
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path("key"), private).unwrap();
    }

    fn settings(&self, node: &str) -> Result<Arc<TlsSettings>, String> {
        let topology = topology();
        let settings = TlsSettings::load(&topology, self.folder.path(), node_of(&topology, node));
        settings
            .map(Option::unwrap)
            .map_err(|error| error.to_string())
    }
}

fn topology() -> Topology {
    let node = |name: &str| {
        format!(
            "[[nodes]]\nname = '{name}'\nservices = ['{name}']\nhost = '{name}.example'\n\
             tls = {{ cert = '{name}.pem', key = '{name}.key', ca = 'ca.pem' }}\n"
        )
    };
    let text = format!("{}{}port = 9001\n", node("engine"), node("risk"));
    Topology::read(&text, "topology.toml").unwrap()
}

fn node_of<'t>(topology: &'t Topology, name: &str) -> &'t Node {
    topology.node_of(name).unwrap()
}

/// `engine` dials `risk`, each with what its authority signed.
fn meet_with(engine: &Authority, risk: &Authority) -> Meeting {
    let listener = Listener::bind(&any_port(), Some(risk.settings("risk").unwrap())).unwrap();
    let topology = topology();
    let connector = engine.settings("engine").unwrap();
    let connector = connector.connector(node_of(&topology, "risk")).unwrap();
    let address = Address::Tcp {
        host: "127.0.0.1".to_owned(),
        port: listener.port().unwrap(),
    };
    let mut dialler = Dialler::new(address, Some(connector), Arc::new(|| ()));
    meet(&listener, &mut dialler)
}

fn both(engine: &[&str], risk: &[&str]) -> Meeting {
    let authority = Authority::new();
    authority.sign("engine", engine);
    authority.sign("risk", risk);
    meet_with(&authority, &authority)
}

#[test]
fn nodes_prove_themselves_by_their_name_or_that_of_their_host() {
    let topology = topology();
    let (engine, risk) = (node_of(&topology, "engine"), node_of(&topology, "risk"));
    for (own, peer) in [("engine", "risk"), ("engine.example", "risk.example")] {
        let (dialled, accepted, ours, theirs) = both(&[own], &[peer]);
        ours.unwrap();
        theirs.unwrap();
        accepted.check_peer(engine).unwrap();
        dialled.check_peer(risk).unwrap();
        // One trusted node cannot pose as another.
        let refused = accepted.check_peer(risk).unwrap_err();
        assert!(
            refused.contains(own)
                && refused.contains("not for node `risk` or its host `risk.example`"),
            "{refused}"
        );
    }
}

#[test]
fn whoever_is_dialled_must_be_the_node() {
    let (.., ours, theirs) = both(&["engine"], &["somebody"]);
    let refused = ours.unwrap_err().to_string();
    assert!(
        refused.contains("somebody") && refused.contains("node `risk` or its host `risk.example`"),
        "{refused}"
    );
    assert!(theirs
        .unwrap_err()
        .to_string()
        .contains("refuses this node's certificate"));
}

#[test]
fn another_authority_is_refused_by_either_side() {
    let (one, other) = (Authority::new(), Authority::new());
    one.sign("engine", &["engine"]);
    other.sign("risk", &["risk"]);
    let (.., ours, _) = meet_with(&one, &other);
    assert!(ours
        .unwrap_err()
        .to_string()
        .contains("not signed by this node's `ca`"));
    // The dialling side trusts the other, and not the other way round.
    std::fs::copy(
        other.folder.path().join("ca.pem"),
        one.folder.path().join("ca.pem"),
    )
    .unwrap();
    let (dialled, accepted, _, theirs) = meet_with(&one, &other);
    let refused = theirs.unwrap_err().to_string();
    assert!(
        refused.contains("not signed by this node's `ca`"),
        "{refused}"
    );
    drop(accepted);
    let told = until(&[&dialled], || match dialled.read(&mut [0; 8]) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => None,
        other => Some(other),
    });
    assert!(told
        .unwrap_err()
        .to_string()
        .contains("refuses this node's certificate"));
}

#[test]
fn a_certificate_that_has_expired_is_refused() {
    let authority = Authority::new();
    authority.sign("engine", &["engine"]);
    let mut params = CertificateParams::new(vec!["risk".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2001, 1, 1);
    params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    authority.write("risk", params);
    let (.., ours, _) = meet_with(&authority, &authority);
    assert!(ours.unwrap_err().to_string().contains("expired"));
}

#[test]
fn who_speaks_no_tls_gets_nowhere() {
    let authority = Authority::new();
    authority.sign("risk", &["risk"]);
    let settings = authority.settings("risk").unwrap();
    let listener = Listener::bind(&any_port(), Some(settings)).unwrap();
    let address = Address::Tcp {
        host: "localhost".to_owned(),
        port: listener.port().unwrap(),
    };
    let dialled = Dialler::new(address, None, Arc::new(|| ()))
        .dial()
        .unwrap()
        .unwrap();
    until(&[&dialled], || dialled.advance().unwrap().then_some(()));
    let accepted = accepted(&listener);
    assert!(Outgoing::new(1024)
        .send(&dialled, &[&frame(1, 50)])
        .unwrap());
    let refused = until(&[&accepted], || accepted.advance().err()).to_string();
    assert!(refused.contains("does not speak TLS"), "{refused}");
    assert!(accepted.check_peer(node_of(&topology(), "engine")).is_err());
}

#[test]
fn frames_of_all_sizes_pass_both_ways() {
    let (dialled, accepted, ours, theirs) = both(&["engine"], &["risk"]);
    ours.unwrap();
    theirs.unwrap();
    let sizes = [0, 1, 16_383, 16_384, 70_000, 3 << 20]
        .into_iter()
        .chain(0..500);
    let frames: Vec<_> = sizes
        .enumerate()
        .map(|(number, size)| frame(number, size))
        .collect();
    for streams in [(&dialled, &accepted), (&accepted, &dialled)] {
        carry(streams, &frames, 64 * 1024, |number, arrived| {
            assert!(frames[number].ends_with(arrived.body), "frame {number}");
        });
    }
    dialled.end();
    let ended = until(&[&accepted], || match accepted.read(&mut [0; 8]) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => None,
        other => Some(other),
    });
    assert_eq!(ended.unwrap(), 0);
}

#[test]
fn files_that_cannot_be_used_are_named_with_the_line_that_names_them() {
    let authority = Authority::new();
    let path = |name: &str| authority.folder.path().join(name);
    let problem = || authority.settings("risk").unwrap_err();
    let missing = problem();
    assert!(
        missing.starts_with("topology.toml:6: `cert` of `risk`: ")
            && missing.contains("risk.pem cannot be read"),
        "{missing}"
    );
    authority.sign("risk", &["risk"]);
    authority.settings("risk").unwrap();

    std::fs::set_permissions(path("risk.key"), std::fs::Permissions::from_mode(0o640)).unwrap();
    let open = problem();
    assert!(
        open.contains("`key` of `risk`") && open.contains("mode 640") && open.contains("chmod 600")
    );
    std::fs::set_permissions(path("risk.key"), std::fs::Permissions::from_mode(0o600)).unwrap();

    authority.sign("engine", &["engine"]);
    std::fs::copy(path("engine.key"), path("risk.key")).unwrap();
    assert!(problem().contains("risk.key does not fit the certificate"));
    std::fs::write(path("risk.key"), "nothing").unwrap();
    assert!(problem().contains("holds no private key"));
    std::fs::write(path("risk.pem"), "nothing").unwrap();
    assert!(problem().contains("holds no certificate"));
    std::fs::write(path("risk.pem"), "-----BEGIN CERTIFICATE-----\n%\n").unwrap();
    assert!(problem().contains("risk.pem is no PEM file"));
}
