//! Contestants in turn, round after round; each turn begins afresh and does the same number of messages on both ends.

use std::hint::black_box;
use std::time::Instant;

use crate::end::{End, Wait};

/// The core of the end that measures, and that of the other.
pub const CORES: [usize; 2] = [0, 1];

const ONE_WAY: u64 = 50_000;

/// What happens in one turn. Both ends know it beforehand, so no message has to say so.
#[derive(Clone, Copy)]
pub struct Script {
    pub warm_up: u64,
    pub round_trips: u64,
    /// Messages sent one way, as fast as they are taken, of which the last is answered.
    pub one_way: u64,
}

impl Script {
    /// A shorter one by `divisor`, for those who only want to see it run.
    pub fn of(wait: Wait, divisor: u64) -> Self {
        let (warm_up, round_trips) = match wait {
            Wait::Spin => (2_000, 20_000),
            Wait::Sleep => (100, 800),
        };
        Self {
            warm_up: warm_up / divisor,
            round_trips: round_trips / divisor,
            one_way: ONE_WAY / divisor,
        }
    }
}

/// Keeps this thread to a core.
pub fn pin(core: usize) {
    let pinned = core_affinity::set_for_current(core_affinity::CoreId { id: core });
    assert!(
        pinned,
        "cannot keep a thread to core {core}: the measurement needs two"
    );
}

/// What was measured of one contestant with one payload.
#[derive(Default)]
pub struct Samples {
    pub round_trips_ns: Vec<u64>,
    pub one_way_ns: Vec<f64>,
}

impl Samples {
    pub fn extend(&mut self, other: Self) {
        self.round_trips_ns.extend(other.round_trips_ns);
        self.one_way_ns.extend(other.one_way_ns);
    }

    /// p50, p99 and p99.9 of the round trips.
    pub fn percentiles_ns(&self) -> [f64; 3] {
        let mut sorted = self.round_trips_ns.clone();
        sorted.sort_unstable();
        let at = |share: f64| {
            sorted[((sorted.len() as f64 * share) as usize).min(sorted.len() - 1)] as f64
        };
        [at(0.5), at(0.99), at(0.999)]
    }

    /// The median of the rounds; NaN where nothing was sent one way.
    pub fn one_way_median_ns(&self) -> f64 {
        let mut sorted = self.one_way_ns.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// The end that measures.
pub fn measure(end: &mut dyn End, script: Script) -> Samples {
    for number in 0..script.warm_up {
        end.send(number);
        assert_eq!(end.receive(), number, "an answer is not what was sent");
    }
    let mut round_trips_ns = Vec::with_capacity(script.round_trips as usize);
    for number in 0..script.round_trips {
        let before = Instant::now();
        end.send(number);
        black_box(end.receive());
        round_trips_ns.push(before.elapsed().as_nanos() as u64);
    }
    if script.one_way == 0 {
        return Samples {
            round_trips_ns,
            one_way_ns: Vec::new(),
        };
    }
    let before = Instant::now();
    for number in 0..script.one_way {
        end.send(number);
    }
    assert_eq!(end.receive() + 1, script.one_way, "a message was lost");
    let one_way_ns = vec![before.elapsed().as_nanos() as f64 / script.one_way as f64];
    Samples {
        round_trips_ns,
        one_way_ns,
    }
}

/// The other end.
pub fn answer(end: &mut dyn End, script: Script) {
    for _ in 0..script.warm_up + script.round_trips {
        let number = end.receive();
        end.send(number);
    }
    if script.one_way == 0 {
        return;
    }
    let mut last = 0;
    for _ in 0..script.one_way {
        last = end.receive();
    }
    end.send(last);
}
