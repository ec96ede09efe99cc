//! Threads that wait, and drive meanwhile where nobody else does: who hands the [seat](super::seat) over, and when.
//!
//! Says nothing about what driving is: the models in `runtime/rust/hand-over` run this very file under loom, and `seat`, `nudge`,
//! and `local/bell` with it.

use std::time::{Duration, Instant};

use super::seat::Seat;
use crate::local::{sleeper, Bell};
use crate::overflow::Wait;
use crate::patience::{Waited, Wearing, ASKED_OFTEN, ASKED_SELDOM};
use crate::synchronization::{park, park_timeout, spin_loop};

/// How long a thread that is to spin for a moment does so before it sleeps: about what falling asleep and waking up costs.
const SPINNING: Duration = Duration::from_micros(20);

/// Turns between two looks at the clock.
const TURNS_PER_LOOK: u32 = 16;

/// Turns between two looks at everything, for a thread that spins on what is likely.
const TURNS_PER_FULL_LOOK: u32 = 256;

/// How the driving thread's sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slept {
    /// By something that happened, or by its time.
    Through,
    /// By a signal to this thread.
    UntilSignal,
}

/// What the thread in the seat does with the driver.
pub(crate) trait Driving<D> {
    /// Does what can be done without waiting. Reads sockets on suspicion where the caller spins.
    fn turn(&mut self, driver: &mut D, on_suspicion: bool);

    /// Sleeps until something happens or a nudge comes, at most for the pause.
    fn sleep(&mut self, driver: &mut D, pause: Option<Duration>) -> Slept;
}

impl<D> Seat<D> {
    /// Calls `look` until it finds something or the patience ends, and drives meanwhile where nobody else does. Whoever
    /// makes something findable rings `bell`.
    #[inline]
    pub(crate) fn wait_for<T>(
        &self,
        driving: &mut impl Driving<D>,
        bell: &Bell,
        wait: Wait,
        patience: &mut Wearing<'_>,
        mut look: impl FnMut() -> Option<T>,
    ) -> Waited<T> {
        loop {
            if let Some(mut seated) = self.try_take() {
                return self.drive(&mut seated, driving, bell, wait, patience, &mut look);
            }
            let waited = wait_beside(self, &self.successors, bell, wait, patience, &mut look);
            if let Some(waited) = waited {
                self.pass_on();
                return waited;
            }
        }
    }

    /// As [`wait_for`](Self::wait_for), in the thread that delivers: it drives only where no other thread would.
    pub(crate) fn wait_in_reserve<T>(
        &self,
        driving: &mut impl Driving<D>,
        bell: &Bell,
        patience: &mut Wearing<'_>,
        mut look: impl FnMut() -> Option<T>,
    ) -> Waited<T> {
        loop {
            if let Some(found) = look() {
                return Waited::Found(found);
            }
            if self.successors.is_silent() {
                if let Some(mut seated) = self.try_take() {
                    self.sit_in_background();
                    let mut until_awaited = || match look() {
                        Some(found) => Some(Some(found)),
                        None => (!self.successors.is_silent()).then_some(None),
                    };
                    let driven = self.drive(
                        &mut seated,
                        driving,
                        bell,
                        Wait::Block,
                        patience,
                        &mut until_awaited,
                    );
                    self.leave_background();
                    drop(seated);
                    match driven {
                        Waited::Found(Some(found)) => return Waited::Found(found),
                        Waited::Found(None) => {}
                        Waited::TimedOut => return Waited::TimedOut,
                        Waited::Interrupted => return Waited::Interrupted,
                    }
                }
            } else {
                spin_loop();
            }
            let beside = wait_beside(self, &self.reserves, bell, Wait::Block, patience, &mut look);
            if let Some(waited) = beside {
                return waited;
            }
        }
    }

    /// The life of the background thread: drives while nobody else does.
    pub(crate) fn drive_when_nobody_does(
        &self,
        driving: &mut impl Driving<D>,
        is_over: impl Fn() -> bool,
    ) {
        while !is_over() {
            let Some(mut seated) = self.wait_in_background(&is_over) else {
                continue;
            };
            self.sit_in_background();
            let gets_up = || self.is_awaited() || is_over();
            while !gets_up() {
                driving.turn(&mut seated, false);
                // The turn took in the nudge of whoever came to wait, or closed, since the last look.
                if gets_up() {
                    break;
                }
                driving.sleep(&mut seated, None);
            }
            self.get_up_in_background(seated);
        }
    }

    /// Drives until `look` finds something.
    fn drive<T>(
        &self,
        driver: &mut D,
        driving: &mut impl Driving<D>,
        bell: &Bell,
        wait: Wait,
        patience: &mut Wearing<'_>,
        look: &mut impl FnMut() -> Option<T>,
    ) -> Waited<T> {
        let mut spinning = Spinning::new(wait);
        // Asleep, a signal wakes it; awake, it does not notice.
        let asked_every = match wait {
            Wait::Spin => ASKED_OFTEN,
            Wait::Adaptive | Wait::Block => ASKED_SELDOM,
        };
        loop {
            driving.turn(driver, wait != Wait::Block);
            if let Some(found) = look() {
                return Waited::Found(found);
            }
            if spinning.goes_on() {
                if spinning.is_full_look() {
                    if let Err(ended) = patience.check_every(asked_every) {
                        return ended;
                    }
                }
                spin_loop();
                continue;
            }
            let pause = match patience.check_every(asked_every) {
                Ok(pause) => pause,
                Err(ended) => return ended,
            };
            bell.register(self.nudger());
            let found = look();
            let slept = match found {
                None => driving.sleep(driver, pause),
                Some(_) => Slept::Through,
            };
            bell.forget(self.nudger());
            if let Some(found) = found {
                return Waited::Found(found);
            }
            if slept == Slept::UntilSignal {
                if let Err(ended) = patience.ask_now() {
                    return ended;
                }
            }
        }
    }
}

/// Waits while another thread drives; None where this one is to try the seat.
fn wait_beside<D, T>(
    seat: &Seat<D>,
    queue: &Bell,
    bell: &Bell,
    wait: Wait,
    patience: &mut Wearing<'_>,
    look: &mut impl FnMut() -> Option<T>,
) -> Option<Waited<T>> {
    let mut spinning = Spinning::new(wait);
    loop {
        if let Some(found) = look() {
            return Some(Waited::Found(found));
        }
        if seat.is_free() {
            return None;
        }
        if seat.is_driven_in_background() || !spinning.goes_on() {
            break;
        }
        if spinning.is_full_look() {
            if let Err(ended) = patience.check() {
                return Some(ended);
            }
        }
        spin_loop();
    }
    let waker = sleeper();
    queue.register(&waker);
    bell.register(&waker);
    let waited = match (look(), patience.check()) {
        (Some(found), _) => Some(Waited::Found(found)),
        (None, Err(ended)) => Some(ended),
        (None, Ok(pause)) => {
            if !seat.is_free_or_nudged() {
                match pause {
                    None => park(),
                    Some(pause) => park_timeout(pause),
                }
            }
            None
        }
    };
    queue.forget(&waker);
    bell.forget(&waker);
    // Woken for whatever reason: the caller looks at everything anew.
    waited
}

/// Whether a thread has waited long enough to sleep.
struct Spinning {
    wait: Wait,
    turns: u32,
    ends: Option<Instant>,
}

impl Spinning {
    fn new(wait: Wait) -> Self {
        Self {
            wait,
            turns: 1,
            ends: None,
        }
    }

    /// Another turn without success; false when it is time to sleep.
    fn goes_on(&mut self) -> bool {
        self.turns = self.turns.wrapping_add(1);
        match self.wait {
            Wait::Spin => true,
            Wait::Block => false,
            Wait::Adaptive if !self.turns.is_multiple_of(TURNS_PER_LOOK) => true,
            Wait::Adaptive => {
                let now = Instant::now();
                now < *self.ends.get_or_insert(now + SPINNING)
            }
        }
    }

    fn is_full_look(&self) -> bool {
        self.turns.is_multiple_of(TURNS_PER_FULL_LOOK)
    }
}
