use std::time::{Duration, Instant};

use super::{MergeOptions, Merger, Next, Refused, Stamp};

type Name = u32;
type Merging = Merger<Name, &'static str>;

fn stamp(published_at: i64, source: Name, sequence: u64) -> Stamp<Name> {
    Stamp {
        published_at,
        source,
        sequence,
    }
}

fn merger(sources: &[Name], options: MergeOptions) -> Merging {
    let mut merger = Merger::new(options);
    sources.iter().for_each(|source| merger.join(*source));
    merger
}

fn given(merger: &mut Merging, now: Instant) -> Vec<&'static str> {
    std::iter::from_fn(|| match merger.next(now) {
        Next::Message(_, item) => Some(item),
        Next::Until(_) | Next::Empty => None,
    })
    .collect()
}

#[test]
fn a_message_waits_until_no_earlier_one_can_come() {
    let now = Instant::now();
    let mut merger = merger(&[1, 2], MergeOptions::default());
    merger.put(stamp(10, 1, 1), "ten").unwrap();
    assert_eq!(merger.next(now), Next::Until(now + Duration::from_secs(1)));
    merger.put(stamp(7, 2, 1), "seven").unwrap();
    assert_eq!(given(&mut merger, now), ["seven"]);
    merger.watermark(&2, 9);
    assert!(given(&mut merger, now).is_empty());
    merger.watermark(&2, 11);
    assert_eq!(given(&mut merger, now), ["ten"]);
    assert_eq!(merger.next(now), Next::Empty);
}

#[test]
fn among_equal_times_the_lesser_source_comes_first() {
    let now = Instant::now();
    let mut merger = merger(&[1, 2], MergeOptions::default());
    merger.put(stamp(10, 1, 1), "of one").unwrap();
    merger.watermark(&2, 10);
    // What source 2 may still send at that time comes after.
    assert_eq!(given(&mut merger, now), ["of one"]);
    merger.put(stamp(10, 2, 1), "of two").unwrap();
    // What source 1 may still send at that time comes before.
    assert!(given(&mut merger, now).is_empty());
    merger.put(stamp(10, 1, 2), "of one again").unwrap();
    merger.watermark(&1, 11);
    assert_eq!(given(&mut merger, now), ["of one again", "of two"]);
}

#[test]
fn a_silent_source_is_waited_for_no_longer_than_the_lateness() {
    let start = Instant::now();
    let lateness = Duration::from_millis(100);
    let mut merger = merger(
        &[1, 2],
        MergeOptions {
            lateness,
            ..MergeOptions::default()
        },
    );
    merger.put(stamp(10, 1, 1), "ten").unwrap();
    // The time runs from when somebody waits, not from when the message came.
    let asked = start + Duration::from_secs(5);
    assert_eq!(merger.next(asked), Next::Until(asked + lateness));
    assert_eq!(given(&mut merger, asked + lateness), ["ten"]);
    // It is not waited for again before there is word of it.
    merger.put(stamp(20, 1, 2), "twenty").unwrap();
    assert_eq!(given(&mut merger, asked + lateness), ["twenty"]);
    assert_eq!(
        merger.put(stamp(15, 2, 1), "late"),
        Err(Refused::Late("late"))
    );
    assert_eq!(merger.late(), 1);
    merger.put(stamp(30, 1, 3), "thirty").unwrap();
    assert!(given(&mut merger, asked + lateness).is_empty());
    merger.put(stamp(25, 2, 2), "in time").unwrap();
    assert_eq!(given(&mut merger, asked + lateness), ["in time"]);
}

#[test]
fn whoever_is_waited_for_without_end_does_not_make_others_look_all_the_time() {
    let start = Instant::now();
    let mut merger = merger(
        &[1, 2],
        MergeOptions {
            lateness: Duration::MAX,
            ..MergeOptions::default()
        },
    );
    merger.put(stamp(10, 1, 1), "ten").unwrap();
    let first = merger.next(start);
    assert!(matches!(first, Next::Until(_)));
    assert_eq!(merger.next(start + Duration::from_secs(1)), first);
    let later = merger.next(start + Duration::from_secs(10_000));
    assert!(matches!(later, Next::Until(_)) && later != first);
}

#[test]
fn a_source_that_left_holds_nobody_up_and_what_it_sent_is_given_out() {
    let now = Instant::now();
    let mut merger = merger(&[1, 2, 3], MergeOptions::default());
    merger.put(stamp(10, 1, 1), "ten").unwrap();
    merger.put(stamp(20, 2, 1), "twenty").unwrap();
    merger.leave(&2);
    merger.leave(&3);
    assert_eq!(given(&mut merger, now), ["ten"]);
    merger.watermark(&1, 21);
    assert_eq!(given(&mut merger, now), ["twenty"]);
    assert_eq!(
        merger.put(stamp(30, 2, 2), "after the end"),
        Err(Refused::Unknown("after the end"))
    );
    merger.join(2);
    merger.put(stamp(40, 1, 2), "forty").unwrap();
    assert!(given(&mut merger, now).is_empty());
}

#[test]
fn a_full_source_holds_up_only_itself() {
    let now = Instant::now();
    let options = MergeOptions {
        capacity: 2,
        ..MergeOptions::default()
    };
    let mut merger = merger(&[1, 2], options);
    merger.put(stamp(1, 1, 1), "a").unwrap();
    merger.put(stamp(2, 1, 2), "b").unwrap();
    assert!(!merger.has_room(&1));
    assert_eq!(merger.put(stamp(3, 1, 3), "c"), Err(Refused::Full("c")));
    assert!(merger.has_room(&2));
    merger.put(stamp(9, 2, 1), "z").unwrap();
    assert_eq!(given(&mut merger, now), ["a", "b"]);
    assert!(merger.has_room(&1));
    assert_eq!(merger.len(), 1);
}

/// Numbers that look random and are the same on every run: xorshift64 (Marsaglia, 2003).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// What a source sends, in its order: messages, and now and then a watermark.
#[derive(Clone, Copy)]
enum Sent {
    Message(Stamp<Name>),
    Watermark(Name, i64),
}

fn history(chance: &mut Chance, source: Name) -> Vec<Sent> {
    let (mut time, mut sequence, mut sent) = (0, 0, Vec::new());
    for _ in 0..chance.below(40) {
        time += i64::try_from(chance.below(3)).unwrap();
        if chance.below(4) == 0 {
            sent.push(Sent::Watermark(source, time));
        } else {
            sequence += 1;
            sent.push(Sent::Message(stamp(time, source, sequence)));
        }
    }
    sent.push(Sent::Watermark(source, i64::MAX));
    sent
}

/// Lets the sources send in a random interleaving, taking out what is certain at random moments.
fn merged(chance: &mut Chance, histories: &[Vec<Sent>], options: MergeOptions) -> Vec<Stamp<Name>> {
    let now = Instant::now();
    let mut merger = Merger::<Name, ()>::new(options);
    (0..histories.len()).for_each(|source| merger.join(u32::try_from(source).unwrap()));
    let mut sent = vec![0; histories.len()];
    let mut order = Vec::new();
    loop {
        let unfinished: Vec<usize> = (0..histories.len())
            .filter(|source| sent[*source] < histories[*source].len())
            .collect();
        let drains = unfinished.is_empty() || chance.below(3) == 0;
        if drains {
            while let Next::Message(stamp, ()) = merger.next(now) {
                order.push(stamp);
            }
        }
        if unfinished.is_empty() {
            break;
        }
        let source = unfinished[usize::try_from(chance.below(unfinished.len() as u64)).unwrap()];
        match histories[source][sent[source]] {
            Sent::Watermark(name, time) => merger.watermark(&name, time),
            // One that is full tries again later: the others go on meanwhile.
            Sent::Message(stamp) => match merger.put(stamp, ()) {
                Ok(()) => {}
                Err(Refused::Full(())) => continue,
                Err(refused) => panic!("{refused:?}"),
            },
        }
        sent[source] += 1;
    }
    assert!(merger.is_empty());
    assert_eq!(merger.late(), 0);
    order
}

#[test]
fn every_interleaving_gives_the_one_order() {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for _ in 0..200 {
        let sources = u32::try_from(1 + chance.below(5)).unwrap();
        let histories: Vec<_> = (0..sources)
            .map(|source| history(&mut chance, source))
            .collect();
        let mut expected: Vec<_> = histories
            .iter()
            .flatten()
            .filter_map(|sent| match sent {
                Sent::Message(stamp) => Some(*stamp),
                Sent::Watermark(..) => None,
            })
            .collect();
        expected.sort_unstable();
        for _ in 0..5 {
            let capacity = 1 + usize::try_from(chance.below(8)).unwrap();
            let options = MergeOptions {
                capacity,
                ..MergeOptions::default()
            };
            assert_eq!(merged(&mut chance, &histories, options), expected);
        }
    }
}
