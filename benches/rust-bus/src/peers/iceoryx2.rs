//! iceoryx2, publish and subscribe, between threads of a process or between processes; it polls, and waits where it is full.

use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::*;
use iceoryx2::service::port_factory::publish_subscribe::PortFactory as PublishSubscribe;

use crate::end::{filled, End};

const CAPACITY: usize = 1024;

struct Side<S: Service, const WORDS: usize> {
    publisher: Publisher<S, [u64; WORDS], ()>,
    subscriber: Subscriber<S, [u64; WORDS], ()>,
    outgoing: PublishSubscribe<S, [u64; WORDS], ()>,
    _node: Node<S>,
}

/// Between threads of this process.
pub fn ends<const WORDS: usize>() -> (Box<dyn End>, Box<dyn End>) {
    let name = format!("bench-threads-{}", std::process::id());
    let near = side::<local_threadsafe::Service, WORDS>(&name, ["there", "back"]);
    let far = side::<local_threadsafe::Service, WORDS>(&name, ["back", "there"]);
    (Box::new(near), Box::new(far))
}

/// Between processes: the end of this one.
pub fn process_end<const WORDS: usize>(name: &str, is_near: bool) -> Box<dyn End> {
    let ways = if is_near {
        ["there", "back"]
    } else {
        ["back", "there"]
    };
    let side = side::<ipc_threadsafe::Service, WORDS>(name, ways);
    while side.outgoing.dynamic_config().number_of_subscribers() == 0 {
        std::thread::yield_now();
    }
    Box::new(side)
}

fn side<S: Service, const WORDS: usize>(name: &str, [out, into]: [&str; 2]) -> Side<S, WORDS> {
    set_log_level(LogLevel::Error);
    let node = NodeBuilder::new()
        .create::<S>()
        .expect("a node of iceoryx2");
    let service = |way: &str| {
        node.service_builder(&format!("{name}-{way}").as_str().try_into().expect("a name"))
            .publish_subscribe::<[u64; WORDS]>()
            .enable_safe_overflow(false)
            .subscriber_max_buffer_size(CAPACITY)
            .history_size(0)
            .open_or_create()
            .expect("a service of iceoryx2")
    };
    let (outgoing, incoming) = (service(out), service(into));
    let publisher = outgoing
        .publisher_builder()
        .backpressure_strategy(BackpressureStrategy::RetryUntilDelivered)
        .create()
        .expect("a publisher of iceoryx2");
    let subscriber = incoming
        .subscriber_builder()
        .create()
        .expect("a subscriber of iceoryx2");
    Side {
        publisher,
        subscriber,
        outgoing,
        _node: node,
    }
}

impl<S: Service, const WORDS: usize> End for Side<S, WORDS>
where
    Self: Send,
{
    fn send(&mut self, number: u64) {
        let sample = self.publisher.loan_uninit().expect("memory for a sample");
        sample
            .write_payload(filled(number))
            .send()
            .expect("it is sent");
    }

    fn receive(&mut self) -> u64 {
        loop {
            if let Some(sample) = self.subscriber.receive().expect("the connection holds") {
                return sample[0];
            }
            std::hint::spin_loop();
        }
    }
}
