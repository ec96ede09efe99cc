//! The outward half of a link.

use mycelium::frame::HEADER_SIZE;

use super::fault::LinkFault;
use super::stream_path::StreamOutlet;
use crate::lanes::LaneOutlet;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// On its way.
    Done,
    /// In a buffer, which the driver has to empty.
    Later,
    /// Nowhere: there is no room.
    Full,
    /// Nowhere: there is no connection.
    Nowhere,
}

/// Where frames go, which whoever publishes locks for as long as it takes to hand one over: a stream, or a lane, beside which
/// the stream carries control messages alone.
#[derive(Default)]
pub(crate) struct Outward {
    pub(crate) stream: Option<StreamOutlet>,
    pub(crate) lane: Option<LaneOutlet>,
    /// Messages go through a lane or not at all.
    pub(crate) needs_lane: bool,
}

impl Outward {
    /// Whether a frame of that size can be taken without growing beyond the bounds. What goes nowhere always can.
    #[inline]
    pub(crate) fn has_room(&mut self, size: usize) -> bool {
        if let Some(lane) = &mut self.lane {
            return lane.has_room(size);
        }
        match &self.stream {
            Some(stream) if !self.needs_lane => stream.has_room(size),
            _ => true,
        }
    }

    /// Takes a message where there is room for it: a whole frame, of which the type and the envelope are known.
    #[inline]
    pub(crate) fn send_if_room(&mut self, type_id: u16, has_envelope: bool, frame: &[u8]) -> Sent {
        if let (Some(lane), Some(payload)) = (&mut self.lane, frame.get(HEADER_SIZE..)) {
            if lane.send_at_once(type_id, has_envelope, payload) {
                return Sent::Done;
            }
        }
        match self.has_room(frame.len()) {
            true => self.send(frame),
            false => Sent::Full,
        }
    }

    /// Takes a message, even without room, for which the callers have looked before.
    #[inline]
    pub(crate) fn send(&mut self, frame: &[u8]) -> Sent {
        if let Some(lane) = &mut self.lane {
            return match lane.send(frame) {
                Ok(true) => Sent::Done,
                Ok(false) => Sent::Later,
                // The peer, or the next flush, comes upon the same error, and ends the connection.
                Err(_) => Sent::Nowhere,
            };
        }
        match &mut self.stream {
            Some(stream) if !self.needs_lane => stream.send(frame),
            _ => Sent::Nowhere,
        }
    }

    /// Takes a control message.
    pub(crate) fn say(&mut self, frame: &[u8]) -> Sent {
        match &mut self.stream {
            Some(stream) => stream.send(frame),
            None => Sent::Nowhere,
        }
    }

    /// Moves what waits.
    pub(crate) fn flush(&mut self) -> Result<(), LinkFault> {
        if let Some(stream) = &mut self.stream {
            stream.flush()?;
        }
        if let Some(lane) = &mut self.lane {
            let flushed = lane.flush();
            flushed.map_err(|error| LinkFault::Other(error.to_string()))?;
        }
        Ok(())
    }

    /// Frames that wait here.
    pub(crate) fn waiting(&self) -> usize {
        let stream = self.stream.as_ref().map_or(0, StreamOutlet::waiting);
        stream + self.lane.as_ref().map_or(0, LaneOutlet::waiting)
    }

    /// Frames that are lost if nothing more goes.
    pub(crate) fn untaken(&self) -> u64 {
        match &self.lane {
            Some(lane) => lane.untaken(),
            None => self.waiting() as u64,
        }
    }
}
