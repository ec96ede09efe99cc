//! Lanes without a path, between two parts of one process that have nothing in common but that process.
#![cfg(target_os = "linux")]

mod support;

use std::os::fd::AsRawFd;

use mycelium_lane::{LaneErrorKind, Reader, ReaderOptions, Writer, WriterOptions};
use support::{frame, number_of};

fn writer() -> Writer {
    Writer::in_memory(&WriterOptions::default().with_capacity(4096)).unwrap()
}

/// The number of the next frame.
fn next(reader: &mut Reader) -> u64 {
    let record = reader.try_read().unwrap().expect("a record");
    number_of(record.payload())
}

#[test]
fn a_reader_joins_by_the_number_of_the_descriptor() {
    let mut writer = writer();
    let number = writer.descriptor_number().unwrap();
    let mut reader = Reader::open_in_memory(number, &ReaderOptions::default()).unwrap();
    assert_eq!(reader.lane_uid(), writer.lane_uid());
    writer.try_publish(&frame(1000, 7, 16)).unwrap();
    assert_eq!(next(&mut reader), 7);
}

#[test]
fn a_reader_reads_to_the_end_of_what_its_writer_left() {
    let mut writer = writer();
    let number = writer.descriptor_number().unwrap();
    let mut reader = Reader::open_in_memory(number, &ReaderOptions::default()).unwrap();
    writer.try_publish(&frame(1000, 8, 16)).unwrap();
    drop(writer);
    assert_eq!(next(&mut reader), 8);
    let ended = reader.try_read().expect_err("closed");
    assert!(matches!(ended.kind(), LaneErrorKind::Closed), "{ended}");
}

#[test]
fn a_reader_that_goes_leaves_its_place_to_another() {
    let mut writer = writer();
    let number = writer.descriptor_number().unwrap();
    drop(Reader::open_in_memory(number, &ReaderOptions::default()).unwrap());
    let mut reader = Reader::open_in_memory(number, &ReaderOptions::default()).unwrap();
    writer.try_publish(&frame(1000, 9, 16)).unwrap();
    assert_eq!(next(&mut reader), 9);
}

#[test]
fn what_is_no_lane_is_refused() {
    let socket = std::os::unix::net::UnixDatagram::unbound().unwrap();
    let numbers = [socket.as_raw_fd().unsigned_abs(), u32::MAX];
    for number in numbers {
        let refused = Reader::open_in_memory(number, &ReaderOptions::default());
        let text = refused.expect_err("no lane").to_string();
        assert!(text.contains(&format!("/proc/self/fd/{number}")), "{text}");
    }
}
