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
mod conversation;
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
use std::io;
use std::path::Path;
use std::process::ExitCode;

use mycelium_bus::Node;

use conversation::converse;
use peer::Version;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (topology, node, version) = match arguments.as_slice() {
        [topology, node] => (topology, node, Version::Current),
        [topology, node, option] if option == "--other" => (topology, node, Version::Other),
        _ => {
            eprintln!("usage: conformance_peer TOPOLOGY NODE [--other]");
            return ExitCode::from(2);
        }
    };
    let node = Node::from_topology(Path::new(topology), node);
    let lines = &mut io::stdin().lines();
    match converse(node.map_err(Into::into), version, lines, &mut io::stdout()) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
