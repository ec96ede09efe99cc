//! Messages that are read where they lie: what the queue does meanwhile, and what is left when the reader panics.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

use mycelium::control::{Goodbye, GoodbyeCode, Heartbeat, Hello};
use mycelium::Timestamp;
use mycelium_bus::{
    MessageBus, Overflow, PublishError, RecvError, Subscriber, SubscriberOptions, Wait,
};

const LONG: Duration = Duration::from_secs(10);

fn beat(number: i64) -> Heartbeat {
    Heartbeat {
        time: Timestamp::from_nanoseconds(number),
        watermark: Timestamp::from_nanoseconds(-number),
    }
}

/// What a beat carries, where both its ends agree.
fn number(beat: &Heartbeat) -> i64 {
    let number = beat.time.nanoseconds();
    assert_eq!(beat.watermark.nanoseconds(), -number);
    number
}

fn with(overflow: Overflow, capacity: usize) -> SubscriberOptions {
    SubscriberOptions {
        capacity,
        overflow,
        ..SubscriberOptions::default()
    }
}

#[test]
fn every_message_comes_once_in_order_however_it_is_received() {
    for wait in [Wait::Spin, Wait::Adaptive, Wait::Block] {
        let bus = MessageBus::new();
        let beats = bus.publisher::<Heartbeat>();
        let mut heard = bus.subscriber_with::<Heartbeat>(SubscriberOptions {
            wait,
            ..with(Overflow::Block, 16)
        });
        let publisher = thread::spawn(move || {
            for number in 0..30_000 {
                beats.publish(beat(number)).unwrap();
            }
        });
        for expected in 0..30_000 {
            let found = match expected % 4 {
                0 => heard.recv_with(number),
                1 => heard.recv().map(|beat| number(&beat)),
                2 => heard.recv_timeout_with(LONG, number),
                _ => loop {
                    if let Some(found) = heard.try_recv_with(number).transpose() {
                        break found;
                    }
                },
            };
            assert_eq!(found, Ok(expected));
        }
        publisher.join().unwrap();
        assert_eq!((heard.received(), heard.waiting()), (30_000, 0));
    }
}

#[test]
fn a_message_is_the_same_whether_it_is_given_by_itself_in_a_box_or_in_an_arc() {
    let bus = MessageBus::new();
    let goodbyes = bus.publisher::<Goodbye>();
    let mut heard = bus.subscriber::<Goodbye>();
    let goodbye = Goodbye {
        code: GoodbyeCode::Shutdown,
        reason: Some(
            "a reason that is not short enough to lie anywhere but on the heap".to_owned(),
        ),
    };
    let shared = Arc::new(goodbye.clone());
    goodbyes.publish(goodbye.clone()).unwrap();
    goodbyes.publish(Box::new(goodbye.clone())).unwrap();
    goodbyes.publish(Arc::clone(&shared)).unwrap();
    goodbyes.publish(Arc::clone(&shared)).unwrap();
    for _ in 0..2 {
        assert_eq!(heard.recv_with(Goodbye::clone), Ok(goodbye.clone()));
    }
    assert!(heard
        .recv_with(|heard| std::ptr::eq(heard, &*shared))
        .unwrap());
    assert!(Arc::ptr_eq(&heard.recv().unwrap(), &shared));
    assert_eq!(Arc::strong_count(&shared), 1);
}

#[test]
fn several_readers_read_the_same_message() {
    let bus = MessageBus::new();
    let beats = bus.publisher::<Heartbeat>();
    let mut heard = [bus.subscriber::<Heartbeat>(), bus.subscriber::<Heartbeat>()];
    beats.publish(beat(7)).unwrap();
    let places = heard
        .each_mut()
        .map(|each| each.recv_with(|beat| (number(beat), std::ptr::from_ref(beat).addr())));
    assert_eq!(places[0], places[1]);
    assert_eq!(places[0].unwrap().0, 7);
}

#[test]
fn large_messages_are_read_too() {
    let bus = MessageBus::new();
    let (hellos, mut heard) = (bus.publisher::<Hello>(), bus.subscriber::<Hello>());
    assert!(size_of::<Hello>() > 128);
    let hello = Hello {
        node: 1,
        wire_version: 1,
        node_name: "engine".to_owned(),
        services: vec!["market-data".to_owned()],
        messages: Vec::new(),
        subscriptions: vec![1, 2, 3],
        from: None,
        to: None,
        wants: Vec::new(),
    };
    hellos.publish(hello.clone()).unwrap();
    hellos.publish(Arc::new(hello.clone())).unwrap();
    for _ in 0..2 {
        assert_eq!(heard.recv_with(Hello::clone), Ok(hello.clone()));
    }
}

#[test]
fn until_it_has_been_read_a_message_keeps_its_place() {
    let bus = MessageBus::new();
    let beats = bus.publisher::<Heartbeat>();
    let mut heard = bus.subscriber_with::<Heartbeat>(with(Overflow::Block, 2));
    beats.publish(beat(1)).unwrap();
    beats.publish(beat(2)).unwrap();
    let meanwhile = heard.recv_with(|read| (number(read), beats.try_publish(beat(3))));
    assert_eq!(meanwhile, Ok((1, Err(PublishError::Full))));
    assert_eq!(beats.try_publish(beat(3)), Ok(()));
    // One that waits goes on as soon as the place is free.
    thread::scope(|scope| {
        let waiting = scope.spawn(|| beats.publish(beat(4)));
        heard
            .recv_with(|read| {
                thread::sleep(Duration::from_millis(50));
                assert!(!waiting.is_finished());
                assert_eq!(number(read), 2);
            })
            .unwrap();
        assert_eq!(waiting.join().unwrap(), Ok(()));
    });
    assert_eq!(heard.recv_with(number), Ok(3));
    assert_eq!(heard.recv_with(number), Ok(4));
}

#[test]
fn those_who_drop_messages_do_not_wait_for_a_reader() {
    let bus = MessageBus::new();
    let beats = bus.publisher::<Heartbeat>();
    let mut oldest = bus.subscriber_with::<Heartbeat>(with(Overflow::DropOldest, 2));
    let mut newest = bus.subscriber_with::<Heartbeat>(with(Overflow::DropNewest, 2));
    let mut latest = bus.subscriber_with::<Heartbeat>(with(Overflow::Latest, 2));
    let publish = |numbers: std::ops::RangeInclusive<i64>| {
        numbers.for_each(|number| beats.publish(beat(number)).unwrap());
    };
    publish(1..=2);
    let read = oldest.recv_with(|read| {
        publish(3..=9);
        number(read)
    });
    assert_eq!(read, Ok(1));
    assert_eq!(
        (oldest.recv_with(number), oldest.recv_with(number)),
        (Ok(8), Ok(9))
    );
    assert_eq!((oldest.lost().overflow, oldest.received()), (6, 3));
    let read = newest.recv_with(|read| {
        publish(10..=11);
        number(read)
    });
    assert_eq!((read, newest.recv_with(number)), (Ok(1), Ok(2)));
    assert_eq!(
        (newest.try_recv_with(number), newest.lost().overflow),
        (Ok(None), 9)
    );
    assert_eq!(
        (latest.recv_with(number), latest.lost().overflow),
        (Ok(11), 10)
    );
}

#[test]
fn a_reader_that_panics_has_had_its_message() {
    let bus = MessageBus::new();
    let beats = bus.publisher::<Heartbeat>();
    let mut heard = bus.subscriber_with::<Heartbeat>(with(Overflow::Block, 2));
    beats.publish(beat(1)).unwrap();
    beats.publish(beat(2)).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| beats.publish(beat(3)));
        let read = || heard.recv_with(|_| -> () { panic!("a reader that panics") });
        assert!(catch_unwind(AssertUnwindSafe(read)).is_err());
        assert_eq!(waiting.join().unwrap(), Ok(()));
    });
    assert_eq!(heard.received(), 1);
    assert_eq!(
        (heard.recv_with(number), heard.recv_with(number)),
        (Ok(2), Ok(3))
    );
}

#[test]
fn without_a_message_nothing_is_called() {
    let bus = MessageBus::new();
    let beats = bus.publisher::<Heartbeat>();
    let mut heard = bus.subscriber::<Heartbeat>();
    assert_eq!(heard.try_recv_with(number), Ok(None));
    let soon = Duration::from_millis(5);
    assert_eq!(
        heard.recv_timeout_with(soon, number),
        Err(RecvError::TimedOut)
    );
    beats.publish(beat(1)).unwrap();
    bus.close();
    assert_eq!(heard.recv_with(number), Ok(1));
    assert_eq!(heard.recv_with(number), Err(RecvError::Closed));
    assert_eq!(heard.try_recv_with(number), Err(RecvError::Closed));
}

#[test]
fn messages_that_are_merged_are_read_in_their_order() {
    let bus = MessageBus::new();
    let beats = bus.publisher::<Heartbeat>();
    let mut heard = bus.subscriber_with::<Heartbeat>(SubscriberOptions {
        merge: Some(LONG),
        ..SubscriberOptions::default()
    });
    for at in 1..=3 {
        beats.publish_at(beat(at), at).unwrap();
    }
    bus.advance_to(10).unwrap();
    for expected in 1..=3 {
        assert_eq!(heard.recv_timeout_with(LONG, number), Ok(expected));
    }
}

#[test]
fn whoever_is_woken_may_use_the_bus() {
    /// Subscribes and publishes as it is woken, in the thread of the publisher that wakes it.
    struct Eager(MessageBus, Mutex<Vec<Subscriber<Heartbeat>>>);
    impl Wake for Eager {
        fn wake(self: Arc<Self>) {
            let mut subscribers = self.1.lock().unwrap();
            subscribers.clear();
            subscribers.push(self.0.subscriber::<Heartbeat>());
            self.0.publisher::<Heartbeat>().publish(beat(2)).unwrap();
        }
    }
    let bus = MessageBus::new();
    let beats = bus.publisher::<Heartbeat>();
    let eager = Arc::new(Eager(bus.clone(), Mutex::default()));
    let mut heard = bus.subscriber::<Heartbeat>();
    let waker = Waker::from(Arc::clone(&eager));
    let mut context = Context::from_waker(&waker);
    assert!(heard.poll_recv(&mut context).is_pending());
    beats.publish(beat(1)).unwrap();
    assert_eq!(heard.recv_with(number), Ok(1));
    assert_eq!(heard.recv_with(number), Ok(2));
    assert_eq!(bus.publisher::<Heartbeat>().published(), 2);
}

#[test]
fn publishers_that_meet_lose_nothing_and_keep_their_order() {
    const PUBLISHERS: i64 = 3;
    const EACH: i64 = 20_000;
    for overflow in [Overflow::Block, Overflow::DropOldest, Overflow::DropNewest] {
        let bus = MessageBus::new();
        let mut heard = bus.subscriber_with::<Heartbeat>(with(overflow, 8));
        let beats = bus.publisher::<Heartbeat>();
        let all: Vec<_> = (0..PUBLISHERS)
            .map(|publisher| {
                let beats = beats.clone();
                thread::spawn(move || {
                    for number in 0..EACH {
                        beats.publish(beat(publisher * EACH + number)).unwrap();
                    }
                })
            })
            .collect();
        let mut last = [-1; PUBLISHERS as usize];
        let mut received = 0;
        let mut take = |number: i64| {
            let publisher = (number / EACH) as usize;
            assert!(number % EACH > last[publisher]);
            last[publisher] = number % EACH;
            received += 1;
        };
        while !all.iter().all(|each| each.is_finished()) {
            while let Some(number) = heard.try_recv_with(number).unwrap() {
                take(number);
            }
        }
        while let Some(number) = heard.try_recv_with(number).unwrap() {
            take(number);
        }
        all.into_iter().for_each(|each| each.join().unwrap());
        let lost = heard.lost().overflow as i64;
        assert_eq!(received + lost, PUBLISHERS * EACH);
        assert_eq!(beats.published() as i64, PUBLISHERS * EACH);
        assert!(overflow != Overflow::Block || lost == 0);
    }
}
