//! Sockets with nothing on top: the payload, as long as it is, on a stream.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::end::{fill, number_of, End, Wait};

/// How often to look whether the other process listens.
const LOOK_EVERY: Duration = Duration::from_millis(2);

struct Side<S> {
    stream: S,
    payload: Vec<u8>,
}

/// The near end dials.
pub fn unix_end(folder: &Path, size: usize, is_near: bool, wait: Wait) -> Box<dyn End> {
    let path = folder.join("socket");
    let stream = if is_near {
        until_there(|| UnixStream::connect(&path))
    } else {
        UnixListener::bind(&path)
            .expect("a listener")
            .accept()
            .expect("a connection")
            .0
    };
    stream
        .set_nonblocking(wait == Wait::Spin)
        .expect("its mode");
    Box::new(Side {
        stream,
        payload: vec![0; size],
    })
}

/// The same over loopback; the far end says in a file which port it got.
pub fn tcp_end(folder: &Path, size: usize, is_near: bool, wait: Wait) -> Box<dyn End> {
    let path = folder.join("port");
    let stream = if is_near {
        let port = until_there(|| std::fs::read_to_string(&path));
        TcpStream::connect(("127.0.0.1", port.parse().expect("a port"))).expect("a connection")
    } else {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        let port = listener.local_addr().expect("its address").port();
        std::fs::write(folder.join("new-port"), port.to_string()).expect("a file");
        std::fs::rename(folder.join("new-port"), &path).expect("a file");
        listener.accept().expect("a connection").0
    };
    stream.set_nodelay(true).expect("no delay");
    stream
        .set_nonblocking(wait == Wait::Spin)
        .expect("its mode");
    Box::new(Side {
        stream,
        payload: vec![0; size],
    })
}

fn until_there<T>(mut look: impl FnMut() -> std::io::Result<T>) -> T {
    loop {
        match look() {
            Ok(found) => return found,
            Err(_) => sleep(LOOK_EVERY),
        }
    }
}

impl<S: Read + Write + Send> End for Side<S> {
    fn send(&mut self, number: u64) {
        fill(&mut self.payload, number);
        let mut rest = self.payload.as_slice();
        while !rest.is_empty() {
            match self.stream.write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::hint::spin_loop(),
                Err(error) => panic!("sending: {error}"),
            }
        }
    }

    fn receive(&mut self) -> u64 {
        let mut filled = 0;
        while filled < self.payload.len() {
            match self.stream.read(&mut self.payload[filled..]) {
                Ok(0) => panic!("the other end is gone"),
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => std::hint::spin_loop(),
                Err(error) => panic!("receiving: {error}"),
            }
        }
        number_of(&self.payload)
    }
}
