//! One connection, whatever carries it.

use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use mio::net::{TcpStream, UnixStream};
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use mycelium_lane::Unshared;
use rustix::net::{
    getsockname, recvmsg, sendmsg, AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage,
    RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};

use super::tls::TlsSession;
use crate::topology::{Node, RouteKind};

/// Descriptors that came and were not taken; a peer that sends more is cut off.
const DESCRIPTORS_MAX: usize = 4;

/// A connection that never waits. Any thread may read or write, one of each at a time: the bytes of two that wrote at once
/// would be mixed. A forked child has no share in it.
#[derive(Debug)]
pub(crate) struct Stream {
    is_connecting: AtomicBool,
    _unshared: Unshared,
    kind: RouteKind,
    carrier: Carrier,
}

#[derive(Debug)]
enum Carrier {
    Unix(UnixStream),
    /// A unix socket over which descriptors may come as well.
    Control(UnixStream, Mutex<VecDeque<OwnedFd>>),
    Tcp(TcpStream),
    Tls(TcpStream, Box<Mutex<TlsSession>>),
}

impl Stream {
    pub(super) fn unix(socket: UnixStream, is_control: bool) -> Self {
        let unshared = Unshared::keep(socket.as_fd());
        let (kind, carrier) = match is_control {
            true => (RouteKind::Shm, Carrier::Control(socket, Mutex::default())),
            false => (RouteKind::Unix, Carrier::Unix(socket)),
        };
        Self {
            is_connecting: AtomicBool::new(false),
            _unshared: unshared,
            kind,
            carrier,
        }
    }

    /// A connection of that kind that somebody else has made or accepted, and proved where it asks for proof.
    ///
    /// # Errors
    /// The descriptor is no connection.
    pub(crate) fn adopted(descriptor: OwnedFd, kind: RouteKind) -> io::Result<Self> {
        let family = getsockname(&descriptor)?.address_family();
        rustix::io::ioctl_fionbio(&descriptor, true)?;
        if family != AddressFamily::UNIX {
            let socket = TcpStream::from_std(std::net::TcpStream::from(descriptor));
            return Ok(Self {
                kind,
                ..Self::tcp(socket, None, false)
            });
        }
        let socket = UnixStream::from_std(std::os::unix::net::UnixStream::from(descriptor));
        let passes_descriptors = matches!(kind, RouteKind::Ffi | RouteKind::Shm);
        Ok(Self {
            kind,
            ..Self::unix(socket, passes_descriptors)
        })
    }

    /// The same connection for somebody else of this process; None where it cannot leave, as what is said over it is
    /// protected by a state that is here.
    ///
    /// # Errors
    /// The system's: there are no descriptors left.
    pub(crate) fn handed_over(&self) -> io::Result<Option<OwnedFd>> {
        let socket = match &self.carrier {
            Carrier::Unix(socket) | Carrier::Control(socket, _) => socket.as_fd(),
            Carrier::Tcp(socket) => socket.as_fd(),
            Carrier::Tls(..) => return Ok(None),
        };
        socket.try_clone_to_owned().map(Some)
    }

    pub(super) fn tcp(socket: TcpStream, session: Option<TlsSession>, is_connecting: bool) -> Self {
        let unshared = Unshared::keep(socket.as_fd());
        let carrier = match session {
            Some(session) => Carrier::Tls(socket, Box::new(Mutex::new(session))),
            None => Carrier::Tcp(socket),
        };
        Self {
            is_connecting: AtomicBool::new(is_connecting),
            _unshared: unshared,
            kind: RouteKind::Tcp,
            carrier,
        }
    }

    /// Goes on connecting as far as that is possible now; true once bytes can flow. To be called at every event until then.
    ///
    /// # Errors
    /// The peer is not there, or not who it should be; in words.
    pub(crate) fn advance(&self) -> io::Result<bool> {
        if self.is_connecting.load(Ordering::Acquire) {
            let (Carrier::Tcp(socket) | Carrier::Tls(socket, _)) = &self.carrier else {
                return Ok(true);
            };
            if !is_connected(socket)? {
                return Ok(false);
            }
            socket.set_nodelay(true)?;
            self.is_connecting.store(false, Ordering::Release);
        }
        match &self.carrier {
            Carrier::Tls(socket, session) => lock(session).advance(socket),
            _ => Ok(true),
        }
    }

    /// Whether [`advance`](Self::advance) has not come to its end.
    pub(crate) fn is_handshaking(&self) -> bool {
        self.is_connecting.load(Ordering::Acquire)
            || matches!(&self.carrier, Carrier::Tls(_, session) if lock(session).is_handshaking())
    }

    /// What carries it.
    pub(crate) fn kind(&self) -> RouteKind {
        self.kind
    }

    /// Refuses a peer that cannot prove to be this node, where the connection asks for proof: by TLS, its certificate must name
    /// the node or its host. (The user of a unix socket's peer was checked before.)
    pub(crate) fn check_peer(&self, node: &Node) -> Result<(), String> {
        match &self.carrier {
            Carrier::Tls(_, session) => lock(session).check_peer(node),
            _ => Ok(()),
        }
    }

    /// Reads what has come, 0 bytes at the end.
    ///
    /// # Errors
    /// `WouldBlock` where nothing has; otherwise the connection is of no use any more.
    pub(crate) fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        match &self.carrier {
            Carrier::Unix(socket) => (&mut &*socket).read(bytes),
            Carrier::Control(socket, received) => read_with(socket, bytes, received),
            Carrier::Tcp(socket) => (&mut &*socket).read(bytes),
            Carrier::Tls(socket, session) => lock(session).read(socket, bytes),
        }
    }

    /// Writes as much as can be now.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn write(&self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        match &self.carrier {
            Carrier::Unix(socket) | Carrier::Control(socket, _) => {
                (&mut &*socket).write_vectored(parts)
            }
            Carrier::Tcp(socket) => (&mut &*socket).write_vectored(parts),
            Carrier::Tls(socket, session) => lock(session).write(socket, parts),
        }
    }

    /// Writes as much as can be now, and a descriptor with the first byte of it.
    ///
    /// # Errors
    /// As [`read`](Self::read); `Unsupported` where this is no control socket.
    pub(crate) fn write_with(&self, bytes: &[u8], passed: BorrowedFd<'_>) -> io::Result<usize> {
        let Carrier::Control(socket, _) = &self.carrier else {
            let message = "only the control socket of shared memory passes descriptors";
            return Err(io::Error::new(io::ErrorKind::Unsupported, message));
        };
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let passed = [passed];
        control.push(SendAncillaryMessage::ScmRights(&passed));
        let parts = [IoSlice::new(bytes)];
        Ok(sendmsg(socket, &parts, &mut control, SendFlags::NOSIGNAL)?)
    }

    /// The oldest descriptor that came over a control socket.
    pub(crate) fn take_descriptor(&self) -> Option<OwnedFd> {
        match &self.carrier {
            Carrier::Control(_, received) => lock(received).pop_front(),
            _ => None,
        }
    }

    /// Whether a short read may leave bytes that have come: those of TLS lie in memory, of which no socket tells; a read from a
    /// control socket ends where a descriptor was passed.
    pub(crate) fn comes_in_records(&self) -> bool {
        matches!(&self.carrier, Carrier::Tls(..) | Carrier::Control(..))
    }

    /// Whether the stream itself holds bytes that have to be written when it can.
    pub(crate) fn wants_write(&self) -> bool {
        match &self.carrier {
            Carrier::Tls(_, session) => lock(session).wants_write(),
            _ => false,
        }
    }

    /// Writes what the stream itself holds; true once that is nothing.
    pub(crate) fn flush(&self) -> io::Result<bool> {
        match &self.carrier {
            Carrier::Tls(socket, session) => lock(session).flush(socket),
            _ => Ok(true),
        }
    }

    /// Says that nothing more will be written, as well as can be now. The peer reads to the end.
    pub(crate) fn end(&self) {
        // Whoever is gone need not be told.
        let _ = match &self.carrier {
            Carrier::Unix(socket) | Carrier::Control(socket, _) => socket.shutdown(Shutdown::Write),
            Carrier::Tcp(socket) => socket.shutdown(Shutdown::Write),
            Carrier::Tls(socket, session) => {
                lock(session).end(socket);
                socket.shutdown(Shutdown::Write)
            }
        };
    }

    /// Ends both directions at once; whoever reads comes upon the end.
    pub(crate) fn shut(&self) {
        // What is gone already need not be shut.
        let _ = match &self.carrier {
            Carrier::Unix(socket) | Carrier::Control(socket, _) => socket.shutdown(Shutdown::Both),
            Carrier::Tcp(socket) | Carrier::Tls(socket, _) => socket.shutdown(Shutdown::Both),
        };
    }

    /// Has events told, of reading and of writing, each once when it becomes possible.
    pub(crate) fn register(&self, registry: &Registry, token: Token) -> io::Result<()> {
        let interests = Interest::READABLE | Interest::WRITABLE;
        registry.register(&mut SourceFd(&self.as_raw_fd()), token, interests)
    }

    /// The opposite.
    pub(crate) fn deregister(&self, registry: &Registry) -> io::Result<()> {
        registry.deregister(&mut SourceFd(&self.as_raw_fd()))
    }
}

impl AsRawFd for Stream {
    fn as_raw_fd(&self) -> RawFd {
        match &self.carrier {
            Carrier::Unix(socket) | Carrier::Control(socket, _) => socket.as_raw_fd(),
            Carrier::Tcp(socket) | Carrier::Tls(socket, _) => socket.as_raw_fd(),
        }
    }
}

fn is_connected(socket: &TcpStream) -> io::Result<bool> {
    if let Some(error) = socket.take_error()? {
        return Err(error);
    }
    match socket.peer_addr() {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(false),
        Err(error) => Err(error),
    }
}

fn read_with(
    socket: &UnixStream,
    bytes: &mut [u8],
    received: &Mutex<VecDeque<OwnedFd>>,
) -> io::Result<usize> {
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC;
    let message = recvmsg(socket, &mut [IoSliceMut::new(bytes)], &mut control, flags)?;
    for ancillary in control.drain() {
        let RecvAncillaryMessage::ScmRights(descriptors) = ancillary else {
            continue;
        };
        let mut received = lock(received);
        for descriptor in descriptors {
            if received.len() == DESCRIPTORS_MAX {
                let message = "the peer passes descriptors that nobody asked for";
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            received.push_back(descriptor);
        }
    }
    Ok(message.bytes)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
