//! The node's input and output: what the thread in the [seat](super::seat) does.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::{Events, Poll, Token};

use super::connection::{Connection, Phase};
use super::core::NodeCore;
use super::fault::LinkFault;
use super::hand_over::Slept;
use super::link::Link;
use super::meeting::Meeting;
use super::nudge::Nudge;
use super::receiver::FrameReceiver;
use super::strangers::Met;
use crate::raw::InboundFrame;
use crate::transport::Stream;

/// Up to so many connections are read without asking the poll first.
const CONNECTIONS_READ_DIRECTLY: usize = 4;

/// Turns between two looks at everything, where a turn asks the system at least once, and where it only looks into memory.
const TURNS_PER_FULL_LOOK: u32 = 256;
const TURNS_PER_FULL_LOOK_INTO_LANES: u32 = 2048;

/// The waker's place in the poll, and the bell's; before them those of listeners, and after them those of connections.
pub(super) const NUDGE_TOKEN: usize = 1024;
pub(super) const BELL_TOKEN: usize = NUDGE_TOKEN + 1;
pub(super) const FIRST_CONNECTION_TOKEN: usize = BELL_TOKEN + 1;

/// Connections that have not said whom they are for, at most; one more ends the oldest.
const STRANGERS_MAX: usize = 256;

/// Where the driving thread takes frames in place that it would otherwise have to queue for itself.
pub(crate) struct Direct<'a> {
    /// Whose frames: the identity of a receiver's queue.
    pub(crate) identity: usize,
    /// Takes one, or says that it cannot now.
    pub(crate) take: &'a mut dyn FnMut(u32, &InboundFrame<'_>) -> bool,
    /// It has taken one, which was what its owner waited for.
    pub(crate) has_taken: bool,
}

impl<'a> Direct<'a> {
    pub(crate) fn new(
        identity: usize,
        take: &'a mut dyn FnMut(u32, &InboundFrame<'_>) -> bool,
    ) -> Self {
        Self {
            identity,
            take,
            has_taken: false,
        }
    }
}

impl Direct<'_> {
    /// Offers a frame that is for this receiver; whether it was taken.
    #[inline]
    pub(super) fn offer(
        &mut self,
        receiver: &Arc<dyn FrameReceiver>,
        frame: &InboundFrame<'_>,
    ) -> bool {
        let Some((identity, key)) = receiver.direct() else {
            return false;
        };
        self.has_taken = identity == self.identity && (self.take)(key, frame);
        self.has_taken
    }
}

pub(crate) struct Driver {
    poll: Poll,
    events: Events,
    nudge: Arc<Nudge>,
    pub(super) connections: Vec<Option<Box<Connection>>>,
    /// Places in `connections` that hold one.
    present: Vec<usize>,
    pub(super) meeting: Meeting,
    turns: u32,
    /// Connections that bring messages by their streams.
    streams: usize,
}

impl Driver {
    pub(crate) fn new(poll: Poll, nudge: Arc<Nudge>, meeting: Meeting) -> Self {
        Self {
            poll,
            events: Events::with_capacity(256),
            nudge,
            connections: Vec::new(),
            present: Vec::new(),
            meeting,
            turns: 0,
            streams: 0,
        }
    }

    /// Does what can be done without waiting. Reads sockets on suspicion where the caller spins.
    pub(crate) fn turn(
        &mut self,
        core: &NodeCore,
        direct: &mut Option<Direct<'_>>,
        on_suspicion: bool,
    ) {
        self.turns = self.turns.wrapping_add(1);
        if self.nudge.take() {
            for connection in self.connections.iter_mut().flatten() {
                connection.is_stalled = false;
            }
            self.take_arrivals(core);
        }
        let are_few = self.streams <= CONNECTIONS_READ_DIRECTLY;
        let is_full_look = match self.streams {
            0 => self.turns.is_multiple_of(TURNS_PER_FULL_LOOK_INTO_LANES),
            _ => self.turns.is_multiple_of(TURNS_PER_FULL_LOOK),
        };
        if is_full_look || (on_suspicion && !are_few) {
            self.poll_events(core);
            self.meeting_turn(core);
        }
        for place in 0..self.present.len() {
            let Some(&index) = self.present.get(place) else {
                break;
            };
            self.receive(core, index, direct, on_suspicion && are_few);
            if direct.as_ref().is_some_and(|direct| direct.has_taken) {
                return;
            }
        }
    }

    /// Sleeps until something happens, at most for the pause.
    pub(crate) fn sleep(&mut self, core: &NodeCore, pause: Option<Duration>) -> Slept {
        let due = self.meeting_turn(core);
        let due = due.map(|due| due.saturating_duration_since(Instant::now()));
        let pause = match (pause, due) {
            (Some(pause), Some(due)) => Some(pause.min(due)),
            (pause, due) => pause.or(due),
        };
        let mut connections = self.connections.iter_mut().flatten();
        let is_quiet = connections.all(|connection| connection.begin_sleep());
        let may_sleep = is_quiet && self.nudge.fall_asleep();
        // Rounded up by the poll to milliseconds: a wait that is too short would become a busy loop.
        let pause = match may_sleep {
            true => pause,
            false => Some(Duration::ZERO),
        };
        let polled = self.poll.poll(&mut self.events, pause);
        self.nudge.wake_up();
        for connection in self.connections.iter_mut().flatten() {
            connection.end_sleep();
        }
        match polled {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Slept::UntilSignal,
            Err(_) => Slept::Through,
            Ok(()) => {
                self.take_events(core);
                Slept::Through
            }
        }
    }

    /// Takes in what has happened, without waiting. (A signal is no event: whoever waits comes back.)
    fn poll_events(&mut self, core: &NodeCore) {
        let polled = self.poll.poll(&mut self.events, Some(Duration::ZERO));
        if polled.is_ok() {
            self.take_events(core);
        }
    }

    fn take_events(&mut self, core: &NodeCore) {
        if self.events.is_empty() {
            return;
        }
        let events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        for event in &events {
            let Token(token) = event.token();
            if let Some(index) = token.checked_sub(FIRST_CONNECTION_TOKEN) {
                self.connection_event(core, index, event);
            } else if token == BELL_TOKEN {
                self.lanes_ring(core);
            } else if token != NUDGE_TOKEN {
                self.accept(core, token);
            }
        }
        self.events = events;
    }

    /// A peer has written into a lane, or made room in one.
    fn lanes_ring(&mut self, core: &NodeCore) {
        for index in 0..self.connections.len() {
            let connection = self.connections.get(index).and_then(Option::as_ref);
            let Some(connection) = connection.filter(|each| each.lanes.are_joined()) else {
                continue;
            };
            let flushed = connection.link.as_ref().map(|link| link.flush());
            if let Some(Err(fault)) = flushed {
                self.disconnect(core, index, &fault);
            }
        }
    }

    fn connection_event(&mut self, core: &NodeCore, index: usize, event: &Event) {
        let Some(Some(connection)) = self.connections.get_mut(index) else {
            return;
        };
        if event.is_readable() || event.is_read_closed() || event.is_error() {
            connection.inlet.is_readable = true;
        }
        connection.inlet.has_end |= event.is_read_closed() || event.is_error();
        if let Err(fault) = connection.advance(core, event.is_writable() || event.is_error()) {
            self.disconnect(core, index, &fault);
        }
    }

    fn receive(
        &mut self,
        core: &NodeCore,
        index: usize,
        direct: &mut Option<Direct<'_>>,
        on_suspicion: bool,
    ) {
        let Some(Some(connection)) = self.connections.get_mut(index) else {
            return;
        };
        if connection.is_quiet() {
            return;
        }
        if on_suspicion && !connection.lanes.are_joined() {
            connection.inlet.is_readable = true;
        }
        match connection.receive(core, direct) {
            Ok(None) => {}
            Ok(Some(Met::Stranger(link))) => {
                self.replace(core, index, &link);
                self.receive(core, index, direct, false);
            }
            Ok(Some(Met::Guest(service))) => self.hand_over(core, index, &service),
            Ok(Some(Met::Friend(link))) => {
                self.meeting.held(&link);
                self.count_streams();
            }
            Err(fault) => self.disconnect(core, index, &fault),
        }
    }

    /// Ends the other connection of that link, if there is one, and begins to talk over this one.
    fn replace(&mut self, core: &NodeCore, index: usize, link: &Arc<Link>) {
        let other = self.connections.iter().position(|other| {
            let other = other.as_ref().and_then(|other| other.link.as_ref());
            other.is_some_and(|other| Arc::ptr_eq(other, link))
        });
        if let Some(other) = other.filter(|other| *other != index) {
            self.disconnect(core, other, &LinkFault::Replaced);
        }
        if let Some(Some(connection)) = self.connections.get_mut(index) {
            connection.greet(core, Arc::clone(link));
        }
    }

    /// Takes a connection into the poll.
    pub(super) fn add(&mut self, core: &NodeCore, connection: Connection) {
        if connection.phase == Phase::Stranger {
            self.make_room_for_stranger(core);
        }
        let index = match self.connections.iter().position(Option::is_none) {
            Some(free) => free,
            None => {
                self.connections.push(None);
                self.connections.len() - 1
            }
        };
        let registered =
            connection.register(self.poll.registry(), Token(FIRST_CONNECTION_TOKEN + index));
        if let Some(place) = self.connections.get_mut(index) {
            *place = Some(Box::new(connection));
        }
        self.present.push(index);
        self.count_streams();
        if let Err(error) = registered {
            self.disconnect(core, index, &LinkFault::System(error));
        }
    }

    fn count_streams(&mut self) {
        let connections = self.connections.iter().flatten();
        self.streams = connections.filter(|each| !each.lanes.are_joined()).count();
    }

    /// Ends the oldest of too many.
    fn make_room_for_stranger(&mut self, core: &NodeCore) {
        let strangers = self.connections.iter().enumerate();
        let strangers = strangers.filter_map(|(index, each)| {
            let each = each.as_ref()?;
            (each.phase == Phase::Stranger).then_some((each.deadline, index))
        });
        let strangers: Vec<_> = strangers.collect();
        if strangers.len() < STRANGERS_MAX {
            return;
        }
        if let Some((_, oldest)) = strangers.into_iter().min() {
            self.disconnect(core, oldest, &LinkFault::TimedOut("the hello"));
        }
    }

    /// Ends a connection; its link is dialled again where this side dials.
    pub(super) fn disconnect(&mut self, core: &NodeCore, index: usize, fault: &LinkFault) {
        let Some(connection) = self.take_out(index) else {
            return;
        };
        if let Some(link) = connection.end(core, fault) {
            self.meeting.lost(&link);
        }
    }

    /// Lets a connection go on elsewhere: what carries it, and what was read of it.
    pub(super) fn release(&mut self, index: usize) -> Option<(Arc<Stream>, Vec<u8>)> {
        self.take_out(index)
            .map(|connection| connection.into_parts())
    }

    fn take_out(&mut self, index: usize) -> Option<Box<Connection>> {
        let connection = self.connections.get_mut(index).and_then(Option::take)?;
        self.present.retain(|present| *present != index);
        self.count_streams();
        connection.deregister(self.poll.registry());
        Some(connection)
    }

    /// Ends everything.
    pub(crate) fn close(&mut self, core: &NodeCore) {
        for index in 0..self.connections.len() {
            if let Some(Some(connection)) = self.connections.get(index) {
                connection.finish();
            }
            self.disconnect(core, index, &LinkFault::Closing);
        }
        self.meeting.close();
    }

    pub(super) fn registry(&self) -> io::Result<mio::Registry> {
        self.poll.registry().try_clone()
    }
}
