//! `publish`, `try` and `flow`.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use mycelium_bus::Publisher;

use crate::answer::{Answer, Failure};
use crate::number::Numbered;
use crate::peer::{Peer, Version};
use crate::{current, other};

impl Peer {
    pub fn await_wanted(&self, service: &str, message: &str, patience: Duration) -> Answer {
        self.with_publisher(service, message, |each| each.await_wanted(patience))
    }

    pub fn publish(
        &self,
        service: &str,
        message: &str,
        first: u64,
        count: u64,
        bytes: usize,
    ) -> Answer {
        let range = first..first.saturating_add(count);
        self.with_publisher(service, message, |each| each.publish(service, range, bytes))
    }

    pub fn try_publish(&self, service: &str, message: &str, first: u64, count: u64) -> Answer {
        let range = first..first.saturating_add(count);
        self.with_publisher(service, message, |each| each.try_publish(service, range))
    }

    pub fn wanted_by(&self, service: &str, message: &str) -> Answer {
        let mut services = self.publisher(service, message)?.wanted_by();
        services.sort();
        Ok(services.join(" "))
    }

    /// Publishes 0, 1, 2 and so on, one each millisecond, until it is stopped.
    pub fn flow(&self, tag: &str, service: &str, message: &str) -> Answer {
        let publisher = self.publisher(service, message)?;
        let service = service.to_owned();
        self.tasks.start(tag, move |stop| {
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                publisher.publish(&service, number..number + 1, 0)?;
                number += 1;
                thread::sleep(Duration::from_millis(1));
            }
            Ok(number.to_string())
        });
        Ok(String::new())
    }

    fn with_publisher(
        &self,
        service: &str,
        message: &str,
        act: impl FnOnce(&dyn Publishing) -> Answer,
    ) -> Answer {
        act(&*self.publisher(service, message)?)
    }

    fn publisher(&self, service: &str, message: &str) -> Result<Box<dyn Publishing>, Failure> {
        let bus = self.bus(service)?;
        Ok(match (message, self.version) {
            ("Number", _) => Box::new(bus.publisher::<current::Number>()),
            ("Blob", _) => Box::new(bus.publisher::<current::Blob>()),
            ("Changed", Version::Current) => Box::new(bus.publisher::<current::Changed>()),
            ("Changed", Version::Other) => Box::new(bus.publisher::<other::Changed>()),
            _ => return Err(Failure::usage(format!("no message is called {message}"))),
        })
    }
}

/// A publisher of any message.
trait Publishing: Send {
    fn await_wanted(&self, patience: Duration) -> Answer;
    fn wanted_by(&self) -> Vec<String>;
    fn publish(&self, from: &str, numbers: std::ops::Range<u64>, bytes: usize) -> Answer;
    fn try_publish(&self, from: &str, numbers: std::ops::Range<u64>) -> Answer;
}

impl<M: Numbered> Publishing for Publisher<M> {
    fn await_wanted(&self, patience: Duration) -> Answer {
        self.wait_until_wanted(patience)?;
        Ok(String::new())
    }

    fn wanted_by(&self) -> Vec<String> {
        Publisher::wanted_by(self)
    }

    fn publish(&self, from: &str, numbers: std::ops::Range<u64>, bytes: usize) -> Answer {
        let first = numbers.start;
        let count = numbers.end - first;
        for number in numbers {
            Publisher::publish(self, M::make(from, number, bytes))
                .map_err(|error| Failure::from(error).after(number - first))?;
        }
        Ok(count.to_string())
    }

    fn try_publish(&self, from: &str, numbers: std::ops::Range<u64>) -> Answer {
        let first = numbers.start;
        let count = numbers.end - first;
        for number in numbers {
            if Publisher::try_publish(self, M::make(from, number, 0)).is_err() {
                return Ok((number - first).to_string());
            }
        }
        Ok(count.to_string())
    }
}
