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

/// What waits for a peer that takes nothing in, answers and control messages included, for which nobody looks whether there is
/// room: beyond that many bytes, or frames more than a publisher may leave, the peer is cut off.
const UNTAKEN_BYTES_MAX: usize = 64 * 1024 * 1024;
const UNTAKEN_FRAMES_MAX: usize = 65_536;

/// Bytes of the buffer that frames are read into: less than that at once means that there is no more.
const READ_BYTES_MIN: usize = 8 * 1024;

/// How often one stream is read before others have their turn.
const READS_PER_TURN: usize = 16;

/// The outward half: frames go to the system at once while it takes them, and wait here when it does not.
pub(crate) struct StreamOutlet {
    stream: Arc<Stream>,
    outgoing: Outgoing,
    /// The bytes of each frame that waits, the first perhaps partly gone.
    sizes: VecDeque<usize>,
    /// All of these together.
    bytes: usize,
    capacity: usize,
    /// Why nothing is sent any more.
    cut_off: Option<String>,
}

impl StreamOutlet {
    /// With room for that many messages.
    pub(crate) fn new(stream: Arc<Stream>, capacity: usize) -> Self {
        Self {
            stream,
            outgoing: Outgoing::new(WAITING_BYTES_MAX),
            sizes: VecDeque::new(),
            bytes: 0,
            capacity,
            cut_off: None,
        }
    }

    /// Forgets the sizes of what has gone.
    fn settle(&mut self) {
        let mut gone = self.bytes.saturating_sub(self.outgoing.len());
        self.bytes -= gone;
        while let Some(size) = self.sizes.front_mut() {
            if *size > gone {
                *size -= gone;
                return;
            }
            gone -= *size;
            self.sizes.pop_front();
        }
    }

    fn keep(&mut self, size: usize) {
        self.sizes.push_back(size);
        self.bytes += size;
        self.settle();
    }

    /// Why the peer was cut off, if it was.
    pub(crate) fn cut_off(&self) -> Option<&str> {
        self.cut_off.as_deref()
    }

    /// Whether the peer leaves more than anybody may.
    fn is_neglected(&self, size: usize) -> bool {
        let frames = self.sizes.len().saturating_sub(self.capacity);
        let bytes = self.outgoing.len().saturating_add(size);
        frames > UNTAKEN_FRAMES_MAX || bytes > UNTAKEN_BYTES_MAX
    }

    #[cold]
    fn neglect(&mut self) -> Sent {
        if self.cut_off.is_none() {
            let reason = format!(
                "the peer takes nothing in: {} messages of {} bytes wait for it",
                self.sizes.len(),
                self.outgoing.len()
            );
            self.cut_off = Some(reason);
            // The driver sees the end, and ends the connection.
            self.stream.shut();
        }
        Sent::Nowhere
    }

    /// Whether a frame of that size, in bytes, can be taken without growing beyond the bounds.
    #[inline]
    pub(crate) fn has_room(&self, size: usize) -> bool {
        self.outgoing.has_room(size) && self.sizes.len() < self.capacity
    }

    /// Takes a frame; even without room, for which the callers have looked before.
    #[inline]
    pub(crate) fn send(&mut self, frame: &[u8]) -> Sent {
        if self.cut_off.is_some() || self.is_neglected(frame.len()) {
            return self.neglect();
        }
        let before = self.outgoing.len();
        match self.outgoing.send(&self.stream, &[frame]) {
            Ok(true) if self.sizes.is_empty() => Sent::Done,
            Ok(_) => {
                // What the stream takes of a frame that waits behind others is settled below.
                self.keep(match before {
                    0 => self.outgoing.len(),
                    _ => frame.len(),
                });
                Sent::Later
            }
            // The reader comes upon the same error, and ends the connection.
            Err(_) => Sent::Nowhere,
        }
    }

    /// Takes a frame that a descriptor goes with.
    pub(crate) fn send_with(&mut self, frame: &[u8], descriptor: OwnedFd) -> io::Result<()> {
        self.outgoing.send_with(&self.stream, frame, descriptor)?;
        self.keep(frame.len());
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
    /// The end lies behind what is still to be read; no event will tell of it again.
    pub(crate) has_end: bool,
    /// Whether somebody stopped before the last frame that has come.
    pub(crate) has_frames_left: bool,
}

impl StreamInlet {
    pub(crate) fn new(length_max: u32) -> Self {
        Self {
            incoming: Incoming::new(length_max),
            is_readable: true,
            has_end: false,
            has_frames_left: false,
        }
    }

    /// Begins with what somebody else has read of the stream.
    pub(crate) fn begin_with(&mut self, bytes: &[u8]) {
        self.incoming.begin_with(bytes);
        self.has_frames_left = !bytes.is_empty();
    }

    /// What was read of the stream and not taken.
    pub(crate) fn read(&self) -> &[u8] {
        self.incoming.waiting()
    }

    pub(crate) fn set_length_max(&mut self, length_max: u32) {
        self.incoming.set_length_max(length_max);
    }

    /// Offers frames until one is refused, or there are no more, or enough was read for one turn.
    pub(crate) fn receive(
        &mut self,
        stream: &Stream,
        mut offer: impl FnMut(&Frame<'_>, usize) -> Result<Offered, LinkFault>,
    ) -> Result<(), LinkFault> {
        for _ in 0..READS_PER_TURN {
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
                    self.is_readable =
                        count >= READ_BYTES_MIN || self.has_end || stream.comes_in_records();
                }
                Filled::Nothing => {
                    self.is_readable = false;
                    return Ok(());
                }
                Filled::End => return Err(LinkFault::Closed),
            }
        }
        self.has_frames_left = true;
        Ok(())
    }
}
