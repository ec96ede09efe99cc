//! Commands that run in threads of their own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::answer::{Answer, Failure};
use crate::peer::{lock, Peer};

/// Those that run, by tag.
#[derive(Default)]
pub struct Tasks {
    answers: Mutex<HashMap<String, Receiver<Answer>>>,
    stops: Mutex<HashMap<String, Arc<AtomicBool>>>,
}

impl Tasks {
    /// Runs this until it ends by itself, or sees that it should.
    pub fn start(&self, tag: &str, task: impl FnOnce(&AtomicBool) -> Answer + Send + 'static) {
        let (sender, answer) = channel();
        let stop = Arc::new(AtomicBool::new(false));
        lock(&self.answers).insert(tag.to_owned(), answer);
        lock(&self.stops).insert(tag.to_owned(), Arc::clone(&stop));
        // Who does not join it does not want its answer.
        thread::spawn(move || drop(sender.send(task(&stop))));
    }

    pub fn stop(&self, tag: &str) -> Answer {
        let stops = lock(&self.stops);
        let stop = stops.get(tag).ok_or_else(|| unknown(tag))?;
        stop.store(true, Ordering::Relaxed);
        Ok(String::new())
    }

    /// The answer, once it is there.
    pub fn join(&self, tag: &str, timeout: Duration) -> Answer {
        let mut answers = lock(&self.answers);
        let answer = answers.get(tag).ok_or_else(|| unknown(tag))?;
        match answer.recv_timeout(timeout) {
            Ok(answer) => {
                answers.remove(tag);
                answer
            }
            Err(RecvTimeoutError::Timeout) => Err(Failure::new("timed_out", "it still runs")),
            Err(RecvTimeoutError::Disconnected) => Err(Failure::new("other", "it panicked")),
        }
    }
}

fn unknown(tag: &str) -> Failure {
    Failure::usage(format!("nothing was started as {tag}"))
}

impl Peer {
    pub fn start_task(self: &Arc<Self>, tag: &str, command: &[&str]) -> Answer {
        let peer = Arc::clone(self);
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        self.tasks.start(tag, move |_| {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            peer.run(&words)
        });
        Ok(String::new())
    }
}
