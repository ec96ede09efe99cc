//! Every order of events that the memory model allows, for small cases: `scripts/test-loom` runs them.
#![cfg(loom)]

use loom::sync::Arc;
use loom::thread;
use mycelium_queue::BoundedQueue;

fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(check);
}

/// A queue for two values that holds 0 and 1.
fn full() -> Arc<BoundedQueue<Box<i32>>> {
    let queue = Arc::new(BoundedQueue::new(2));
    queue.push(Box::new(0)).unwrap();
    queue.push(Box::new(1)).unwrap();
    queue
}

/// What is in it.
fn rest(queue: &BoundedQueue<Box<i32>>) -> Vec<i32> {
    std::iter::from_fn(|| queue.pop())
        .map(|value| *value)
        .collect()
}

#[test]
fn a_value_arrives_whole_and_once() {
    model(|| {
        let queue = Arc::new(BoundedQueue::new(2));
        let writer = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || queue.push(Box::new(7)).unwrap())
        };
        let first = queue.pop();
        writer.join().unwrap();
        let second = queue.pop();
        let found: Vec<_> = first
            .into_iter()
            .chain(second)
            .map(|value| *value)
            .collect();
        assert_eq!(found, [7]);
    });
}

#[test]
fn two_writers_never_share_a_slot() {
    model(|| {
        let queue = Arc::new(BoundedQueue::new(2));
        let writers: Vec<_> = (1..=2)
            .map(|value| {
                let queue = Arc::clone(&queue);
                thread::spawn(move || queue.push(Box::new(value)).unwrap())
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        let mut found: Vec<_> = std::iter::from_fn(|| queue.pop())
            .map(|value| *value)
            .collect();
        found.sort_unstable();
        assert_eq!(found, [1, 2]);
    });
}

#[test]
fn two_readers_never_take_the_same_value() {
    model(|| {
        let queue = Arc::new(BoundedQueue::new(2));
        queue.push(Box::new(1)).unwrap();
        queue.push(Box::new(2)).unwrap();
        let reader = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || queue.pop())
        };
        let mine = queue.pop();
        let other = reader.join().unwrap();
        let mut found: Vec<_> = mine.into_iter().chain(other).map(|value| *value).collect();
        found.extend(std::iter::from_fn(|| queue.pop()).map(|value| *value));
        found.sort_unstable();
        assert_eq!(found, [1, 2]);
    });
}

#[test]
fn a_slot_is_used_again_only_after_it_was_read() {
    model(|| {
        let queue = full();
        let writer = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || queue.push(Box::new(2)).is_ok())
        };
        assert_eq!(queue.pop().map(|value| *value), Some(0));
        let went_in = writer.join().unwrap();
        assert_eq!(rest(&queue), if went_in { vec![1, 2] } else { vec![1] });
    });
}

#[test]
fn who_evicts_makes_room_and_each_value_goes_one_way() {
    model(|| {
        let queue = full();
        let writer = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                let mut evicted = 0;
                while queue.push(Box::new(2)).is_err() {
                    evicted += usize::from(queue.evict());
                }
                evicted
            })
        };
        let popped = queue.pop().map(|value| *value);
        let evicted = writer.join().unwrap();
        let mut found: Vec<_> = popped.into_iter().collect();
        found.extend(rest(&queue));
        assert_eq!(found.len() + evicted, 3);
        assert!(found.is_sorted() && found.last() == Some(&2));
    });
}

#[test]
fn a_value_is_looked_at_before_its_slot_is_used_again() {
    model(|| {
        let queue = full();
        let writer = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                let has_room = queue.has_room();
                if has_room {
                    queue.vacant().expect("room").fill(Box::new(2));
                }
                has_room
            })
        };
        let taken = queue.take().unwrap();
        assert_eq!(**taken, 0);
        drop(taken);
        let went_in = writer.join().unwrap();
        assert_eq!(rest(&queue), if went_in { vec![1, 2] } else { vec![1] });
    });
}

#[test]
fn a_value_is_looked_at_while_others_go_in_and_out() {
    model(|| {
        let queue = full();
        let taken = queue.take().unwrap();
        let other = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                let went_in = queue.push(Box::new(2)).is_ok();
                (went_in, queue.pop().map(|value| *value))
            })
        };
        assert_eq!(**taken, 0);
        drop(taken);
        let (went_in, popped) = other.join().unwrap();
        assert_eq!(popped, Some(1));
        assert_eq!(queue.pop().map(|value| *value), went_in.then_some(2));
    });
}
