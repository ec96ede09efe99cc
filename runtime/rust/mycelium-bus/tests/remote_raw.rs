//! Frames instead of messages: in place and queued, requests, losses, and a descriptor for event loops.

mod remote;

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use mycelium::Message;
use mycelium_bus::raw::{Inbox, Patience, Purpose, RawBus, Taken};
use mycelium_bus::{Overflow, PublishError, RecvError, RequestError, SubscriberOptions, Wait};
use mycelium_generated::conformance::{Texts, Tree};
use remote::{text, tree, Pair, KINDS, LONG};

fn patience() -> Patience<'static> {
    Patience::lasting(LONG)
}

fn with(overflow: Overflow, capacity: usize) -> SubscriberOptions {
    SubscriberOptions {
        capacity,
        overflow,
        ..SubscriberOptions::default()
    }
}

fn inbox_of_bodies(bus: &RawBus, options: SubscriberOptions) -> Inbox<Vec<u8>> {
    let inbox = bus.inbox(options);
    inbox.receive(Tree::INFORMATION, 7, Purpose::Messages, |frame| {
        frame.body.to_vec()
    });
    inbox
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < deadline, "it took too long");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn bodies_arrive_in_order_whether_in_place_or_queued() {
    for kind in KINDS {
        for wait in [Wait::Spin, Wait::Adaptive, Wait::Block] {
            let pair = Pair::by(kind).connected();
            let (left, right) = (pair.left.raw("a").unwrap(), pair.right.raw("b").unwrap());
            let options = SubscriberOptions {
                wait,
                ..SubscriberOptions::default()
            };
            let inbox = inbox_of_bodies(&right, options);
            let publisher = left.publisher(Tree::INFORMATION);
            wait_until(|| publisher.is_wanted());
            let sender = thread::spawn(move || {
                for number in 0..2000u32 {
                    publisher
                        .publish(&number.to_le_bytes(), patience())
                        .unwrap();
                }
            });
            for number in 0..2000u32 {
                let taken = inbox.recv_with(patience(), |key, frame| (key, frame.body.to_vec()));
                let (Taken::Item(key, body) | Taken::Direct((key, body))) = taken.unwrap();
                assert_eq!((key, body.as_slice()), (7, &number.to_le_bytes()[..]));
            }
            sender.join().unwrap();
            assert_eq!(inbox.received(), 2000);
            assert_eq!(inbox.lost().link + inbox.lost().overflow, 0);
        }
    }
}

#[test]
fn local_items_and_frames_share_one_queue() {
    let pair = Pair::new().connected();
    let (left, right) = (pair.left.raw("a").unwrap(), pair.right.raw("b").unwrap());
    let inbox = inbox_of_bodies(&right, with(Overflow::Block, 2));
    let publisher = left.publisher(Tree::INFORMATION);
    wait_until(|| publisher.is_wanted());
    assert!(inbox.put(1, vec![1]) && inbox.put(2, vec![2]) && !inbox.put(3, vec![3]));
    assert!(!inbox.has_room());
    let soon = || Patience::lasting(Duration::from_millis(20));
    assert_eq!(inbox.wait_for_room(soon()), Err(PublishError::Full));
    publisher.publish(b"frame", patience()).unwrap();
    let next = || inbox.recv_with(patience(), |key, frame| (key, frame.body.to_vec()));
    assert_eq!(next(), Ok(Taken::Item(1, vec![1])));
    assert_eq!(next(), Ok(Taken::Item(2, vec![2])));
    let (Taken::Item(key, body) | Taken::Direct((key, body))) = next().unwrap();
    assert_eq!((key, body.as_slice()), (7, &b"frame"[..]));
    assert_eq!(inbox.recv_with(soon(), |_, _| ()), Err(RecvError::TimedOut));
    let mut asked = 0;
    let mut interrupt = || {
        asked += 1;
        asked > 1
    };
    let patience = Patience {
        deadline: None,
        interrupt: Some(&mut interrupt),
    };
    let interrupted = inbox.recv_with(patience, |_, _| ());
    assert_eq!(interrupted, Err(RecvError::Interrupted));
    inbox.close();
    assert_eq!(next(), Err(RecvError::Closed));
    wait_until(|| !publisher.is_wanted());
}

#[test]
fn what_a_slow_receiver_misses_is_counted_exactly() {
    for kind in KINDS {
        let pair = Pair::by(kind).connected();
        let (left, right) = (pair.left.raw("a").unwrap(), pair.right.raw("b").unwrap());
        let inbox: Inbox<u8> = right.inbox(with(Overflow::DropOldest, 64));
        inbox.receive(Tree::INFORMATION, 0, Purpose::Messages, |_| {
            // Slower than the sender, whom that must not hold.
            thread::sleep(Duration::from_micros(20));
            0
        });
        let publisher = left.publisher(Tree::INFORMATION);
        wait_until(|| publisher.is_wanted());
        let body = vec![0; 20_000];
        for _ in 0..2000 {
            publisher.publish(&body, patience()).unwrap();
        }
        let came = || {
            pair.right.links()[0]
                .counters
                .received
                .load(Ordering::Relaxed)
        };
        let mut before = 0;
        wait_until(|| {
            thread::sleep(Duration::from_millis(50));
            std::mem::replace(&mut before, came()) == came()
        });
        // The gap before this one tells of those that were dropped before it.
        publisher.publish(&body, patience()).unwrap();
        wait_until(|| came() > before);
        let mut taken = 0;
        while inbox.try_recv_with(|_, _| ()).unwrap().is_some() {
            taken += 1;
        }
        let lost = inbox.lost();
        assert_eq!(taken + lost.overflow + lost.link, 2001, "{kind}: {lost:?}");
        let dropped = &pair.left.links()[0].counters.dropped_full;
        assert_eq!(dropped.load(Ordering::Relaxed), lost.link);
    }
}

#[test]
fn a_request_travels_as_bytes_and_is_answered_or_refused() {
    for kind in KINDS {
        let pair = Pair::by(kind).connected();
        let (left, right) = (pair.left.raw("a").unwrap(), pair.right.raw("b").unwrap());
        let inbox = right.inbox(SubscriberOptions::default());
        inbox.receive(Tree::INFORMATION, 0, Purpose::Requests, |frame| {
            (frame.reply_to(), frame.body.to_vec())
        });
        let server = thread::spawn(move || {
            while let Ok(taken) = inbox.recv_with(patience(), |_, frame| {
                (frame.reply_to(), frame.body.to_vec())
            }) {
                let (Taken::Item(_, (to, body)) | Taken::Direct((to, body))) = taken;
                let answer = match body.first() {
                    Some(0) => Err("zero"),
                    _ => Ok((Texts::INFORMATION, body.as_slice())),
                };
                right.reply(to.unwrap(), answer).unwrap();
            }
        });
        let ask = |body: &[u8]| {
            let (request, reply) = (Tree::INFORMATION, Texts::INFORMATION);
            left.request(request, body, reply, Some("b"), patience())
        };
        wait_until(|| !matches!(ask(&[1]), Err(RequestError::NotServedBy { .. })));
        for number in 1..100u8 {
            assert_eq!(ask(&[number, 5]), Ok(vec![number, 5]));
        }
        assert_eq!(ask(&[0]), Err(RequestError::Failed("zero".to_owned())));
        pair.right.close();
        server.join().unwrap();
    }
}

#[test]
fn a_request_whose_server_goes_away_without_an_answer_ends() {
    for kind in KINDS {
        let pair = Pair::by(kind);
        let inbox = pair
            .right
            .raw("b")
            .unwrap()
            .inbox(SubscriberOptions::default());
        inbox.receive(Texts::INFORMATION, 0, Purpose::Requests, |_| ());
        let pair = pair.connected();
        let bus = pair.a.clone();
        let asker = thread::spawn(move || loop {
            match bus.request::<Texts, Texts>(&text("?")) {
                Err(RequestError::NoServer { .. }) => thread::yield_now(),
                answer => break answer,
            }
        });
        inbox.recv_with(patience(), |_, _| ()).unwrap();
        pair.right.close();
        let service = "b".to_owned();
        assert_eq!(
            asker.join().unwrap(),
            Err(RequestError::Disconnected { service }),
            "{kind}"
        );
    }
}

#[test]
fn typed_and_raw_meet_on_one_link() {
    let pair = Pair::new();
    let mut trees = pair.b.subscriber::<Tree>();
    let raw = pair.left.raw("a").unwrap();
    let publisher = raw.publisher(Tree::INFORMATION);
    let pair = pair.connected();
    wait_until(|| publisher.is_wanted());
    let body = tree(5).encode_to_vec().unwrap();
    publisher.publish(&body, patience()).unwrap();
    assert_eq!(trees.recv_timeout(LONG).unwrap().value, 5);
    // What is no message ends the connection, which comes back.
    publisher.publish(&[255; 9], patience()).unwrap();
    let counters = pair.right.links()[0].counters.clone();
    wait_until(|| counters.undecodable.load(Ordering::Relaxed) == 1);
    pair.a.publisher::<Texts>().publish(text("nobody")).unwrap();
    let left = pair.left.links()[0].counters.clone();
    wait_until(|| left.reconnects.load(Ordering::Relaxed) == 1 && publisher.is_wanted());
    publisher.publish(&body, patience()).unwrap();
    assert_eq!(trees.recv_timeout(LONG).unwrap().value, 5);
}
