//! Looks for bodies that the decoder or a view gets wrong: mutates the conformance vectors for a given time and checks
//! what must hold for every body. A seed gives the same bodies every time.
//!
//! `mycelium-fuzz [--seconds 10] [--seed 1] CORPUS`: CORPUS is a file of vectors or a folder of them. Exit code 0 where
//! nothing was found, 1 with the body printed where something was, 2 for wrong usage.

mod allocation;
mod check;
mod corpus;
#[cfg(test)]
mod memory;
mod mutation;
mod random;

use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use allocation::MeteredAllocator;
use corpus::Seed;
use random::Random;

#[global_allocator]
static METER: MeteredAllocator = MeteredAllocator::new();

#[derive(Debug)]
struct Options {
    seconds: u64,
    seed: u64,
    corpus: PathBuf,
}

fn main() -> ExitCode {
    let Some(options) = read_options(std::env::args().skip(1)) else {
        eprintln!("usage: mycelium-fuzz [--seconds N] [--seed N] CORPUS");
        return ExitCode::from(2);
    };
    let seeds = match corpus::read(&options.corpus) {
        Ok(seeds) if !seeds.is_empty() => seeds,
        Ok(_) => {
            eprintln!("{}: no vectors", options.corpus.display());
            return ExitCode::from(2);
        }
        Err(error) => {
            eprintln!("{}: {error}", options.corpus.display());
            return ExitCode::from(2);
        }
    };
    match search(&seeds, &options) {
        Ok(count) => {
            println!("{count} bodies from {} seeds: nothing found", seeds.len());
            ExitCode::SUCCESS
        }
        Err(finding) => {
            println!("{finding}");
            ExitCode::FAILURE
        }
    }
}

fn read_options(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let (mut seconds, mut seed, mut corpus) = (10, 1, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => seconds = arguments.next()?.parse().ok()?,
            "--seed" => seed = arguments.next()?.parse().ok()?,
            _ if argument.starts_with('-') || corpus.is_some() => return None,
            _ => corpus = Some(PathBuf::from(argument)),
        }
    }
    Some(Options {
        seconds,
        seed,
        corpus: corpus?,
    })
}

/// Checks the seeds themselves, then mutations of them until time is up; returns how many bodies that were, or what
/// was found.
fn search(seeds: &[Seed], options: &Options) -> Result<u64, String> {
    let end = Instant::now() + Duration::from_secs(options.seconds);
    let mut random = Random::new(options.seed);
    let mut count = 0;
    for seed in seeds {
        examine(&seed.message, &seed.body)?;
        count += 1;
    }
    while Instant::now() < end {
        let seed = &seeds[random.below(seeds.len())];
        let other = &seeds[random.below(seeds.len())];
        let body = mutation::mutate(&mut random, &seed.body, &other.body);
        examine(&seed.message, &body)?;
        count += 1;
    }
    Ok(count)
}

fn examine(message: &str, body: &[u8]) -> Result<(), String> {
    let checked = panic::catch_unwind(|| check::check(message, body));
    let problem = match checked {
        Ok(Some(Ok(()))) => return Ok(()),
        Ok(Some(Err(problem))) => problem,
        Ok(None) => "no such message".to_owned(),
        Err(_) => "panic".to_owned(),
    };
    let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
    Err(format!("{problem}\n{message} {hex}"))
}
