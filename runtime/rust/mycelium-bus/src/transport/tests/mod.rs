//! Real sockets, files and certificates.

mod claiming;
mod frames;
mod protected;
mod sockets;

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Poll, Token};

use super::{Address, Dialler, Filled, Incoming, Listener, Outgoing, Stream, TlsSettings};

/// Longer than anything here takes, unless it never ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder of one test.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("mycelium-transport-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::DirBuilder::new().mode(0o700).create(&path).unwrap();
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn socket(&self) -> Address {
        Address::Unix(self.0.join("node.sock"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(super) fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// Calls `attempt` until it comes to a result, and waits for events of these streams in between.
pub(super) fn until<T>(streams: &[&Stream], mut attempt: impl FnMut() -> Option<T>) -> T {
    let mut poll = Poll::new().unwrap();
    for (index, stream) in streams.iter().enumerate() {
        stream.register(poll.registry(), Token(index)).unwrap();
    }
    let mut events = Events::with_capacity(16);
    let found = loop {
        if let Some(found) = attempt() {
            break found;
        }
        events.clear();
        poll.poll(&mut events, Some(PATIENCE)).unwrap();
        assert!(!events.is_empty(), "nothing happens any more");
    };
    for stream in streams {
        stream.deregister(poll.registry()).unwrap();
    }
    found
}

/// What became of two streams that were to meet, the dialling side first.
pub(super) type Meeting = (Stream, Stream, std::io::Result<()>, std::io::Result<()>);

/// Has one dial the other and both advance until each is done or has failed.
pub(super) fn meet(listener: &Listener, dialler: &mut Dialler) -> Meeting {
    let dialled = dialler.dial().unwrap().expect("a number needs no lookup");
    let accepted = accepted(listener);
    let (mut ours, mut theirs) = (None, None);
    until(&[&dialled, &accepted], || {
        for (stream, result) in [(&dialled, &mut ours), (&accepted, &mut theirs)] {
            if result.is_none() {
                *result = match stream.advance() {
                    Ok(true) => Some(Ok(())),
                    Ok(false) => None,
                    Err(error) => {
                        stream.end();
                        Some(Err(error))
                    }
                };
            }
        }
        (ours.is_some() && theirs.is_some()).then_some(())
    });
    (dialled, accepted, ours.unwrap(), theirs.unwrap())
}

fn accepted(listener: &Listener) -> Stream {
    let mut poll = Poll::new().unwrap();
    listener.register(poll.registry(), Token(0)).unwrap();
    loop {
        if let Some(stream) = listener.accept(|_| ()).unwrap() {
            return stream;
        }
        poll.poll(&mut Events::with_capacity(1), Some(PATIENCE))
            .unwrap();
    }
}

/// Two streams that are connected.
pub(super) fn connected(
    address: &Address,
    tls: Option<(Arc<TlsSettings>, super::TlsConnector)>,
) -> (Stream, Stream) {
    let (accepting, connecting) = tls.unzip();
    let listener = Listener::bind(address, accepting).unwrap();
    let address = match (address, listener.port()) {
        (Address::Tcp { host, .. }, Some(port)) => Address::Tcp {
            host: host.clone(),
            port,
        },
        _ => address.clone(),
    };
    let mut dialler = Dialler::new(address, connecting, Arc::new(|| ()));
    let (dialled, accepted, ours, theirs) = meet(&listener, &mut dialler);
    ours.unwrap();
    theirs.unwrap();
    (dialled, accepted)
}

/// Any port of this machine.
pub(super) fn any_port() -> Address {
    Address::Tcp {
        host: "127.0.0.1".to_owned(),
        port: 0,
    }
}

/// Sends frames one way, as room comes, and gives each to `check` as it arrives.
pub(super) fn carry(
    (from, to): (&Stream, &Stream),
    frames: &[Vec<u8>],
    bytes_max: usize,
    mut check: impl FnMut(usize, mycelium::frame::Frame<'_>),
) -> Incoming {
    let mut outgoing = Outgoing::new(bytes_max);
    let mut incoming = Incoming::new(mycelium::frame::DEFAULT_LENGTH_MAX);
    let (mut sent, mut arrived) = (0, 0);
    until(&[from, to], || {
        loop {
            outgoing.flush(from).unwrap();
            while sent < frames.len() && outgoing.has_room(frames[sent].len()) {
                let (head, rest) = frames[sent].split_at(8);
                outgoing.send(from, &[head, rest]).unwrap();
                sent += 1;
                assert!(outgoing.len() <= bytes_max.max(frames[sent - 1].len()));
            }
            let filled = incoming.fill(to).unwrap();
            while let Some(frame) = incoming.next_frame().unwrap() {
                check(arrived, frame);
                incoming.release();
                arrived += 1;
            }
            match filled {
                Filled::Bytes(_) => {}
                Filled::Nothing => break,
                Filled::End => panic!("the stream ended"),
            }
        }
        (arrived == frames.len()).then_some(())
    });
    assert!(outgoing.is_empty() && !incoming.is_in_frame());
    incoming
}

/// A frame with a body of so many bytes, which tells its number.
pub(super) fn frame(number: usize, bytes: usize) -> Vec<u8> {
    let body: Vec<u8> = (0..bytes).map(|at| (at / 7 + number) as u8).collect();
    let mut frame = Vec::new();
    mycelium::frame::Frame {
        type_id: 1000 + number as u16,
        envelope: None,
        body: &body,
    }
    .encode(u32::MAX, &mut frame)
    .unwrap();
    frame
}
