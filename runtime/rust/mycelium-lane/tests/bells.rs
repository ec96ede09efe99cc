//! Doorbells that are descriptors: one for many lanes, handed over a unix socket.
#![cfg(target_os = "linux")]

mod support;

use std::io::{ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use mycelium_lane::{
    Doorbell, EventBell, LaneErrorKind, Reader, ReaderOptions, Wait, Writer, WriterOptions,
};
use support::{frame, number_of, Folder};

const LONG: Duration = Duration::from_secs(10);

#[test]
fn a_bell_rings_through_a_socket() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let bell = EventBell::new().unwrap();
    bell.send(&ours, 7).unwrap();
    let (received, tag) = EventBell::receive(&theirs).unwrap();
    assert_eq!(tag, 7);
    assert!(!bell.wait(Duration::ZERO).unwrap());
    received.ring().unwrap();
    received.ring().unwrap();
    assert!(bell.wait(LONG).unwrap(), "a ring before the wait counts");
    assert!(!bell.wait(Duration::ZERO).unwrap(), "both rings are one");

    (&ours).write_all(&[9]).unwrap();
    assert_eq!(
        EventBell::receive(&theirs)
            .expect_err("no descriptor")
            .kind(),
        ErrorKind::InvalidData
    );
    drop(ours);
    assert_eq!(
        EventBell::receive(&theirs).expect_err("the end").kind(),
        ErrorKind::UnexpectedEof
    );
}

#[test]
fn a_reader_sleeps_at_the_bell_it_was_given() {
    let folder = Folder::new();
    let mut writer = Writer::open(folder.lane(), &WriterOptions::default()).unwrap();
    let options = ReaderOptions {
        wait: Wait::Block,
        ..ReaderOptions::default()
    };
    let mut reader = Reader::open(folder.lane(), &options).unwrap();
    let bell = EventBell::new().unwrap();
    writer.set_bell(reader.slot(), Some(bell.try_clone().unwrap()));
    reader.set_bell(bell);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..300 {
                writer.try_publish(&frame(1, number, 56)).unwrap();
                std::thread::sleep(Duration::from_micros(number % 3 * 100));
            }
        });
        for number in 0..300 {
            assert_eq!(
                number_of(reader.read(Some(LONG)).unwrap().expect("rung").payload()),
                number
            );
        }
    });
    assert_eq!(reader.missed_bells(), 0);
}

#[test]
fn one_bell_serves_many_lanes() {
    const LANES: usize = 4;
    const FRAMES: u64 = 500;
    let folder = Folder::new();
    let bell = EventBell::new().unwrap();
    let path = |lane: usize| folder.path().join(lane.to_string());
    let mut writers: Vec<_> = (0..LANES)
        .map(|lane| Writer::open(path(lane), &WriterOptions::default()).unwrap())
        .collect();
    let mut readers: Vec<_> = (0..LANES)
        .map(|lane| Some(Reader::open(path(lane), &ReaderOptions::default()).unwrap()))
        .collect();
    for writer in &mut writers {
        writer.set_bell(0, Some(bell.try_clone().unwrap()));
    }
    std::thread::scope(|scope| {
        for (lane, mut writer) in writers.into_iter().enumerate() {
            scope.spawn(move || {
                for number in 0..FRAMES {
                    writer.publish(&frame(1, number, 56), Some(LONG)).unwrap();
                    if number % 16 == lane as u64 {
                        std::thread::sleep(Duration::from_micros(50));
                    }
                }
            });
        }
        let mut next = [0; LANES];
        while readers.iter().any(Option::is_some) {
            // A bell only tells that there is something somewhere.
            let mut may_sleep = true;
            for reader in readers.iter().flatten() {
                may_sleep &= reader.begin_sleep().unwrap();
            }
            if may_sleep {
                assert!(bell.wait(LONG).unwrap(), "nobody rang");
            }
            for (lane, place) in readers.iter_mut().enumerate() {
                let Some(reader) = place else { continue };
                reader.end_sleep().unwrap();
                let ended = loop {
                    match reader.try_read() {
                        Ok(Some(record)) => {
                            assert_eq!(number_of(record.payload()), next[lane]);
                            next[lane] += 1;
                        }
                        Ok(None) => break false,
                        Err(error) => break matches!(error.kind(), LaneErrorKind::Closed),
                    }
                };
                if ended {
                    *place = None;
                }
            }
        }
        assert_eq!(next, [FRAMES; LANES]);
    });
}
