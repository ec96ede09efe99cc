//! Listening and dialling.

use std::sync::mpsc;

use super::*;
use crate::topology::{RouteKind, Topology};
use crate::NodeError;

fn refusal(address: &Address) -> String {
    Listener::bind(address, None).unwrap_err().to_string()
}

#[test]
fn a_socket_is_for_its_user_alone_and_goes_with_its_listener() {
    let folder = Folder::new();
    let path = folder.path().join("new").join("node.sock");
    let listener = Listener::bind(&Address::Unix(path.clone()), None).unwrap();
    assert_eq!(mode_of(&path), 0o600);
    assert_eq!(mode_of(path.parent().unwrap()), 0o700);
    drop(listener);
    assert!(!path.exists());
}

#[test]
fn a_socket_left_behind_is_replaced_and_a_living_one_is_not() {
    let folder = Folder::new();
    let Address::Unix(path) = folder.socket() else {
        unreachable!()
    };
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "left behind");
    let listener = Listener::bind(&folder.socket(), None).unwrap();
    assert!(refusal(&folder.socket()).contains("another program listens there"));
    // A later listener's socket is not removed by the one before it.
    std::fs::remove_file(&path).unwrap();
    let later = Listener::bind(&folder.socket(), None).unwrap();
    drop(listener);
    assert!(path.exists());
    drop(later);
    std::fs::write(&path, "no socket").unwrap();
    assert!(refusal(&folder.socket()).contains("no socket is there"));
    assert!(path.exists());
}

#[test]
fn folders_in_which_others_can_write_hold_no_sockets() {
    let folder = Folder::new();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let error = refusal(&folder.socket());
    assert!(error.contains("chmod 700"), "{error}");
}

#[test]
fn nobody_there_is_an_error_that_says_so() {
    let folder = Folder::new();
    let mut dialler = Dialler::new(folder.socket(), None, Arc::new(|| ()));
    assert_eq!(
        dialler.dial().unwrap_err().to_string(),
        "nobody listens there yet"
    );
    let port = {
        let listener = Listener::bind(&any_port(), None).unwrap();
        listener.port().unwrap()
    };
    let address = Address::Tcp {
        host: "127.0.0.1".to_owned(),
        port,
    };
    let stream = Dialler::new(address, None, Arc::new(|| ()))
        .dial()
        .unwrap()
        .unwrap();
    let error = until(&[&stream], || stream.advance().err());
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[test]
fn the_name_of_a_host_is_looked_up_elsewhere() {
    let listener = Listener::bind(&any_port(), None).unwrap();
    let address = Address::Tcp {
        // No number as Rust reads them, and yet no name for which others have to be asked.
        host: "127.1".to_owned(),
        port: listener.port().unwrap(),
    };
    let (woken, wakes) = mpsc::channel();
    let wake = Arc::new(move || woken.send(()).unwrap());
    let mut dialler = Dialler::new(address, None, wake);
    assert!(dialler.dial().unwrap().is_none());
    wakes.recv_timeout(PATIENCE).unwrap();
    let (.., ours, theirs) = meet(&listener, &mut dialler);
    ours.unwrap();
    theirs.unwrap();
}

#[test]
fn ports_that_are_taken_and_hosts_of_others_are_explained() {
    let listener = Listener::bind(&any_port(), None).unwrap();
    let taken = Address::Tcp {
        host: "localhost".to_owned(),
        port: listener.port().unwrap(),
    };
    let error = refusal(&taken);
    assert!(
        error.contains(&taken.to_string()) && error.contains("another `port`"),
        "{error}"
    );
    // An address reserved for documentation (RFC 5737).
    let elsewhere = Address::Tcp {
        host: "192.0.2.1".to_owned(),
        port: 9,
    };
    assert!(refusal(&elsewhere).contains("must be an address of the machine"));
}

#[test]
fn addresses_are_those_of_the_topology() {
    let text = "socket_dir = '/run/m'\n[[nodes]]\nname = 'a'\nservices = ['a']\nport = 9\nhost = '::1'\n\
                [[nodes]]\nname = 'b'\nservices = ['b']\nendpoint = { kind = 'shm', path = '/dev/shm/b' }\n";
    let topology = Topology::read(text, "topology.toml").unwrap();
    let shown = |index: usize, kind| {
        Address::of(&topology, &topology.nodes[index], kind).map(|each| each.to_string())
    };
    assert_eq!(shown(0, RouteKind::Tcp).unwrap(), "[::1]:9");
    assert_eq!(shown(0, RouteKind::Unix).unwrap(), "/run/m/a.sock");
    assert_eq!(shown(1, RouteKind::Unix).unwrap(), "/run/m/b.sock");
    assert_eq!(shown(1, RouteKind::Shm).unwrap(), "/dev/shm/b.sock");
    assert_eq!(
        (shown(0, RouteKind::Shm), shown(1, RouteKind::Tcp)),
        (None, None)
    );
}

#[test]
fn waits_between_attempts_grow_to_a_second_and_begin_anew() {
    let mut backoff = crate::transport::Backoff::new();
    for whole in [10, 20, 40, 80, 160, 320, 640, 1000, 1000] {
        let wait = backoff.next_wait().as_millis();
        assert!((whole / 2..=whole).contains(&wait), "{wait} of {whole}");
    }
    backoff.reset();
    assert!(backoff.next_wait() <= Duration::from_millis(10));
}

#[test]
fn errors_of_the_system_are_errors_of_the_node() {
    let address = Address::Unix("/proc/nowhere/node.sock".into());
    let error = Listener::bind(&address, None).unwrap_err();
    assert!(matches!(error, NodeError::System { .. }), "{error}");
}
