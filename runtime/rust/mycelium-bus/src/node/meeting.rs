//! How connections come about: listening, dialling, and giving up in time.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Interest, Token};
use mycelium_lane::EventBell;

use super::connection::Connection;
use super::core::NodeCore;
use super::driver::{Driver, BELL_TOKEN};
use super::fault::LinkFault;
use super::link::Link;
use super::status::LinkState;
use crate::topology::RouteKind;
use crate::transport::{Backoff, Dialler, Listener};

/// Connections that are taken in at a listener before others have their turn.
const ACCEPTED_PER_TURN: usize = 64;

/// How long taking in pauses when the system has no descriptors or memory.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How often peers that order by time are told how far this node is.
const BEAT: Duration = Duration::from_millis(20);

/// A link that this side dials.
pub(crate) struct Dial {
    link: Arc<Link>,
    dialler: Dialler,
    backoff: Backoff,
    /// When to dial; None while there is a connection.
    due: Option<Instant>,
    /// The name of the peer's host is being looked up.
    is_looking_up: bool,
}

impl Dial {
    pub(crate) fn new(link: Arc<Link>, dialler: Dialler) -> Self {
        Self {
            link,
            dialler,
            backoff: Backoff::new(),
            due: Some(Instant::now()),
            is_looking_up: false,
        }
    }

    /// Dials again after a while.
    fn postpone(&mut self) {
        self.due = Instant::now().checked_add(self.backoff.next_wait());
    }
}

/// Where others connect, and whom this node connects to.
pub(crate) struct Meeting {
    pub(super) listeners: Vec<Listener>,
    /// Listeners at which more may wait than were taken in, and when to look.
    crowded: BTreeMap<usize, Instant>,
    dials: Vec<Dial>,
    /// When peers that order by time are told how far this node is.
    next_beat: Instant,
}

impl Meeting {
    pub(crate) fn new(listeners: Vec<Listener>, dials: Vec<Dial>) -> Self {
        Self {
            listeners,
            crowded: BTreeMap::new(),
            dials,
            next_beat: Instant::now(),
        }
    }

    /// A connection has ended.
    pub(super) fn lost(&mut self, link: &Arc<Link>) {
        if let Some(dial) = self.dial_of(link) {
            dial.postpone();
        }
    }

    /// A connection holds.
    pub(super) fn held(&mut self, link: &Arc<Link>) {
        if let Some(dial) = self.dial_of(link) {
            dial.backoff.reset();
        }
    }

    fn dial_of(&mut self, link: &Arc<Link>) -> Option<&mut Dial> {
        let mut dials = self.dials.iter_mut();
        dials.find(|dial| Arc::ptr_eq(&dial.link, link))
    }

    /// Ends it all.
    pub(super) fn close(&mut self) {
        self.listeners.clear();
        self.dials.clear();
    }
}

impl Driver {
    /// Dials what is due, ends what took too long, and tells when to come back.
    pub(super) fn meeting_turn(&mut self, core: &NodeCore) -> Option<Instant> {
        if core.is_closed() {
            return None;
        }
        let mut made = Vec::new();
        for dial in &mut self.meeting.dials {
            let is_due = dial.due.is_some_and(|due| due <= Instant::now());
            if !is_due && !dial.is_looking_up {
                continue;
            }
            dial.due = None;
            match dial.dialler.dial() {
                Ok(None) => dial.is_looking_up = true,
                Ok(Some(stream)) => {
                    dial.is_looking_up = false;
                    made.push(Connection::dialled(core, stream, Arc::clone(&dial.link)));
                }
                Err(error) => {
                    dial.is_looking_up = false;
                    dial.postpone();
                    let last_error = format!("{}: {error}", dial.dialler.address());
                    dial.link.set_state(LinkState::Connecting {
                        last_error: Some(last_error),
                    });
                }
            }
        }
        for connection in made {
            self.add(core, connection);
        }
        self.end_what_is_late(core);
        self.accept_again(core);
        let beat = self.beat(core);
        let deadlines = self.connections.iter().flatten();
        let deadlines = deadlines.filter_map(|connection| connection.deadline);
        let dials = self.meeting.dials.iter().filter_map(|dial| dial.due);
        let crowded = self.meeting.crowded.values().copied();
        deadlines.chain(dials).chain(crowded).chain(beat).min()
    }

    /// Tells peers that order by time how far this node is; when to do so again, if there are any.
    fn beat(&mut self, core: &NodeCore) -> Option<Instant> {
        let mut told = core.links().iter().filter(|link| link.is_told_time());
        let first = told.next()?;
        let now = Instant::now();
        if self.meeting.next_beat <= now {
            self.meeting.next_beat = now + BEAT;
            first.beat(core);
            told.for_each(|link| link.beat(core));
        }
        Some(self.meeting.next_beat)
    }

    fn end_what_is_late(&mut self, core: &NodeCore) {
        let now = Instant::now();
        for index in 0..self.connections.len() {
            let connection = self.connections.get(index).and_then(Option::as_ref);
            let deadline = connection.and_then(|connection| connection.deadline);
            if deadline.is_some_and(|deadline| deadline <= now) {
                self.disconnect(core, index, &LinkFault::TimedOut("the handshake"));
            }
        }
    }

    /// Takes in those who connect at a listener; when there are many, some of them, and the others later.
    pub(super) fn accept(&mut self, core: &NodeCore, listener: usize) {
        self.meeting.crowded.remove(&listener);
        for _ in 0..ACCEPTED_PER_TURN {
            let accepted = match self.meeting.listeners.get(listener) {
                Some(listener) => {
                    listener.accept(|error| turned_away(core, listener.kind(), error))
                }
                None => return,
            };
            match accepted {
                Ok(Some(stream)) => self.add(core, Connection::accepted(core, stream)),
                Ok(None) => return,
                // Out of descriptors or memory. No event tells when there are some.
                Err(_) => {
                    let due = Instant::now() + ACCEPT_PAUSE;
                    self.meeting.crowded.insert(listener, due);
                    return;
                }
            }
        }
        self.meeting.crowded.insert(listener, Instant::now());
    }

    fn accept_again(&mut self, core: &NodeCore) {
        let now = Instant::now();
        let crowded = self.meeting.crowded.iter();
        let due: Vec<_> = crowded.filter(|(_, due)| **due <= now).collect();
        let due: Vec<usize> = due.into_iter().map(|(listener, _)| *listener).collect();
        for listener in due {
            self.accept(core, listener);
        }
    }

    /// Has the poll tell when somebody connects, or rings the bell of this node's lanes.
    pub(crate) fn listen(&mut self, bell: Option<&EventBell>) -> io::Result<()> {
        let registry = self.registry()?;
        if let Some(bell) = bell {
            let descriptor = bell.as_fd().as_raw_fd();
            let token = Token(BELL_TOKEN);
            registry.register(&mut SourceFd(&descriptor), token, Interest::READABLE)?;
        }
        for (index, listener) in self.meeting.listeners.iter().enumerate() {
            listener.register(&registry, Token(index))?;
        }
        Ok(())
    }
}

/// Notes that somebody was turned away who may have come for any of the links of that kind.
fn turned_away(core: &NodeCore, kind: RouteKind, error: &io::Error) {
    let links = core.links().iter().filter(|link| link.plan.kind == kind);
    for link in links.filter(|link| !link.plan.is_dialled) {
        link.turned_away(&error.to_string());
    }
}
