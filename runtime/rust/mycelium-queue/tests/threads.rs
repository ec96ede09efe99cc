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

/// Adds the value, if others have to go for it; tells how many had to.
fn push_over<T>(queue: &BoundedQueue<T>, value: T) -> usize {
    let mut evicted = 0;
    loop {
        if let Some(vacant) = queue.vacant() {
            vacant.fill(value);
            return evicted;
        }
        evicted += usize::from(queue.evict());
    }
}

#[test]
fn what_is_left_in_it_is_dropped_once() {
    let value = Arc::new(());
    let queue = BoundedQueue::new(8);
    for _ in 0..20 {
        push_over(&queue, Arc::clone(&value));
    }
    assert_eq!((queue.len(), Arc::strong_count(&value)), (8, 9));
    drop(queue.pop());
    drop(queue);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[test]
fn evicting_keeps_the_newest() {
    let queue = BoundedQueue::new(3);
    assert_eq!(queue.capacity(), 4);
    let evicted: Vec<_> = (0..10).map(|number| push_over(&queue, number)).collect();
    assert_eq!(evicted, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    assert_eq!(
        std::iter::from_fn(|| queue.pop()).collect::<Vec<_>>(),
        [6, 7, 8, 9]
    );
    assert!(queue.is_empty() && !queue.evict());
}

#[test]
fn a_slot_whose_value_is_looked_at_is_not_free() {
    let queue = BoundedQueue::new(2);
    queue.push([1; 8]).unwrap();
    queue.push([2; 8]).unwrap();
    assert!(!queue.has_room());
    let taken = queue.take().unwrap();
    assert_eq!((*taken, queue.len()), ([1; 8], 1));
    assert!(!queue.has_room());
    assert_eq!(queue.push([3; 8]), Err([3; 8]));
    assert_eq!(queue.pop(), Some([2; 8]));
    assert!(queue.pop().is_none() && !queue.has_room());
    drop(taken);
    assert!(queue.has_room());
    for number in 3..5 {
        queue.push([number; 8]).unwrap();
    }
    assert_eq!(queue.take().unwrap().into_inner(), [3; 8]);
    assert_eq!(queue.pop(), Some([4; 8]));
}

#[test]
fn what_is_looked_at_is_dropped_once_and_frees_its_slot_even_if_that_panics() {
    struct Fragile(Arc<AtomicUsize>);
    impl Drop for Fragile {
        fn drop(&mut self) {
            if self.0.fetch_add(1, Ordering::Relaxed) == 0 {
                panic!("the first one");
            }
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let queue = BoundedQueue::new(2);
    for _ in 0..2 {
        assert!(queue.push(Fragile(Arc::clone(&dropped))).is_ok());
    }
    let first = queue.take().unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(first)));
    assert!(panicked.is_err() && queue.has_room());
    drop(queue.take());
    let kept = queue
        .vacant()
        .map(|vacant| vacant.fill(Fragile(Arc::clone(&dropped))));
    assert!(kept.is_some());
    let moved = queue.take().unwrap().into_inner();
    assert_eq!(dropped.load(Ordering::Relaxed), 2);
    drop((moved, queue));
    assert_eq!(dropped.load(Ordering::Relaxed), 3);
}

/// Values of every kind of slot come out as they went in, over several laps, and lie where their type may.
#[test]
fn values_of_any_size_and_alignment_fit() {
    #[derive(Clone, Copy, PartialEq, Debug)]
    #[repr(align(32))]
    struct Wide(u8);
    #[derive(Clone, Copy, PartialEq, Debug)]
    #[repr(align(256))]
    struct Page(u64);

    fn check<T: Copy + PartialEq + std::fmt::Debug>(of: impl Fn(u8) -> T) {
        for capacity in [2, 8, 64, 1024] {
            let queue = BoundedQueue::new(capacity);
            for lap in 0..3 {
                for number in 0..capacity {
                    queue.push(of((lap + number) as u8)).unwrap();
                }
                assert!(queue.push(of(0)).is_err());
                for number in 0..capacity {
                    let taken = queue.take().unwrap();
                    assert_eq!(*taken, of((lap + number) as u8));
                    assert!(std::ptr::from_ref(&*taken).is_aligned());
                }
                assert!(queue.take().is_none());
            }
        }
    }
    check(|_| ());
    check(|number| number);
    check(|number| [number; 7]);
    check(|number| [number; 9]);
    check(|number| [number; 57]);
    check(|number| [u64::from(number); 8]);
    check(|number| [u64::from(number); 1000]);
    check(Wide);
    check(|number| Page(u64::from(number)));
}

#[test]
fn memory_is_touched_only_where_values_were() {
    fn resident_bytes() -> usize {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap();
        let pages: usize = status.split(' ').nth(1).unwrap().parse().unwrap();
        pages * 4096
    }
    let before = resident_bytes();
    let queue = BoundedQueue::new(1 << 20);
    for number in 0..100u64 {
        queue.push([number; 8]).unwrap();
    }
    let grown = resident_bytes().saturating_sub(before);
    // Of 128 MiB; other tests of this process take some at the same time.
    assert!(grown < 64 << 20, "{grown} bytes for 100 values");
    assert_eq!(queue.len(), 100);
}

#[test]
#[should_panic(expected = "does not fit into memory")]
fn a_queue_that_no_memory_could_hold_is_refused() {
    BoundedQueue::<[u64; 8]>::new(1 << 61);
}
