//! The bus benchmark in Rust: prints its results as JSON, which `python -m benches.bus rust` turns into tables.
//!
//! With two arguments, the number of rounds, and by how much shorter than usual the turns are. With
//! `answer CONTESTANT WAIT BYTES DIVISOR FOLDER` it is the other process of a turn;
//! with `turn CONTESTANT` it measures one contestant between threads and nothing else, for a profiler;
//! with `between ROUNDS CONTESTANT...` some contestants between processes, in turn.

mod calls;
mod end;
mod measuring;
mod peers;
mod processes;
mod results;
mod threads;

use std::env;
use std::path::Path;
use std::time::Duration;

use end::Wait;

/// Several times what it takes on a quiet machine.
const PATIENCE: Duration = Duration::from_secs(300);

const DEFAULT_ROUNDS: usize = 5;

fn main() {
    give_up_in_the_end();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["answer", name, wait, bytes, divisor, folder] => {
            let folder = Path::new(folder);
            processes::answer_as(name, wait, number(bytes) as usize, number(divisor), folder);
        }
        ["turn", name] => {
            let contestant = threads::SPINNING
                .iter()
                .find(|one| one.name == *name)
                .expect("a contestant");
            let samples = threads::turn(contestant, 64, Wait::Spin, 1);
            println!(
                "{:?} ns, one way {:.1} ns",
                samples.percentiles_ns(),
                samples.one_way_median_ns()
            );
        }
        ["between", rounds, names @ ..] => {
            for (name, round_trip) in processes::medians(names, number(rounds)) {
                println!("{name:>16}: {round_trip:.0} ns there and back");
            }
        }
        [] => measure(DEFAULT_ROUNDS, 1),
        [rounds, divisor] => measure(number(rounds) as usize, number(divisor)),
        _ => panic!("arguments: [ROUNDS DIVISOR]"),
    }
}

/// Ends that wait for each other for ever end all the same.
fn give_up_in_the_end() {
    std::thread::spawn(|| {
        std::thread::sleep(PATIENCE);
        eprintln!("mycelium-bus-bench: no end after {} s", PATIENCE.as_secs());
        std::process::exit(1);
    });
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

fn measure(rounds: usize, divisor: u64) {
    let tables = [
        calls::table(rounds, divisor),
        threads::table(
            "threads_spinning",
            "Thread to thread, spinning",
            &threads::SPINNING,
            Wait::Spin,
            rounds,
            divisor,
        ),
        threads::table(
            "threads_sleeping",
            "Thread to thread, blocking",
            &threads::SLEEPING,
            Wait::Sleep,
            rounds,
            divisor,
        ),
        processes::table(
            "processes_spinning",
            "Between processes, spinning",
            &processes::SPINNING,
            rounds,
            divisor,
        ),
        processes::table(
            "processes_sleeping",
            "Between processes, sleeping",
            &processes::SLEEPING,
            rounds,
            divisor,
        ),
    ];
    results::print(rounds, &tables);
}
