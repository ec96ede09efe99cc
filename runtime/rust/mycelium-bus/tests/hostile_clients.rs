//! Clients that are slow, wrong or hostile before they are known do not disturb others, and are told why they are cut off.

mod hostile;
mod remote;

use std::time::Duration;

use hostile::{data, framed, Said, Stage, Witness, MEETINGS};
use mycelium::control::{Hello, RejectCode};
use mycelium::Message;
use mycelium_bus::Node;
use mycelium_generated::conformance::Tree;
use remote::{Folder, LONG};

/// So short that tests need not wait, and long enough for honest handshakes beside.
const SHORT: Duration = Duration::from_millis(600);

#[test]
fn who_says_nothing_is_cut_off_in_time() {
    for kind in MEETINGS {
        let stage = Stage::new(kind, SHORT);
        let mut witness = Witness::of(&stage);
        let mut silent = stage.client();
        witness.is_undisturbed();
        let reject = silent.reject();
        assert_eq!(reject.code, RejectCode::TimedOut);
        assert!(reject.reason.contains("too long"), "{}", reject.reason);
        witness.is_undisturbed();
    }
}

#[test]
fn who_greets_and_then_says_nothing_is_cut_off_in_time() {
    for kind in MEETINGS {
        let stage = Stage::new(kind, SHORT);
        let mut witness = Witness::of(&stage);
        let mut half = stage.client();
        half.say(&stage.hello("other"));
        assert!(matches!(half.hear(), Said::Hello(_)));
        assert!(matches!(half.hear(), Said::Welcome(_)));
        assert_eq!(half.reject().code, RejectCode::TimedOut);
        stage.wait_for_error("c", "took too long");
        witness.is_undisturbed();
    }
}

#[test]
fn who_sends_byte_by_byte_has_no_longer_than_others() {
    for kind in MEETINGS {
        let stage = Stage::new(kind, SHORT);
        let mut witness = Witness::of(&stage);
        let mut slow = stage.client();
        let hello = framed(&stage.hello("other"));
        // The last byte never comes, and each of the others buys no time.
        let bytes = hello[..hello.len() - 1].iter();
        for byte in bytes {
            if !slow.send_if_heard(&[*byte]) {
                break;
            }
            witness.is_undisturbed();
        }
        assert_eq!(slow.reject().code, RejectCode::TimedOut);
        witness.is_undisturbed();
    }
}

#[test]
fn who_sends_byte_by_byte_in_time_gets_in() {
    for kind in MEETINGS {
        let stage = Stage::new(kind, LONG);
        let mut slow = stage.client();
        for byte in framed(&stage.hello("other")) {
            slow.send(&[byte]);
        }
        assert!(matches!(slow.hear(), Said::Hello(_)));
        assert!(matches!(slow.hear(), Said::Welcome(_)));
    }
}

#[test]
fn garbage_is_answered_with_the_reason() {
    for kind in MEETINGS {
        let stage = Stage::new(kind, LONG);
        let mut witness = Witness::of(&stage);
        let oversized = 65_537_u32.to_le_bytes();
        let cases: [(Vec<u8>, RejectCode, &str); 6] = [
            (
                b"GET / HTTP/1.1\r\n\r\n".to_vec(),
                RejectCode::WireVersion,
                "BAD_VERSION",
            ),
            (vec![0xFF; 64], RejectCode::WireVersion, "BAD_VERSION"),
            (
                vec![1, 0, 6, 1, 0, 0, 0, 0],
                RejectCode::Malformed,
                "BAD_FLAGS",
            ),
            (
                [&[1, 0, 0, 1], oversized.as_slice()].concat(),
                RejectCode::Malformed,
                "FRAME_TOO_LARGE",
            ),
            (
                data(1, 0, b"no Hello"),
                RejectCode::Malformed,
                "cannot be decoded",
            ),
            (
                data(1001, 0, b"a message"),
                RejectCode::Malformed,
                "begins with a Hello",
            ),
        ];
        for (bytes, code, part) in cases {
            let mut client = stage.client();
            client.send(&bytes);
            let reject = client.reject();
            assert_eq!(reject.code, code, "{}", reject.reason);
            assert!(reject.reason.contains(part), "{}", reject.reason);
            witness.is_undisturbed();
        }
    }
}

#[test]
fn a_message_before_the_welcome_ends_the_connection() {
    for kind in MEETINGS {
        let stage = Stage::new(kind, LONG);
        let mut client = stage.client();
        client.say(&stage.hello("other"));
        client.send(&data(Tree::TYPE_ID.unwrap(), 0, b""));
        assert!(matches!(client.hear(), Said::Hello(_)));
        assert!(matches!(client.hear(), Said::Welcome(_)));
        let reject = client.reject();
        assert!(
            reject.reason.contains("where none was due"),
            "{}",
            reject.reason
        );
        stage.wait_for_error("c", "where none was due");
    }
}

#[test]
fn an_impostor_is_refused_and_takes_nobodys_place() {
    for kind in MEETINGS {
        let stage = Stage::new(kind, LONG);
        let mut witness = Witness::of(&stage);
        let honest = || stage.hello("right");
        let from = |from: &str| Some(from.to_owned());
        let cases: [(Hello, RejectCode, &str); 6] = [
            (
                Hello {
                    node: 77,
                    ..honest()
                },
                RejectCode::NotAllowed,
                "(number 77)",
            ),
            (
                Hello {
                    node_name: "wrong".to_owned(),
                    ..honest()
                },
                RejectCode::NotAllowed,
                "`wrong`",
            ),
            (
                Hello {
                    node_name: "left".to_owned(),
                    ..honest()
                },
                RejectCode::NotAllowed,
                "calls itself `left`, as this one does",
            ),
            (
                Hello {
                    services: vec!["x".to_owned()],
                    ..honest()
                },
                RejectCode::UnknownService,
                "does not run service `b`",
            ),
            (
                Hello {
                    from: from("x\u{7}"),
                    ..honest()
                },
                RejectCode::UnknownService,
                "expects no connection from `x `",
            ),
            (
                Hello {
                    wire_version: 2,
                    ..honest()
                },
                RejectCode::WireVersion,
                "speaks wire version 2",
            ),
        ];
        for (hello, code, part) in cases {
            let mut client = stage.client();
            client.say(&hello);
            let reject = client.reject();
            assert_eq!(reject.code, code, "{}", reject.reason);
            assert!(reject.reason.contains(part), "{}", reject.reason);
            witness.is_undisturbed();
        }
    }
}

#[test]
fn both_sides_know_why_two_topologies_do_not_meet() {
    let stage = Stage::new("unix", LONG);
    let text = std::fs::read_to_string(&stage.topology).unwrap();
    let elsewhere = Folder::new();
    let path = elsewhere.path().join("topology.toml");
    std::fs::write(
        &path,
        text.replace("name = \"right\"", "name = \"right\"\nid = 5"),
    )
    .unwrap();
    let right = Node::from_topology(&path, "right").unwrap();
    let error = stage.wait_for_error("b", "give both sides the same topology");
    assert!(error.starts_with("turned somebody away: "), "{error}");
    assert!(error.contains("`right` (number 5) says it does"), "{error}");
    let told = right
        .wait_until_connected(Duration::from_millis(300))
        .unwrap_err();
    let told = told.to_string();
    assert!(
        told.contains("the peer refuses: service `b` runs on node `right`"),
        "{told}"
    );
}

#[test]
fn a_link_of_one_kind_is_not_reached_by_another() {
    // `right` comes by TCP; `other` by its unix socket, whose peers have to be of the same user.
    let routes = "
            [[routes]]
            from = \"a\"
            to = \"c\"
            kind = \"unix\"
            [[routes]]
            from = \"c\"
            to = \"a\"
            kind = \"unix\"";
    let stage = Stage::with_routes("tcp", LONG, routes);
    let mut client = stage.client();
    client.say(&stage.hello("other"));
    let reject = client.reject();
    assert_eq!(reject.code, RejectCode::UnknownService);
    assert!(
        reject.reason.contains("from `c` to `a` by tcp"),
        "{}",
        reject.reason
    );
}
