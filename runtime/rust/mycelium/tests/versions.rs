//! Two sides that say Hello, and judge each other's versions by it.

use mycelium::control::{AcceptedDigest, Heartbeat, MessageVersion};
use mycelium::versions::{
    version_verdict, Compatibility, Direction, KnownVersion, PeerVersion, VersionHistory,
};
use mycelium::Message;

const OLD: u64 = 0xa1;
const NEW: u64 = 0xb2;

/// The new version knows the old one, which was released before there was a new one.
const NEW_HISTORY: VersionHistory = VersionHistory {
    version: "1.1",
    same: "1.1",
    known: &[
        KnownVersion {
            version: "1.0",
            wire_digest: OLD,
            direction: Direction::Reads,
            differences: "`shop.Order.size` is new",
        },
        KnownVersion {
            version: "0.9",
            wire_digest: 0xc3,
            direction: Direction::Neither,
            differences: "",
        },
    ],
};

fn announced(wire_digest: u64, history: VersionHistory) -> MessageVersion {
    let accepted = history
        .accepted()
        .filter_map(|(wire_digest, direction)| {
            let direction = direction.announced()?;
            Some(AcceptedDigest {
                wire_digest,
                direction,
            })
        })
        .collect();
    let hello = MessageVersion {
        type_id: 1000,
        wire_digest,
        name: "shop.Order".to_owned(),
        version: Some(history.version.to_owned()),
        accepted,
    };
    let body = hello.encode_to_vec().expect("a valid message");
    MessageVersion::decode(&body).expect("what was encoded")
}

fn judge(own: u64, history: VersionHistory, peer: &MessageVersion, flow: Direction) -> String {
    let accepted: Vec<_> = peer
        .accepted
        .iter()
        .map(|each| (each.wire_digest, each.direction.into()))
        .collect();
    let peer = PeerVersion {
        wire_digest: peer.wire_digest,
        version: peer.version.as_deref(),
        accepted: &accepted,
    };
    let verdict = version_verdict("shop.Order", own, history, peer, flow);
    format!("{:?}: {verdict}", verdict.compatibility)
}

#[test]
fn both_sides_come_to_the_same_verdict() {
    let old = announced(OLD, VersionHistory::EMPTY);
    let new = announced(NEW, NEW_HISTORY);
    assert_eq!(new.accepted.len(), 1);
    let to_new = judge(NEW, NEW_HISTORY, &old, Direction::Reads);
    assert!(
        to_new.starts_with("Compatible: ") && to_new.contains("as the history here says"),
        "{to_new}"
    );
    let from_old = judge(OLD, VersionHistory::EMPTY, &new, Direction::IsReadBy);
    assert!(
        from_old.starts_with("Compatible: ") && from_old.contains("as the peer's history says"),
        "{from_old}"
    );
    for refused in [
        judge(NEW, NEW_HISTORY, &old, Direction::Both),
        judge(OLD, VersionHistory::EMPTY, &new, Direction::Both),
    ] {
        assert!(refused.starts_with("Incompatible: "), "{refused}");
    }
}

#[test]
fn directions_reverse_and_travel() {
    for (direction, other) in [
        (Direction::Neither, Direction::Neither),
        (Direction::Reads, Direction::IsReadBy),
        (Direction::IsReadBy, Direction::Reads),
        (Direction::Both, Direction::Both),
    ] {
        assert_eq!(direction.reversed(), other);
        assert_eq!(
            direction
                .announced()
                .map_or(Direction::Neither, Direction::from),
            direction
        );
    }
}

#[test]
fn every_message_judges_its_peers() {
    let same = Heartbeat::version_verdict(PeerVersion::of(Heartbeat::WIRE_DIGEST), Direction::Both);
    assert_eq!(same.compatibility, Compatibility::Exact);
    let other = Heartbeat::INFORMATION.version_verdict(PeerVersion::of(1), Direction::Both);
    assert_eq!(other.compatibility, Compatibility::Incompatible);
    assert!(other
        .to_string()
        .starts_with("mycelium.control.Heartbeat: "));
}
