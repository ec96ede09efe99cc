//! What a writer and its readers promise one another, in one process.
#![cfg(target_os = "linux")]

mod support;

use std::time::Duration;

use mycelium_lane::{
    LaneError, LaneErrorKind, Policy, Reader, ReaderCounts, ReaderOptions, Wait, Writer,
    WriterOptions,
};
use support::{frame, number_of, Folder};

const SECOND: Option<Duration> = Some(Duration::from_secs(1));
const NO_TIME: Option<Duration> = Some(Duration::ZERO);

fn small() -> WriterOptions {
    WriterOptions::default().with_capacity(4096)
}

fn reliable() -> ReaderOptions {
    ReaderOptions::default()
}

fn lossy() -> ReaderOptions {
    ReaderOptions {
        policy: Policy::Lossy,
        ..ReaderOptions::default()
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, LaneError>) -> LaneErrorKind {
    let error = result.expect_err("refused");
    assert!(error.to_string().starts_with("/dev/shm/"), "{error}");
    match error {
        error if matches!(error.kind(), LaneErrorKind::Full) => LaneErrorKind::Full,
        error if matches!(error.kind(), LaneErrorKind::Closed) => LaneErrorKind::Closed,
        error if matches!(error.kind(), LaneErrorKind::WriterPresent) => {
            LaneErrorKind::WriterPresent
        }
        error if matches!(error.kind(), LaneErrorKind::NotFound) => LaneErrorKind::NotFound,
        error => panic!("{error}"),
    }
}

/// The numbers of the frames that can be read now.
fn drain(reader: &mut Reader) -> Vec<u64> {
    let mut numbers = Vec::new();
    while let Some(record) = reader.try_read().unwrap() {
        numbers.push(number_of(record.payload()));
    }
    numbers
}

#[test]
fn a_frame_arrives_as_it_was_published() {
    let folder = Folder::new();
    let mut writer = Writer::open(folder.lane(), &small()).unwrap();
    for options in [reliable(), lossy()] {
        let mut reader = Reader::open(folder.lane(), &options).unwrap();
        for length in [0, 1, 7, 8, 55, 56, 57, 120, 1016, 1017, 3000, 30_000] {
            let mut published = frame(1000, 7, length);
            published[2] = u8::from(length % 2 == 0); // an envelope, says the header
            let publishing = std::thread::scope(|scope| {
                let publishing = scope.spawn(|| writer.publish(&published, SECOND));
                let record = reader.read(SECOND).unwrap();
                // A lossy reader may be too slow for a frame larger than the lane.
                if let Some(record) = record {
                    let mut received = Vec::new();
                    record.append_frame_to(&mut received);
                    drop(record);
                    assert_eq!(received, published);
                }
                publishing.join().unwrap()
            });
            publishing.unwrap();
        }
        assert!(reader.try_read().unwrap().is_none());
        let counts = reader.counts();
        assert_eq!(counts.received + counts.lost, 12);
        assert!(options.policy == Policy::Lossy || counts.lost == 0);
    }
    assert_eq!(writer.counts().frames, 24);
}

#[test]
fn a_reliable_reader_holds_the_writer_back_and_loses_nothing() {
    let folder = Folder::new();
    let mut writer = Writer::open(folder.lane(), &small()).unwrap();
    let mut reader = Reader::open(folder.lane(), &reliable()).unwrap();
    let mut published = 0;
    while writer.try_publish(&frame(1, published, 56)).is_ok() {
        published += 1;
    }
    // One cell of 64 is the cleared word after the last record.
    assert_eq!(published, 63);
    assert!(matches!(
        refusal(writer.publish(&frame(1, 0, 56), NO_TIME)),
        LaneErrorKind::Full
    ));
    assert_eq!((writer.counts().drops, writer.counts().full_events), (2, 2));

    let record = reader.try_read().unwrap().expect("published");
    assert!(
        matches!(
            refusal(writer.try_publish(&frame(1, 63, 56))),
            LaneErrorKind::Full
        ),
        "the record is held"
    );
    drop(record);
    writer.try_publish(&frame(1, 63, 56)).unwrap();
    assert_eq!(drain(&mut reader), (1..64).collect::<Vec<_>>());
    assert_eq!(
        reader.counts(),
        ReaderCounts {
            received: 64,
            ..ReaderCounts::default()
        }
    );
}

#[test]
fn a_lossy_reader_counts_exactly_what_it_missed() {
    let folder = Folder::new();
    let mut writer = Writer::open(folder.lane(), &small()).unwrap();
    let mut reader = Reader::open(folder.lane(), &lossy()).unwrap();
    let mut number = 0;
    for burst in 0..300 {
        for _ in 0..burst {
            writer
                .try_publish(&frame(1, number, 8 + number as usize % 500))
                .unwrap();
            number += 1;
        }
        let numbers = drain(&mut reader);
        assert!(numbers
            .iter()
            .rev()
            .zip((0..number).rev())
            .all(|(left, right)| *left == right));
        let counts = reader.counts();
        assert_eq!(counts.received + counts.lost, number);
    }
    assert!(reader.counts().lapped > 100);
    assert!(reader.counts().received > 100);
}

#[test]
fn a_late_reader_gets_what_follows_its_joining() {
    let folder = Folder::new();
    let mut writer = Writer::open(folder.lane(), &small()).unwrap();
    for number in 0..1000 {
        writer.try_publish(&frame(1, number, 56)).unwrap();
        if number % 100 == 37 {
            let (mut first, mut second) = (
                Reader::open(folder.lane(), &reliable()).unwrap(),
                Reader::open(folder.lane(), &lossy()).unwrap(),
            );
            writer.try_publish(&frame(1, 5000 + number, 56)).unwrap();
            assert_eq!(drain(&mut first), [5000 + number]);
            assert_eq!(drain(&mut second), [5000 + number]);
            assert_eq!(first.counts().lost + second.counts().lost, 0);
        }
    }
}

#[test]
fn frames_in_parts_are_whole_or_not_there() {
    let folder = Folder::new();
    let mut writer = Writer::open(folder.lane(), &small()).unwrap();
    let mut reader = Reader::open(folder.lane(), &reliable()).unwrap();
    // Five parts do not fit into the lane at once: three are published, then time is up.
    assert!(matches!(
        refusal(writer.publish(&frame(1, 1, 5000), NO_TIME)),
        LaneErrorKind::Full
    ));
    assert_eq!(drain(&mut reader), []);
    // A reader that joins now has not seen the beginning; nothing was lost, since nothing was published.
    let mut second = Reader::open(folder.lane(), &reliable()).unwrap();
    writer.try_publish(&frame(1, 2, 3000)).unwrap();
    assert_eq!(drain(&mut reader), [2]);
    assert_eq!(drain(&mut second), [2]);
    assert_eq!(
        reader.counts(),
        ReaderCounts {
            received: 1,
            aborted: 1,
            ..ReaderCounts::default()
        }
    );
    assert_eq!(
        second.counts(),
        ReaderCounts {
            received: 1,
            ..ReaderCounts::default()
        }
    );
    let refused = writer
        .try_publish(&frame(1, 3, 5000))
        .expect_err("larger than the lane");
    assert!(matches!(
        refused.kind(),
        LaneErrorKind::NeverFits {
            bytes: 5008,
            capacity: 4096
        }
    ));
}

#[test]
fn all_slots_can_be_taken_and_are_given_back() {
    let folder = Folder::new();
    let mut writer = Writer::open(folder.lane(), &small()).unwrap();
    for _ in 0..3 {
        let mut readers: Vec<_> = (0..16)
            .map(|_| Reader::open(folder.lane(), &reliable()).unwrap())
            .collect();
        assert_eq!(writer.readers().unwrap(), 16);
        let refused = Reader::open(folder.lane(), &reliable()).expect_err("a 17th");
        assert!(
            matches!(refused.kind(), LaneErrorKind::NoFreeSlot { slots: 16 }),
            "{refused}"
        );
        for number in 0..200 {
            writer.try_publish(&frame(1, number, 56)).unwrap();
            for reader in &mut readers {
                assert_eq!(
                    number_of(reader.try_read().unwrap().expect("published").payload()),
                    number
                );
            }
        }
    }
    assert_eq!(writer.readers().unwrap(), 0);
}

#[test]
fn a_closed_lane_is_read_to_its_end_and_then_gone() {
    let folder = Folder::new();
    let mut writer = Writer::open(folder.lane(), &small()).unwrap();
    assert!(matches!(
        refusal(Writer::open(folder.lane(), &small())),
        LaneErrorKind::WriterPresent
    ));
    let mut reader = Reader::open(folder.lane(), &reliable()).unwrap();
    writer.try_publish(&frame(1, 1, 56)).unwrap();
    let uid = writer.lane_uid();
    writer.close().unwrap();
    assert_eq!(
        number_of(reader.read(SECOND).unwrap().expect("published").payload()),
        1
    );
    assert!(matches!(refusal(reader.try_read()), LaneErrorKind::Closed));
    assert!(matches!(refusal(reader.read(None)), LaneErrorKind::Closed));
    assert!(matches!(
        refusal(Reader::open(folder.lane(), &reliable())),
        LaneErrorKind::NotFound
    ));
    assert!(folder.names().is_empty());
    assert_ne!(
        Writer::open(folder.lane(), &small()).unwrap().lane_uid(),
        uid
    );
}

#[test]
fn readers_outlive_a_writer_that_hands_over() {
    let folder = Folder::new();
    let mut first = Writer::open(folder.lane(), &small()).unwrap();
    let mut reader = Reader::open(folder.lane(), &reliable()).unwrap();
    assert_eq!((first.epoch(), reader.epoch()), (1, 1));
    first.try_publish(&frame(1, 1, 56)).unwrap();
    first.hand_over();
    assert!(!reader.is_writer_alive().unwrap());
    let mut second = Writer::open(folder.lane(), &small()).unwrap();
    assert_eq!(second.epoch(), 2);
    second.try_publish(&frame(1, 2, 56)).unwrap();
    assert_eq!(
        number_of(reader.try_read().unwrap().expect("published").payload()),
        1
    );
    assert_eq!(reader.epoch(), 1, "the first writer's frame");
    assert_eq!(drain(&mut reader), [2]);
    assert_eq!(reader.epoch(), 2);
    assert_eq!(second.counts().frames, 2);
}

#[test]
fn a_lane_of_another_shape_is_closed_and_made_anew() {
    let folder = Folder::new();
    let mut first = Writer::open(folder.lane(), &small()).unwrap();
    let mut reader = Reader::open(folder.lane(), &reliable()).unwrap();
    first.try_publish(&frame(1, 1, 56)).unwrap();
    first.hand_over();
    let second = Writer::open(folder.lane(), &small().with_capacity(8192)).unwrap();
    assert_eq!(second.epoch(), 1);
    assert_eq!(
        number_of(reader.try_read().unwrap().expect("published").payload()),
        1
    );
    assert!(matches!(refusal(reader.try_read()), LaneErrorKind::Closed));
    assert_eq!(
        Reader::open(folder.lane(), &reliable()).unwrap().lane_uid(),
        second.lane_uid()
    );
}

#[test]
fn readers_may_start_first() {
    let folder = Folder::new();
    let nothing = Reader::open_when_there(folder.lane(), &reliable(), NO_TIME);
    assert!(matches!(refusal(nothing), LaneErrorKind::NotFound));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| Reader::open_when_there(folder.lane(), &reliable(), None));
        std::thread::sleep(Duration::from_millis(20));
        let writer = Writer::open(folder.lane(), &small()).unwrap();
        assert_eq!(
            waiting.join().unwrap().unwrap().lane_uid(),
            writer.lane_uid()
        );
    });
}

#[test]
fn waiting_takes_as_long_as_was_said() {
    let folder = Folder::new();
    let _writer = Writer::open(folder.lane(), &small()).unwrap();
    for wait in [Wait::Spin, Wait::Adaptive, Wait::Block] {
        let mut reader =
            Reader::open(folder.lane(), &ReaderOptions { wait, ..reliable() }).unwrap();
        let before = std::time::Instant::now();
        assert!(reader
            .read(Some(Duration::from_millis(30)))
            .unwrap()
            .is_none());
        assert!(before.elapsed() >= Duration::from_millis(30));
        assert_eq!(reader.missed_bells(), 0);
    }
}

#[test]
fn what_is_no_frame_is_refused_with_a_reason() {
    let folder = Folder::new();
    let mut writer = Writer::open(
        folder.lane(),
        &WriterOptions {
            frame_bytes_max: 1000,
            ..small()
        },
    )
    .unwrap();
    let good = frame(1, 1, 56);
    let mut cases = vec![
        (good[..7].to_vec(), "fewer than 8 bytes"),
        (frame(1, 1, 993), "above the limit of 1000"),
    ];
    for (offset, value, reason) in [
        (0, 0, "type id is 0"),
        (2, 2, "unknown flags"),
        (3, 2, "version"),
        (4, 57, "length"),
    ] {
        let mut bad = good.clone();
        bad[offset] = value;
        cases.push((bad, reason));
    }
    for (bad, reason) in cases {
        let refused = writer.try_publish(&bad).expect_err(reason).to_string();
        assert!(refused.contains(reason), "{refused}");
    }
    assert_eq!(writer.counts().frames, 0);
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let folder = Folder::new();
    for (options, what) in [
        (
            WriterOptions {
                capacity: 5000,
                ..small()
            },
            "the capacity",
        ),
        (
            WriterOptions {
                capacity: 1 << 40,
                ..small()
            },
            "the capacity",
        ),
        (
            WriterOptions {
                max_record: 2048,
                ..small()
            },
            "max_record",
        ),
        (
            WriterOptions {
                max_record: 100,
                ..small()
            },
            "max_record",
        ),
        (
            WriterOptions {
                reader_slots: 17,
                ..small()
            },
            "reader_slots",
        ),
        (
            WriterOptions {
                reader_slots: 0,
                ..small()
            },
            "reader_slots",
        ),
    ] {
        let refused = Writer::open(folder.lane(), &options)
            .expect_err(what)
            .to_string();
        assert!(refused.contains(what), "{refused}");
    }
    assert!(folder.names().is_empty());
    let nowhere = Writer::open(folder.path().join("no/lane"), &small())
        .expect_err("no folder")
        .to_string();
    assert!(nowhere.contains("a folder that must exist"), "{nowhere}");
}
