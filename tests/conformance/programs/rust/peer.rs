//! The state of the program, and which command does what.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mycelium_bus::{MessageBus, Node};

use crate::answer::{Answer, Failure};
use crate::receiving::Receiver;
use crate::tasks::Tasks;

/// Which version of `Changed` is spoken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Version {
    Current,
    Other,
}

/// A subscriber of any message.
pub type SharedReceiver = Arc<Mutex<Box<dyn Receiver>>>;

pub struct Peer {
    pub node: Node,
    pub version: Version,
    pub receivers: Mutex<HashMap<String, SharedReceiver>>,
    pub tasks: Tasks,
    /// Opened by `release`: what questions that wait are held by.
    pub gate: Arc<Gate>,
}

impl Peer {
    pub fn new(node: Node, version: Version) -> Self {
        Self {
            node,
            version,
            receivers: Mutex::default(),
            tasks: Tasks::default(),
            gate: Arc::default(),
        }
    }

    /// Runs one command. `start TAG COMMAND...` runs it in a thread of its own, `join TAG SECONDS` gives its answer.
    pub fn run(self: &Arc<Self>, words: &[&str]) -> Answer {
        match words {
            ["connect", seconds] => {
                self.node.wait_until_connected(parse_seconds(seconds)?)?;
                Ok(String::new())
            }
            ["subscribe", name, service, message, capacity, policy] => {
                self.subscribe(name, service, message, parse(capacity)?, policy)
            }
            ["unsubscribe", name] => {
                let receiver = lock(&self.receivers).remove(*name);
                receiver.map(|_| String::new()).ok_or_else(|| unknown(name))
            }
            ["wanted", service, message, seconds] => {
                self.await_wanted(service, message, parse_seconds(seconds)?)
            }
            ["publish", service, message, first, count] => {
                self.publish(service, message, parse(first)?, parse(count)?, 0)
            }
            ["publish", service, message, first, count, bytes] => self.publish(
                service,
                message,
                parse(first)?,
                parse(count)?,
                parse(bytes)?,
            ),
            ["try", service, message, first, count] => {
                self.try_publish(service, message, parse(first)?, parse(count)?)
            }
            ["wanted_by", service, message] => self.wanted_by(service, message),
            ["flow", tag, service, message] => self.flow(tag, service, message),
            ["receive", name, count, seconds] => {
                lock(&*self.receiver(name)?).receive(parse(count)?, parse_seconds(seconds)?)
            }
            ["until", name, number, seconds] => {
                lock(&*self.receiver(name)?).until(parse(number)?, parse_seconds(seconds)?)
            }
            ["counts", name] => Ok(lock(&*self.receiver(name)?).counts()),
            ["serve", service] => self.serve(service),
            ["release"] => {
                self.gate.open();
                Ok(String::new())
            }
            ["request", service, to, number, behaviour, seconds] => self.request(
                service,
                to,
                parse(number)?,
                parse(behaviour)?,
                parse_seconds(seconds)?,
            ),
            ["links"] => Ok(self.links()),
            ["mismatches"] => Ok(self.mismatches()),
            ["metrics"] => Ok(self.metrics()),
            ["fork", _] => Err(Failure::new("unsupported", "Rust does not fork")),
            ["start", tag, command @ ..] => self.start_task(tag, command),
            ["stop", tag] => self.tasks.stop(tag),
            ["join", tag, seconds] => self.tasks.join(tag, parse_seconds(seconds)?),
            ["close"] => {
                self.close();
                Ok(String::new())
            }
            _ => Err(Failure::usage(format!("no command: {}", words.join(" ")))),
        }
    }

    /// Ends everything; what was published before still arrives.
    pub fn close(&self) {
        self.gate.open();
        self.node.close();
    }

    pub fn bus(&self, service: &str) -> Result<MessageBus, Failure> {
        Ok(self.node.bus(service)?)
    }

    fn receiver(&self, name: &str) -> Result<SharedReceiver, Failure> {
        let receivers = lock(&self.receivers);
        receivers.get(name).cloned().ok_or_else(|| unknown(name))
    }
}

fn unknown(name: &str) -> Failure {
    Failure::usage(format!("no subscriber is called {name}"))
}

pub fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn parse<T: std::str::FromStr>(word: &str) -> Result<T, Failure> {
    word.parse()
        .map_err(|_| Failure::usage(format!("no number: {word}")))
}

fn parse_seconds(word: &str) -> Result<Duration, Failure> {
    Duration::try_from_secs_f64(parse(word)?).map_err(Failure::usage)
}

/// Closed until it is opened.
#[derive(Default)]
pub struct Gate {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    pub fn open(&self) {
        *lock(&self.is_open) = true;
        self.opened.notify_all();
    }

    pub fn wait(&self) {
        let is_open = lock(&self.is_open);
        drop(self.opened.wait_while(is_open, |is_open| !*is_open));
    }
}
