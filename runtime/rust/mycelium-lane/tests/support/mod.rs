//! What tests of lanes need: a folder of their own, frames that tell who they are, and other processes.
#![allow(dead_code, unused_imports)] // each test program uses its part

#[path = "../../peer/frames.rs"]
mod frames;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

pub use frames::{frame, length_for, number_of};

/// A folder in shared memory that is gone after the test.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(format!(
            "/dev/shm/mycelium-lane-test-{}-{number}",
            std::process::id()
        ));
        std::fs::create_dir_all(&path).expect("a folder in /dev/shm");
        Self { path }
    }

    pub fn lane(&self) -> PathBuf {
        self.path.join("lane")
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.path).expect("the folder is there");
        entries
            .map(|entry| {
                entry
                    .expect("readable")
                    .file_name()
                    .into_string()
                    .expect("UTF-8")
            })
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Starts the other process of a test: see `peer/main.rs` for what it understands.
pub fn peer(lane: &Path, words: &str, kill_at: Option<&str>) -> Child {
    let mut command = peer_command(lane, words);
    if let Some(step) = kill_at {
        command.env("MYCELIUM_LANE_KILL_AT", step);
    }
    command.spawn().expect("lane-peer runs")
}

/// Starts a peer, and waits until it has stopped itself at a step.
pub fn stopped_peer(lane: &Path, words: &str, step: &str) -> Child {
    let peer = peer_command(lane, words)
        .env("MYCELIUM_LANE_STOP_AT", step)
        .stderr(Stdio::null())
        .spawn()
        .expect("lane-peer runs");
    let status = format!("/proc/{}/stat", peer.id());
    let is_stopped = || std::fs::read_to_string(&status).is_ok_and(|stat| stat.contains(") T "));
    while !is_stopped() {
        std::thread::yield_now();
    }
    peer
}

/// Lets a stopped peer go on.
pub fn let_go_on(peer: &Child) {
    let id = peer.id().to_string();
    assert!(Command::new("kill")
        .args(["-CONT", &id])
        .status()
        .expect("kill runs")
        .success());
}

fn peer_command(lane: &Path, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lane-peer"));
    command
        .arg(lane)
        .args(words.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// What a peer has said by the time it ended well.
pub fn said(peer: Child) -> String {
    let output = peer.wait_with_output().expect("lane-peer runs");
    assert!(output.status.success(), "lane-peer: {}", output.status);
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .trim()
        .to_owned()
}

/// The next line a peer says.
pub fn line_of(peer: &mut Child) -> String {
    let output = peer.stdout.as_mut().expect("piped");
    let mut line = Vec::new();
    let mut byte = [0];
    while output.read(&mut byte).expect("readable") == 1 && byte != *b"\n" {
        line.push(byte[0]);
    }
    String::from_utf8(line).expect("UTF-8")
}

/// Sets its flag when it is dropped, also by a failed assertion: so that the other threads of a test end as well.
pub struct SetWhenDropped<'a>(pub &'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
