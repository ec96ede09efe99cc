//! What a host knows of its guests.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::relay;
use super::{AcceptedConnection, Guest, GuestError};
use crate::topology::RouteKind;
use crate::transport::Stream;

/// A guest that has joined.
struct Attached {
    number: u64,
    services: Vec<String>,
    guest: Arc<dyn Guest>,
}

#[derive(Default)]
struct Joined {
    guests: Vec<Attached>,
    next_number: u64,
    is_closed: bool,
}

/// The guests of a node. Locked while one is called, so that whoever has been detached is not.
pub(crate) struct Guests {
    node: String,
    services: Vec<String>,
    joined: Mutex<Joined>,
}

impl Guests {
    /// For a node that leaves these services to guests.
    pub(crate) fn new(node: &str, services: Vec<String>) -> Self {
        Self {
            node: node.to_owned(),
            services: without_repetition(services.iter()),
            joined: Mutex::default(),
        }
    }

    /// All services that guests run, sooner or later.
    pub(crate) fn services(&self) -> &[String] {
        &self.services
    }

    /// Whether a guest runs it, sooner or later.
    pub(crate) fn has(&self, service: &str) -> bool {
        self.services.iter().any(|each| each == service)
    }

    /// Takes a guest in, for these services or, where there are none, all that are left; gives its number and its services.
    pub(crate) fn attach(
        &self,
        services: &[String],
        guest: Arc<dyn Guest>,
    ) -> Result<(u64, Vec<String>), GuestError> {
        let node = || self.node.clone();
        let mut joined = self.lock();
        if joined.is_closed {
            return Err(GuestError::Closed { node: node() });
        }
        let is_taken = |service: &String| {
            let mut guests = joined.guests.iter();
            guests.any(|guest| guest.services.contains(service))
        };
        let services: Vec<String> = match services.is_empty() {
            true => {
                let free = self.services.iter().filter(|each| !is_taken(each));
                without_repetition(free)
            }
            false => without_repetition(services.iter()),
        };
        if services.is_empty() {
            return Err(GuestError::NoneLeft { node: node() });
        }
        for service in &services {
            if !self.has(service) {
                return Err(GuestError::NotForGuests {
                    service: service.clone(),
                    node: node(),
                    guest_services: self.services.clone(),
                });
            }
            if is_taken(service) {
                return Err(GuestError::Taken {
                    service: service.clone(),
                    node: node(),
                });
            }
        }
        joined.next_number += 1;
        let number = joined.next_number;
        joined.guests.push(Attached {
            number,
            services: services.clone(),
            guest,
        });
        Ok((number, services))
    }

    /// Lets a guest go; when this returns it is not called any more.
    pub(crate) fn detach(&self, number: u64) {
        self.lock().guests.retain(|each| each.number != number);
    }

    /// Whether somebody runs the service now.
    pub(crate) fn check(&self, service: &str) -> Result<(), GuestError> {
        let joined = self.lock();
        if joined.is_closed {
            let node = self.node.clone();
            return Err(GuestError::Closed { node });
        }
        find(&joined, service)
            .map(drop)
            .ok_or_else(|| self.not_joined(service))
    }

    /// Gives the guest that runs the service an end of a new connection.
    pub(crate) fn give(&self, service: &str, descriptor: OwnedFd) -> Result<(), GuestError> {
        let joined = self.lock();
        let Some(guest) = find(&joined, service) else {
            return Err(self.not_joined(service));
        };
        guest.adopt(AcceptedConnection {
            descriptor,
            kind: RouteKind::Ffi,
            read: Vec::new(),
        });
        Ok(())
    }

    /// Gives the guest that runs the service a connection that was accepted for it. Where there is no such guest any more, or
    /// the system refuses, the connection ends, and the peer makes another.
    pub(crate) fn hand_over(&self, service: &str, stream: &Arc<Stream>, read: Vec<u8>) {
        let joined = self.lock();
        let Some(guest) = find(&joined, service) else {
            return;
        };
        let descriptor = match stream.handed_over() {
            Ok(Some(descriptor)) => descriptor,
            Ok(None) => match relay::start(Arc::clone(stream)) {
                Ok(descriptor) => descriptor,
                Err(_) => return,
            },
            Err(_) => return,
        };
        let kind = stream.kind();
        guest.adopt(AcceptedConnection {
            descriptor,
            kind,
            read,
        });
    }

    /// Tells all guests that their host is closed.
    pub(crate) fn close(&self) {
        let mut joined = self.lock();
        joined.is_closed = true;
        for attached in joined.guests.drain(..) {
            attached.guest.host_closed();
        }
    }

    fn not_joined(&self, service: &str) -> GuestError {
        GuestError::NotJoined {
            service: service.to_owned(),
            node: self.node.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Joined> {
        self.joined.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn without_repetition<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut once = Vec::new();
    for name in names {
        if !once.contains(name) {
            once.push(name.clone());
        }
    }
    once
}

fn find<'a>(joined: &'a Joined, service: &str) -> Option<&'a Arc<dyn Guest>> {
    let mut guests = joined.guests.iter();
    let found = guests.find(|guest| guest.services.iter().any(|each| each == service));
    found.map(|attached| &attached.guest)
}
