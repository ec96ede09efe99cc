//! `subscribe`, `receive`, `until` and `counts`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mycelium_bus::{Overflow, RecvError, Subscriber, SubscriberOptions};

use crate::answer::{Answer, Failure};
use crate::number::Numbered;
use crate::peer::{lock, Peer, Version};
use crate::{current, other};

/// A subscriber of any message.
pub trait Receiver: Send {
    fn receive(&mut self, count: u64, timeout: Duration) -> Answer;
    fn until(&mut self, number: u64, timeout: Duration) -> Answer;
    fn counts(&self) -> String;
}

impl Peer {
    pub fn subscribe(
        &self,
        name: &str,
        service: &str,
        message: &str,
        capacity: usize,
        policy: &str,
    ) -> Answer {
        let options = SubscriberOptions {
            capacity,
            overflow: overflow(policy)?,
            ..SubscriberOptions::default()
        };
        let bus = self.bus(service)?;
        let receiver: Box<dyn Receiver> = match (message, self.version) {
            ("Number", _) => Box::new(bus.subscriber_with::<current::Number>(options)),
            ("Blob", _) => Box::new(bus.subscriber_with::<current::Blob>(options)),
            ("Changed", Version::Current) => {
                Box::new(bus.subscriber_with::<current::Changed>(options))
            }
            ("Changed", Version::Other) => Box::new(bus.subscriber_with::<other::Changed>(options)),
            _ => return Err(Failure::usage(format!("no message is called {message}"))),
        };
        lock(&self.receivers).insert(name.to_owned(), Arc::new(Mutex::new(receiver)));
        Ok(String::new())
    }
}

fn overflow(policy: &str) -> Result<Overflow, Failure> {
    Ok(match policy {
        "lossless" => Overflow::Block,
        "drop_oldest" => Overflow::DropOldest,
        "drop_newest" => Overflow::DropNewest,
        "latest" => Overflow::Latest,
        _ => return Err(Failure::usage(format!("no policy is called {policy}"))),
    })
}

impl<M: Numbered> Receiver for Subscriber<M> {
    fn receive(&mut self, count: u64, timeout: Duration) -> Answer {
        gather(self, timeout, |so_far, _| so_far == count)
    }

    fn until(&mut self, number: u64, timeout: Duration) -> Answer {
        gather(self, timeout, |_, last| last == Some(number))
    }

    fn counts(&self) -> String {
        let (received, waiting, lost) = (self.received(), self.waiting(), self.lost());
        let total = received + waiting as u64 + lost.overflow + lost.link;
        format!(
            "received={received} waiting={waiting} overflow={} link={} total={total}",
            lost.overflow, lost.link
        )
    }
}

/// Receives until `is_done`, given how many came and the number of the last.
fn gather<M: Numbered>(
    subscriber: &mut Subscriber<M>,
    timeout: Duration,
    is_done: impl Fn(u64, Option<u64>) -> bool,
) -> Answer {
    let deadline = Instant::now() + timeout;
    let (mut gathered, mut count, mut last) = (Gathered::default(), 0, None);
    while !is_done(count, last) {
        let remaining = deadline.saturating_duration_since(Instant::now());
        match subscriber.recv_timeout(remaining) {
            Ok(message) => {
                count += 1;
                last = Some(message.number());
                gathered.add(message.from(), message.number());
            }
            Err(error) => return Err(failure(error, count, &gathered)),
        }
    }
    Ok(gathered.text())
}

fn failure(error: RecvError, count: u64, gathered: &Gathered) -> Failure {
    let numbers = gathered.text();
    Failure::from(error).after(format!("{count} [{numbers}]"))
}

/// Numbers in the order they came, by publisher; those that follow one another as a range.
#[derive(Default)]
struct Gathered(BTreeMap<String, Vec<(u64, u64)>>);

impl Gathered {
    fn add(&mut self, from: &str, number: u64) {
        let ranges = self.0.entry(from.to_owned()).or_default();
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => ranges.push((number, number)),
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (from, ranges) in &self.0 {
            let _ = write!(text, "{}{from}:", if text.is_empty() { "" } else { " " });
            for (place, (first, last)) in ranges.iter().enumerate() {
                let comma = if place == 0 { "" } else { "," };
                let _ = match first == last {
                    true => write!(text, "{comma}{first}"),
                    false => write!(text, "{comma}{first}-{last}"),
                };
            }
        }
        text
    }
}
