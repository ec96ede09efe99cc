//! From one thread to another and back, in one process.

use std::thread;

use crate::end::{End, Wait, SIZES};
use crate::measuring::{answer, measure, pin, Samples, Script, CORES};
use crate::peers::{
    bus_between_threads, cache_line, crossbeam, disruptor, iceoryx2, tokio_broadcast,
};
use crate::results::{Row, Table};

/// Makes both ends for a payload of so many bytes.
type Ends = fn(usize) -> (Box<dyn End>, Box<dyn End>);

pub struct Contestant {
    pub name: &'static str,
    title: &'static str,
    ends: Ends,
    /// One word that is overwritten has no throughput.
    is_queue: bool,
}

const fn queue(name: &'static str, title: &'static str, ends: Ends) -> Contestant {
    Contestant {
        name,
        title,
        ends,
        is_queue: true,
    }
}

macro_rules! sized {
    ($module:ident $(, $argument:expr)*) => {
        |size| match size {
            64 => $module::ends::<8>($($argument),*),
            _ => $module::ends::<128>($($argument),*),
        }
    };
}

pub const SPINNING: [Contestant; 7] = [
    queue("mycelium_in_place", "Mycelium, read in place", |size| {
        bus_between_threads::ends::<true>(size, Wait::Spin)
    }),
    queue("mycelium", "Mycelium", |size| {
        bus_between_threads::ends::<false>(size, Wait::Spin)
    }),
    Contestant {
        name: "cache_line",
        title: "one cache line, no queue",
        ends: cache_line::ends,
        is_queue: false,
    },
    queue(
        "crossbeam",
        "crossbeam channel",
        sized!(crossbeam, Wait::Spin),
    ),
    queue(
        "tokio_broadcast",
        "tokio broadcast",
        sized!(tokio_broadcast, Wait::Spin),
    ),
    queue("disruptor", "disruptor, one producer", sized!(disruptor)),
    queue("iceoryx2", "iceoryx2", sized!(iceoryx2)),
];

pub const SLEEPING: [Contestant; 4] = [
    queue("mycelium_in_place", "Mycelium, read in place", |size| {
        bus_between_threads::ends::<true>(size, Wait::Sleep)
    }),
    queue("mycelium", "Mycelium", |size| {
        bus_between_threads::ends::<false>(size, Wait::Sleep)
    }),
    queue(
        "crossbeam",
        "crossbeam channel",
        sized!(crossbeam, Wait::Sleep),
    ),
    queue(
        "tokio_broadcast",
        "tokio broadcast",
        sized!(tokio_broadcast, Wait::Sleep),
    ),
];

/// All contestants, `rounds` turns each with each payload.
pub fn table(
    name: &'static str,
    title: &'static str,
    all: &[Contestant],
    wait: Wait,
    rounds: usize,
    divisor: u64,
) -> Table {
    let mut found: Vec<Vec<Samples>> = all
        .iter()
        .map(|_| SIZES.map(|_| Samples::default()).into())
        .collect();
    for _ in 0..rounds {
        for (contestant, samples) in all.iter().zip(&mut found) {
            for (size, samples) in SIZES.into_iter().zip(samples) {
                samples.extend(turn(contestant, size, wait, divisor));
            }
        }
    }
    let rows = all.iter().zip(found).map(|(contestant, samples)| Row {
        name: contestant.name,
        title: contestant.title,
        cells: cells(&samples, contestant.is_queue),
    });
    Table {
        name,
        title,
        rows: rows.collect(),
    }
}

/// The columns of a contestant: round trips, then what one message costs one way.
pub fn cells(samples: &[Samples], with_one_way: bool) -> Vec<(String, Vec<f64>)> {
    let mut cells = Vec::new();
    for (size, samples) in SIZES.into_iter().zip(samples) {
        cells.push((
            format!("round_trip_{size}"),
            samples.percentiles_ns().to_vec(),
        ));
        if with_one_way {
            cells.push((format!("one_way_{size}"), vec![samples.one_way_median_ns()]));
        }
    }
    cells
}

pub fn turn(contestant: &Contestant, size: usize, wait: Wait, divisor: u64) -> Samples {
    let (mut near, mut far) = (contestant.ends)(size);
    let mut script = Script::of(wait, divisor);
    if !contestant.is_queue {
        script.one_way = 0;
    }
    thread::scope(|scope| {
        scope.spawn(move || {
            pin(CORES[1]);
            answer(far.as_mut(), script);
        });
        let measured = scope.spawn(move || {
            pin(CORES[0]);
            measure(near.as_mut(), script)
        });
        measured.join().expect("the end that measures")
    })
}
