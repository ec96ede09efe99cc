//! Waiting for something in a node, and driving it meanwhile.

use std::time::{Duration, Instant};

use super::core::NodeCore;
use super::driver::{Direct, Driver};
use super::hand_over::{Driving, Slept};
use super::seat::Seat;
use crate::local::Bell;
use crate::overflow::Wait;
use crate::patience::{Waited, Wearing};

/// One look at a lane takes some nanoseconds, as one at the clock does; one at a socket, a system call.
const LOOKS_PER_LOOK_AT_THE_CLOCK: u32 = 4;

/// Drives a node's links.
pub(super) struct DrivingLinks<'a, 'b> {
    pub(super) core: &'a NodeCore,
    /// Frames taken in place.
    pub(super) direct: Option<Direct<'b>>,
}

impl Driving<Driver> for DrivingLinks<'_, '_> {
    #[inline]
    fn turn(&mut self, driver: &mut Driver, on_suspicion: bool) {
        driver.turn(self.core, &mut self.direct, on_suspicion);
    }

    fn sleep(&mut self, driver: &mut Driver, pause: Option<Duration>) -> Slept {
        driver.sleep(self.core, pause)
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
        look: impl FnMut() -> Option<T>,
        direct: Option<Direct<'_>>,
    ) -> Waited<T> {
        let Some(seat) = self.seat() else {
            return bell.wait(wait, patience, look);
        };
        let mut driving = DrivingLinks { core: self, direct };
        seat.wait_for(&mut driving, bell, wait, patience, look)
    }

    /// As [`wait_for`](Self::wait_for), in the thread that delivers: it drives only where no other thread would.
    pub(crate) fn wait_in_reserve<T>(
        &self,
        bell: &Bell,
        look: impl FnMut() -> Option<T>,
        patience: &mut Wearing<'_>,
    ) -> Waited<T> {
        let Some(seat) = self.seat() else {
            return bell.wait(Wait::Adaptive, patience, look);
        };
        let mut driving = DrivingLinks {
            core: self,
            direct: None,
        };
        seat.wait_in_reserve(&mut driving, bell, patience, look)
    }

    /// Looks for about that long, once where it is no time at all, and drives in between where nobody else does.
    #[inline]
    pub(crate) fn spin<T>(
        &self,
        time: Duration,
        mut look: impl FnMut() -> Option<T>,
        mut direct: Option<Direct<'_>>,
    ) -> Option<T> {
        let mut seated = self.seat().and_then(Seat::try_take);
        let mut ends = None;
        loop {
            for _ in 0..LOOKS_PER_LOOK_AT_THE_CLOCK {
                if let Some(driver) = seated.as_deref_mut() {
                    driver.turn(self, &mut direct, true);
                }
                if let Some(found) = look() {
                    return Some(found);
                }
                if time.is_zero() {
                    return None;
                }
                std::hint::spin_loop();
            }
            let now = Instant::now();
            if now >= *ends.get_or_insert(now + time) {
                return None;
            }
        }
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
}
