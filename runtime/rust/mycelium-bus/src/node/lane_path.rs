//! From the handshake to a pair of lanes, and the inward half of it.

use std::sync::Arc;

use mycelium::control::{LaneJoined, LaneOffer};
use mycelium::frame::Frame;

use super::core::NodeCore;
use super::fault::LinkFault;
use super::link::Link;
use super::traffic::Offered;
use crate::handshake::frame_of;
use crate::lanes::{Joining, LaneInlet};
use crate::transport::Stream;

/// Frames taken out of a lane in one turn, so that whoever drives comes to look at what it waits for.
const FRAMES_PER_TURN: usize = 256;

/// The lanes of a connection.
#[derive(Default)]
pub(crate) struct Lanes {
    joining: Option<Joining>,
    inlet: Option<LaneInlet>,
}

impl Lanes {
    /// Whether messages come through a lane.
    #[inline]
    pub(crate) fn are_joined(&self) -> bool {
        self.inlet.is_some()
    }

    /// Whether messages come through a lane, and none is there now.
    #[inline]
    pub(crate) fn are_quiet(&self) -> bool {
        self.inlet.as_ref().is_some_and(LaneInlet::is_quiet)
    }

    /// Makes this side's lane and offers it.
    pub(crate) fn begin(&mut self, core: &NodeCore, link: &Link) -> Result<(), LinkFault> {
        let Some(plan) = link.plan.lanes.clone() else {
            return Err(LinkFault::Other(
                "the topology has no place for lanes".to_owned(),
            ));
        };
        let (joining, offer) = Joining::begin(plan).map_err(LinkFault::Other)?;
        self.joining = Some(joining);
        link.say(core, &frame_of(&offer));
        Ok(())
    }

    /// Joins the peer's lane. Whether both sides have joined by now.
    pub(crate) fn offered(
        &mut self,
        core: &NodeCore,
        link: &Link,
        offer: &LaneOffer,
    ) -> Result<bool, LinkFault> {
        let bell = core.lane_bell();
        let (Some(joining), Some(bell)) = (&mut self.joining, bell) else {
            return Err(unexpected());
        };
        let (answer, descriptor) = joining.offered(offer, bell).map_err(LinkFault::Other)?;
        let frame = frame_of(&answer);
        if let Some(stream) = &mut link.outward().stream {
            stream.send_with(&frame, descriptor)?;
        }
        self.finish(link)
    }

    /// The peer has joined this side's lane. Whether both sides have by now.
    pub(crate) fn joined(
        &mut self,
        link: &Link,
        stream: &Stream,
        answer: &LaneJoined,
    ) -> Result<bool, LinkFault> {
        let Some(joining) = &mut self.joining else {
            return Err(unexpected());
        };
        let bell = stream.take_descriptor();
        joining.joined(answer, bell).map_err(LinkFault::Other)?;
        self.finish(link)
    }

    fn finish(&mut self, link: &Link) -> Result<bool, LinkFault> {
        let Some(joining) = self.joining.take_if(|joining| joining.is_done()) else {
            return Ok(false);
        };
        let (outlet, inlet) = joining.finish().map_err(LinkFault::Other)?;
        link.set_outward(|outward| outward.lane = Some(outlet));
        self.inlet = Some(inlet);
        Ok(true)
    }

    /// Offers frames until one is refused, or there are no more, or enough for one turn; whether there are none.
    #[inline]
    pub(crate) fn receive(
        &mut self,
        mut offer: impl FnMut(&Frame<'_>, usize) -> Result<Offered, LinkFault>,
    ) -> Result<bool, LinkFault> {
        let Some(inlet) = &mut self.inlet else {
            return Ok(true);
        };
        for _ in 0..FRAMES_PER_TURN {
            let Some((frame, size)) = inlet.first()? else {
                return Ok(true);
            };
            let offered = offer(&frame, size)?;
            if offered == Offered::Refused {
                return Ok(false);
            }
            inlet.pass();
            if offered == Offered::TakenLast {
                return Ok(false);
            }
        }
        Ok(false)
    }

    /// Gives the next frame to `take` where it has come whole and has no envelope, and is done with it where that has taken it;
    /// whether it has.
    #[inline]
    pub(crate) fn pass_plain(&mut self, take: impl FnOnce(u16, &[u8]) -> bool) -> bool {
        let Some(inlet) = &mut self.inlet else {
            return false;
        };
        let is_taken = matches!(inlet.first_plain(), Some((type_id, body)) if take(type_id, body));
        if is_taken {
            inlet.pass();
        }
        is_taken
    }

    /// Has the peer ring from now on; false where something has come already.
    pub(crate) fn begin_sleep(&mut self) -> Result<bool, LinkFault> {
        match &mut self.inlet {
            Some(inlet) => Ok(inlet.begin_sleep()?),
            None => Ok(true),
        }
    }

    /// The opposite, after waking.
    pub(crate) fn end_sleep(&mut self) -> Result<(), LinkFault> {
        match &mut self.inlet {
            Some(inlet) => Ok(inlet.end_sleep()?),
            None => Ok(()),
        }
    }

    /// Counts what nobody will be given any more.
    pub(crate) fn abandon(self, link: &Arc<Link>) {
        if let Some(inlet) = self.inlet {
            let left = inlet.abandon();
            super::counters::LinkCounters::add(&link.counters().missed, left);
        }
    }
}

fn unexpected() -> LinkFault {
    LinkFault::Other("the peer speaks of a lane where there is to be none".to_owned())
}
