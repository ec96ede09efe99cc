//! A process is killed at each numbered step of `docs/shm.md`, and the others must go on as its table says.
#![cfg(all(target_os = "linux", feature = "failpoints"))]

mod support;

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use mycelium_lane::failpoint::Step;
use mycelium_lane::{Policy, Reader, ReaderCounts, ReaderOptions, Wait, Writer, WriterOptions};
use support::{
    frame, length_for, let_go_on, line_of, number_of, peer, said, stopped_peer, Folder,
    SetWhenDropped,
};

const PATIENCE: Option<Duration> = Some(Duration::from_secs(20));
const SIGKILL: i32 = 9;
/// Numbers of the writer that takes over.
const SECOND_WRITER: u64 = 1_000_000;

/// Which of the tests below kills at a step.
fn place_of(step: Step) -> &'static str {
    use Step::*;
    match step {
        O1 => "opening",
        C1 | C2 | C3 | C4 => "creating",
        P1 | P2 | P3 | P4 | P5 | P6 | P7 => "publishing",
        P8 | P9 => "ringing",
        B1 | B2 => "waiting for room",
        E1 | E2 => "evicting",
        R1 | R2 | R3 | R4 | R5 | R6 => "recovering",
        X1 | X2 | X3 => "closing",
        J1 | J2 | J3 | J4 => "joining",
        D1 | D2 | D3 | D4 | S1 | S2 | S3 | S4 => "reading",
        L1 | L2 => "leaving",
    }
}

fn steps_of(place: &str) -> impl Iterator<Item = Step> + '_ {
    let steps = Step::ALL
        .iter()
        .copied()
        .filter(move |step| place_of(*step) == place);
    assert!(steps.clone().count() > 0, "no step is called {place}");
    steps
}

#[test]
fn the_document_has_a_row_for_each_step() {
    let document = include_str!("../../../../docs/shm.md");
    for step in Step::ALL {
        let name = format!("{step:?}");
        let is_there = document
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
            .any(|steps| steps.split(' ').any(|word| word == name));
        assert!(is_there, "{name} is missing in the table of docs/shm.md");
    }
}

/// Runs a peer that must be killed at `step` when it gets there for the `time`th time.
fn killed(lane: &Path, words: &str, step: Step, time: u64) {
    let mut peer = peer(lane, words, Some(&format!("{step:?}:{time}")));
    let status = peer.wait().expect("lane-peer runs");
    assert_eq!(
        status.signal(),
        Some(SIGKILL),
        "{step:?}:{time} was not reached by {words}: {status}"
    );
}

fn options(policy: Policy) -> ReaderOptions {
    ReaderOptions {
        policy,
        wait: Wait::Block,
        ..ReaderOptions::default()
    }
}

fn small() -> WriterOptions {
    WriterOptions {
        wait: Wait::Block,
        ..WriterOptions::default().with_capacity(4096)
    }
}

/// The numbers of the frames that can be read now.
fn drain(reader: &mut Reader) -> Vec<u64> {
    let mut numbers = Vec::new();
    while let Ok(Some(record)) = reader.try_read() {
        numbers.push(number_of(record.payload()));
    }
    numbers
}

/// A lane with a reader of each kind, before anything was published.
fn lane_with_readers(folder: &Folder) -> [Reader; 2] {
    Writer::open(folder.lane(), &small()).unwrap().hand_over();
    [Policy::Reliable, Policy::Lossy]
        .map(|policy| Reader::open(folder.lane(), &options(policy)).unwrap())
}

/// After a crash: `count` frames at most had been published, perhaps one more than a reader could know; then another
/// writer publishes some. Each reader must see a beginning of the former without a gap, then exactly the latter.
fn goes_on(context: &str, folder: &Folder, readers: &mut [Reader], tried: u64, longest: usize) {
    let carried: u64 = said(peer(
        &folder.lane(),
        &format!("write {SECOND_WRITER} 5 56 hand-over"),
        None,
    ))
    .parse()
    .unwrap();
    let before = carried - 5;
    assert!(before <= tried, "{context}: {before} of {tried}");
    let expected: Vec<u64> = (0..before)
        .chain(SECOND_WRITER..SECOND_WRITER + 5)
        .collect();
    for reader in readers {
        assert_eq!(drain(reader), expected, "{context}: longest {longest}");
        assert_eq!(
            reader.counts(),
            ReaderCounts {
                received: carried,
                aborted: reader.counts().aborted,
                ..ReaderCounts::default()
            }
        );
        assert!(
            reader.counts().aborted <= 1 && reader.epoch() > 1,
            "{context}"
        );
    }
    let mut late = Reader::open(folder.lane(), &options(Policy::Reliable)).unwrap();
    said(peer(&folder.lane(), "write 7 1 56 close", None));
    assert_eq!(drain(&mut late), [7], "{context}");
    assert!(folder.names().is_empty(), "{context}");
}

#[test]
fn a_writer_killed_while_publishing_is_replaced() {
    for step in steps_of("publishing") {
        // Small frames; then frames in parts, with a filling at the end of the data on the way.
        for (longest, times) in [(56, [1, 2, 20]), (2500, [2, 4, 5])] {
            for time in times {
                let folder = Folder::new();
                let mut readers = lane_with_readers(&folder);
                let words = match longest {
                    56 => "write 0 30 56 hold".to_owned(),
                    // What fits without readers that read; the last of them travels in parts.
                    _ => "write 0 12 2500 hold".to_owned(),
                };
                killed(&folder.lane(), &words, step, time);
                let context = format!("{step:?}:{time}");
                goes_on(&context, &folder, &mut readers, 30, longest);
            }
        }
    }
}

#[test]
fn a_writer_killed_on_a_later_lap_is_replaced() {
    for step in steps_of("publishing") {
        for time in [700, 701, 733] {
            let folder = Folder::new();
            let [reliable, mut lossy] = lane_with_readers(&folder);
            drop(reliable);
            killed(&folder.lane(), "write 0 2000 300 hold", step, time);
            let carried: u64 = said(peer(&folder.lane(), "write 5000 3 56 hand-over", None))
                .parse()
                .unwrap();
            let numbers = drain(&mut lossy);
            assert!(
                numbers.ends_with(&[5000, 5001, 5002]) || numbers.is_empty(),
                "{step:?}:{time} {numbers:?}"
            );
            let counts = lossy.counts();
            assert_eq!(counts.received + counts.lost, carried, "{step:?}:{time}");
            assert!(counts.lapped > 0);
        }
    }
}

#[test]
fn a_writer_killed_while_recovering_is_replaced() {
    for first in [Step::P1, Step::P3, Step::P4, Step::P5, Step::P6] {
        for step in steps_of("recovering") {
            let torn = matches!(first, Step::P1 | Step::P3);
            if matches!(step, Step::R2 | Step::R3) && !torn {
                continue; // nothing to cover
            }
            let moves = first != Step::P6;
            if step == Step::R4 && !moves {
                continue; // nothing to move
            }
            let folder = Folder::new();
            let mut readers = lane_with_readers(&folder);
            killed(&folder.lane(), "write 0 30 56 hold", first, 9);
            killed(&folder.lane(), "write 500 30 56 hold", step, 1);
            goes_on(
                &format!("{first:?} then {step:?}"),
                &folder,
                &mut readers,
                9,
                56,
            );
        }
    }
}

#[test]
fn a_writer_killed_before_the_bell_leaves_readers_that_wake_by_themselves() {
    for step in steps_of("ringing") {
        let folder = Folder::new();
        let [mut reliable, mut lossy] = lane_with_readers(&folder);
        std::thread::scope(|scope| {
            let sleepers = [&mut reliable, &mut lossy].map(|reader| {
                scope.spawn(|| {
                    number_of(reader.read(PATIENCE).unwrap().expect("published").payload())
                })
            });
            std::thread::sleep(Duration::from_millis(30)); // they sleep at once, and then have been for long
            killed(&folder.lane(), "write 0 30 56 hold", step, 1);
            for sleeper in sleepers {
                assert_eq!(sleeper.join().unwrap(), 0, "{step:?}");
            }
        });
        let missed = reliable.missed_bells() + lossy.missed_bells();
        assert!(
            if step == Step::P8 {
                missed > 0
            } else {
                missed == 0
            },
            "{step:?}: {missed}"
        );
    }
}

#[test]
fn a_writer_killed_while_waiting_for_room_is_replaced() {
    for step in steps_of("waiting for room") {
        let folder = Folder::new();
        let [mut reliable, lossy] = lane_with_readers(&folder);
        drop(lossy);
        killed(&folder.lane(), "write 0 100 56 hold", step, 1);
        let [first, ..] = drain(&mut reliable)[..] else {
            panic!("nothing was published")
        };
        assert_eq!(first, 0);
        // A lane of 64 cells, less the announcement of this second writer and the cleared word.
        assert_eq!(reliable.counts().received, 62);
        said(peer(&folder.lane(), "write 100 50 56 hand-over", None));
        assert_eq!(
            drain(&mut reliable),
            (100..150).collect::<Vec<_>>(),
            "{step:?}"
        );
    }
}

#[test]
fn a_writer_killed_while_evicting_is_replaced() {
    for step in steps_of("evicting") {
        let folder = Folder::new();
        Writer::open(folder.lane(), &small()).unwrap().hand_over();
        let mut holder = peer(&folder.lane(), "hold reliable", None);
        assert_eq!(line_of(&mut holder), "0");
        holder.kill().unwrap();
        holder.wait().unwrap();
        killed(&folder.lane(), "write 0 100 56 hold", step, 1);
        let carried = said(peer(&folder.lane(), "write 100 1000 56 hand-over", None));
        assert_eq!(carried, "1062", "{step:?}"); // the first of them filled a lane of 64 cells
        all_slots_work(&folder);
    }
}

#[test]
fn a_writer_killed_while_creating_leaves_nothing_or_a_lane() {
    for step in steps_of("creating") {
        let folder = Folder::new();
        killed(&folder.lane(), "write 0 30 56 hold", step, 1);
        assert_eq!(
            folder.names().len(),
            usize::from(step == Step::C4),
            "{step:?}"
        );
        assert_eq!(
            said(peer(&folder.lane(), "write 0 30 56 close", None)),
            "30",
            "{step:?}"
        );
        assert!(folder.names().is_empty());
    }
}

#[test]
fn whoever_is_killed_after_opening_leaves_the_lane_as_it_was() {
    for step in steps_of("opening") {
        for words in ["write 0 30 56 hold", "read reliable 1", "remove"] {
            let folder = Folder::new();
            let mut readers = lane_with_readers(&folder);
            killed(&folder.lane(), words, step, 1);
            goes_on(words, &folder, &mut readers, 0, 56);
        }
    }
}

/// Someone has opened a lane, which is then removed and made anew before they go on.
#[test]
fn whoever_comes_too_late_harms_no_later_lane() {
    for words in ["remove", "write 0 30 56 hold", "read reliable 1"] {
        let folder = Folder::new();
        Writer::open(folder.lane(), &small()).unwrap().hand_over();
        let late = stopped_peer(&folder.lane(), words, "O1");
        assert!(mycelium_lane::remove_stale(folder.lane()).unwrap());
        let mut writer = Writer::open(folder.lane(), &small()).unwrap();
        let_go_on(&late);
        let late = std::thread::scope(|scope| {
            let late = scope.spawn(move || late.wait_with_output().expect("lane-peer runs"));
            while !late.is_finished() {
                writer.publish(&frame(1, 1, 56), PATIENCE).unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
            late.join().unwrap()
        });
        let output = String::from_utf8_lossy(&late.stdout).trim().to_owned();
        match words {
            "remove" => assert_eq!(output, "false"),
            "read reliable 1" => assert_eq!(output, "joined\n1 0 1 1"),
            _ => assert!(!late.status.success(), "a second writer"),
        }
        let reader = Reader::open(folder.lane(), &options(Policy::Reliable))
            .expect("the later lane is there");
        assert_eq!(reader.lane_uid(), writer.lane_uid(), "{words}");
    }
}

#[test]
fn a_writer_killed_while_closing_leaves_a_lane_that_ends() {
    for step in steps_of("closing") {
        let folder = Folder::new();
        let mut readers = lane_with_readers(&folder);
        killed(&folder.lane(), "write 0 30 56 close", step, 1);
        for reader in &mut readers {
            assert_eq!(drain(reader), (0..30).collect::<Vec<_>>());
            let ended = reader.read(PATIENCE).expect_err("the end").to_string();
            assert!(ended.contains("closed by its writer"), "{step:?}: {ended}");
        }
        assert_eq!(
            folder.names().len(),
            usize::from(step != Step::X3),
            "{step:?}"
        );
        assert_eq!(
            said(peer(&folder.lane(), "write 0 30 56 close", None)),
            "30",
            "a new lane"
        );
    }
}

#[test]
fn whoever_is_killed_while_removing_a_stale_lane_leaves_one_to_replace() {
    for step in [Step::X1, Step::X3] {
        let folder = Folder::new();
        Writer::open(folder.lane(), &small()).unwrap().hand_over();
        killed(&folder.lane(), "remove", step, 1);
        assert_eq!(
            said(peer(&folder.lane(), "write 0 30 56 close", None)),
            "30"
        );
        assert!(folder.names().is_empty(), "{step:?}");
    }
}

/// Publishes bursts until `done`, and then many laps more: nobody who is dead may hold the writer back.
fn publish_while(writer: &mut Writer, done: impl Fn() -> bool) {
    let mut rest = 500;
    let mut number = 0;
    while rest > 0 {
        for _ in 0..100 {
            // Frames in parts as well: their readers copy them.
            let longest = if number % 10 == 0 { 2500 } else { 300 };
            writer
                .publish(&frame(1, number, length_for(number, longest)), PATIENCE)
                .unwrap();
            number += 1;
            rest -= u64::from(done()).min(rest);
        }
        std::thread::sleep(Duration::from_micros(200)); // so that readers fall asleep
    }
}

fn all_slots_work(folder: &Folder) {
    let mut readers: Vec<_> = (0..16)
        .map(|_| Reader::open(folder.lane(), &options(Policy::Reliable)).unwrap())
        .collect();
    said(peer(&folder.lane(), "write 0 10 56 hand-over", None));
    for reader in &mut readers {
        assert_eq!(drain(reader), (0..10).collect::<Vec<_>>());
    }
}

/// A reader is killed at a step while a writer publishes; the writer goes on, and so does another reader.
fn reader_killed(words: &str, step: Step, time: u64) {
    let folder = Folder::new();
    let mut writer = Writer::open(folder.lane(), &small()).unwrap();
    let mut witness = Reader::open(folder.lane(), &options(Policy::Reliable)).unwrap();
    let is_dead = std::sync::atomic::AtomicBool::new(false);
    let relaxed = std::sync::atomic::Ordering::Relaxed;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _dead = SetWhenDropped(&is_dead);
            killed(&folder.lane(), words, step, time);
        });
        let reading = scope.spawn(move || {
            let mut next = 0;
            while let Ok(record) = witness.read(PATIENCE) {
                assert_eq!(number_of(record.expect("something comes").payload()), next);
                next += 1;
            }
            (next, witness.counts())
        });
        publish_while(&mut writer, || is_dead.load(relaxed));
        let published = writer.counts().frames;
        writer.close().unwrap();
        let (seen, counts) = reading.join().unwrap();
        assert_eq!(
            (seen, counts.received, counts.lost),
            (published, published, 0),
            "{step:?}"
        );
    });
    Writer::open(folder.lane(), &small()).unwrap().hand_over();
    all_slots_work(&folder);
}

#[test]
fn a_reader_killed_while_joining_holds_nobody_back() {
    for step in steps_of("joining") {
        for policy in ["reliable", "lossy"] {
            reader_killed(&format!("hold {policy}"), step, 1);
        }
    }
}

#[test]
fn a_reader_killed_while_reading_holds_nobody_back() {
    for step in steps_of("reading") {
        reader_killed("read reliable 1000000", step, 1);
        reader_killed("read reliable 1000000", step, 40);
        if step != Step::D4 {
            reader_killed("read lossy 1000000", step, 10);
        }
    }
}

#[test]
fn a_reader_killed_while_leaving_holds_nobody_back() {
    for step in steps_of("leaving") {
        reader_killed("read reliable 20", step, 1);
        reader_killed("read lossy 20", step, 1);
    }
}
