//! The two halves of a link over a stream.

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use mycelium::frame::{Frame, ENVELOPE_SIZE, HEADER_SIZE};

use super::fault::LinkFault;
use super::outward::Sent;
use super::traffic::Offered;
use crate::transport::{Filled, Incoming, Outgoing, Stream};

/// Bytes that wait for the peer at most, but for one frame that is larger.
const WAITING_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes of the buffer that frames are read into: less than that at once means that there is no more.
const READ_BYTES_MIN: usize = 8 * 1024;

/// The outward half: frames go to the system at once while it takes them, and wait here when it does not.
pub(crate) struct StreamOutlet {
    stream: Arc<Stream>,
    outgoing: Outgoing,
    /// The bytes of each frame that waits, the first perhaps partly gone.
    sizes: VecDeque<usize>,
    capacity: usize,
}

impl StreamOutlet {
    /// With room for that many messages.
    pub(crate) fn new(stream: Arc<Stream>, capacity: usize) -> Self {
        Self {
            stream,
            outgoing: Outgoing::new(WAITING_BYTES_MAX),
            sizes: VecDeque::new(),
            capacity,
        }
    }

    /// Forgets the sizes of what has gone.
    fn settle(&mut self) {
        let mut excess = self.sizes.iter().sum::<usize>() - self.outgoing.len();
        while let Some(size) = self.sizes.front_mut() {
            if *size > excess {
                *size -= excess;
                return;
            }
            excess -= *size;
            self.sizes.pop_front();
        }
    }

    /// Whether a frame of that size, in bytes, can be taken without growing beyond the bounds.
    #[inline]
    pub(crate) fn has_room(&self, size: usize) -> bool {
        self.outgoing.has_room(size) && self.sizes.len() < self.capacity
    }

    /// Takes a frame; even without room, for which the callers have looked before.
    #[inline]
    pub(crate) fn send(&mut self, frame: &[u8]) -> Sent {
        let before = self.outgoing.len();
        match self.outgoing.send(&self.stream, &[frame]) {
            Ok(true) if self.sizes.is_empty() => Sent::Done,
            Ok(_) => {
                // What the stream takes of a frame that waits behind others is settled below.
                self.sizes.push_back(match before {
                    0 => self.outgoing.len(),
                    _ => frame.len(),
                });
                self.settle();
                Sent::Later
            }
            // The reader comes upon the same error, and ends the connection.
            Err(_) => Sent::Nowhere,
        }
    }

    /// Takes a frame that a descriptor goes with.
    pub(crate) fn send_with(&mut self, frame: &[u8], descriptor: OwnedFd) -> io::Result<()> {
        self.outgoing.send_with(&self.stream, frame, descriptor)?;
        self.sizes.push_back(frame.len());
        self.settle();
        Ok(())
    }

    /// Moves what waits; true once all of it has gone.
    pub(crate) fn flush(&mut self) -> io::Result<bool> {
        let flushed = self.outgoing.flush(&self.stream)?;
        self.settle();
        Ok(flushed)
    }

    /// How many frames wait.
    pub(crate) fn waiting(&self) -> usize {
        self.sizes.len()
    }
}

/// The inward half: whole frames are offered where they came to lie.
pub(crate) struct StreamInlet {
    incoming: Incoming,
    /// Whether the system may have more.
    pub(crate) is_readable: bool,
    /// Whether somebody stopped before the last frame that has come.
    pub(crate) has_frames_left: bool,
}

impl StreamInlet {
    pub(crate) fn new(length_max: u32) -> Self {
        Self {
            incoming: Incoming::new(length_max),
            is_readable: true,
            has_frames_left: false,
        }
    }

    pub(crate) fn set_length_max(&mut self, length_max: u32) {
        self.incoming.set_length_max(length_max);
    }

    /// Offers frames until one is refused, or there are no more.
    pub(crate) fn receive(
        &mut self,
        stream: &Stream,
        mut offer: impl FnMut(&Frame<'_>, usize) -> Result<Offered, LinkFault>,
    ) -> Result<(), LinkFault> {
        loop {
            self.has_frames_left = true;
            while let Some(frame) = self.incoming.next_frame()? {
                let envelope = frame.envelope.map_or(0, |_| ENVELOPE_SIZE);
                let offered = offer(&frame, HEADER_SIZE + envelope + frame.body.len())?;
                if offered == Offered::Refused {
                    return Ok(());
                }
                self.incoming.release();
                if offered == Offered::TakenLast {
                    return Ok(());
                }
            }
            self.has_frames_left = false;
            if !self.is_readable {
                return Ok(());
            }
            match self.incoming.fill(stream)? {
                // Little at once: there is no more, and the next byte makes the socket readable anew. Where bytes come in
                // records, each is read by itself, and others may lie in memory already.
                Filled::Bytes(count) => {
                    self.is_readable = count >= READ_BYTES_MIN || stream.comes_in_records();
                }
                Filled::Nothing => {
                    self.is_readable = false;
                    return Ok(());
                }
                Filled::End => return Err(LinkFault::Closed),
            }
        }
    }
}
