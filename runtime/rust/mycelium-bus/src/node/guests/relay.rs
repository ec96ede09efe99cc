//! A connection whose protection cannot leave the host: its bytes go to and fro between it and a guest.

use std::io::{self, IoSlice, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream as StandardStream;
use std::sync::Arc;
use std::thread;

use mio::net::UnixStream;
use mio::{Events, Interest, Poll, Token};
use mycelium_lane::Unshared;

use crate::transport::Stream;

/// Bytes under way in each direction.
const BUFFER_BYTES: usize = 64 * 1024;

/// Relays in a thread of its own until both directions have ended; gives the guest's end.
pub(super) fn start(outside: Arc<Stream>) -> io::Result<OwnedFd> {
    let (inside, guests) = StandardStream::pair()?;
    inside.set_nonblocking(true)?;
    let unshared = Unshared::keep(inside.as_fd());
    let mut inside = UnixStream::from_std(inside);
    let poll = Poll::new()?;
    outside.register(poll.registry(), Token(0))?;
    let interests = Interest::READABLE | Interest::WRITABLE;
    poll.registry().register(&mut inside, Token(1), interests)?;
    thread::Builder::new()
        .name("mycelium-relay".to_owned())
        .spawn(move || {
            // Whichever end fails, the other learns of it by its end.
            let _ = relay(poll, &outside, &inside);
            outside.shut();
            // What has ended both ways already need not be shut.
            let _ = inside.shutdown(Shutdown::Both);
            drop(unshared);
        })?;
    Ok(guests.into())
}

fn relay(mut poll: Poll, outside: &Stream, inside: &UnixStream) -> io::Result<()> {
    let mut inward = Direction::new();
    let mut outward = Direction::new();
    let mut events = Events::with_capacity(4);
    loop {
        let end_inside = || {
            // A guest that is gone need not be told.
            let _ = inside.shutdown(Shutdown::Write);
        };
        inward.advance(
            |bytes| outside.read(bytes),
            |bytes| (&mut &*inside).write(bytes),
            end_inside,
        )?;
        outward.advance(
            |bytes| (&mut &*inside).read(bytes),
            |bytes| outside.write(&[IoSlice::new(bytes)]),
            || outside.end(),
        )?;
        if outside.wants_write() {
            outside.flush()?;
        }
        if inward.is_over && outward.is_over {
            return Ok(());
        }
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
    }
}

/// Bytes that go one way.
struct Direction {
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    has_ended: bool,
    /// The end has been passed on, too.
    is_over: bool,
}

impl Direction {
    fn new() -> Self {
        Self {
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            has_ended: false,
            is_over: false,
        }
    }

    /// Moves bytes until one of the ends has to be waited for.
    fn advance(
        &mut self,
        mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
        mut write: impl FnMut(&[u8]) -> io::Result<usize>,
        pass_end: impl FnOnce(),
    ) -> io::Result<()> {
        while !self.is_over {
            while let Some(bytes) = self.buffer.get(self.start..self.end) {
                if bytes.is_empty() {
                    break;
                }
                match attempt(|| write(bytes))? {
                    Some(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Some(count) => self.start += count,
                    None => return Ok(()),
                }
            }
            if self.has_ended {
                self.is_over = true;
                pass_end();
                return Ok(());
            }
            match attempt(|| read(&mut self.buffer))? {
                Some(0) => (self.start, self.end, self.has_ended) = (0, 0, true),
                Some(count) => (self.start, self.end) = (0, count),
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

/// None where the end has to be waited for.
fn attempt(mut operation: impl FnMut() -> io::Result<usize>) -> io::Result<Option<usize>> {
    loop {
        match operation() {
            Ok(count) => return Ok(Some(count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
