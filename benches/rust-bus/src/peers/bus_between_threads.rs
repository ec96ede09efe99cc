//! The bus, within a process: each message in an `Arc`, made by `publish`.

use std::time::Duration;

use mycelium_bus::{
    BusMessage, MessageBus, Publisher, Subscriber, SubscriberOptions, Wait as BusWait,
};
use mycelium_generated::bench::bus::{LongAnswer, LongQuestion, ShortAnswer, ShortQuestion};

use crate::end::{fill, number_of, End, Wait};

/// A message of the benchmark: nothing but its payload.
pub trait Carried: BusMessage {
    fn of(number: u64) -> Self;
    fn payload(&self) -> &[u8];
}

macro_rules! carried {
    ($($message:ident $bytes:literal),*) => {$(
        impl Carried for $message {
            #[inline(always)]
            fn of(number: u64) -> Self {
                let mut payload = [0; $bytes];
                fill(&mut payload, number);
                Self { payload }
            }

            #[inline(always)]
            fn payload(&self) -> &[u8] {
                &self.payload
            }
        }
    )*};
}

carried!(ShortQuestion 64, ShortAnswer 64, LongQuestion 1024, LongAnswer 1024);

/// What publishes one type and subscribes to another, wherever the other side is.
pub struct Side<Out: Carried, Into: Carried> {
    publisher: Publisher<Out>,
    subscriber: Subscriber<Into>,
}

impl<Out: Carried, Into: Carried> Side<Out, Into> {
    pub fn new(bus: &MessageBus, wait: BusWait) -> Self {
        let options = SubscriberOptions {
            wait,
            ..SubscriberOptions::default()
        };
        Self {
            publisher: bus.publisher(),
            subscriber: bus.subscriber_with(options),
        }
    }

    /// Until the other process has subscribed: what is sent before nobody gets.
    pub fn wait_until_wanted(&self, patience: Duration) {
        self.publisher
            .wait_until_wanted(patience)
            .expect("the other end");
    }
}

pub fn ends(size: usize, wait: Wait) -> (Box<dyn End>, Box<dyn End>) {
    let bus = MessageBus::new();
    let wait = match wait {
        Wait::Spin => BusWait::Spin,
        // The default, which like the channels beside it looks for a moment before it sleeps.
        Wait::Sleep => BusWait::Adaptive,
    };
    match size {
        64 => (
            Box::new(Side::<ShortQuestion, ShortAnswer>::new(&bus, wait)),
            Box::new(Side::<ShortAnswer, ShortQuestion>::new(&bus, wait)),
        ),
        _ => (
            Box::new(Side::<LongQuestion, LongAnswer>::new(&bus, wait)),
            Box::new(Side::<LongAnswer, LongQuestion>::new(&bus, wait)),
        ),
    }
}

impl<Out: Carried, Into: Carried> End for Side<Out, Into> {
    fn send(&mut self, number: u64) {
        self.publisher
            .publish(Out::of(number))
            .expect("the bus is open");
    }

    fn receive(&mut self) -> u64 {
        number_of(self.subscriber.recv().expect("the bus is open").payload())
    }
}
