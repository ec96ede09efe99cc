//! A child made by `fork` has no part in its parent's lanes, and does not keep them alive.
#![cfg(target_os = "linux")]
#![allow(unsafe_code)]

mod support;

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use mycelium_lane::{
    LaneError, LaneErrorKind, Process, Reader, ReaderOptions, Record, Unshared, Writer,
    WriterOptions,
};
use support::{frame, Folder};

fn is_forked<T>(result: Result<T, LaneError>) -> bool {
    result.is_err_and(|error| matches!(error.kind(), LaneErrorKind::Forked))
}

/// What must hold in the child; the number of the first thing that does not.
fn in_child(
    lane: &std::path::Path,
    held: Record<'_>,
    mut writer: Writer,
    mut reader: Reader,
) -> u8 {
    drop(held); // belongs to the parent, whose reader still needs it
    let refused = [
        is_forked(writer.try_publish(&frame(1, 5, 56))),
        is_forked(reader.try_read().map(|_| ())),
        is_forked(reader.read(None).map(|_| ())),
        is_forked(reader.is_writer_alive()),
        is_forked(reader.begin_sleep()),
    ];
    drop(writer); // must not close the lane
    drop(reader); // must not free the slot
    let opened_again =
        Reader::open(lane, &ReaderOptions::default()).is_ok_and(|reader| reader.slot() == 2);
    let first_wrong = refused
        .into_iter()
        .chain([opened_again])
        .position(|holds| !holds);
    first_wrong.map_or(0, |index| index as u8 + 1)
}

#[test]
fn a_child_refuses_and_holds_no_lock() {
    let folder = Folder::new();
    let mut writer =
        Writer::open(folder.lane(), &WriterOptions::default().with_capacity(4096)).unwrap();
    let mut holder = Reader::open(folder.lane(), &ReaderOptions::default()).unwrap();
    let mut reader = Reader::open(folder.lane(), &ReaderOptions::default()).unwrap();
    writer.try_publish(&frame(1, 0, 56)).unwrap();
    let held = holder.try_read().unwrap().expect("published");
    let (mut ours, mut theirs) = UnixStream::pair().unwrap();

    // SAFETY: the child runs only the code below, needs no other thread, and ends by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        drop(ours);
        let verdict = in_child(&folder.lane(), held, writer, reader);
        let _ = theirs.write_all(&[verdict]);
        let _ = theirs.read(&mut [0]); // lives on, until the parent is done
                                       // SAFETY: ends the process.
        unsafe { libc::_exit(0) };
    }
    assert!(child > 0);
    drop(theirs);
    let mut verdict = [0xff];
    ours.read_exact(&mut verdict).unwrap();
    assert_eq!(verdict, [0], "the first check that failed in the child");

    // The child dropped its copy of the record; the parent's still holds the writer back.
    assert_eq!(
        reader
            .try_read()
            .unwrap()
            .map(|record| record.payload().len()),
        Some(56)
    );
    let more = (1..100)
        .take_while(|&number| writer.try_publish(&frame(1, number, 56)).is_ok())
        .count();
    assert_eq!(more, 62);
    drop(held);
    assert_eq!(
        writer.readers().unwrap(),
        2,
        "the child's own reader is closed"
    );

    // The child lives, and yet these locks are gone with their owners here.
    drop(holder);
    assert_eq!(writer.readers().unwrap(), 1);
    writer.hand_over();
    assert!(!reader.is_writer_alive().unwrap());
    let second =
        Writer::open(folder.lane(), &WriterOptions::default().with_capacity(4096)).unwrap();
    assert_eq!(second.epoch(), 2);
    drop(ours);
    // SAFETY: waits for the child made above.
    assert_eq!(
        unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) },
        child
    );
}

#[test]
fn a_child_has_no_share_in_a_descriptor_that_is_kept_from_it() {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let (mut told, mut telling) = UnixStream::pair().unwrap();
    let (waiting, mut release) = UnixStream::pair().unwrap();
    let kept = Unshared::keep(theirs.as_fd());
    let here = Process::this();
    // SAFETY: as above.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let is_other = u8::from(!here.is_this());
        drop(kept);
        drop(theirs); // closes nothing of its parent's
        telling.write_all(&[is_other]).unwrap();
        let _ = (&waiting).read(&mut [0]);
        // SAFETY: ends the child without running anything of its parent's.
        unsafe { libc::_exit(0) };
    }
    let mut verdict = [0];
    told.read_exact(&mut verdict).unwrap();
    assert_eq!(verdict, [1]);
    assert!(here.is_this());
    drop(kept);
    drop(theirs);
    // Although the child lives, nobody holds the other end.
    assert_eq!(ours.read(&mut [0]).unwrap(), 0);
    release.write_all(&[0]).unwrap();
    let mut status = 0;
    // SAFETY: the kernel writes the status into a local.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(status, 0);
}
