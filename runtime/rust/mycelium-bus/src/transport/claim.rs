//! Being a node: one process at a time.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use mycelium_lane::Unshared;
use rustix::fs::{flock, FlockOperation, OFlags};
use rustix::process::geteuid;

use crate::node::NodeError;

/// Digits of a process's number, with room to spare.
const PROCESS_BYTES_MAX: u64 = 20;

/// The lock that makes this process a node. The kernel takes it back when the process ends, however it does; a forked child
/// has no share in it.
#[derive(Debug)]
pub(crate) struct Claim {
    _unshared: Unshared,
    _file: File,
}

impl Claim {
    /// Claims a node by `<folder>/<node>.lock`; makes the folder if it is not there.
    pub(crate) fn take(socket_folder: &Path, node: &str) -> Result<Self, NodeError> {
        make_private_folder(socket_folder)?;
        let path = socket_folder.join(format!("{node}.lock"));
        let failed = |source| {
            let shown = path.display();
            NodeError::system(format!("claiming node `{node}` by {shown}"), source)
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(OFlags::NOFOLLOW.bits() as i32)
            .open(&path)
            .map_err(failed)?;
        let unshared = Unshared::keep(file.as_fd());
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(claimed(&mut file, node, path)),
            Err(error) => return Err(failed(error.into())),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(failed)?;
        Ok(Self {
            _unshared: unshared,
            _file: file,
        })
    }
}

fn claimed(file: &mut File, node: &str, path: PathBuf) -> NodeError {
    let mut text = String::new();
    // Whoever holds the lock may not have written its number yet.
    let _ = file.take(PROCESS_BYTES_MAX).read_to_string(&mut text);
    NodeError::Claimed {
        node: node.to_owned(),
        process: text.trim().parse().ok(),
        path,
    }
}

/// A folder for sockets, in which nobody else can put any.
pub(super) fn make_private_folder(folder: &Path) -> Result<(), NodeError> {
    let shown = folder.display();
    let mut builder = DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| NodeError::system(format!("making the folder {shown}"), source))?;
    let metadata = fs::metadata(folder)
        .map_err(|source| NodeError::system(format!("looking at {shown}"), source))?;
    let is_own = metadata.uid() == geteuid().as_raw() || metadata.uid() == 0;
    let is_sticky = metadata.mode() & 0o1000 != 0;
    if is_own && (metadata.mode() & 0o022 == 0 || is_sticky) {
        return Ok(());
    }
    let message = "others could put their sockets there; it must belong to this user and be writable by nobody else \
                   (chmod 700), or choose another socket_dir";
    let refused = io::Error::new(io::ErrorKind::PermissionDenied, message);
    Err(NodeError::system(
        format!("using {shown} for sockets"),
        refused,
    ))
}
