//! Who closes first, and what the others learn.

mod support;

use std::time::{Duration, Instant};

use mycelium_bus::{LinkState, NodeError, PublishError, RecvError};
use mycelium_generated::conformance::Tree;
use support::{join_with, tree, Pair, ENGINE, LONG};

fn wait_until(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came to that");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_guest_ends_with_its_host() {
    let pair = Pair::connected();
    let mut trees = pair.strategy.subscriber::<Tree>();
    let publisher = pair.feed.publisher::<Tree>();
    publisher.wait_until_wanted(LONG).unwrap();
    publisher.publish(tree(1)).unwrap();
    pair.host.close();
    // What was published before still arrives.
    assert_eq!(trees.recv_timeout(LONG).unwrap().value, 1);
    assert_eq!(trees.recv_timeout(LONG), Err(RecvError::Closed));
    let back = pair.strategy.publisher::<Tree>();
    assert_eq!(back.publish(tree(2)), Err(PublishError::Closed));
    let refused = join_with(&pair.offer, &[]).unwrap_err().to_string();
    assert!(
        refused.contains("the host of node `engine` was closed"),
        "{refused}"
    );
    // The node is free for the next.
    drop(pair.folder.host(ENGINE, &["strategy"]).unwrap());
}

#[test]
fn a_guest_that_closes_gives_its_services_to_the_next() {
    let pair = Pair::connected();
    let publisher = pair.feed.publisher::<Tree>();
    for life in 0..3 {
        let guest = match life {
            0 => pair.guest.clone(),
            _ => join_with(&pair.offer, &["strategy"]).unwrap(),
        };
        let mut trees = guest.bus("strategy").unwrap().subscriber::<Tree>();
        publisher.wait_until_wanted(LONG).unwrap();
        publisher.publish(tree(life)).unwrap();
        assert_eq!(trees.recv_timeout(LONG).unwrap().value, life);
        guest.close();
        wait_until(|| pair.host.links()[0].state != LinkState::Established);
        assert_eq!(trees.recv(), Err(RecvError::Closed));
    }
}

#[test]
fn a_guest_that_is_dropped_leaves() {
    let Pair {
        host,
        guest,
        feed,
        strategy,
        offer,
        folder: _folder,
    } = Pair::connected();
    drop((guest, strategy));
    wait_until(|| host.links()[0].state != LinkState::Established);
    let again = join_with(&offer, &[]).unwrap();
    again.wait_until_connected(LONG).unwrap();
    drop(feed);
}

#[test]
fn a_host_that_is_dropped_and_an_offer_that_is_gone_do_a_guest_no_harm() {
    let Pair {
        host,
        guest,
        feed,
        strategy,
        offer,
        folder: _folder,
    } = Pair::connected();
    drop(offer);
    let mut trees = strategy.subscriber::<Tree>();
    drop((host, feed));
    assert_eq!(trees.recv_timeout(LONG), Err(RecvError::Closed));
    let ended = guest.wait_until_connected(LONG);
    assert!(matches!(ended, Err(NodeError::Closed)), "{ended:?}");
    guest.close();
}

#[test]
fn a_host_that_waits_for_its_guest_says_so() {
    let pair = Pair::connected();
    pair.guest.close();
    wait_until(|| pair.host.links()[0].state != LinkState::Established);
    let missing = pair.host.wait_until_connected(Duration::from_millis(20));
    let missing = missing.unwrap_err().to_string();
    assert!(
        missing.contains("feed - strategy by ffi (waits for a guest to join;"),
        "{missing}"
    );
}

#[test]
fn an_offer_goes_through_a_raw_pointer() {
    let pair = Pair::connected();
    pair.guest.close();
    let raw = mycelium_ffi::offer(&pair.host).unwrap().into_raw();
    // SAFETY: the offer is kept until it is taken back, once.
    #[allow(unsafe_code)]
    let (guest, offer) = unsafe {
        let guest = mycelium_ffi::join(raw, &[]);
        (guest, mycelium_ffi::Offer::from_raw(raw))
    };
    drop(offer);
    guest.unwrap().wait_until_connected(LONG).unwrap();
}
