//! Nodes that come and go leave nothing behind: no descriptor, no thread, no file, no memory. Alone in its process, where all of
//! that is counted.
#![cfg(target_os = "linux")]

mod remote;

use std::path::Path;
use std::time::Instant;

use mycelium_bus::{MessageBus, Node};
use mycelium_generated::conformance::Tree;
use remote::{tree, two_by, Folder, KINDS, LONG};

/// How often a node comes and goes, by each kind of route: a thousand nodes in all.
const LIVES: usize = 112;

/// Bytes that a process may grow by for reasons of its own.
const GROWTH_MAX: usize = 8 << 20;

/// What a process holds.
#[derive(Debug)]
struct Held {
    descriptors: usize,
    threads: usize,
    mappings: usize,
    files: Vec<String>,
}

fn count(folder: &str) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

fn held(folder: &Path) -> Held {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = files
        .map(|each| each.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    Held {
        descriptors: count("/proc/self/fd"),
        threads: count("/proc/self/task"),
        mappings: maps.lines().filter(|line| line.contains("lanes")).count(),
        files,
    }
}

/// Bytes of memory that are this process's own.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<usize>().unwrap() * 1024
}

/// The node `right` comes, gets a message, and goes.
fn live(topology: &Path, a: &MessageBus) {
    let right = Node::from_topology(topology, "right").unwrap();
    let mut trees = right.bus("b").unwrap().subscriber::<Tree>();
    let publisher = a.publisher::<Tree>();
    publisher.wait_until_wanted(LONG).unwrap();
    publisher.publish(tree(1)).unwrap();
    assert_eq!(trees.recv_timeout(LONG).unwrap().value, 1);
    right.close();
    // Until that is known, a message would still go to the one that left.
    let deadline = Instant::now() + LONG;
    while publisher.is_wanted() {
        assert!(Instant::now() < deadline, "the end goes unnoticed");
        std::thread::yield_now();
    }
}

/// What is held once there are so many threads: one that has ended may be seen for a moment.
fn held_with(threads: usize, folder: &Path) -> Held {
    let is_so = |now: &Held| now.threads == threads;
    held_when(is_so, folder).unwrap_or_else(|now| panic!("not {threads} threads: {now:?}"))
}

/// Returns when no more is held than before. (What dials holds a socket now and then.)
fn assert_no_more_than(before: &Held, folder: &Path) {
    let is_no_more = |now: &Held| {
        (now.threads, now.mappings, &now.files) == (before.threads, before.mappings, &before.files)
            && now.descriptors <= before.descriptors
    };
    if let Err(now) = held_when(is_no_more, folder) {
        panic!("{now:?}, and before: {before:?}");
    }
}

fn held_when(is_so: impl Fn(&Held) -> bool, folder: &Path) -> Result<Held, Held> {
    let deadline = Instant::now() + LONG;
    loop {
        let now = held(folder);
        if is_so(&now) {
            return Ok(now);
        }
        if Instant::now() > deadline {
            return Err(now);
        }
        std::thread::yield_now();
    }
}

#[test]
fn nodes_that_come_and_go_leave_nothing_behind() {
    let threads = count("/proc/self/task");
    for kind in KINDS {
        let folder = Folder::new();
        let topology = folder.topology(&two_by(kind, ""));
        let left = || {
            let left = Node::from_topology(&topology, "left").unwrap();
            left.bus("a").unwrap()
        };
        // Once before, for what a process does only once.
        live(&topology, &left());
        let without_left = held_with(threads, folder.path());
        let stays = left();
        live(&topology, &stays);
        let with_left = held_with(threads + 1, folder.path());
        let memory_before = memory();
        for _ in 0..LIVES {
            live(&topology, &stays);
        }
        assert_no_more_than(&with_left, folder.path());
        drop(stays);
        for _ in 0..LIVES {
            live(&topology, &left());
        }
        assert_no_more_than(&without_left, folder.path());
        let grown = memory().saturating_sub(memory_before);
        assert!(grown < GROWTH_MAX, "{kind}: {grown} bytes");
    }
}
