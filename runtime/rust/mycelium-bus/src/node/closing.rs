//! How a node ends.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use mycelium::control::{Goodbye, GoodbyeCode};

use super::core::NodeCore;
use super::driver::Driver;
use super::seat::Seat;
use crate::handshake::frame_of;
use crate::overflow::Wait;
use crate::patience::Patience;

/// How long closing waits for peers that take nothing in.
const CLOSING_MAX: Duration = Duration::from_secs(1);

impl NodeCore {
    /// Closes in a thread of its own, as the host of this guest has: once what the host sent before has been taken in, but not
    /// much later.
    pub(super) fn close_after_host(self: Arc<Self>) {
        let closing = thread::Builder::new().name("mycelium-closing".to_owned());
        let started = closing.spawn(move || {
            let look = || {
                let mut to_host = self.links().iter().filter(|link| link.plan.is_to_host);
                let is_over = self.is_closed() || to_host.all(|link| !link.is_established());
                is_over.then_some(())
            };
            let mut patience = Patience::lasting(CLOSING_MAX).begin();
            self.wait_for(&self.links_changed, Wait::Block, &mut patience, look);
            self.close();
        });
        // Without a thread the guest stays, and its links say that the host is closed.
        drop(started);
    }

    /// Ends it all; a forked child leaves its parent's node alone.
    pub(crate) fn close(&self) {
        if !self.process.is_this() || self.is_closed.swap(true, Ordering::AcqRel) {
            return;
        }
        for service in 0..self.services.len() {
            self.registry.close(service);
        }
        let inboxes =
            std::mem::take(&mut *self.inboxes.lock().unwrap_or_else(PoisonError::into_inner));
        for inbox in inboxes.iter().filter_map(Weak::upgrade) {
            inbox.close();
        }
        self.requests.close();
        self.links_changed.ring();
        self.links.iter().for_each(|link| link.room().ring());
        // Servers that are at it finish, and their answers still go.
        self.delivery.close();
        self.has_left.store(true, Ordering::Release);
        if let Some(seat) = &self.seat {
            self.leave(seat);
        }
        self.guests().close();
        self.give_up_claim();
        if let Some(host) = self.host() {
            host.detach();
        }
    }

    /// Says goodbye, waits a little for what is on its way, and ends all connections.
    fn leave(&self, seat: &Seat<Driver>) {
        let deadline = Instant::now() + CLOSING_MAX;
        let established = self.links.iter().filter(|link| link.is_established());
        for link in established {
            let code = GoodbyeCode::Shutdown;
            link.say(self, &frame_of(&Goodbye { code, reason: None }));
        }
        seat.dismiss_background();
        if let Some(background) = self.background.get() {
            let thread = background
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            if let Some(thread) = thread.filter(|it| it.thread().id() != thread::current().id()) {
                // It ends by itself, whatever became of it.
                let _ = thread.join();
            }
        }
        let mut patience = Patience::until(Some(deadline)).begin();
        let look = || {
            self.links
                .iter()
                .all(|link| link.is_flushed())
                .then_some(())
        };
        self.wait_for(&self.links_changed, Wait::Block, &mut patience, look);
        while Instant::now() < deadline {
            if let Some(mut driver) = seat.try_take() {
                driver.close(self);
                return;
            }
            // Whoever sits there has been told that the node is closed.
            seat.nudge.give();
            thread::yield_now();
        }
    }
}
