use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::mailbox::Mailbox;
use super::merged::{Arrival, Origin, Source};
use super::parcel::queued_as_it_is;
use crate::overflow::{Overflow, SubscriberOptions};

const LONG: Duration = Duration::from_secs(600);

queued_as_it_is!([] &'static str);

fn mailbox(lateness: Duration, overflow: Overflow) -> Mailbox<&'static str> {
    Mailbox::new(SubscriberOptions {
        capacity: 2,
        overflow,
        merge: Some(lateness),
        ..SubscriberOptions::default()
    })
}

fn from(source: &str, published_at: i64) -> Arrival {
    Arrival {
        source: source.into(),
        origin: Origin::Elsewhere(published_at, 1),
    }
}

fn taken(mailbox: &Mailbox<&'static str>) -> Vec<&'static str> {
    std::iter::from_fn(|| mailbox.take()).collect()
}

#[test]
fn messages_come_out_in_the_order_of_their_publication() {
    let mailbox = mailbox(LONG, Overflow::Block);
    mailbox.promise(&Source::from("b"), 0);
    mailbox.put_arrived("ten", &from("a", 10)).unwrap();
    assert!(taken(&mailbox).is_empty());
    assert!(mailbox.due().is_some());
    mailbox.put_arrived("five", &from("b", 5)).unwrap();
    assert_eq!(taken(&mailbox), ["five"]);
    mailbox.promise(&Source::from("b"), 11);
    assert_eq!(taken(&mailbox), ["ten"]);
    mailbox.put_arrived("too late", &from("b", 7)).unwrap();
    assert_eq!((taken(&mailbox).len(), mailbox.late()), (0, 1));
}

#[test]
fn a_service_that_left_is_not_waited_for() {
    let mailbox = mailbox(LONG, Overflow::Block);
    mailbox.promise(&Source::from("b"), 0);
    mailbox.put_arrived("ten", &from("a", 10)).unwrap();
    assert!(taken(&mailbox).is_empty());
    mailbox.leave(&Source::from("b"));
    assert_eq!(taken(&mailbox), ["ten"]);
}

#[test]
fn a_silent_service_is_waited_for_no_longer_than_said() {
    let mailbox = mailbox(Duration::from_millis(5), Overflow::Block);
    mailbox.promise(&Source::from("b"), 0);
    mailbox.put_arrived("ten", &from("a", 10)).unwrap();
    assert!(mailbox.take().is_none());
    let due = mailbox.due().unwrap();
    thread::sleep(due.saturating_duration_since(Instant::now()));
    assert_eq!(mailbox.take(), Some("ten"));
}

#[test]
fn a_full_service_holds_up_only_itself_and_loses_the_newest_where_it_may() {
    let gate = mailbox(LONG, Overflow::Block);
    let lossy = mailbox(LONG, Overflow::DropOldest);
    for mailbox in [&gate, &lossy] {
        mailbox.promise(&Source::from("b"), 0);
        mailbox.put_arrived("one", &from("a", 1)).unwrap();
        mailbox.put_arrived("two", &from("a", 2)).unwrap();
        assert!(!mailbox.has_room_for(Some(&from("a", 3))));
        assert!(mailbox.has_room_for(Some(&from("b", 3))));
    }
    assert_eq!(gate.put_arrived("three", &from("a", 3)), Err("three"));
    assert_eq!(lossy.put_arrived("three", &from("a", 3)), Ok(()));
    assert_eq!((gate.lost(), lossy.lost()), (0, 1));
}

#[test]
fn what_this_process_publishes_is_ordered_as_it_comes_and_waits_for_nobody_here() {
    let mailbox = mailbox(LONG, Overflow::Block);
    for source in ["b", "a"] {
        let own = Arrival {
            source: source.into(),
            origin: Origin::Here(Arc::default()),
        };
        mailbox.put_arrived(source, &own).unwrap();
    }
    // What others published in the past comes first.
    mailbox.put_arrived("before", &from("c", 1)).unwrap();
    mailbox.promise(&Source::from("c"), i64::MAX);
    assert_eq!(taken(&mailbox), ["before", "b", "a"]);
}

#[test]
fn closing_lets_everything_out() {
    let mailbox = mailbox(LONG, Overflow::Block);
    mailbox.promise(&Source::from("b"), 0);
    mailbox.put_arrived("ten", &from("a", 10)).unwrap();
    assert!(mailbox.take().is_none());
    mailbox.close();
    assert_eq!(mailbox.take(), Some("ten"));
}
