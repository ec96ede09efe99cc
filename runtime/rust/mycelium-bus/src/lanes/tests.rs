//! Two sides of a link in one process, with real lanes.

use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mycelium::frame::Frame;
use mycelium_lane::{Doorbell, EventBell, Reader, ReaderOptions, Writer, WriterOptions};

use super::*;
use crate::topology::Topology;

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = format!("/dev/shm/mycelium-lanes-{}-{number}", std::process::id());
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .unwrap();
        Self(path.into())
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// What the sides of the link between `a` and `b` plan.
    fn plans(&self, capacity: u32) -> (LanePlan, LanePlan) {
        let place = self.0.join("ml");
        let text = format!(
            "[[nodes]]\nname = 'one'\nservices = ['a']\n\
             [[nodes]]\nname = 'ml'\nservices = ['b']\nendpoint = {{ kind = 'shm', path = '{}' }}\n\
             [[routes]]\nfrom = 'a'\nto = 'b'\ncapacity = {capacity}\n",
            place.display()
        );
        let topology = Topology::read(&text, "topology.toml").unwrap();
        let plan = |from: &str, to: &str| {
            let route = topology.route(from, to).unwrap();
            let listener = topology.listener("one", "ml", route.kind).unwrap();
            LanePlan::of(listener, &route).unwrap()
        };
        (plan("a", "b"), plan("b", "a"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Side {
    outlet: LaneOutlet,
    inlet: LaneInlet,
    bell: EventBell,
}

/// Both sides, joined as over a control socket.
fn join(plans: (LanePlan, LanePlan)) -> (Side, Side) {
    let bells = (EventBell::new().unwrap(), EventBell::new().unwrap());
    let (mut one, offer_of_one) = Joining::begin(plans.0).unwrap();
    let (mut other, offer_of_other) = Joining::begin(plans.1).unwrap();
    let (joined_by_one, bell_of_one) = one.offered(&offer_of_other, &bells.0).unwrap();
    let (joined_by_other, bell_of_other) = other.offered(&offer_of_one, &bells.1).unwrap();
    assert!(!one.is_done());
    one.joined(&joined_by_other, Some(bell_of_other)).unwrap();
    other.joined(&joined_by_one, Some(bell_of_one)).unwrap();
    assert!(one.is_done() && other.is_done());
    let side = |joining: Joining, bell| {
        let (outlet, inlet) = joining.finish().unwrap();
        Side {
            outlet,
            inlet,
            bell,
        }
    };
    (side(one, bells.0), side(other, bells.1))
}

fn frame(type_id: u16, bytes: usize) -> Vec<u8> {
    let body: Vec<u8> = (0..bytes).map(|at| (at as u16 ^ type_id) as u8).collect();
    let mut frame = Vec::new();
    let parts = Frame {
        type_id,
        envelope: None,
        body: &body,
    };
    parts.encode(u32::MAX, &mut frame).unwrap();
    frame
}

/// The next frame's type and size.
fn take(side: &mut Side) -> Option<(u16, usize)> {
    let (frame, size) = side.inlet.first().unwrap()?;
    let taken = (frame.type_id, size);
    side.inlet.pass();
    Some(taken)
}

#[test]
fn frames_go_both_ways_in_lanes_named_after_the_services() {
    let folder = Folder::new();
    let (mut one, mut other) = join(folder.plans(1));
    assert_eq!(folder.names(), ["ml.a:b", "ml.b:a"]);
    assert!(one.outlet.send(&frame(1000, 10)).unwrap());
    assert!(other.outlet.send(&frame(2000, 20)).unwrap());
    assert_eq!(take(&mut other), Some((1000, 18)));
    assert_eq!(take(&mut one), Some((2000, 28)));
    assert_eq!((take(&mut one), take(&mut other)), (None, None));
    drop((one, other));
    assert!(folder.names().is_empty());
}

#[test]
fn who_sleeps_is_rung_once_and_who_does_not_is_left_alone() {
    let folder = Folder::new();
    let (mut one, mut other) = join(folder.plans(1));
    one.outlet.send(&frame(1000, 10)).unwrap();
    assert!(!other.inlet.begin_sleep().unwrap(), "something is there");
    other.inlet.end_sleep().unwrap();
    assert!(take(&mut other).is_some());
    assert!(!other.bell.wait(Duration::ZERO).unwrap());
    assert!(other.inlet.begin_sleep().unwrap());
    one.outlet.send(&frame(1000, 10)).unwrap();
    assert!(other.bell.wait(Duration::ZERO).unwrap());
    other.inlet.end_sleep().unwrap();
    one.outlet.send(&frame(1000, 10)).unwrap();
    assert!(!other.bell.wait(Duration::ZERO).unwrap());
}

#[test]
fn a_full_lane_has_no_room_until_its_reader_rings() {
    let folder = Folder::new();
    let (mut one, mut other) = join(folder.plans(1));
    let mut sent = 0;
    while one.outlet.has_room(1008) {
        assert!(one.outlet.send(&frame(1000 + sent, 1000)).unwrap());
        sent += 1;
    }
    assert!(sent >= 60, "64 KiB at least, and {sent} KiB fit");
    // Who sends all the same is not refused, and the order stays.
    assert!(!one.outlet.send(&frame(1000 + sent, 1000)).unwrap());
    assert_eq!(
        (one.outlet.waiting(), one.outlet.untaken()),
        (1, u64::from(sent) + 1)
    );
    let mut taken = 0;
    while !one.bell.wait(Duration::ZERO).unwrap() {
        assert_eq!(take(&mut other), Some((1000 + taken, 1008)));
        taken += 1;
    }
    assert!(one.outlet.flush().unwrap());
    while let Some(next) = take(&mut other) {
        assert_eq!(next, (1000 + taken, 1008));
        taken += 1;
    }
    assert_eq!((taken, one.outlet.untaken()), (sent + 1, 0));
}

#[test]
fn the_largest_frame_goes_through_the_smallest_lane_and_keeps_its_place() {
    let folder = Folder::new();
    let (mut one, mut other) = join(folder.plans(1));
    let large = frame(1001, 16 * 1024 * 1024);
    assert!(one.outlet.has_room(large.len()));
    assert!(!one.outlet.send(&large).unwrap());
    assert!(!one.outlet.has_room(100));
    assert!(!one.outlet.send(&frame(1002, 100)).unwrap());
    let mut came = Vec::new();
    while came.len() < 2 {
        match other.inlet.first().unwrap() {
            Some((found, size)) => {
                let body = found.body.to_vec();
                came.push((found.type_id, size));
                other.inlet.pass();
                assert!(came.len() != 1 || large.ends_with(&body));
            }
            None => {
                assert!(
                    one.bell.wait(Duration::ZERO).unwrap(),
                    "nobody tells of room"
                );
                one.outlet.flush().unwrap();
            }
        }
    }
    assert_eq!(came, [(1001, large.len()), (1002, 108)]);
}

#[test]
fn what_a_side_sent_before_it_went_is_read_to_the_end() {
    let folder = Folder::new();
    let (mut one, mut other) = join(folder.plans(1));
    for type_id in [1000, 1001] {
        one.outlet.send(&frame(type_id, 10)).unwrap();
    }
    drop(one);
    assert_eq!(take(&mut other), Some((1000, 18)));
    assert_eq!(take(&mut other), Some((1001, 18)));
    assert!(matches!(other.inlet.first(), Err(LaneFault::Closed)));
    drop(other);
    let (mut one, other) = join(folder.plans(1));
    one.outlet.send(&frame(1000, 10)).unwrap();
    assert_eq!(other.inlet.abandon(), 1);
    assert_eq!(one.outlet.untaken(), 0);
}

#[test]
fn lanes_have_room_for_the_messages_of_their_route() {
    let folder = Folder::new();
    for (messages, bytes) in [
        (1, 65_536),
        (1024, 262_144),
        (1000, 262_144),
        (1 << 31, 67_108_864),
    ] {
        let (plan, _) = folder.plans(messages);
        assert_eq!(plan.writer_options().capacity, bytes, "{messages} messages");
    }
}

#[test]
fn offers_and_answers_that_do_not_fit_are_refused() {
    let folder = Folder::new();
    let (plan, of_peer) = folder.plans(1);
    let bell = EventBell::new().unwrap();
    let (mut joining, offer) = Joining::begin(plan).unwrap();
    let refused = joining.offered(&offer, &bell).unwrap_err();
    assert!(
        refused.contains("ml.a:b, where there is to be one at"),
        "{refused}"
    );
    let (peer, mut offer) = Joining::begin(of_peer).unwrap();
    offer.lane_uid ^= 1;
    assert!(joining
        .offered(&offer, &bell)
        .unwrap_err()
        .contains("is not the lane"));
    offer.lane_uid ^= 1;
    drop(peer);
    assert!(joining
        .offered(&offer, &bell)
        .unwrap_err()
        .starts_with("joining a lane: "));

    let mut answer = mycelium::control::LaneJoined {
        lane_uid: 1,
        slot: 0,
    };
    assert!(joining
        .joined(&answer, None)
        .unwrap_err()
        .contains("no bell"));
    let descriptor = || Some(std::fs::File::open("/dev/null").unwrap().into());
    assert!(joining.joined(&answer, descriptor()).is_err());
    answer.slot = 7;
    assert!(joining.joined(&answer, descriptor()).is_err());
    assert!(!joining.is_done() && joining.finish().is_err());
}

#[test]
fn lanes_of_the_dead_are_removed_and_those_of_the_living_are_not() {
    let folder = Folder::new();
    let place = folder.0.join("ml");
    let path = |name: &str| folder.0.join(name);
    let options = WriterOptions::default().with_capacity(4096);
    Writer::open(path("ml.a:b"), &options).unwrap().hand_over();
    let living = Writer::open(path("ml.a:c"), &options).unwrap();
    let read = Writer::open(path("ml.a:d"), &options).unwrap();
    let reader = Reader::open(path("ml.a:d"), &ReaderOptions::default()).unwrap();
    read.hand_over();
    std::fs::write(path("ml.a:e"), "no lane").unwrap();
    Writer::open(path("other.a:b"), &options)
        .unwrap()
        .hand_over();
    remove_leftovers(&place);
    assert_eq!(folder.names(), ["ml.a:c", "ml.a:d", "ml.a:e", "other.a:b"]);
    drop((living, reader));
}
