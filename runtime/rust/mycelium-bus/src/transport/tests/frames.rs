//! Frames in and out of streams.

use std::io::{IoSlice, Read, Seek, Write};
use std::os::fd::OwnedFd;

use mycelium::frame::{Frame, DEFAULT_LENGTH_MAX};

use super::*;

/// Sizes on both sides of every bound there is.
fn sizes() -> Vec<usize> {
    let small = (0..2000).map(|number| number % 300);
    let large = [65_527, 65_528, 65_529, 100_000, 1 << 20, 3, 0, 5 << 20];
    small.chain(large).chain(0..500).collect()
}

fn check_all(streams: (&Stream, &Stream), bytes_max: usize) {
    let sizes = sizes();
    let numbered = sizes.iter().enumerate();
    let frames: Vec<_> = numbered
        .map(|(number, size)| frame(number, *size))
        .collect();
    carry(streams, &frames, bytes_max, |number, arrived| {
        let sent = Frame::decode(&frames[number], DEFAULT_LENGTH_MAX, |_| true).unwrap();
        assert!(arrived == sent, "frame {number}");
    });
}

#[test]
fn frames_arrive_whole_and_in_order_over_every_stream() {
    let folder = Folder::new();
    for address in [
        folder.socket(),
        Address::Control(folder.path().join("control.sock")),
        any_port(),
    ] {
        let (one, other) = connected(&address, None);
        check_all((&one, &other), 256 * 1024);
        check_all((&other, &one), 100);
    }
}

#[test]
fn the_largest_frame_passes_and_leaves_no_memory_behind() {
    let folder = Folder::new();
    let (one, other) = connected(&folder.socket(), None);
    let large = frame(0, DEFAULT_LENGTH_MAX as usize);
    let incoming = carry((&one, &other), &[large, frame(1, 1)], 1024, |_, _| ());
    assert!(incoming.capacity() <= 64 * 1024);
}

#[test]
fn a_header_that_announces_much_takes_no_memory() {
    let folder = Folder::new();
    let (one, other) = connected(&folder.socket(), None);
    let mut incoming = Incoming::new(DEFAULT_LENGTH_MAX);
    let header = &frame(0, DEFAULT_LENGTH_MAX as usize)[..8];
    one.write(&[IoSlice::new(header)]).unwrap();
    assert_eq!(incoming.fill(&other).unwrap(), Filled::Bytes(8));
    assert!(incoming.next_frame().unwrap().is_none() && incoming.is_in_frame());
    assert_eq!(incoming.fill(&other).unwrap(), Filled::Nothing);
    assert!(incoming.capacity() <= 64 * 1024);
    // One that announces more than may come is refused at once.
    incoming.set_length_max(1000);
    assert!(incoming.next_frame().is_err());
    incoming.release();
    assert!(incoming.next_frame().is_err());
}

#[test]
fn the_end_of_a_stream_is_told_after_what_came_before_it() {
    let folder = Folder::new();
    for address in [folder.socket(), any_port()] {
        let (one, other) = connected(&address, None);
        let mut outgoing = Outgoing::new(1024);
        assert!(outgoing.send(&one, &[&frame(3, 10)]).unwrap());
        one.end();
        let mut incoming = Incoming::new(1024);
        let mut frames = 0;
        until(&[&other], || loop {
            match incoming.fill(&other).unwrap() {
                Filled::Nothing => return None,
                Filled::End => return Some(()),
                Filled::Bytes(_) => {
                    frames += usize::from(incoming.next_frame().unwrap().is_some());
                }
            }
        });
        assert_eq!(frames, 1);
    }
}

/// A file that holds a text, standing for any descriptor.
fn file_with(text: &str, folder: &Folder) -> OwnedFd {
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(true)
        .read(true)
        .write(true)
        .open(folder.path().join(text))
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file.rewind().unwrap();
    file.into()
}

fn text_in(descriptor: OwnedFd) -> String {
    let mut text = String::new();
    std::fs::File::from(descriptor)
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn a_descriptor_comes_with_its_frame_also_when_both_had_to_wait() {
    let folder = Folder::new();
    let (one, other) = connected(&Address::Control(folder.path().join("control.sock")), None);
    let mut outgoing = Outgoing::new(8 << 20);
    let before = frame(1, 4 << 20);
    assert!(
        !outgoing.send(&one, &[&before]).unwrap(),
        "more than a socket holds"
    );
    outgoing
        .send_with(&one, &frame(2, 10), file_with("passed", &folder))
        .unwrap();
    let second = outgoing.send_with(&one, &frame(3, 10), file_with("early", &folder));
    assert!(second.is_err());
    let mut incoming = Incoming::new(DEFAULT_LENGTH_MAX);
    let mut seen = Vec::new();
    until(&[&one, &other], || {
        loop {
            outgoing.flush(&one).unwrap();
            if incoming.fill(&other).unwrap() == Filled::Nothing {
                break;
            }
            while let Some(frame) = incoming.next_frame().unwrap() {
                // It may be there earlier, and must be there now.
                let passed = (frame.type_id == 1002).then(|| other.take_descriptor());
                seen.push((frame.type_id, passed.flatten().map(text_in)));
                incoming.release();
            }
        }
        (seen.len() == 2).then_some(())
    });
    assert_eq!(seen, [(1001, None), (1002, Some("passed".to_owned()))]);
}

#[test]
fn descriptors_that_nobody_asked_for_end_the_connection() {
    let folder = Folder::new();
    let (one, other) = connected(&Address::Control(folder.path().join("control.sock")), None);
    let mut outgoing = Outgoing::new(1024);
    for number in 0..5 {
        let descriptor = file_with(&number.to_string(), &folder);
        outgoing
            .send_with(&one, &frame(number, 1), descriptor)
            .unwrap();
    }
    let mut incoming = Incoming::new(1024);
    let refused = (0..5).find_map(|_| incoming.fill(&other).err()).unwrap();
    assert!(refused.to_string().contains("nobody asked for"));
    // Over another socket none can be sent at all.
    let (one, _other) = connected(&folder.socket(), None);
    let sent = outgoing.send_with(&one, &frame(9, 1), file_with("9", &folder));
    assert!(sent.is_err());
}
