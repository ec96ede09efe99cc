//! A process with a host and a guest: idle, and forked.
#![cfg(target_os = "linux")]
#![allow(unsafe_code)]

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use mycelium_bus::{NodeError, PublishError};
use mycelium_ffi::{code, JoinError};
use mycelium_generated::conformance::Tree;
use support::{join_with, tree, Pair, LONG};

/// Set in the process that does nothing but wait.
const CHILD: &str = "MYCELIUM_TEST_CHILD";
const RESTS: &str = "it rests";

/// Not a test of its own: a host and a guest that both wait for messages, after each has had one.
#[test]
fn the_other_process() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let pair = Pair::connected();
    let waiting = [(&pair.feed, &pair.strategy), (&pair.strategy, &pair.feed)];
    let waiting = waiting.map(|(from, to)| {
        let mut trees = to.subscriber::<Tree>();
        let publisher = from.publisher::<Tree>();
        publisher.wait_until_wanted(LONG).unwrap();
        // Their own subscribers get it, too.
        publisher.publish(tree(1)).unwrap();
        while trees.recv_timeout(Duration::from_millis(50)).is_ok() {}
        thread::spawn(move || trees.recv().is_ok())
    });
    println!("\n{RESTS}");
    for thread in waiting {
        thread.join().unwrap();
    }
}

/// Processor time of a process and its threads, in ticks of the system.
fn processor_ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    // Fields 14 and 15 of proc(5), of which the first two come before.
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[test]
fn a_host_and_a_guest_that_wait_use_no_processor() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_other_process", "--nocapture"])
        .env(CHILD, "yes")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line == RESTS)));
    // Whatever begins to rest has come to rest.
    thread::sleep(Duration::from_millis(200));
    let before = processor_ticks(child.id());
    thread::sleep(Duration::from_millis(1500));
    let used = processor_ticks(child.id()) - before;
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(used <= 1, "{used} ticks of 10 ms in 1.5 s");
}

/// What must hold in a forked child; the number of the first thing that does not.
fn in_child(pair: Pair) -> i32 {
    let joined = join_with(&pair.offer, &[]);
    let is_refused =
        matches!(&joined, Err(JoinError::Refused { code, .. }) if *code == code::FORKED);
    let published = pair.feed.publisher::<Tree>().publish(tree(1));
    let waited = pair.guest.wait_until_connected(LONG);
    let holds = [
        is_refused,
        published == Err(PublishError::Forked),
        matches!(waited, Err(NodeError::Forked)),
    ];
    drop(joined);
    // Ends nothing of the parent's.
    pair.guest.close();
    pair.host.close();
    drop(pair);
    let wrong = holds.iter().position(|each| !each);
    wrong.map_or(0, |index| index as i32 + 1)
}

#[test]
fn a_forked_child_has_no_part_in_it() {
    let pair = Pair::connected();
    let mut trees = pair.strategy.subscriber::<Tree>();
    let publisher = pair.feed.publisher::<Tree>();
    publisher.wait_until_wanted(LONG).unwrap();
    // SAFETY: the child needs no other thread, and ends by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let wrong = in_child(pair);
        // SAFETY: no memory is involved.
        unsafe { libc::_exit(wrong) };
    }
    let mut status = 0;
    // SAFETY: the status outlives the call.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(
        (libc::WIFEXITED(status), libc::WEXITSTATUS(status)),
        (true, 0)
    );
    for number in 0..1000 {
        publisher.publish(tree(number)).unwrap();
        assert_eq!(trees.recv_timeout(LONG).unwrap().value, number);
    }
    assert!(join_with(&pair.offer, &[]).is_err());
}
