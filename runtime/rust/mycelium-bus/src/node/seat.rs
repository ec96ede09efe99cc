//! Who does the node's input and output: whoever sits in the one seat.
//!
//! A thread that waits for something takes the seat if it is free, and drives until it has what it wants: what it waits for
//! comes to it without another thread in between. What always holds:
//!
//! 1. *Whoever leaves the seat looks for a successor.* It frees the seat, then (full fence) looks whether somebody waits to
//!    drive, and wakes one. Who wants to drive registers, then (full fence) tries the seat once more before it sleeps. So one of
//!    the two sees the other.
//! 2. *Who was woken to drive either drives or passes on.* Leaving the wait for any other reason wakes the next.
//! 3. *The background thread always yields.* Before it sleeps in the seat it says so (`is_background`), then (full fence) looks for successors;
//!    who registers as one looks (full fence) whether the background thread drives, and nudges it.
//! 4. *A driver that sleeps can be nudged.* It says that it sleeps, then (full fence) looks for a nudge, then blocks in the
//!    poll; who nudges leaves the nudge, then (full fence) looks whether the driver sleeps, and wakes it by the poll's waker.
//! 5. *An empty seat does not stay empty.* The background thread looks every [`LINGER`] while threads come and go, and takes the
//!    seat when nobody has in between. Where somebody stays in the seat for longer it sleeps, and who leaves wakes it.
//!
//! Callbacks never run in the seat; what runs there takes locks of links and queues, and those who hold these never wait.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock, TryLockError};
use std::task::Waker;
use std::time::Duration;

use super::nudge::Nudge;
use crate::local::Bell;
use crate::synchronization::{
    current, fence, park, park_timeout, spin_loop, AtomicBool, AtomicU64, Ordering, Thread,
    TryMutex, TryMutexGuard,
};

/// How long the seat may be empty, in a node whose threads come and go.
pub(crate) const LINGER: Duration = Duration::from_millis(2);

/// The seat, and those who would sit in it.
pub(crate) struct Seat<D> {
    driver: TryMutex<D>,
    is_taken: AtomicBool,
    /// How often it was taken.
    taken: AtomicU64,
    is_background: AtomicBool,
    /// Threads that want to drive until they have what they wait for.
    pub(crate) successors: Bell,
    /// A thread that drives gladly, but only where no successor does: the one that delivers.
    pub(crate) reserves: Bell,
    pub(crate) nudge: Arc<Nudge>,
    /// The nudge as a waker.
    nudger: Waker,
    background: OnceLock<Thread>,
    /// The background thread sleeps until it is called.
    is_background_asleep: AtomicBool,
    /// The background thread is to drive without lingering.
    is_background_called: AtomicBool,
}

impl<D> Seat<D> {
    pub(crate) fn new(driver: D, nudge: Arc<Nudge>) -> Self {
        Self {
            driver: TryMutex::new(driver),
            is_taken: AtomicBool::new(false),
            taken: AtomicU64::new(0),
            is_background: AtomicBool::new(false),
            successors: Bell::default(),
            reserves: Bell::default(),
            nudger: Waker::from(Arc::clone(&nudge)),
            nudge,
            background: OnceLock::new(),
            is_background_asleep: AtomicBool::new(false),
            is_background_called: AtomicBool::new(false),
        }
    }

    /// Wakes the driver, as a waker for bells.
    pub(crate) fn nudger(&self) -> &Waker {
        &self.nudger
    }

    /// Takes the seat if it is free.
    #[inline]
    pub(crate) fn try_take(&self) -> Option<Seated<'_, D>> {
        if self.is_taken.load(Ordering::Relaxed) {
            return None;
        }
        let driver = match self.driver.try_lock() {
            Ok(driver) => driver,
            // Whatever panicked there was between two frames.
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // It is being taken or left at this moment.
            Err(TryLockError::WouldBlock) => {
                spin_loop();
                return None;
            }
        };
        self.is_taken.store(true, Ordering::Relaxed);
        let taken = self.taken.load(Ordering::Relaxed);
        self.taken.store(taken + 1, Ordering::Relaxed);
        Some(Seated {
            _leaving: Leaving(self),
            driver,
            _passing: Passing(self),
        })
    }

    #[inline]
    pub(crate) fn is_free(&self) -> bool {
        !self.is_taken.load(Ordering::Relaxed)
    }

    /// Whether it is worth waiting for the seat awake: not where the background thread sleeps in it.
    pub(crate) fn is_driven_in_background(&self) -> bool {
        self.is_background.load(Ordering::Relaxed)
    }

    /// Asked by a thread that has registered as one that would drive, before it sleeps: see the first and the third invariant.
    pub(crate) fn is_free_or_nudged(&self) -> bool {
        fence(Ordering::SeqCst);
        if self.is_free() {
            return true;
        }
        if self.is_background.load(Ordering::Relaxed) {
            self.nudge.give();
        }
        false
    }

    /// Wakes somebody to drive, where the seat is free and somebody waits for it.
    #[inline]
    pub(crate) fn pass_on(&self) {
        fence(Ordering::SeqCst);
        if !self.is_taken.load(Ordering::Relaxed) {
            self.successors.ring_one();
        }
        let is_asleep = self.is_background_asleep.load(Ordering::Relaxed);
        if is_asleep || self.is_background_called.load(Ordering::Relaxed) {
            self.wake_background();
        }
    }

    #[cold]
    fn wake_background(&self) {
        if let Some(background) = self.background.get() {
            background.unpark();
        }
    }

    /// Has the background thread drive where nobody does, now rather than after a while.
    pub(crate) fn call_background(&self) {
        self.is_background_called.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        if !self.is_taken.load(Ordering::Relaxed) {
            self.wake_background();
        }
    }

    /// Wakes the background thread whatever it does, for the node closes.
    pub(crate) fn dismiss_background(&self) {
        self.nudge.give();
        self.wake_background();
    }

    /// The background thread's wait for its turn; None where somebody else is about to drive, or `is_over`.
    pub(crate) fn wait_in_background(&self, is_over: impl Fn() -> bool) -> Option<Seated<'_, D>> {
        // Known from the first wait on.
        self.background.get_or_init(current);
        let before = self.taken.load(Ordering::Relaxed);
        if !self.is_background_called.swap(false, Ordering::Relaxed) {
            park_timeout(LINGER);
            if is_over() {
                return None;
            }
            let is_called = self.is_background_called.swap(false, Ordering::Relaxed);
            if !is_called && self.taken.load(Ordering::Relaxed) != before {
                return None;
            }
        }
        if let Some(seated) = self.try_take() {
            return Some(seated);
        }
        // Somebody stays: sleep until they leave.
        self.is_background_asleep.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        let seated = self.try_take();
        if seated.is_none() && !is_over() {
            park();
        }
        self.is_background_asleep.store(false, Ordering::Relaxed);
        seated
    }

    /// Whether the background thread, which sits, should get up for somebody.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.successors.is_silent() || !self.reserves.is_silent()
    }

    /// Says that the background thread sits: see the third invariant.
    pub(crate) fn sit_in_background(&self) {
        self.is_background.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// The opposite, before getting up.
    pub(crate) fn leave_background(&self) {
        self.is_background.store(false, Ordering::Relaxed);
    }

    /// Gets up, for those in reserve where no successor waits.
    pub(crate) fn get_up_in_background(&self, seated: Seated<'_, D>) {
        self.leave_background();
        let is_awaited = !self.successors.is_silent();
        drop(seated);
        if !is_awaited {
            self.reserves.ring_one();
        }
    }
}

/// Sitting in the seat. Its parts go in this order.
pub(crate) struct Seated<'a, D> {
    _leaving: Leaving<'a, D>,
    driver: TryMutexGuard<'a, D>,
    _passing: Passing<'a, D>,
}

/// Says, when it goes, that the seat is about to be free.
struct Leaving<'a, D>(&'a Seat<D>);

/// Has somebody else take the seat, when it goes.
struct Passing<'a, D>(&'a Seat<D>);

impl<D> Deref for Seated<'_, D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.driver
    }
}

impl<D> DerefMut for Seated<'_, D> {
    fn deref_mut(&mut self) -> &mut D {
        &mut self.driver
    }
}

impl<D> Drop for Leaving<'_, D> {
    #[inline]
    fn drop(&mut self) {
        self.0.is_taken.store(false, Ordering::Relaxed);
    }
}

impl<D> Drop for Passing<'_, D> {
    #[inline]
    fn drop(&mut self) {
        self.0.pass_on();
    }
}
