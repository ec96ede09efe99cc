//! The Rust program of the conformance suite; `docs/conformance.md` tells what it is asked and how it answers.
//!
//! Run as `conformance_peer TOPOLOGY NODE [--other]`; the last makes it use the other version of `Changed`.

#![allow(missing_docs, reason = "a program")]
#![allow(
    dead_code,
    clippy::wrong_self_convention,
    reason = "generated messages are the face of a library, not parts of a program"
)]

mod answer;
mod asking;
#[rustfmt::skip]
mod current;
mod number;
mod observing;
#[rustfmt::skip]
mod other;
mod peer;
mod publishing;
mod receiving;
mod tasks;

use std::env;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;
use std::sync::Arc;

use answer::Answer;
use peer::Peer;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (topology, node, version) = match arguments.as_slice() {
        [topology, node] => (topology, node, peer::Version::Current),
        [topology, node, option] if option == "--other" => (topology, node, peer::Version::Other),
        _ => {
            eprintln!("usage: conformance_peer TOPOLOGY NODE [--other]");
            return ExitCode::from(2);
        }
    };
    let peer = match Peer::start(topology, node, version) {
        Ok(peer) => Arc::new(peer),
        Err(failure) => {
            say(&Err(failure));
            return ExitCode::FAILURE;
        }
    };
    say(&Ok(String::new()));
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let words: Vec<&str> = line.split_whitespace().collect();
        if words == ["exit"] {
            break;
        }
        say(&peer.run(&words));
    }
    peer.close();
    ExitCode::SUCCESS
}

/// One line, whatever it says.
fn say(answer: &Answer) {
    let text = match answer {
        Ok(text) => format!("ok {text}"),
        Err(failure) => format!("error {failure}"),
    };
    let line = text.trim_end().replace('\\', "\\\\").replace('\n', "\\n");
    // Nobody listens any more: the end of input follows.
    let _ = writeln!(io::stdout(), "{line}").and_then(|()| io::stdout().flush());
}
