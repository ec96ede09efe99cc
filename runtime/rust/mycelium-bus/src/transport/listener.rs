//! Where others connect.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener as StandardListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mio::net::{TcpListener, UnixListener, UnixStream};
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use mycelium_lane::Unshared;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use super::address::Address;
use super::claim::make_private_folder;
use super::credentials::check_same_user;
use super::stream::Stream;
use super::tls::TlsSettings;
use crate::node::NodeError;
use crate::topology::RouteKind;

/// Connections that the kernel holds until they are accepted.
const WAITING_MAX: i32 = 128;

/// A place that others dial. A socket in the file system is for this user only, and is removed with the listener.
#[derive(Debug)]
pub(crate) struct Listener {
    _unshared: Unshared,
    _name: Option<SocketName>,
    socket: Socket,
}

#[derive(Debug)]
enum Socket {
    Unix {
        listener: UnixListener,
        is_control: bool,
    },
    Tcp {
        listener: TcpListener,
        tls: Option<Arc<TlsSettings>>,
    },
}

impl Listener {
    /// Listens. For a unix socket the caller holds the claim of its node: a socket that is there and at which nobody listens any
    /// more is removed. Host names are looked up, which may take a while.
    pub(crate) fn bind(
        address: &Address,
        tls: Option<Arc<TlsSettings>>,
    ) -> Result<Self, NodeError> {
        let failed = |source| NodeError::system(format!("listening at {address}"), source);
        match address {
            Address::Unix(path) | Address::Control(path) => {
                if let Some(folder) = path.parent() {
                    make_private_folder(folder)?;
                }
                let (listener, name) = bind_unix(path).map_err(failed)?;
                let is_control = matches!(address, Address::Control(_));
                Ok(Self {
                    _unshared: Unshared::keep(listener.as_fd()),
                    _name: Some(name),
                    socket: Socket::Unix {
                        listener,
                        is_control,
                    },
                })
            }
            Address::Inside { .. } => Err(failed(io::ErrorKind::Unsupported.into())),
            Address::Tcp { host, port } => {
                let listener = bind_tcp(host, *port).map_err(failed)?;
                Ok(Self {
                    _unshared: Unshared::keep(listener.as_fd()),
                    _name: None,
                    socket: Socket::Tcp { listener, tls },
                })
            }
        }
    }

    /// The next connection, if there is one. Peers of other users are turned away, and `turned_away` is told why. By TLS, the stream has to
    /// [`advance`](Stream::advance), and its peer is nobody before [`check_peer`](Stream::check_peer).
    ///
    /// # Errors
    /// The system's; call again later.
    pub(crate) fn accept(
        &self,
        mut turned_away: impl FnMut(&io::Error),
    ) -> io::Result<Option<Stream>> {
        loop {
            match self.accept_one() {
                Ok(stream) => return Ok(Some(stream)),
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock => return Ok(None),
                    // This one is nobody to talk to, or is gone; there may be others.
                    io::ErrorKind::PermissionDenied => turned_away(&error),
                    io::ErrorKind::Interrupted
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::ConnectionReset => {}
                    _ => return Err(error),
                },
            }
        }
    }

    fn accept_one(&self) -> io::Result<Stream> {
        match &self.socket {
            Socket::Unix {
                listener,
                is_control,
            } => {
                let (socket, _) = listener.accept()?;
                check_same_user(&socket)?;
                Ok(Stream::unix(socket, *is_control))
            }
            Socket::Tcp { listener, tls } => {
                let (socket, _) = listener.accept()?;
                socket.set_nodelay(true)?;
                let session = tls.as_ref().map(|tls| tls.accept()).transpose()?;
                Ok(Stream::tcp(socket, session, false))
            }
        }
    }

    /// What comes to it.
    pub(crate) fn kind(&self) -> RouteKind {
        match &self.socket {
            Socket::Unix {
                is_control: true, ..
            } => RouteKind::Shm,
            Socket::Unix { .. } => RouteKind::Unix,
            Socket::Tcp { .. } => RouteKind::Tcp,
        }
    }

    /// The port, where it is one of TCP.
    #[cfg(test)]
    pub(crate) fn port(&self) -> Option<u16> {
        match &self.socket {
            Socket::Unix { .. } => None,
            Socket::Tcp { listener, .. } => listener.local_addr().ok().map(|each| each.port()),
        }
    }

    /// Has an event told when somebody connects.
    pub(crate) fn register(&self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.register(&mut SourceFd(&self.as_raw_fd()), token, Interest::READABLE)
    }
}

impl AsRawFd for Listener {
    fn as_raw_fd(&self) -> RawFd {
        match &self.socket {
            Socket::Unix { listener, .. } => listener.as_raw_fd(),
            Socket::Tcp { listener, .. } => listener.as_raw_fd(),
        }
    }
}

/// Which number of a host's to use: `localhost` is always 127.0.0.1, so that both sides mean the same one.
pub(super) fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if host == "localhost" {
        return Ok(vec![(Ipv4Addr::LOCALHOST, port).into()]);
    }
    let found: Vec<_> = (host, port).to_socket_addrs()?.collect();
    match found.is_empty() {
        false => Ok(found),
        true => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("the name `{host}` has no address"),
        )),
    }
}

fn bind_tcp(host: &str, port: u16) -> io::Result<TcpListener> {
    let mut refused = io::Error::from(io::ErrorKind::NotFound);
    for address in look_up(host, port)? {
        match TcpListener::bind(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = error,
        }
    }
    let mend = match refused.kind() {
        io::ErrorKind::AddrNotAvailable => {
            "; `host` must be an address of the machine the node runs on"
        }
        io::ErrorKind::AddrInUse => {
            "; another program listens there: stop it, or choose another `port`"
        }
        _ => "",
    };
    Err(io::Error::new(refused.kind(), format!("{refused}{mend}")))
}

/// A socket with its mode set before it listens, as nobody can connect earlier.
fn bind_unix(path: &Path) -> io::Result<(UnixListener, SocketName)> {
    remove_stale(path)?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    let name = SocketName::of(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    rustix::net::listen(&socket, WAITING_MAX)?;
    let listener = UnixListener::from_std(StandardListener::from(socket));
    Ok((listener, name))
}

/// Makes room for a socket, but not by taking the place of one that lives, nor of anything else.
fn remove_stale(path: &Path) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    if !metadata.file_type().is_socket() {
        let message = "something that is no socket is there; remove it, or choose another path";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        _ => {
            let message = "another program listens there; stop it, or choose another path";
            Err(io::Error::new(io::ErrorKind::AddrInUse, message))
        }
    }
}

/// The name of a socket in the file system, removed with it if it still is this socket's.
#[derive(Debug)]
struct SocketName {
    path: PathBuf,
    device: u64,
    inode: u64,
    process: mycelium_lane::Process,
}

impl SocketName {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::symlink_metadata(path)?;
        Ok(Self {
            path: path.to_owned(),
            device: metadata.dev(),
            inode: metadata.ino(),
            process: mycelium_lane::Process::this(),
        })
    }
}

impl Drop for SocketName {
    fn drop(&mut self) {
        let is_ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|found| (found.dev(), found.ino()) == (self.device, self.inode));
        if is_ours && self.process.is_this() {
            // One that stays is removed by the next who listens there.
            let _ = fs::remove_file(&self.path);
        }
    }
}
