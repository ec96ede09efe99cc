//! Removing what nobody uses, and nothing else.
#![cfg(target_os = "linux")]

mod support;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mycelium_lane::{remove_stale, LaneErrorKind, Reader, ReaderOptions, Writer, WriterOptions};
use support::{frame, line_of, peer, Folder, SetWhenDropped};

fn small() -> WriterOptions {
    WriterOptions::default().with_capacity(4096)
}

#[test]
fn a_lane_is_stale_when_its_writer_and_all_its_readers_are_dead() {
    let folder = Folder::new();
    assert!(!remove_stale(folder.lane()).unwrap(), "nothing is there");
    Writer::open(folder.lane(), &small()).unwrap().hand_over();
    let mut reader = peer(&folder.lane(), "hold reliable", None);
    assert_eq!(line_of(&mut reader), "0");
    let mut writer = peer(&folder.lane(), "write 0 3 56 hold", None);
    let witness = Reader::open(folder.lane(), &ReaderOptions::default()).unwrap();
    while !witness.is_writer_alive().unwrap() {
        std::thread::yield_now();
    }
    drop(witness);
    assert!(!remove_stale(folder.lane()).unwrap(), "both live");
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert!(!remove_stale(folder.lane()).unwrap(), "the reader lives");
    reader.kill().unwrap();
    reader.wait().unwrap();
    assert!(remove_stale(folder.lane()).unwrap());
    assert!(folder.names().is_empty());
}

#[test]
fn a_lane_that_lives_is_never_removed() {
    let folder = Folder::new();
    let is_over = AtomicBool::new(false);
    let removed = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    removed.fetch_add(
                        remove_stale(folder.lane()).unwrap().into(),
                        Ordering::Relaxed,
                    );
                    std::thread::yield_now();
                }
            });
        }
        let _over = SetWhenDropped(&is_over);
        let mut done = 0;
        while done < 1000 {
            let mut writer = match Writer::open(folder.lane(), &small()) {
                Ok(writer) => writer,
                // Someone who removes holds the lock for a moment: on a busy machine for longer than was waited.
                Err(error) if matches!(error.kind(), LaneErrorKind::WriterPresent) => continue,
                Err(error) => panic!("{error}"),
            };
            let mut reader =
                Reader::open(folder.lane(), &ReaderOptions::default()).expect("the writer lives");
            assert_eq!(reader.lane_uid(), writer.lane_uid());
            writer.try_publish(&frame(1, done, 56)).unwrap();
            assert!(reader.try_read().unwrap().is_some());
            writer.hand_over();
            if done % 2 == 0 {
                // Only the reader lives now; its lane must be the one that the next writer finds.
                let uid = reader.lane_uid();
                match Writer::open(folder.lane(), &small()) {
                    Ok(next) => {
                        assert_eq!(next.lane_uid(), uid);
                        next.hand_over();
                    }
                    Err(error) => assert!(
                        matches!(error.kind(), LaneErrorKind::WriterPresent),
                        "{error}"
                    ),
                }
            }
            drop(reader);
            done += 1;
            if done % 100 == 0 {
                // Let it lie for long enough to be found.
                while removed.load(Ordering::Relaxed) < done / 100 {
                    std::thread::yield_now();
                }
            }
        }
    });
    assert!(removed.load(Ordering::Relaxed) >= 10);
}
