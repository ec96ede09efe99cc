//! One process is a node, until it ends.

use super::*;
use crate::transport::Claim;
use crate::NodeError;

#[test]
fn a_node_is_claimed_once_and_free_afterwards() {
    let folder = Folder::new();
    let sockets = folder.path().join("sockets");
    let claim = Claim::take(&sockets, "engine").unwrap();
    assert_eq!(mode_of(&sockets), 0o700);
    assert_eq!(mode_of(&sockets.join("engine.lock")), 0o600);
    let refused = Claim::take(&sockets, "engine").unwrap_err();
    assert!(
        matches!(&refused, NodeError::Claimed { node, process: Some(process), path }
            if node == "engine" && *process == std::process::id() && *path == sockets.join("engine.lock")),
        "{refused}"
    );
    Claim::take(&sockets, "other").unwrap();
    drop(claim);
    Claim::take(&sockets, "engine").unwrap();
}

#[test]
fn a_lock_is_not_looked_for_behind_a_link() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("/dev/null", folder.path().join("engine.lock")).unwrap();
    let refused = Claim::take(folder.path(), "engine")
        .unwrap_err()
        .to_string();
    assert!(refused.starts_with("claiming node `engine`"), "{refused}");
}
