//! The disruptor: one producer and one polling consumer a direction, the payload written in place.

use disruptor::{
    build_single_producer, BusySpin, EventPoller, Polling, Producer, SingleConsumerBarrier,
    SingleProducer, SingleProducerBarrier,
};

use crate::end::{filled, End};

/// As between threads of the bus: that many stay in the caches next to the two cores, which it gains from as well.
const CAPACITY: usize = 64;

type Sender<const WORDS: usize> = SingleProducer<[u64; WORDS], SingleConsumerBarrier>;
type Receiver<const WORDS: usize> = EventPoller<[u64; WORDS], SingleProducerBarrier>;

struct Side<const WORDS: usize> {
    sender: Sender<WORDS>,
    receiver: Receiver<WORDS>,
}

pub fn ends<const WORDS: usize>() -> (Box<dyn End>, Box<dyn End>) {
    let (there, from_there) = direction::<WORDS>();
    let (back, from_back) = direction::<WORDS>();
    let near = Side {
        sender: there,
        receiver: from_back,
    };
    (
        Box::new(near),
        Box::new(Side {
            sender: back,
            receiver: from_there,
        }),
    )
}

fn direction<const WORDS: usize>() -> (Sender<WORDS>, Receiver<WORDS>) {
    let builder = build_single_producer(CAPACITY, || [0; WORDS], BusySpin);
    let (receiver, builder) = builder.new_event_poller();
    (builder.build(), receiver)
}

impl<const WORDS: usize> End for Side<WORDS> {
    fn send(&mut self, number: u64) {
        self.sender.publish(|payload| *payload = filled(number));
    }

    fn receive(&mut self) -> u64 {
        loop {
            match self.receiver.take(1) {
                Ok(mut found) => {
                    if let Some(payload) = (&mut found).next() {
                        return payload[0];
                    }
                }
                Err(Polling::NoEvents) => std::hint::spin_loop(),
                Err(Polling::Shutdown) => panic!("the other end is gone"),
            }
        }
    }
}
