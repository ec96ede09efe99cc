//! The bus within one process: order, loss, waiting, failures, and what stays behind.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use mycelium::control::{Goodbye, GoodbyeCode, Heartbeat};
use mycelium::Timestamp;
use mycelium_bus::{
    MessageBus, Overflow, PublishError, RecvError, RequestError, SubscriberOptions, Wait,
};

fn beat(number: i64) -> Heartbeat {
    Heartbeat {
        time: Timestamp::from_nanoseconds(number),
        watermark: Timestamp::from_nanoseconds(0),
    }
}

fn goodbye(code: GoodbyeCode) -> Goodbye {
    Goodbye { code, reason: None }
}

fn with(overflow: Overflow, capacity: usize) -> SubscriberOptions {
    SubscriberOptions {
        capacity,
        overflow,
        ..SubscriberOptions::default()
    }
}

#[test]
fn a_callback_gets_the_message_itself_in_the_publishers_thread() {
    let bus = MessageBus::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    let subscription = bus.subscribe::<Heartbeat>(move |message| {
        let mut seen = keep.lock().unwrap();
        seen.push((Arc::clone(message), thread::current().id()));
    });
    let message = Arc::new(beat(1));
    let beats = bus.publisher::<Heartbeat>();
    beats.publish(Arc::clone(&message)).unwrap();
    subscription.close();
    beats.publish(beat(2)).unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    assert!(Arc::ptr_eq(&seen[0].0, &message));
    assert_eq!(seen[0].1, thread::current().id());
}

#[test]
fn subscribers_get_all_messages_of_their_type_in_order() {
    let bus = MessageBus::new();
    let mut subscribers = [bus.subscriber::<Heartbeat>(), bus.subscriber::<Heartbeat>()];
    let (beats, goodbyes) = (bus.publisher::<Heartbeat>(), bus.publisher::<Goodbye>());
    for number in 0..1000 {
        beats.publish(beat(number)).unwrap();
        goodbyes.publish(goodbye(GoodbyeCode::Shutdown)).unwrap();
    }
    for subscriber in &mut subscribers {
        for number in 0..1000 {
            assert_eq!(
                subscriber.recv().unwrap().time,
                Timestamp::from_nanoseconds(number)
            );
        }
        assert_eq!(subscriber.try_recv(), Ok(None));
        assert_eq!(
            (subscriber.received(), subscriber.lost().overflow),
            (1000, 0)
        );
    }
    assert_eq!(beats.published(), 1000);
}

#[test]
fn a_lossy_queue_counts_what_it_loses() {
    let cases = [
        (Overflow::DropOldest, vec![6, 7, 8, 9]),
        (Overflow::DropNewest, vec![0, 1, 2, 3]),
        (Overflow::Latest, vec![9]),
    ];
    for (overflow, kept) in cases {
        let bus = MessageBus::new();
        let mut subscriber = bus.subscriber_with::<Heartbeat>(with(overflow, 4));
        for number in 0..10 {
            bus.publisher().publish(beat(number)).unwrap();
        }
        assert_eq!(subscriber.waiting(), kept.len());
        bus.close();
        let times: Vec<_> = subscriber
            .iter()
            .map(|message| message.time.nanoseconds())
            .collect();
        assert_eq!(times, kept, "{overflow:?}");
        assert_eq!(subscriber.lost().overflow, 10 - kept.len() as u64);
    }
}

#[test]
fn with_error_a_full_queue_refuses_and_nobody_gets_the_message() {
    let bus = MessageBus::new();
    let roomy = bus.subscriber_with::<Heartbeat>(with(Overflow::Error, 64));
    let mut narrow = bus.subscriber_with::<Heartbeat>(with(Overflow::Error, 2));
    let beats = bus.publisher::<Heartbeat>();
    beats.publish(beat(1)).unwrap();
    beats.publish(beat(2)).unwrap();
    assert_eq!(beats.publish(beat(3)), Err(PublishError::Full));
    assert_eq!(beats.try_publish(beat(3)), Err(PublishError::Full));
    assert_eq!(
        (roomy.waiting(), narrow.waiting(), beats.published()),
        (2, 2, 2)
    );
    narrow.recv().unwrap();
    beats.try_publish(beat(4)).unwrap();
}

#[test]
fn with_block_nothing_is_lost_between_threads() {
    const EACH: i64 = 5_000;
    let bus = MessageBus::new();
    let waits = [(2, Wait::Adaptive), (8, Wait::Block), (64, Wait::Spin)];
    let receivers: Vec<_> = waits
        .into_iter()
        .map(|(capacity, wait)| {
            let mut subscriber = bus.subscriber_with::<Heartbeat>(SubscriberOptions {
                capacity,
                wait,
                ..SubscriberOptions::default()
            });
            thread::spawn(move || {
                subscriber
                    .iter()
                    .map(|message| message.time.nanoseconds())
                    .collect()
            })
        })
        .collect();
    let publishers: Vec<_> = (0..2)
        .map(|publisher| {
            let beats = bus.publisher::<Heartbeat>();
            thread::spawn(move || {
                for number in 0..EACH {
                    beats.publish(beat(publisher * EACH + number)).unwrap();
                }
            })
        })
        .collect();
    for publisher in publishers {
        publisher.join().unwrap();
    }
    bus.close();
    for receiver in receivers {
        let mut times: Vec<i64> = receiver.join().unwrap();
        for publisher in 0..2 {
            let is_own = |time: &&i64| **time / EACH == publisher;
            assert!(times.iter().filter(is_own).is_sorted());
        }
        times.sort_unstable();
        assert!(times.into_iter().eq(0..2 * EACH));
    }
}

#[test]
fn a_subscriber_that_goes_frees_the_publisher_that_waits_for_it() {
    let bus = MessageBus::new();
    let subscriber = bus.subscriber_with::<Heartbeat>(with(Overflow::Block, 2));
    let beats = bus.publisher::<Heartbeat>();
    let publisher =
        thread::spawn(move || (0..3).try_for_each(|number| beats.publish(beat(number))));
    while subscriber.waiting() < 2 {
        thread::yield_now();
    }
    thread::sleep(Duration::from_millis(10));
    assert!(!publisher.is_finished());
    drop(subscriber);
    assert_eq!(publisher.join().unwrap(), Ok(()));
}

#[test]
fn waiting_ends_with_the_timeout() {
    for wait in [Wait::Spin, Wait::Adaptive, Wait::Block] {
        let options = SubscriberOptions {
            wait,
            ..SubscriberOptions::default()
        };
        let mut subscriber = MessageBus::new().subscriber_with::<Heartbeat>(options);
        let start = Instant::now();
        let timeout = Duration::from_millis(20);
        assert_eq!(
            subscriber.recv_timeout(timeout).unwrap_err(),
            RecvError::TimedOut
        );
        assert!(start.elapsed() >= timeout);
    }
}

#[test]
fn a_callback_that_panics_concerns_nobody_else() {
    let bus = MessageBus::new();
    let failing = bus.subscribe::<Heartbeat>(|message| {
        // Told without the panic hook: the test's output stays readable.
        std::panic::resume_unwind(Box::new(message.time.nanoseconds()));
    });
    let mut subscriber = bus.subscriber::<Heartbeat>();
    bus.publisher().publish(beat(1)).unwrap();
    assert_eq!(
        subscriber.recv().unwrap().time,
        Timestamp::from_nanoseconds(1)
    );
    assert_eq!(failing.failures(), 1);
}

#[test]
fn a_callback_may_publish_and_subscribe() {
    let bus = MessageBus::new();
    let mut heard = bus.subscriber::<Goodbye>();
    let inner = bus.clone();
    bus.subscribe::<Heartbeat>(move |_| {
        let _another = inner.subscriber::<Heartbeat>();
        let goodbyes = inner.publisher();
        goodbyes.publish(goodbye(GoodbyeCode::Restart)).unwrap();
    });
    bus.publisher().publish(beat(1)).unwrap();
    assert_eq!(heard.recv().unwrap().code, GoodbyeCode::Restart);
    bus.close();
}

struct CountWakes(AtomicU64);

impl Wake for CountWakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_task_is_woken_when_a_message_comes_and_loses_nothing_when_it_is_dropped() {
    let bus = MessageBus::new();
    let mut subscriber = bus.subscriber::<Heartbeat>();
    let wakes = Arc::new(CountWakes(AtomicU64::new(0)));
    let waker = Waker::from(Arc::clone(&wakes));
    let mut context = Context::from_waker(&waker);
    {
        let mut future = pin!(subscriber.recv_async());
        assert!(future.as_mut().poll(&mut context).is_pending());
        bus.publisher().publish(beat(1)).unwrap();
        assert_eq!(wakes.0.load(Ordering::SeqCst), 1);
    }
    let mut future = pin!(subscriber.recv_async());
    match future.as_mut().poll(&mut context) {
        Poll::Ready(Ok(message)) => assert_eq!(message.time, Timestamp::from_nanoseconds(1)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn requests_are_answered_or_refused() {
    let bus = MessageBus::new();
    let ask = |number| bus.request::<Heartbeat, Goodbye>(&beat(number));
    assert_eq!(
        ask(1).unwrap_err().to_string(),
        "nobody answers mycelium.control.Heartbeat with mycelium.control.Goodbye"
    );
    bus.serve::<Heartbeat, Goodbye>(|message| match message.time.nanoseconds() {
        1 => Ok(goodbye(GoodbyeCode::Shutdown)),
        other => Err(format!("{other} is not for me")),
    });
    assert_eq!(ask(1).unwrap().code, GoodbyeCode::Shutdown);
    assert_eq!(
        ask(2),
        Err(RequestError::Failed("2 is not for me".to_owned()))
    );
    bus.close();
    assert_eq!(ask(1), Err(RequestError::Closed));
}

#[test]
fn after_closing_what_waits_still_comes_and_nothing_else() {
    let bus = MessageBus::new();
    let mut subscriber = bus.subscriber::<Heartbeat>();
    let beats = bus.publisher::<Heartbeat>();
    beats.publish(beat(1)).unwrap();
    bus.close();
    bus.close();
    assert_eq!(
        subscriber.recv().unwrap().time,
        Timestamp::from_nanoseconds(1)
    );
    assert_eq!(subscriber.recv().unwrap_err(), RecvError::Closed);
    assert_eq!(subscriber.try_recv().unwrap_err(), RecvError::Closed);
    assert_eq!(beats.publish(beat(2)), Err(PublishError::Closed));
    let late = bus.publisher::<Heartbeat>();
    assert_eq!(late.try_publish(beat(2)), Err(PublishError::Closed));
    assert_eq!(
        bus.subscriber::<Heartbeat>().recv().unwrap_err(),
        RecvError::Closed
    );
}

#[test]
fn ten_thousand_buses_leave_nothing_behind() {
    let marker = Arc::new(());
    for number in 0..10_000 {
        let bus = MessageBus::new();
        let (kept, also_kept) = (Arc::clone(&marker), Arc::clone(&marker));
        bus.subscribe::<Heartbeat>(move |_| {
            let _ = &kept;
        });
        bus.serve::<Heartbeat, Goodbye>(move |_| {
            let _ = &also_kept;
            Ok(goodbye(GoodbyeCode::Shutdown))
        });
        let subscriber = bus.subscriber_with::<Heartbeat>(with(Overflow::Block, 8));
        bus.publisher().publish(beat(number)).unwrap();
        if number % 2 == 0 {
            bus.close();
        }
        drop(subscriber);
    }
    assert_eq!(Arc::strong_count(&marker), 1);
}

#[test]
fn merged_messages_of_one_process_arrive_as_they_were_published() {
    let bus = MessageBus::new();
    let mut merged = bus.subscriber_with::<Heartbeat>(SubscriberOptions {
        merge: Some(Duration::from_secs(600)),
        ..SubscriberOptions::default()
    });
    let mut plain = bus.subscriber::<Heartbeat>();
    let beats = bus.publisher::<Heartbeat>();
    for number in 0..100 {
        beats.publish(beat(number)).unwrap();
        assert_eq!(plain.recv().unwrap().time.nanoseconds(), number);
    }
    let numbers: Vec<_> = (0..100)
        .map(|_| merged.recv_timeout(Duration::from_secs(10)).unwrap())
        .map(|message| message.time.nanoseconds())
        .collect();
    assert_eq!(numbers, (0..100).collect::<Vec<_>>());
    assert_eq!(
        merged.recv_timeout(Duration::ZERO),
        Err(RecvError::TimedOut)
    );
}
