//! How long to spin, yield and sleep while waiting.

use std::time::{Duration, Instant};

use crate::options::Wait;

/// Looks between two looks at the clock: one takes some nanoseconds, the clock some tens.
const SPINS_PER_TURN: u32 = 64;
/// Turns of spinning before yielding: with the pause of a processor, some tens of microseconds.
const SPINNING_TURNS: u32 = 16;
/// Turns of yielding before sleeping.
const YIELDING_TURNS: u32 = 16;

/// What to do after a turn without success.
pub(crate) enum Turn {
    Again,
    Sleep(Duration),
    TimeIsUp,
}

/// One wait: what it has tried so far, and when it must end.
pub(crate) struct Patience {
    wait: Wait,
    deadline: Option<Instant>,
    turns: u32,
}

impl Patience {
    /// Without a `timeout`, for ever; a timeout beyond what the clock can express is none.
    pub(crate) fn new(wait: Wait, timeout: Option<Duration>) -> Self {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Self {
            wait,
            deadline,
            turns: 0,
        }
    }

    /// Spins or yields for one turn, until `is_there`, and says what to do next. Sleeps are at most `cap`.
    pub(crate) fn turn(&mut self, cap: Duration, mut is_there: impl FnMut() -> bool) -> Turn {
        let spinning = match self.wait {
            Wait::Spin => true,
            Wait::Adaptive => self.turns < SPINNING_TURNS,
            Wait::Block => false,
        };
        if spinning {
            for _ in 0..SPINS_PER_TURN {
                if is_there() {
                    return Turn::Again;
                }
                std::hint::spin_loop();
            }
        }
        let remaining = self
            .deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if remaining == Some(Duration::ZERO) {
            return Turn::TimeIsUp;
        }
        self.turns = self.turns.saturating_add(1);
        if spinning {
            return Turn::Again;
        }
        if self.wait == Wait::Adaptive && self.turns < SPINNING_TURNS + YIELDING_TURNS {
            std::thread::yield_now();
            return Turn::Again;
        }
        Turn::Sleep(remaining.map_or(cap, |remaining| remaining.min(cap)))
    }
}
