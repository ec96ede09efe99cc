//! Thousands of connections at one socket: memory and descriptors stay bounded, and whoever is honest gets in.
//!
//! Alone in its process, whose memory and descriptors are counted.

mod hostile;
mod remote;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use hostile::{framed, Stage, Witness, MEETINGS};
use remote::LONG;

/// Connections that are made, and how many of them are kept open at a time: more than a node lets wait.
const CROWD: usize = 2000;
const KEPT: usize = 400;

/// Descriptors that a node lets strangers have, with those of the crowd itself and what a test has anyway.
const DESCRIPTORS_MAX: usize = 256 + KEPT + 100;

/// Bytes of memory for 256 strangers, each with a buffer of at most 128 KiB, and as much again for all else.
const MEMORY_MAX: usize = 2 * 256 * 128 * 1024;

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Bytes of memory that are this process's own.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<usize>().unwrap() * 1024
}

/// Says that it is over when it is dropped.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_crowd_takes_bounded_memory_and_keeps_nobody_out() {
    for kind in MEETINGS {
        let stage = Stage::new(kind, LONG);
        let before = memory();
        let (is_over, made) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                // Nearly a whole Hello, so that each takes as much memory as it can.
                let mut hello = framed(&stage.hello("other"));
                hello[4..8].copy_from_slice(&65_536_u32.to_le_bytes());
                hello.resize(60_000, 0);
                let mut kept = VecDeque::new();
                while !is_over.load(Ordering::Relaxed) || made.load(Ordering::Relaxed) < CROWD {
                    let mut client = stage.client();
                    client.send_if_heard(&hello);
                    kept.push_back(client);
                    if kept.len() > KEPT {
                        kept.pop_front();
                    }
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
            // Also where one of what follows does not hold.
            let _ends = Ends(&is_over);
            // In the middle of it, somebody honest comes, and stays undisturbed.
            while made.load(Ordering::Relaxed) < KEPT {
                thread::yield_now();
            }
            let mut witness = Witness::of(&stage);
            while made.load(Ordering::Relaxed) < CROWD {
                witness.is_undisturbed();
                let (descriptors, grown) = (descriptors(), memory().saturating_sub(before));
                assert!(descriptors < DESCRIPTORS_MAX, "{descriptors} descriptors");
                assert!(grown < MEMORY_MAX, "{grown} bytes");
            }
        });
    }
}
