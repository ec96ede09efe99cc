//! Every order of events that the memory model allows, for threads that hand the seat over: `scripts/test-loom` runs them.
//! What runs is `seat`, `nudge`, `hand_over` and the bells as they ship; the links and the system's poll are played by a wire. A
//! wake-up that gets lost is a deadlock here, for nothing else happens. x86 hides missing fences: without its
//! fences, a model must fail.

use std::process::Command;
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::time::Duration;

use loom::sync::{Condvar, Mutex};
use loom::thread;

use crate::local::Bell;
use crate::node::hand_over::{Driving, Slept};
use crate::node::nudge::Nudge;
use crate::node::seat::Seat;
use crate::overflow::Wait;
use crate::patience::{Patience, Waited};
use crate::synchronization::{AtomicBool, Ordering, WITHOUT_FENCES};

/// Looks at all orders with so many preemptions.
fn model_with(preemptions: usize, check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 10_000;
    builder.check(check);
}

/// What arrives from the peers, and what wakes who sleeps in the poll.
#[derive(Default)]
struct Wire {
    state: Mutex<WireState>,
    happened: Condvar,
}

#[derive(Default)]
struct WireState {
    /// For whom: the place of a mailbox.
    frames: Vec<usize>,
    has_event: bool,
}

impl Wire {
    fn happen(&self, change: impl FnOnce(&mut WireState)) {
        let mut state = self.state.lock().unwrap();
        change(&mut state);
        state.has_event = true;
        self.happened.notify_one();
    }
}

impl Wake for Wire {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.happen(|_| {});
    }
}

/// Where frames of one receiver wait for it.
struct Mailbox {
    has_frame: AtomicBool,
    bell: Bell,
}

/// The driver's own state: that of the thread in the seat.
#[derive(Default)]
struct Links {
    delivered: usize,
}

/// The mailbox of who waits until the driver has worked.
const WORKED: usize = 3;

struct Node {
    seat: Seat<Links>,
    wire: Arc<Wire>,
    mailboxes: [Mailbox; 4],
    /// Something for the driver to do, other than what arrives.
    work: AtomicBool,
    is_closed: AtomicBool,
}

impl Node {
    fn new() -> Arc<Self> {
        let wire = Arc::new(Wire::default());
        let nudge = Nudge::new(Waker::from(Arc::clone(&wire)));
        Arc::new(Self {
            seat: Seat::new(Links::default(), nudge),
            wire,
            mailboxes: std::array::from_fn(|_| Mailbox {
                has_frame: AtomicBool::new(false),
                bell: Bell::default(),
            }),
            work: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
        })
    }

    /// A peer sends a frame for the owner of a mailbox.
    fn send(&self, receiver: usize) {
        self.wire.happen(|state| state.frames.push(receiver));
    }

    fn look(&self, receiver: usize) -> Option<()> {
        let has_frame = self.mailboxes[receiver].has_frame.load(Ordering::Acquire);
        has_frame.then_some(())
    }

    fn receive(&self, receiver: usize) -> Waited<()> {
        let bell = &self.mailboxes[receiver].bell;
        let mut patience = Patience::endless().begin();
        let look = || self.look(receiver);
        self.seat
            .wait_for(&mut Drives(self), bell, Wait::Block, &mut patience, look)
    }

    fn receive_in_reserve(&self, receiver: usize) -> Waited<()> {
        let bell = &self.mailboxes[receiver].bell;
        let mut patience = Patience::endless().begin();
        let look = || self.look(receiver);
        self.seat
            .wait_in_reserve(&mut Drives(self), bell, &mut patience, look)
    }

    fn start<T: 'static>(
        self: &Arc<Self>,
        run: impl FnOnce(&Self) -> T + 'static,
    ) -> thread::JoinHandle<T> {
        let node = Arc::clone(self);
        thread::spawn(move || run(&node))
    }

    fn start_background(self: &Arc<Self>) -> thread::JoinHandle<()> {
        self.start(|node| {
            let is_over = || node.is_closed.load(Ordering::Acquire);
            node.seat.drive_when_nobody_does(&mut Drives(node), is_over);
        })
    }

    /// As what is no thread does: somebody else has to drive.
    fn wait_without_driving(&self, receiver: usize) {
        let bell = &self.mailboxes[receiver].bell;
        let mut patience = Patience::endless().begin();
        bell.wait(Wait::Block, &mut patience, || self.look(receiver));
    }

    /// As `NodeCore::close`: who waits is told, the background thread ends, and the driver is closed.
    fn close(&self, background: thread::JoinHandle<()>) {
        self.is_closed.store(true, Ordering::Release);
        self.seat.dismiss_background();
        background.join().unwrap();
    }
}

struct Drives<'a>(&'a Node);

impl Driving<Links> for Drives<'_> {
    fn turn(&mut self, links: &mut Links, _: bool) {
        let node = self.0;
        let mut frames = Vec::new();
        if node.seat.nudge.take() && node.work.load(Ordering::Acquire) {
            frames.push(WORKED);
        }
        frames.append(&mut node.wire.state.lock().unwrap().frames);
        links.delivered += frames.len();
        for receiver in frames {
            let mailbox = &node.mailboxes[receiver];
            mailbox.has_frame.store(true, Ordering::Release);
            mailbox.bell.ring();
        }
    }

    fn sleep(&mut self, _: &mut Links, _: Option<Duration>) -> Slept {
        let node = self.0;
        let may_sleep = node.seat.nudge.fall_asleep();
        let mut state = node.wire.state.lock().unwrap();
        while may_sleep && !state.has_event {
            state = node.wire.happened.wait(state).unwrap();
        }
        state.has_event = false;
        drop(state);
        node.seat.nudge.wake_up();
        Slept::Through
    }
}

/// Two threads wait, each for its own frame: one of them drives, and hands over when it leaves.
fn two_waiters(order: [usize; 2]) {
    model_with(3, move || {
        let node = Node::new();
        let waiting = node.start(|node| node.receive(1));
        let sending = node.start(move |node| order.into_iter().for_each(|each| node.send(each)));
        assert_eq!(node.receive(0), Waited::Found(()));
        assert_eq!(waiting.join().unwrap(), Waited::Found(()));
        sending.join().unwrap();
        let seated = node.seat.try_take().expect("nobody waits any more");
        assert_eq!(seated.delivered, 2);
    });
}

#[test]
fn who_leaves_hands_over_to_who_waits() {
    two_waiters([0, 1]);
}

#[test]
fn who_drives_delivers_to_who_waits_beside() {
    two_waiters([1, 0]);
}

/// Something is given to the driver to do while it falls asleep, and it does it.
#[test]
fn a_nudge_reaches_a_driver_that_falls_asleep() {
    model_with(3, || {
        let node = Node::new();
        let giving = node.start(|node| {
            node.work.store(true, Ordering::Release);
            node.seat.nudge.give();
        });
        assert_eq!(node.receive(WORKED), Waited::Found(()));
        giving.join().unwrap();
    });
}

/// A thread gets what it waited for and goes; what comes after is for nobody who would drive.
#[test]
fn the_background_thread_takes_over_from_who_leaves() {
    model_with(3, || {
        let node = Node::new();
        let background = node.start_background();
        node.send(0);
        assert_eq!(node.receive(0), Waited::Found(()));
        node.send(1);
        node.wait_without_driving(1);
        node.close(background);
    });
}

#[test]
fn the_background_thread_comes_when_it_is_called() {
    model_with(2, || {
        let node = Node::new();
        let background = node.start_background();
        let other = node.start(|node| node.receive(0));
        node.send(0);
        node.send(1);
        node.seat.call_background();
        node.wait_without_driving(1);
        assert_eq!(other.join().unwrap(), Waited::Found(()));
        node.close(background);
    });
}

/// The background thread sits already, or is about to: who comes to wait gets the seat, or what it waits for.
#[test]
fn who_waits_beside_the_background_thread_gets_its_frame() {
    model_with(2, || {
        let node = Node::new();
        let background = node.start_background();
        let sending = node.start(|node| node.send(0));
        assert_eq!(node.receive(0), Waited::Found(()));
        sending.join().unwrap();
        node.close(background);
    });
}

/// The thread that delivers drives where nobody else does, and gets up for those who come.
#[test]
fn a_reserve_gets_up_for_who_comes_and_goes() {
    model_with(1, || {
        let node = Node::new();
        let background = node.start_background();
        let delivering = node.start(|node| node.receive_in_reserve(1));
        node.send(0);
        node.send(1);
        assert_eq!(node.receive(0), Waited::Found(()));
        assert_eq!(delivering.join().unwrap(), Waited::Found(()));
        node.close(background);
    });
}

/// Closing meets the background thread wherever it is: about to sit, sitting, about to sleep, asleep.
#[test]
fn closing_ends_the_background_thread_wherever_it_is() {
    model_with(5, || {
        let node = Node::new();
        let background = node.start_background();
        node.send(0);
        node.close(background);
        assert!(node.seat.try_take().is_some());
    });
}

/// Closing while one thread gets up and the background thread waits for the seat.
#[test]
fn closing_meets_a_hand_over() {
    model_with(3, || {
        let node = Node::new();
        let background = node.start_background();
        node.send(0);
        let waiting = node.start(|node| node.receive(0));
        node.close(background);
        assert_eq!(waiting.join().unwrap(), Waited::Found(()));
        assert!(node.seat.try_take().is_some());
    });
}

/// Each in a process of its own: what a model holds when it fails cannot be dropped outside of it.
#[test]
fn without_the_full_fences_wake_ups_are_lost() {
    if std::env::var_os(WITHOUT_FENCES).is_some() {
        return;
    }
    for model in [
        "who_leaves_hands_over_to_who_waits",
        "a_nudge_reaches_a_driver_that_falls_asleep",
        "the_background_thread_takes_over_from_who_leaves",
        "who_waits_beside_the_background_thread_gets_its_frame",
        "closing_ends_the_background_thread_wherever_it_is",
    ] {
        let run = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", &format!("models::{model}")])
            .env(WITHOUT_FENCES, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(
            said.contains("deadlock"),
            "{model} holds without fences:\n{said}"
        );
    }
}
