//! Who is at the other end of a unix socket.

use std::io;
use std::os::fd::AsFd;

/// Refuses a peer of another user. The kernel noted the user when the peer connected, or began to listen.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn check_same_user(socket: impl AsFd) -> io::Result<()> {
    let peer = rustix::net::sockopt::socket_peercred(socket)?.uid;
    let own = rustix::process::geteuid();
    if peer == own {
        return Ok(());
    }
    let message = format!(
        "the process at the other end runs as user {}, this one as {}; run both as one user",
        peer.as_raw(),
        own.as_raw()
    );
    Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
}

/// Elsewhere the socket's own mode, 0600, has to do.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn check_same_user(_socket: impl AsFd) -> io::Result<()> {
    Ok(())
}
