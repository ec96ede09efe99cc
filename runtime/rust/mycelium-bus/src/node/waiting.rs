//! Waiting for something, and driving meanwhile.

use std::time::{Duration, Instant};

use super::core::NodeCore;
use super::driver::{Direct, Driver, Slept};
use super::seat::Seat;
use crate::local::{sleeper, Bell};
use crate::overflow::Wait;
use crate::patience::{Waited, Wearing, ASKED_OFTEN, ASKED_SELDOM};

/// How long a thread that is to spin for a moment does so before it sleeps: about what falling asleep and waking up costs.
const SPINNING: Duration = Duration::from_micros(20);

/// Turns between two looks at the clock.
const TURNS_PER_LOOK: u32 = 16;

/// Turns between two looks at everything, for a thread that spins on what is likely.
const TURNS_PER_FULL_LOOK: u32 = 256;

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

impl NodeCore {
    /// Calls `look` until it finds something or the patience ends, and drives meanwhile where nobody else does. Whoever
    /// makes something findable rings `bell`.
    pub(crate) fn wait_for<T>(
        &self,
        bell: &Bell,
        wait: Wait,
        patience: &mut Wearing<'_>,
        look: impl FnMut() -> Option<T>,
    ) -> Waited<T> {
        self.wait_with(bell, wait, patience, look, None)
    }

    /// As [`wait_for`](Self::wait_for), taking frames in place.
    pub(crate) fn wait_with<T>(
        &self,
        bell: &Bell,
        wait: Wait,
        patience: &mut Wearing<'_>,
        mut look: impl FnMut() -> Option<T>,
        mut direct: Option<Direct<'_>>,
    ) -> Waited<T> {
        let Some(seat) = self.seat() else {
            return bell.wait(wait, patience, look);
        };
        loop {
            if let Some(mut seated) = seat.try_take() {
                return self.drive(
                    seat,
                    &mut seated,
                    bell,
                    wait,
                    patience,
                    &mut look,
                    &mut direct,
                );
            }
            let waited = wait_beside(seat, &seat.successors, bell, wait, patience, &mut look);
            if let Some(waited) = waited {
                seat.pass_on();
                return waited;
            }
        }
    }

    /// As [`wait_for`](Self::wait_for), in the thread that delivers: it drives only where no other thread would.
    pub(crate) fn wait_in_reserve<T>(
        &self,
        bell: &Bell,
        mut look: impl FnMut() -> Option<T>,
        patience: &mut Wearing<'_>,
    ) -> Waited<T> {
        let Some(seat) = self.seat() else {
            return bell.wait(Wait::Adaptive, patience, look);
        };
        loop {
            if let Some(found) = look() {
                return Waited::Found(found);
            }
            if seat.successors.is_silent() {
                if let Some(mut seated) = seat.try_take() {
                    seat.sit_in_background();
                    let mut until_awaited = || match look() {
                        Some(found) => Some(Some(found)),
                        None => (!seat.successors.is_silent()).then_some(None),
                    };
                    let driven = self.drive(
                        seat,
                        &mut seated,
                        bell,
                        Wait::Block,
                        patience,
                        &mut until_awaited,
                        &mut None,
                    );
                    seat.leave_background();
                    drop(seated);
                    match driven {
                        Waited::Found(Some(found)) => return Waited::Found(found),
                        Waited::Found(None) => {}
                        Waited::TimedOut => return Waited::TimedOut,
                        Waited::Interrupted => return Waited::Interrupted,
                    }
                }
            }
            let beside = wait_beside(seat, &seat.reserves, bell, Wait::Block, patience, &mut look);
            if let Some(waited) = beside {
                return waited;
            }
        }
    }

    /// Looks so many times, and drives in between where nobody else does.
    pub(crate) fn spin<T>(
        &self,
        polls: u32,
        mut look: impl FnMut() -> Option<T>,
        mut direct: Option<Direct<'_>>,
    ) -> Option<T> {
        let mut seated = self.seat().and_then(Seat::try_take);
        for _ in 0..polls {
            if let Some(driver) = seated.as_deref_mut() {
                driver.turn(self, &mut direct, true);
            }
            if let Some(found) = look() {
                return Some(found);
            }
            std::hint::spin_loop();
        }
        None
    }

    /// Does whatever can be done at once, unless another thread drives.
    pub(crate) fn drive_once(&self) {
        if let Some(mut seated) = self.seat().and_then(Seat::try_take) {
            seated.turn(self, &mut None, true);
        }
    }

    /// Has the background thread drive from now on, for somebody who will not.
    pub(crate) fn drive_in_background(&self) {
        if let Some(seat) = self.seat() {
            seat.call_background();
        }
    }

    /// Drives until `look` finds something.
    #[allow(clippy::too_many_arguments, reason = "all that a wait consists of")]
    fn drive<T>(
        &self,
        seat: &Seat,
        driver: &mut Driver,
        bell: &Bell,
        wait: Wait,
        patience: &mut Wearing<'_>,
        look: &mut impl FnMut() -> Option<T>,
        direct: &mut Option<Direct<'_>>,
    ) -> Waited<T> {
        let mut spinning = Spinning::new(wait);
        // Asleep, a signal wakes it; awake, it does not notice.
        let asked_every = match wait {
            Wait::Spin => ASKED_OFTEN,
            Wait::Adaptive | Wait::Block => ASKED_SELDOM,
        };
        loop {
            driver.turn(self, direct, wait != Wait::Block);
            if let Some(found) = look() {
                return Waited::Found(found);
            }
            if spinning.goes_on() {
                if spinning.is_full_look() {
                    if let Err(ended) = patience.check_every(asked_every) {
                        return ended;
                    }
                }
                std::hint::spin_loop();
                continue;
            }
            let pause = match patience.check_every(asked_every) {
                Ok(pause) => pause,
                Err(ended) => return ended,
            };
            bell.register(seat.nudger());
            let found = look();
            let slept = match found {
                None => driver.sleep(self, pause),
                Some(_) => Slept::Through,
            };
            bell.forget(seat.nudger());
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
fn wait_beside<T>(
    seat: &Seat,
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
        std::hint::spin_loop();
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
                    None => std::thread::park(),
                    Some(pause) => std::thread::park_timeout(pause),
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
