//! A library with a core of its own, which `tests/two_binaries.rs` loads: it joins the node of whoever loads it, and does what
//! it is told.
#![allow(unsafe_code, missing_docs)]

use std::thread;
use std::time::Duration;

use mycelium_bus::{MessageBus, Node, Overflow, Subscriber, SubscriberOptions};
use mycelium_ffi::NodeTable;
use mycelium_generated::conformance::{Texts, Tree};

const LONG: Duration = Duration::from_secs(20);

pub struct Guest {
    node: Node,
    bus: MessageBus,
    trees: Subscriber<Tree>,
}

fn tree(value: i64) -> Tree {
    Tree {
        value,
        left: None,
        right: None,
        kids: Vec::new(),
    }
}

fn text(number: i64) -> Texts {
    Texts {
        short: "s".to_owned(),
        bounded: "bounded".to_owned(),
        long: number.to_string(),
        data: Vec::new(),
        blob: Vec::new(),
    }
}

/// Joins with all services that are left; null where that fails. What the guest receives it loses where it is slow, if
/// `is_lossy`.
///
/// # Safety
/// `table` is that of an offer that lives.
#[no_mangle]
pub unsafe extern "C" fn guest_join(table: *const NodeTable, is_lossy: bool) -> *mut Guest {
    // SAFETY: the caller's promise.
    let Ok(node) = (unsafe { mycelium_ffi::join(table, &[]) }) else {
        return std::ptr::null_mut();
    };
    let Ok(bus) = node.bus("strategy") else {
        return std::ptr::null_mut();
    };
    let mut options = SubscriberOptions::default();
    if is_lossy {
        options.capacity = 16;
        options.overflow = Overflow::DropOldest;
    }
    let trees = bus.subscriber_with(options);
    bus.serve::<Tree, Tree>(|asked| Ok(tree(asked.value * 2)));
    Box::into_raw(Box::new(Guest { node, bus, trees }))
}

/// Publishes this many texts, which are numbers, in a thread of its own.
///
/// # Safety
/// As of all functions below: `guest` came of `guest_join`, and no other thread has it.
#[no_mangle]
pub unsafe extern "C" fn guest_publish(guest: *mut Guest, count: i64) {
    // SAFETY: the caller's promise.
    let publisher = unsafe { &*guest }.bus.publisher::<Texts>();
    thread::spawn(move || {
        publisher.wait_until_wanted(LONG).unwrap();
        for number in 0..count {
            publisher.publish(text(number)).unwrap();
        }
    });
}

/// The next value, or -1 where none comes within `milliseconds`, or -2 at the end.
///
/// # Safety
/// See [`guest_publish`].
#[no_mangle]
pub unsafe extern "C" fn guest_receive(guest: *mut Guest, milliseconds: u64) -> i64 {
    // SAFETY: the caller's promise.
    let guest = unsafe { &mut *guest };
    match guest
        .trees
        .recv_timeout(Duration::from_millis(milliseconds))
    {
        Ok(tree) => tree.value,
        Err(mycelium_bus::RecvError::TimedOut) => -1,
        Err(_) => -2,
    }
}

/// How many it has lost.
///
/// # Safety
/// See [`guest_publish`].
#[no_mangle]
pub unsafe extern "C" fn guest_lost(guest: *const Guest) -> u64 {
    // SAFETY: the caller's promise.
    let lost = unsafe { &*guest }.trees.lost();
    lost.overflow + lost.link
}

/// What `feed` answers, or -1.
///
/// # Safety
/// See [`guest_publish`].
#[no_mangle]
pub unsafe extern "C" fn guest_request(guest: *const Guest, value: i64) -> i64 {
    // SAFETY: the caller's promise.
    let bus = &unsafe { &*guest }.bus;
    let answer = bus.request_to::<Tree, Tree>(&tree(value), Some("feed"), Some(LONG));
    answer.map_or(-1, |answer| answer.value)
}

/// Closes it.
///
/// # Safety
/// See [`guest_publish`]; and `guest` is not used any more.
#[no_mangle]
pub unsafe extern "C" fn guest_close(guest: *mut Guest) {
    // SAFETY: the caller's promise.
    let guest = unsafe { Box::from_raw(guest) };
    guest.node.close();
}
