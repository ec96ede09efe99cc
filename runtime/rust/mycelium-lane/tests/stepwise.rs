//! Lanes beside an event loop: nothing waits in here, frames stay first until they are passed, bells tell of room.
#![cfg(target_os = "linux")]

mod support;

use std::time::Duration;

use mycelium_lane::{
    Doorbell, EventBell, LaneErrorKind, Reader, ReaderOptions, Writer, WriterOptions,
};
use support::{frame, number_of, Folder};

const AT_ONCE: Duration = Duration::ZERO;

fn small() -> WriterOptions {
    WriterOptions::default().with_capacity(4096)
}

fn pair(folder: &Folder) -> (Writer, Reader) {
    let writer = Writer::open(folder.lane(), &small()).unwrap();
    let reader = Reader::open(folder.lane(), &ReaderOptions::default()).unwrap();
    (writer, reader)
}

#[test]
fn a_frame_stays_the_first_until_it_is_passed() {
    let folder = Folder::new();
    let (mut writer, mut reader) = pair(&folder);
    assert!(reader.peek().unwrap().is_none());
    reader.pass();
    let mut published = 0;
    while writer.try_publish(&frame(7, published, 56)).is_ok() {
        published += 1;
    }
    for _ in 0..3 {
        let first = reader.peek().unwrap().expect("published");
        assert_eq!((first.type_id, first.has_envelope), (7, false));
        assert_eq!(number_of(first.payload), 0);
    }
    assert!(!writer.has_room(64), "what is looked at is in place");
    reader.pass();
    assert!(writer.has_room(64));
    assert_eq!(number_of(reader.peek().unwrap().unwrap().payload), 1);
    assert_eq!(number_of(reader.try_read().unwrap().unwrap().payload()), 1);
    assert_eq!(number_of(reader.peek().unwrap().unwrap().payload), 2);
    drop(reader);
    assert!(writer.has_room(64), "a reader that goes holds nothing");
}

#[test]
fn parts_of_a_frame_are_published_as_room_comes() {
    let folder = Folder::new();
    let (mut writer, mut reader) = pair(&folder);
    let large = frame(9, 1, 100_000);
    let mut done = 0;
    let mut rounds = 0;
    while !writer.publish_parts(&large, &mut done).unwrap() {
        // All parts that came are copied; the frame is not whole.
        assert!(reader.peek().unwrap().is_none());
        rounds += 1;
    }
    assert!(rounds > 20, "the lane holds but a few parts");
    let whole = reader.peek().unwrap().expect("whole by now");
    assert_eq!((whole.type_id, whole.payload), (9, &large[8..]));
    reader.pass();
    assert!(reader.peek().unwrap().is_none());
}

#[test]
fn a_frame_is_published_at_once_or_not_at_all() {
    let folder = Folder::new();
    let (mut writer, mut reader) = pair(&folder);
    let payload = |number| frame(7, number, 56).split_off(8);
    assert!(!writer.publish_at_once(0, false, &payload(0)).unwrap());
    assert!(!writer.publish_at_once(1, false, &[0; 4000]).unwrap());
    assert!(reader.peek().unwrap().is_none());
    // What it says no to goes the other way; through many laps, each frame once and in order.
    let (mut published, mut at_once) = (0, 0);
    for read in 0..1000 {
        while writer.has_room(64) {
            if writer
                .publish_at_once(7, true, &payload(published))
                .unwrap()
            {
                at_once += 1;
            } else {
                let mut whole = frame(7, published, 56);
                whole[2] = 1;
                writer.try_publish(&whole).unwrap();
            }
            published += 1;
        }
        assert!(!writer.publish_at_once(7, true, &payload(0)).unwrap());
        let first = reader.peek_whole().expect("published");
        assert_eq!((first.type_id, first.has_envelope), (7, true));
        assert_eq!(number_of(first.payload), read);
        reader.pass();
    }
    assert!(at_once > published / 2, "{at_once} of {published}");
    assert_eq!(writer.counts().frames, published);
    assert_eq!(writer.counts().bytes, published * 56);
}

#[test]
fn a_writer_that_watches_other_things_is_told_of_room_by_its_bell() {
    let folder = Folder::new();
    let (mut writer, mut reader) = pair(&folder);
    let bell = EventBell::new().unwrap();
    reader.set_room_bell(bell.try_clone().unwrap());
    while writer.try_publish(&frame(1, 0, 56)).is_ok() {}
    reader.peek().unwrap().expect("published");
    reader.pass();
    assert!(writer.has_room_or_is_told(64));
    writer.try_publish(&frame(1, 0, 56)).unwrap();
    assert!(!bell.wait(AT_ONCE).unwrap(), "nobody waited");
    assert!(!writer.has_room_or_is_told(64));
    reader.peek().unwrap().expect("published");
    reader.pass();
    assert!(bell.wait(AT_ONCE).unwrap());
    assert!(writer.has_room(64));
    // One that goes rings as well.
    while writer.try_publish(&frame(1, 0, 56)).is_ok() {}
    assert!(!writer.has_room_or_is_told(64));
    drop(reader);
    assert!(bell.wait(AT_ONCE).unwrap());
}

#[test]
fn frames_that_a_reader_has_not_taken_are_counted() {
    let folder = Folder::new();
    let (mut writer, mut reader) = pair(&folder);
    for number in 0..5 {
        writer.try_publish(&frame(1, number, 8)).unwrap();
    }
    drop(reader.try_read().unwrap());
    assert_eq!(writer.untaken_by(reader.slot()), 4);
    assert_eq!(writer.untaken_by(1000), 5);
}

#[test]
fn a_lane_that_is_replaced_is_read_to_its_end_and_another() {
    let folder = Folder::new();
    let (mut writer, mut reader) = pair(&folder);
    writer.try_publish(&frame(1, 1, 8)).unwrap();
    assert!(matches!(
        Writer::replace(folder.lane(), &small()).unwrap_err().kind(),
        LaneErrorKind::WriterPresent
    ));
    writer.hand_over();
    let mut writer = Writer::replace(folder.lane(), &small()).unwrap();
    assert_ne!(writer.lane_uid(), reader.lane_uid());
    let mut late = Reader::open(folder.lane(), &ReaderOptions::default()).unwrap();
    writer.try_publish(&frame(1, 2, 8)).unwrap();
    assert_eq!(number_of(reader.peek().unwrap().unwrap().payload), 1);
    reader.pass();
    assert!(matches!(
        reader.peek().unwrap_err().kind(),
        LaneErrorKind::Closed
    ));
    assert_eq!(number_of(late.peek().unwrap().unwrap().payload), 2);
    drop(writer);
    assert!(folder.names().is_empty());
}
