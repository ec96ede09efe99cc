//! Many threads for real: nothing is lost, doubled or left behind.
#![cfg(not(loom))]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;

use mycelium_queue::BoundedQueue;

const WRITERS: usize = 3;
const VALUES: usize = 50_000;

/// Runs writers and readers; gives what each reader saw, in its order.
fn exchange(capacity: usize, readers: usize) -> Vec<Vec<(usize, usize)>> {
    let queue = Arc::new(BoundedQueue::new(capacity));
    let taken = Arc::new(AtomicUsize::new(0));
    let readers: Vec<_> = (0..readers)
        .map(|_| {
            let (queue, taken) = (Arc::clone(&queue), Arc::clone(&taken));
            thread::spawn(move || {
                let mut seen = Vec::new();
                while taken.load(Ordering::Relaxed) < WRITERS * VALUES {
                    match queue.pop() {
                        Some(value) => {
                            taken.fetch_add(1, Ordering::Relaxed);
                            seen.push(value);
                        }
                        None => thread::yield_now(),
                    }
                }
                seen
            })
        })
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                for number in 0..VALUES {
                    while queue.push((writer, number)).is_err() {
                        thread::yield_now();
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().expect("a writer");
    }
    readers
        .into_iter()
        .map(|reader| reader.join().expect("a reader"))
        .collect()
}

#[test]
fn each_value_comes_out_once_and_in_its_writers_order() {
    for (capacity, readers) in [(2, 1), (64, 1), (2, 2), (1024, 3)] {
        let seen = exchange(capacity, readers);
        for writer in 0..WRITERS {
            for one in &seen {
                let own: Vec<_> = one.iter().filter(|(from, _)| *from == writer).collect();
                assert!(own.is_sorted());
            }
            let mut all: Vec<_> = seen.concat();
            all.retain(|(from, _)| *from == writer);
            all.sort_unstable();
            assert!(all.iter().map(|(_, number)| *number).eq(0..VALUES));
        }
    }
}

#[test]
fn what_is_left_in_it_is_dropped_once() {
    let value = Arc::new(());
    let queue = BoundedQueue::new(8);
    for _ in 0..20 {
        queue.push_over(Arc::clone(&value), drop);
    }
    assert_eq!((queue.len(), Arc::strong_count(&value)), (8, 9));
    drop(queue.pop());
    drop(queue);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn pushing_over_keeps_the_newest() {
    let queue = BoundedQueue::new(3);
    assert_eq!(queue.capacity(), 4);
    let mut evicted = Vec::new();
    for number in 0..10 {
        queue.push_over(number, |oldest| evicted.push(oldest));
    }
    assert_eq!(evicted, [0, 1, 2, 3, 4, 5]);
    assert_eq!(
        std::iter::from_fn(|| queue.pop()).collect::<Vec<_>>(),
        [6, 7, 8, 9]
    );
    assert!(queue.is_empty());
}
