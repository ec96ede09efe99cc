//! Within a thread: a quote to a strategy, its order to an execution. What a bus adds to two calls.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use mycelium_bus::{static_bus, Handle, MessageBus, Publish};
use mycelium_generated::bench::bus::{ShortAnswer, ShortQuestion};

use crate::end::number_of;
use crate::measuring::{pin, CORES};
use crate::peers::bus_between_threads::Carried;
use crate::results::{Row, Table};

const TURNS_A_ROUND: usize = 20;
const CALLS: u64 = 20_000;

#[derive(Default)]
struct Strategy;

impl<B: Publish<ShortAnswer>> Handle<ShortQuestion, B> for Strategy {
    #[inline]
    fn handle(&mut self, question: &ShortQuestion, bus: &mut B) {
        let answer = ShortAnswer::of(number_of(question.payload()) + 1);
        bus.publish(answer).expect("room for one");
    }
}

#[derive(Default)]
struct Execution {
    sum: u64,
}

impl<B> Handle<ShortAnswer, B> for Execution {
    #[inline]
    fn handle(&mut self, answer: &ShortAnswer, _: &mut B) {
        self.sum = self.sum.wrapping_add(number_of(answer.payload()));
    }
}

static_bus! {
    struct Engine {
        strategy: Strategy,
        execution: Execution,
    }

    #[allow(clippy::large_enum_variant)]
    enum EngineMessage[8] {
        ShortQuestion => strategy,
        ShortAnswer => execution,
    }
}

type Call = Box<dyn FnMut(u64) -> u64>;

fn by_hand() -> Call {
    let mut execution = Execution::default();
    Box::new(move |calls| {
        for number in 0..calls {
            let question = black_box(ShortQuestion::of(number));
            let answer = ShortAnswer::of(number_of(question.payload()) + 1);
            execution.handle(&answer, &mut ());
        }
        execution.sum
    })
}

fn static_routes() -> Call {
    let mut engine = Engine::new(Strategy, Execution::default());
    Box::new(move |calls| {
        for number in 0..calls {
            let question = black_box(ShortQuestion::of(number));
            engine.publish(question).expect("room");
        }
        engine.execution.sum
    })
}

fn callbacks() -> Call {
    let (bus, sum) = (MessageBus::new(), Arc::new(AtomicU64::new(0)));
    let (answers, total) = (bus.publisher::<ShortAnswer>(), Arc::clone(&sum));
    bus.subscribe::<ShortQuestion>(move |question| {
        let answer = ShortAnswer::of(number_of(question.payload()) + 1);
        answers.publish(answer).expect("an open bus");
    });
    bus.subscribe::<ShortAnswer>(move |answer| {
        total.fetch_add(number_of(answer.payload()), Ordering::Relaxed);
    });
    let questions = bus.publisher::<ShortQuestion>();
    Box::new(move |calls| {
        for number in 0..calls {
            let question = black_box(ShortQuestion::of(number));
            questions.publish(question).expect("an open bus");
        }
        sum.load(Ordering::Relaxed)
    })
}

/// The three, in turn; a call is both messages.
pub fn table(rounds: usize, divisor: u64) -> Table {
    // In a thread of its own, so that what comes later is not kept to its core.
    let measured = thread::spawn(move || measure(rounds, divisor));
    measured.join().expect("the calls")
}

fn measure(rounds: usize, divisor: u64) -> Table {
    pin(CORES[0]);
    let mut contestants = [
        ("mycelium_static", "Mycelium, static_bus!", static_routes()),
        ("mycelium_callbacks", "Mycelium, callbacks", callbacks()),
        ("by_hand", "calls written by hand", by_hand()),
    ];
    let calls = (CALLS / divisor).max(1);
    let mut found: Vec<Vec<f64>> = contestants.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds * TURNS_A_ROUND {
        for ((_, _, body), times) in contestants.iter_mut().zip(&mut found) {
            let before = Instant::now();
            black_box(body(calls));
            times.push(before.elapsed().as_nanos() as f64 / calls as f64);
        }
    }
    let rows = contestants
        .iter()
        .zip(&mut found)
        .map(|((name, title, _), times)| {
            times.sort_by(f64::total_cmp);
            let at =
                |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
            Row {
                name,
                title,
                cells: vec![("call".into(), vec![at(0.5), at(0.99)])],
            }
        });
    Table {
        name: "calls",
        title: "Within a thread, a message and the one that answers it",
        rows: rows.collect(),
    }
}
