//! The bus, within a process: `publish`, and `recv`, which gives an `Arc`, or `recv_with`, which reads a message where it lies.

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

/// Messages a queue between threads holds: together they stay in the caches next to the two cores.
const CAPACITY: usize = 64;

/// What publishes one type and subscribes to another, wherever the other side is; reads messages where they lie, or as they are
/// shared.
pub struct Side<Out: Carried, Into: Carried, const IN_PLACE: bool> {
    publisher: Publisher<Out>,
    subscriber: Subscriber<Into>,
}

impl<Out: Carried, Into: Carried, const IN_PLACE: bool> Side<Out, Into, IN_PLACE> {
    pub fn new(bus: &MessageBus, options: SubscriberOptions) -> Self {
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

pub fn ends<const IN_PLACE: bool>(size: usize, wait: Wait) -> (Box<dyn End>, Box<dyn End>) {
    let options = SubscriberOptions {
        capacity: CAPACITY,
        wait: match wait {
            Wait::Spin => BusWait::Spin,
            // The default, which like the channels beside it looks for a moment before it sleeps.
            Wait::Sleep => BusWait::Adaptive,
        },
        ..SubscriberOptions::default()
    };
    match size {
        64 => both::<ShortQuestion, ShortAnswer, IN_PLACE>(options),
        _ => both::<LongQuestion, LongAnswer, IN_PLACE>(options),
    }
}

fn both<Question: Carried, Answer: Carried, const IN_PLACE: bool>(
    options: SubscriberOptions,
) -> (Box<dyn End>, Box<dyn End>) {
    let bus = MessageBus::new();
    (
        Box::new(Side::<Question, Answer, IN_PLACE>::new(&bus, options)),
        Box::new(Side::<Answer, Question, IN_PLACE>::new(&bus, options)),
    )
}

impl<Out: Carried, Into: Carried, const IN_PLACE: bool> End for Side<Out, Into, IN_PLACE> {
    fn send(&mut self, number: u64) {
        self.publisher
            .publish(Out::of(number))
            .expect("the bus is open");
    }

    fn receive(&mut self) -> u64 {
        let found = match IN_PLACE {
            true => self
                .subscriber
                .recv_with(|message| number_of(message.payload())),
            false => self
                .subscriber
                .recv()
                .map(|message| number_of(message.payload())),
        };
        found.expect("the bus is open")
    }
}
