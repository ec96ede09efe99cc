//! From the end of the handshake until both sides read each other's lane.

use std::os::fd::{AsFd, OwnedFd};

use mycelium::control::{LaneJoined, LaneOffer};
use mycelium_lane::{EventBell, Policy, Reader, ReaderOptions, Wait, Writer};

use super::inlet::LaneInlet;
use super::outlet::LaneOutlet;
use super::plan::LanePlan;

/// The lanes of a connection while they are being joined. What goes wrong is told in a sentence; the connection is of no use
/// then.
#[derive(Debug)]
pub(crate) struct Joining {
    plan: LanePlan,
    writer: Writer,
    reader: Option<Reader>,
    /// The peer's bell and its place in the lane that this side writes.
    joined: Option<(EventBell, usize)>,
}

impl Joining {
    /// Makes this side's lane; gives the offer to be sent.
    pub(crate) fn begin(plan: LanePlan) -> Result<(Self, LaneOffer), String> {
        let (writer, path) = plan.make_own()?;
        let offer = LaneOffer {
            lane_uid: writer.lane_uid(),
            path,
        };
        let joining = Self {
            plan,
            writer,
            reader: None,
            joined: None,
        };
        Ok((joining, offer))
    }

    /// Joins the peer's lane, which is to ring `bell`; gives the answer to be sent, and the descriptor that goes with it.
    pub(crate) fn offered(
        &mut self,
        offer: &LaneOffer,
        bell: &EventBell,
    ) -> Result<(LaneJoined, OwnedFd), String> {
        if self.reader.is_some() {
            return Err("the peer offers a second lane".to_owned());
        }
        let options = ReaderOptions {
            policy: Policy::Reliable,
            wait: Wait::Spin,
            ..ReaderOptions::default()
        };
        let refused = |error: &dyn std::fmt::Display| format!("joining a lane: {error}");
        let mut reader = self.plan.join_peer(&offer.path, &options)?;
        if reader.lane_uid() != offer.lane_uid {
            let path = &offer.path;
            return Err(format!("{path} is not the lane that the peer offers"));
        }
        let slot = u32::try_from(reader.slot()).map_err(|error| refused(&error))?;
        let own = bell.try_clone().map_err(|error| refused(&error))?;
        let passed = bell.as_fd().try_clone_to_owned();
        let passed = passed.map_err(|error| refused(&error))?;
        reader.set_bell(own);
        self.reader = Some(reader);
        let answer = LaneJoined {
            lane_uid: offer.lane_uid,
            slot,
        };
        Ok((answer, passed))
    }

    /// The peer has joined this side's lane, and passed its bell.
    pub(crate) fn joined(
        &mut self,
        answer: &LaneJoined,
        bell: Option<OwnedFd>,
    ) -> Result<(), String> {
        let Some(bell) = bell else {
            return Err("the peer joined a lane and passed no bell".to_owned());
        };
        // There is one place for a reader in a lane of a link.
        if answer.lane_uid != self.writer.lane_uid() || answer.slot != 0 || self.joined.is_some() {
            return Err("the peer joined a lane that it was not offered".to_owned());
        }
        self.joined = Some((EventBell::from_descriptor(bell), 0));
        Ok(())
    }

    /// Whether both sides have joined.
    pub(crate) fn is_done(&self) -> bool {
        self.reader.is_some() && self.joined.is_some()
    }

    /// Both halves, once it is [done](Self::is_done).
    pub(crate) fn finish(self) -> Result<(LaneOutlet, LaneInlet), String> {
        let (mut writer, Some(mut reader), Some((bell, slot))) =
            (self.writer, self.reader, self.joined)
        else {
            return Err("the lanes are not joined yet".to_owned());
        };
        let for_room = bell.try_clone();
        let for_room = for_room.map_err(|error| format!("joining a lane: {error}"))?;
        writer.set_bell(slot, Some(bell));
        reader.set_room_bell(for_room);
        Ok((
            LaneOutlet::new(writer, slot),
            LaneInlet::new(reader, self.plan),
        ))
    }
}
