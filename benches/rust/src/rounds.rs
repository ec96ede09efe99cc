//! Contestants in turn, round after round: a ratio taken in one run is worth more than any absolute number.
//! What is timed is the time of the processor, which others on the machine disturb less than that on the wall.

use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

/// Does what is measured, as often as it is told.
pub type Loop = Box<dyn FnMut(u64)>;

/// How long a contestant's turn is, and how long it warms up before.
const TURN: Duration = Duration::from_micros(1000);
const WARM_UP: Duration = Duration::from_millis(30);

/// Nanoseconds a call: the median over the rounds, and their 99th percentile.
pub struct Timing {
    pub median_ns: f64,
    pub p99_ns: f64,
}

/// Times each loop once a round, in order; every turn is many calls.
pub fn take_turns(loops: &mut [&mut Loop], rounds: usize) -> Vec<Timing> {
    let counts: Vec<u64> = loops.iter_mut().map(|body| calls_per_turn(body)).collect();
    let mut times: Vec<Vec<f64>> = loops.iter().map(|_| Vec::with_capacity(rounds)).collect();
    for _ in 0..rounds {
        for ((body, count), found) in loops.iter_mut().zip(&counts).zip(&mut times) {
            found.push(time(body, *count).as_nanos() as f64 / *count as f64);
        }
    }
    times.into_iter().map(summary).collect()
}

fn summary(mut times: Vec<f64>) -> Timing {
    times.sort_by(f64::total_cmp);
    let place = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    Timing {
        median_ns: place(0.5),
        p99_ns: place(0.99),
    }
}

fn time(body: &mut Loop, count: u64) -> Duration {
    let start = ProcessTime::now();
    body(count);
    start.elapsed()
}

/// How many calls fill a turn, found while warming up.
fn calls_per_turn(body: &mut Loop) -> u64 {
    let (mut count, start) = (1, Instant::now());
    while start.elapsed() < WARM_UP {
        let taken = time(body, count);
        if taken < TURN {
            let wanted = TURN.as_secs_f64() / taken.as_secs_f64().max(1e-9);
            count = (count + 1).max((count as f64 * wanted.min(4.0)) as u64);
        }
    }
    count
}
