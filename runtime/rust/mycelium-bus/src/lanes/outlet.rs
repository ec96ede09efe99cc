//! The outward half: frames into a lane.

use std::collections::VecDeque;

use mycelium_lane::{LaneError, Writer};

/// Writes frames into a lane, and keeps those for which there is no room.
#[derive(Debug)]
pub(crate) struct LaneOutlet {
    writer: Writer,
    /// The place of the peer.
    slot: usize,
    /// Whole frames; of the first, some parts may have gone.
    waiting: VecDeque<Vec<u8>>,
    parts_gone: usize,
}

impl LaneOutlet {
    pub(super) fn new(writer: Writer, slot: usize) -> Self {
        Self {
            writer,
            slot,
            waiting: VecDeque::new(),
            parts_gone: 0,
        }
    }

    /// Whether a frame of so many bytes, or its first part, can go now. If not, the peer rings the node's bell when it can.
    #[inline]
    pub(crate) fn has_room(&mut self, bytes: usize) -> bool {
        self.waiting.is_empty()
            && (self.writer.has_room(bytes) || self.writer.has_room_or_is_told(bytes))
    }

    /// Takes a frame, given without its header, that can go whole and now; false where not, for whatever reason.
    #[inline]
    pub(crate) fn send_at_once(
        &mut self,
        type_id: u16,
        has_envelope: bool,
        payload: &[u8],
    ) -> bool {
        // An error shows itself again to those who send otherwise.
        self.waiting.is_empty()
            && matches!(
                self.writer.publish_at_once(type_id, has_envelope, payload),
                Ok(true)
            )
    }

    /// Takes a frame; true where all of it went into the lane. What does not fit is kept, so the caller looks for room before.
    #[inline]
    pub(crate) fn send(&mut self, frame: &[u8]) -> Result<bool, LaneError> {
        if self.waiting.is_empty() {
            self.parts_gone = 0;
            if self.writer.publish_parts(frame, &mut self.parts_gone)? {
                return Ok(true);
            }
        }
        self.waiting.push_back(frame.to_vec());
        self.flush()
    }

    /// Moves what waits; true once all of it is in the lane. If not, the peer rings when there is room.
    #[cold]
    pub(crate) fn flush(&mut self) -> Result<bool, LaneError> {
        while let Some(frame) = self.waiting.front() {
            if self.writer.publish_parts(frame, &mut self.parts_gone)? {
                self.waiting.pop_front();
                self.parts_gone = 0;
                continue;
            }
            // The largest part there is: more room than may be needed is no harm, as the peer reads on.
            if !self.writer.has_room_or_is_told(frame.len()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Frames that are not in the lane yet.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Frames that the peer has not taken.
    pub(crate) fn untaken(&self) -> u64 {
        self.writer.untaken_by(self.slot) + self.waiting.len() as u64
    }
}
