//! Connecting to a peer.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use mio::net::{TcpStream, UnixStream};

use super::address::Address;
use super::credentials::check_same_user;
use super::listener::look_up;
use super::stream::Stream;
use super::tls::TlsConnector;
use crate::topology::RouteKind;

/// Gives one end of a new connection within this process.
pub(crate) type Inside = Box<dyn Fn() -> io::Result<OwnedFd> + Send>;

/// Connects to one peer, again and again.
pub(crate) struct Dialler {
    address: Address,
    tls: Option<TlsConnector>,
    /// Called by another thread when it makes sense to dial again.
    wake: Arc<dyn Fn() + Send + Sync>,
    /// Connects to another core of this process.
    inside: Option<Inside>,
    lookup: Lookup,
    /// The numbers of the host that were not tried yet.
    untried: Vec<SocketAddr>,
}

enum Lookup {
    Idle,
    /// In a thread of its own, as it may take long.
    Running(Arc<Mutex<Option<io::Result<Vec<SocketAddr>>>>>),
}

impl Dialler {
    /// For a peer at this address, protected where `tls` says how. `wake` is called when the name of a host was looked up.
    pub(crate) fn new(
        address: Address,
        tls: Option<TlsConnector>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self {
            address,
            tls,
            wake,
            inside: None,
            lookup: Lookup::Idle,
            untried: Vec::new(),
        }
    }

    /// For a service that another core of this process runs.
    pub(crate) fn inside(service: String, connect: Inside) -> Self {
        let mut dialler = Self::new(Address::Inside { service }, None, Arc::new(|| ()));
        dialler.inside = Some(connect);
        dialler
    }

    /// Where the peer is.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Begins a connection: the stream has to [`advance`](Stream::advance). None while the host's name is looked up; then dial
    /// again after `wake` was called.
    ///
    /// # Errors
    /// The system's; dial again later.
    pub(crate) fn dial(&mut self) -> io::Result<Option<Stream>> {
        match &self.address {
            Address::Inside { .. } => match &self.inside {
                Some(connect) => Stream::adopted(connect()?, RouteKind::Ffi).map(Some),
                None => Err(io::ErrorKind::Unsupported.into()),
            },
            Address::Unix(path) | Address::Control(path) => {
                let socket = UnixStream::connect(path).map_err(explain_unix)?;
                check_same_user(&socket)?;
                let is_control = matches!(self.address, Address::Control(_));
                Ok(Some(Stream::unix(socket, is_control)))
            }
            Address::Tcp { host, port } => {
                let (host, port) = (host.clone(), *port);
                let Some(address) = self.next_number(&host, port)? else {
                    return Ok(None);
                };
                let socket = TcpStream::connect(address)?;
                let session = self.tls.as_ref().map(TlsConnector::connect).transpose()?;
                Ok(Some(Stream::tcp(socket, session, true)))
            }
        }
    }

    /// The next number to try; when all were, the name is looked up anew, as a host may have moved.
    fn next_number(&mut self, host: &str, port: u16) -> io::Result<Option<SocketAddr>> {
        if let Some(address) = self.untried.pop() {
            return Ok(Some(address));
        }
        if let Lookup::Running(answer) = &self.lookup {
            let found = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(found) = found else {
                return Ok(None);
            };
            self.lookup = Lookup::Idle;
            self.untried = found.map_err(|error| {
                io::Error::new(error.kind(), format!("looking up `{host}`: {error}"))
            })?;
            self.untried.reverse();
            return Ok(self.untried.pop());
        }
        if host == "localhost" {
            return Ok(look_up(host, port)?.pop());
        }
        if let Ok(number) = host.parse::<std::net::IpAddr>() {
            return Ok(Some((number, port).into()));
        }
        self.begin_lookup(host.to_owned(), port)?;
        Ok(None)
    }

    fn begin_lookup(&mut self, host: String, port: u16) -> io::Result<()> {
        let answer = Arc::new(Mutex::new(None));
        let (place, wake) = (Arc::clone(&answer), Arc::clone(&self.wake));
        thread::Builder::new()
            .name("mycelium-lookup".to_owned())
            .spawn(move || {
                let found = look_up(&host, port);
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
                wake();
            })?;
        self.lookup = Lookup::Running(answer);
        Ok(())
    }
}

impl fmt::Debug for Dialler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Dialler")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

fn explain_unix(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
            io::Error::new(error.kind(), "nobody listens there yet")
        }
        _ => error,
    }
}
