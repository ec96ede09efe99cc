//! One connection: from its first byte to its end.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use mio::{Registry, Token};
use mycelium::control::MAXIMUM_LENGTH;
use mycelium::frame::DEFAULT_LENGTH_MAX;
use mycelium::Timestamp;

use super::core::NodeCore;
use super::counters::LinkCounters;
use super::driver::Direct;
use super::fault::LinkFault;
use super::lane_path::Lanes;
use super::link::Link;
use super::status::LinkState;
use super::strangers::{meet, Met};
use super::stream_path::{StreamInlet, StreamOutlet};
use super::traffic::{Offered, Traffic};
use crate::transport::Stream;

/// Ids below are those of control messages, which never leave the link.
pub(crate) const FIRST_APPLICATION_TYPE: u16 = 1000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Dialled; the system has not said yet that it is connected.
    Dialling,
    /// Accepted; it has not said whom it is for.
    Stranger,
    /// Both sides are telling each other what they send and want.
    Handshaking,
    Established,
}

pub(crate) struct Connection {
    pub(super) link: Option<Arc<Link>>,
    stream: Arc<Stream>,
    /// Bytes can flow.
    is_open: bool,
    pub(super) lanes: Lanes,
    /// What the peer has promised to have sent, all before this time, once the lane is empty.
    promised: Option<Timestamp>,
    /// Why it ends once what is in the lane has been taken.
    ending: Option<LinkFault>,
    /// Nothing comes by the stream any more, and so nothing into the lane.
    is_hung_up: bool,
    pub(super) inlet: StreamInlet,
    pub(super) phase: Phase,
    /// When it has to be established.
    pub(super) deadline: Option<Instant>,
    /// The first frame waits for room at its receivers.
    pub(super) is_stalled: bool,
    traffic: Traffic,
}

impl Connection {
    fn new(core: &NodeCore, stream: Stream, link: Option<Arc<Link>>, phase: Phase) -> Self {
        let stream = Arc::new(stream);
        Self {
            link,
            inlet: StreamInlet::new(MAXIMUM_LENGTH),
            stream,
            is_open: false,
            lanes: Lanes::default(),
            promised: None,
            ending: None,
            is_hung_up: false,
            phase,
            deadline: core.handshake_deadline(),
            is_stalled: false,
            traffic: Traffic::default(),
        }
    }

    /// One that is being made to the peer of a link.
    pub(crate) fn dialled(core: &NodeCore, stream: Stream, link: Arc<Link>) -> Self {
        Self::new(core, stream, Some(link), Phase::Dialling)
    }

    /// One that a peer made.
    pub(crate) fn accepted(core: &NodeCore, stream: Stream) -> Self {
        Self::new(core, stream, None, Phase::Stranger)
    }

    /// One that another core of this process made or accepted, and of which it read this much.
    pub(super) fn arrived(core: &NodeCore, stream: Stream, read: &[u8]) -> Self {
        let mut connection = Self::accepted(core, stream);
        connection.inlet.begin_with(read);
        connection
    }

    /// What another core needs to go on with it.
    pub(super) fn into_parts(self) -> (Arc<Stream>, Vec<u8>) {
        let read = self.inlet.read().to_vec();
        (self.stream, read)
    }

    pub(super) fn register(&self, registry: &Registry, token: Token) -> io::Result<()> {
        self.stream.register(registry, token)
    }

    pub(super) fn deregister(&self, registry: &Registry) {
        // What is not registered need not be taken out; what is closed is taken out by the system.
        let _ = self.stream.deregister(registry);
    }

    /// Has the peer's lane ring; false where there is something to do that no event will tell of.
    pub(super) fn begin_sleep(&mut self) -> bool {
        // An error shows itself again when the lane is read.
        !self.has_more() && (self.is_stalled || self.lanes.begin_sleep().unwrap_or(false))
    }

    /// The opposite, after waking.
    pub(super) fn end_sleep(&mut self) {
        // As above.
        let _ = self.lanes.end_sleep();
    }

    fn has_more(&self) -> bool {
        let is_held = self.is_stalled && !self.lanes.are_joined();
        self.is_open
            && !is_held
            && !self.is_hung_up
            && (self.inlet.is_readable || self.inlet.has_frames_left)
    }

    /// Something happened to the stream: goes on connecting, and moves what waits where it `is_writable`.
    pub(super) fn advance(&mut self, core: &NodeCore, is_writable: bool) -> Result<(), LinkFault> {
        if !self.is_open {
            if !self.stream.advance()? {
                return Ok(());
            }
            self.is_open = true;
            // What came with the last bytes of connecting is told by no event.
            self.inlet.is_readable = true;
            if let (Phase::Dialling, Some(link)) = (self.phase, self.link.clone()) {
                self.greet(core, link);
            }
        }
        let flushed = match &self.link {
            Some(link) if is_writable => link.flush(),
            _ => Ok(()),
        };
        match flushed {
            // Whoever takes nothing any more may have sent something before: the reader comes upon the end after that.
            Err(LinkFault::System(_)) => {
                self.inlet.has_end = true;
                self.inlet.is_readable = true;
                Ok(())
            }
            other => other,
        }
    }

    /// Says hello.
    pub(super) fn greet(&mut self, core: &NodeCore, link: Arc<Link>) {
        let hello = link.begin(core);
        let outlet = StreamOutlet::new(Arc::clone(&self.stream), link.plan.capacity);
        link.set_outward(|outward| {
            outward.stream = Some(outlet);
            outward.needs_lane = link.plan.lanes.is_some();
        });
        link.set_state(LinkState::Handshaking);
        link.say(core, &hello);
        self.phase = Phase::Handshaking;
        self.link = Some(link);
    }

    /// Whether there is nothing to take in now, as far as memory tells without a look at the stream.
    #[inline]
    pub(super) fn is_quiet(&self) -> bool {
        let has_news = self.inlet.is_readable || self.inlet.has_frames_left;
        self.lanes.are_quiet() && !has_news && self.promised.is_none() && self.ending.is_none()
    }

    /// Takes in what has come.
    #[inline]
    pub(super) fn receive(
        &mut self,
        core: &NodeCore,
        direct: &mut Option<Direct<'_>>,
    ) -> Result<Option<Met>, LinkFault> {
        if !self.is_open {
            return Ok(None);
        }
        if self.lanes.are_joined() {
            return self.receive_beside_stream(core, direct).map(|()| None);
        }
        if self.is_stalled {
            return Ok(None);
        }
        self.receive_by_stream(core, direct)
    }

    /// Takes in what has come by the lane, and what the peer says beside it. What the peer sent before it went is still taken:
    /// until it closes the lane, after a goodbye, or has hung up without.
    #[inline]
    fn receive_beside_stream(
        &mut self,
        core: &NodeCore,
        direct: &mut Option<Direct<'_>>,
    ) -> Result<(), LinkFault> {
        let received = self.receive_by_lane(core, direct);
        let is_closed = matches!(received, Err(LinkFault::Closed));
        let is_readable = self.inlet.is_readable || self.inlet.has_frames_left || is_closed;
        if is_readable && !self.is_hung_up {
            // Whoever closes its lane has said why.
            self.inlet.is_readable |= is_closed;
            match self.receive_by_stream(core, direct) {
                Ok(_) => {}
                Err(fault @ LinkFault::Goodbye(_)) => self.ending = Some(fault),
                Err(fault) => {
                    self.ending.get_or_insert(fault);
                    self.is_hung_up = true;
                    if !is_closed {
                        received?;
                        return self.receive_by_lane(core, direct);
                    }
                }
            }
        }
        if is_closed {
            return Err(self.ending.take().unwrap_or(LinkFault::Closed));
        }
        received?;
        match self.promised {
            // What was sent before the promise is in the lane by now.
            Some(_) => self.receive_by_lane(core, direct),
            None => Ok(()),
        }
    }

    fn receive_by_lane(
        &mut self,
        core: &NodeCore,
        direct: &mut Option<Direct<'_>>,
    ) -> Result<(), LinkFault> {
        let (Some(link), false) = (&self.link, self.is_stalled) else {
            return Ok(());
        };
        let (traffic, is_stalled) = (&mut self.traffic, &mut self.is_stalled);
        if let Some(direct) = direct.as_mut().filter(|direct| !direct.has_taken) {
            let take = |type_id, body: &[u8]| traffic.take_plain(core, link, type_id, body, direct);
            if self.lanes.pass_plain(take) {
                return Ok(());
            }
        }
        let is_empty = self.lanes.receive(|frame, size| {
            let offered = traffic.offer(core, link, frame, size, direct)?;
            *is_stalled = offered == Offered::Refused;
            Ok(offered)
        })?;
        if let Some(time) = self.promised.take_if(|_| is_empty) {
            core.promised(link, time);
        }
        match self.ending.take_if(|_| is_empty && self.is_hung_up) {
            Some(ending) => Err(ending),
            None => Ok(()),
        }
    }

    fn receive_by_stream(
        &mut self,
        core: &NodeCore,
        direct: &mut Option<Direct<'_>>,
    ) -> Result<Option<Met>, LinkFault> {
        let Self {
            link,
            stream,
            inlet,
            lanes,
            phase,
            deadline,
            is_stalled,
            traffic,
            promised,
            ..
        } = self;
        let mut met = None;
        inlet.receive(stream, |frame, size| {
            let Some(link) = link.as_ref() else {
                met = Some(meet(core, stream, frame)?);
                // Its hello is taken in as one who is known, or by the guest it is for.
                return Ok(Offered::Refused);
            };
            if frame.type_id >= FIRST_APPLICATION_TYPE {
                if *phase != Phase::Established || lanes.are_joined() {
                    let words = "a message came where none was due";
                    return Err(LinkFault::Other(words.to_owned()));
                }
                let offered = traffic.offer(core, link, frame, size, direct)?;
                *is_stalled = offered == Offered::Refused;
                return Ok(offered);
            }
            let heard = link.hear(core, frame)?;
            if let Some(watermark) = heard.watermark {
                match lanes.are_joined() {
                    true => *promised = Some(watermark),
                    false => core.promised(link, watermark),
                }
            }
            let mut is_established = heard.is_agreed;
            if heard.is_agreed && link.plan.lanes.is_some() {
                lanes.begin(core, link)?;
                is_established = false;
            }
            if let Some(offer) = heard.offer {
                is_established = lanes.offered(core, link, &offer)?;
            }
            if let Some(joined) = heard.joined {
                is_established = lanes.joined(link, stream, &joined)?;
            }
            if !is_established {
                return Ok(Offered::Taken);
            }
            *phase = Phase::Established;
            *deadline = None;
            link.begin_to_send(core);
            met = Some(Met::Friend(Arc::clone(link)));
            // Larger frames may follow.
            Ok(Offered::TakenLast)
        })?;
        if let Some(Met::Friend(_)) = met {
            self.inlet.set_length_max(DEFAULT_LENGTH_MAX);
        }
        Ok(met)
    }

    /// Says that nothing more will come.
    pub(super) fn finish(&self) {
        self.stream.end();
    }

    /// Ends it; gives the link that has lost it.
    pub(super) fn end(self, core: &NodeCore, fault: &LinkFault) -> Option<Arc<Link>> {
        let is_established = self.phase == Phase::Established;
        let farewell = fault.farewell(is_established);
        let Some(link) = self.link else {
            if let Some(farewell) = farewell.filter(|_| self.is_open) {
                // A peer that reads nothing does not learn why.
                let _ = self.stream.write(&[io::IoSlice::new(&farewell)]);
            }
            return None;
        };
        if let LinkFault::Malformed(_) = fault {
            LinkCounters::add(&link.counters().undecodable, 1);
        }
        if let Some(farewell) = farewell {
            link.say(core, &farewell);
        }
        self.lanes.abandon(&link);
        let cut_off = {
            let outward = link.outward();
            let stream = outward.stream.as_ref();
            stream.and_then(|stream| stream.cut_off().map(str::to_owned))
        };
        link.end(core);
        core.service_at(link.plan.service)
            .each_receiver(|receiver| receiver.leave(&link.plan.to));
        link.set_state(LinkState::Connecting {
            last_error: Some(cut_off.unwrap_or_else(|| fault.to_string())),
        });
        core.links_changed().ring();
        core.requests().disconnected(link.id(), &link.plan.to);
        Some(link)
    }
}
