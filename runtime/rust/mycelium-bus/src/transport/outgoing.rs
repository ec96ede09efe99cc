//! Frames into a stream, without waiting.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, OwnedFd};

use super::stream::Stream;

/// Memory that an empty buffer keeps, in bytes.
const KEPT_CAPACITY: usize = 64 * 1024;

/// Writes frames straight into a stream, and keeps what the stream does not take: at most a bound, and the frame that crossed
/// it.
#[derive(Debug)]
pub(crate) struct Outgoing {
    waiting: VecDeque<u8>,
    bytes_max: usize,
    /// A descriptor, and how many bytes go before the one it goes with.
    attached: Option<(usize, OwnedFd)>,
}

impl Outgoing {
    /// Keeps up to so many bytes.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            waiting: VecDeque::new(),
            bytes_max,
            attached: None,
        }
    }

    /// Whether a frame of so many bytes can be taken. One larger than the bound can when nothing waits.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.waiting.is_empty() || self.waiting.len() + bytes <= self.bytes_max
    }

    /// Whether everything went into the stream.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Bytes that wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Takes a frame, in parts that lie anywhere; true where all of it went into the stream. The caller has looked for room:
    /// without any, it is taken all the same.
    ///
    /// # Errors
    /// The stream's: it is of no use any more.
    pub(crate) fn send(&mut self, stream: &Stream, parts: &[&[u8]]) -> io::Result<bool> {
        let mut written = match self.waiting.is_empty() && !stream.is_handshaking() {
            true => write_parts(stream, parts)?,
            false => 0,
        };
        for part in parts {
            let skipped = written.min(part.len());
            written -= skipped;
            self.waiting.extend(part.get(skipped..).unwrap_or_default());
        }
        // Asked once more, a full stream notes that it is to tell when it has room.
        match self.waiting.is_empty() && !stream.wants_write() {
            true => Ok(true),
            false => self.flush(stream),
        }
    }

    /// As [`send`](Self::send), and a descriptor goes with the frame; one at a time.
    pub(crate) fn send_with(
        &mut self,
        stream: &Stream,
        frame: &[u8],
        descriptor: OwnedFd,
    ) -> io::Result<bool> {
        if self.attached.is_some() {
            let message = "a descriptor already waits for being sent";
            return Err(io::Error::other(message));
        }
        self.attached = Some((self.waiting.len(), descriptor));
        self.waiting.extend(frame);
        self.flush(stream)
    }

    /// Writes what waits; true once all of it has gone.
    ///
    /// # Errors
    /// The stream's: it is of no use any more.
    pub(crate) fn flush(&mut self, stream: &Stream) -> io::Result<bool> {
        if stream.is_handshaking() {
            return Ok(false);
        }
        while !self.waiting.is_empty() {
            let written = match self.write_some(stream) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.waiting.drain(..written);
            if let Some((before, _)) = &mut self.attached {
                *before = before.saturating_sub(written);
            }
        }
        if self.waiting.capacity() > KEPT_CAPACITY {
            self.waiting = VecDeque::new();
        }
        stream.flush()
    }

    fn write_some(&mut self, stream: &Stream) -> io::Result<usize> {
        let (first, second) = self.waiting.as_slices();
        match &self.attached {
            None => stream.write(&[IoSlice::new(first), IoSlice::new(second)]),
            Some((0, descriptor)) => {
                let part = if first.is_empty() { second } else { first };
                let written = stream.write_with(part, descriptor.as_fd())?;
                self.attached = None;
                Ok(written)
            }
            Some((before, _)) => {
                let part = if first.is_empty() { second } else { first };
                let part = part.get(..*before).unwrap_or(part);
                stream.write(&[IoSlice::new(part)])
            }
        }
    }
}

/// How many bytes of the parts the stream took, all at once.
fn write_parts(stream: &Stream, parts: &[&[u8]]) -> io::Result<usize> {
    let written = match parts {
        [one] => stream.write(&[IoSlice::new(one)]),
        [one, two] => stream.write(&[IoSlice::new(one), IoSlice::new(two)]),
        more => {
            let slices: Vec<_> = more.iter().map(|part| IoSlice::new(part)).collect();
            stream.write(&slices)
        }
    };
    match written {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
        other => other,
    }
}
