//! Writers and readers in different threads and processes: order, no loss, exact counts of losses, under load.
#![cfg(target_os = "linux")]

mod support;

use std::time::Duration;

use mycelium_lane::{LaneErrorKind, Policy, Reader, ReaderOptions, Wait, Writer, WriterOptions};
use support::{frame, length_for, line_of, number_of, peer, said, Folder};

const PATIENCE: Option<Duration> = Some(Duration::from_secs(20));
/// Sixteen laps at least, and frames in up to five parts.
const FRAMES: u64 = 20_000;
const LONGEST: usize = 5000;

/// Reads to the end; the numbers must ascend, and every byte must be right. Gives (received, lost).
fn read_to_end(mut reader: Reader) -> (u64, u64) {
    let mut last = None;
    loop {
        match reader.read(PATIENCE) {
            Ok(Some(record)) => {
                let number = number_of(record.payload());
                assert!(last < Some(number), "{number} came after {last:?}");
                last = Some(number);
            }
            Ok(None) => panic!("nothing came after {last:?}"),
            Err(error) if matches!(error.kind(), LaneErrorKind::Closed) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(reader.missed_bells(), 0);
    (reader.counts().received, reader.counts().lost)
}

fn publish(mut writer: Writer, count: u64, longest: usize) {
    for number in 0..count {
        writer
            .publish(&frame(1, number, length_for(number, longest)), PATIENCE)
            .unwrap();
    }
    writer.close().unwrap();
}

fn in_threads(wait: Wait, policies: &[Policy], frames: u64) {
    let folder = Folder::new();
    let options = WriterOptions {
        wait,
        ..WriterOptions::default().with_capacity(4096)
    };
    let writer = Writer::open(folder.lane(), &options).unwrap();
    std::thread::scope(|scope| {
        for &policy in policies {
            let options = ReaderOptions {
                policy,
                wait,
                ..ReaderOptions::default()
            };
            let reader = Reader::open(folder.lane(), &options).unwrap();
            scope.spawn(move || {
                let (received, lost) = read_to_end(reader);
                assert_eq!(received + lost, frames, "{policy:?}");
                assert!(lost == 0 || policy == Policy::Lossy);
            });
        }
        publish(writer, frames, LONGEST);
    });
}

#[test]
fn one_reader_that_sleeps_gets_everything() {
    in_threads(Wait::Block, &[Policy::Reliable], FRAMES);
}

#[test]
fn one_reader_that_adapts_gets_everything() {
    in_threads(Wait::Adaptive, &[Policy::Reliable], FRAMES);
}

#[test]
fn a_lossy_reader_without_a_reliable_one_counts_what_it_missed() {
    in_threads(Wait::Adaptive, &[Policy::Lossy], FRAMES);
}

#[test]
fn sixteen_readers_of_both_kinds() {
    let policies: Vec<_> = [Policy::Reliable, Policy::Lossy]
        .into_iter()
        .cycle()
        .take(16)
        .collect();
    in_threads(Wait::Adaptive, &policies, 3000);
}

#[test]
fn two_processes_and_two_policies() {
    let folder = Folder::new();
    let mut readers = ["reliable", "lossy"].map(|policy| {
        (
            policy,
            peer(&folder.lane(), &format!("read {policy} {}", u64::MAX), None),
        )
    });
    // The readers started first; the writer waits until they have joined its lane.
    let options = WriterOptions {
        wait: Wait::Block,
        ..WriterOptions::default().with_capacity(4096)
    };
    let writer = Writer::open(folder.lane(), &options).unwrap();
    for (_, reader) in &mut readers {
        assert_eq!(line_of(reader), "joined");
    }
    assert_eq!(writer.readers().unwrap(), 2);
    publish(writer, FRAMES, LONGEST);
    for (policy, reader) in readers {
        let words = said(reader);
        let numbers: Vec<u64> = words
            .split(' ')
            .filter_map(|word| word.parse().ok())
            .collect();
        let [received, lost, _, last] = numbers[..] else {
            panic!("{policy}: {words}")
        };
        assert_eq!(received + lost, FRAMES, "{policy}");
        if policy == "reliable" {
            assert_eq!((lost, last), (0, FRAMES - 1));
        }
    }
}

#[test]
fn a_writer_in_another_process_and_readers_that_come_and_go() {
    let folder = Folder::new();
    let options = ReaderOptions {
        wait: Wait::Block,
        ..ReaderOptions::default()
    };
    let writer = peer(&folder.lane(), "write 0 40000 900 close", None);
    let mut next = 0;
    let mut generations = 0;
    'lane: loop {
        let mut reader = match Reader::open_when_there(
            folder.lane(),
            &options,
            Some(Duration::from_millis(200)),
        ) {
            Ok(reader) => reader,
            Err(_) => break,
        };
        generations += 1;
        for index in 0..500 {
            let number = match reader.read(PATIENCE) {
                Ok(record) => number_of(record.expect("something comes").payload()),
                Err(error) if matches!(error.kind(), LaneErrorKind::Closed) => break 'lane,
                Err(error) => panic!("{error}"),
            };
            assert!(
                if index == 0 {
                    number >= next
                } else {
                    number == next
                },
                "{number} instead of {next}"
            );
            next = number + 1;
        }
    }
    assert_eq!(said(writer), "40000");
    assert!(generations > 1);
}

#[test]
fn a_frame_of_the_largest_size_passes_a_small_lane() {
    let folder = Folder::new();
    let mut writer = Writer::open(
        folder.lane(),
        &WriterOptions::default().with_capacity(65536),
    )
    .unwrap();
    let mut reader = Reader::open(folder.lane(), &ReaderOptions::default()).unwrap();
    let largest = frame(1, 9, 16 * 1024 * 1024);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let record = reader.read(PATIENCE).unwrap().expect("published");
            assert_eq!(
                (record.payload().len(), number_of(record.payload())),
                (16 * 1024 * 1024, 9)
            );
        });
        writer.publish(&largest, PATIENCE).unwrap();
    });
    let refused = writer
        .publish(&frame(1, 9, 16 * 1024 * 1024 + 1), PATIENCE)
        .expect_err("one byte too many");
    assert!(matches!(
        refused.kind(),
        LaneErrorKind::FrameTooLarge { .. }
    ));
}

#[test]
fn a_dead_reader_holds_no_writer_back_however_it_waits() {
    for wait in [Wait::Spin, Wait::Adaptive, Wait::Block] {
        let folder = Folder::new();
        let options = WriterOptions {
            wait,
            ..WriterOptions::default().with_capacity(4096)
        };
        let mut writer = Writer::open(folder.lane(), &options).unwrap();
        let mut holder = peer(&folder.lane(), "hold reliable", None);
        assert_eq!(line_of(&mut holder), "0");
        for number in 0..63 {
            writer.try_publish(&frame(1, number, 56)).unwrap();
        }
        let full = writer
            .publish(&frame(1, 63, 56), Some(Duration::from_millis(1)))
            .expect_err("the reader lives");
        assert!(matches!(full.kind(), LaneErrorKind::Full), "{full}");
        std::thread::scope(|scope| {
            scope.spawn(|| writer.publish(&frame(1, 63, 56), PATIENCE).unwrap());
            holder.kill().unwrap();
            holder.wait().unwrap();
        });
        assert_eq!(writer.counts().frames, 64, "{wait:?}");
    }
}
