//! The Rust program as guest: a library that a program in another language, or with another core, loads.

#![allow(missing_docs, reason = "a program")]
#![allow(unsafe_code, reason = "what meets by a table of C functions")]
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

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::fd::FromRawFd;

use mycelium_ffi::NodeTable;

use answer::Failure;
use conversation::{converse, say};
use peer::Version;

/// Joins the node of the table at the word `join`, and leaves it at `exit`; both are answered, and may come again. Returns at the
/// end of the input.
///
/// # Safety
/// The table is one of a node that was offered, and stays so; the descriptors are nobody else's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn conformance_guest(
    table: *const NodeTable,
    input: i32,
    output: i32,
    speaks_other: bool,
) {
    // SAFETY: the caller gives them away.
    let (input, mut output) = unsafe { (File::from_raw_fd(input), File::from_raw_fd(output)) };
    let mut lines = BufReader::new(input).lines();
    let version = match speaks_other {
        true => Version::Other,
        false => Version::Current,
    };
    while let Some(Ok(line)) = lines.next() {
        if line != "join" {
            say(&mut output, &Err(Failure::usage("not joined")));
            continue;
        }
        // SAFETY: as the caller vouches.
        let node = unsafe { mycelium_ffi::join(table, &[]) };
        let node = node.map_err(|error| Failure::new("node", error));
        if converse(node, version, &mut lines, &mut output) {
            say(&mut output, &Ok(String::new()));
        }
    }
}
