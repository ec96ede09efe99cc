//! A message as large as a frame may be takes memory in proportion to its size.

use std::sync::Mutex;

use mycelium::frame::DEFAULT_LENGTH_MAX;
use mycelium::Message;
use mycelium_generated::conformance::{Lists, Texts};

use crate::METER;

const MEBIBYTE: usize = 1024 * 1024;
const SLACK: usize = 64 * 1024;

/// The meter sees the whole process, so one test runs at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn texts(size: usize) -> Texts {
    Texts {
        short: "s".repeat(size / 2),
        bounded: String::new(),
        long: String::new(),
        data: vec![7; size / 2],
        blob: Vec::new(),
    }
}

#[test]
fn sixteen_mebibytes_go_round() {
    let _alone = ALONE.lock();
    let size = 16 * MEBIBYTE - 64;
    let message = texts(size);
    let (encoded, allocated) = METER.peak_during(|| message.encode_to_vec().unwrap());
    assert!(encoded.len() > size && encoded.len() <= DEFAULT_LENGTH_MAX as usize);
    // A vector that doubles holds the old and the new half while it grows.
    assert!(allocated <= 3 * encoded.len() + SLACK, "{allocated}");

    let (view, allocated) = METER.peak_during(|| Texts::view(&encoded).unwrap());
    assert_eq!((view.short().len(), allocated), (size / 2, 0));

    let (decoded, allocated) = METER.peak_during(|| Texts::decode(&encoded).unwrap());
    assert!(allocated <= encoded.len() + SLACK, "{allocated}");
    assert!(decoded == message);
}

#[test]
fn a_list_of_two_million_numbers_goes_round() {
    let _alone = ALONE.lock();
    let mut body = Lists::decode(&[
        0x0e, 0, 0x16, 0, 0x1e, 0, 0x26, 0, 0x2e, 0, 0x36, 0, 0x3e, 0, 0x46, 0, 0x4e, 0, 0x56, 0,
        0x5e, 0, 0x66, 0, 0x6e, 0, 0x76, 0, 0x7e, 0,
    ])
    .unwrap();
    body.wide = (0..2 * MEBIBYTE - 8).map(|number| number as f64).collect();
    let encoded = body.encode_to_vec().unwrap();
    let (decoded, allocated) = METER.peak_during(|| Lists::decode(&encoded).unwrap());
    assert!(allocated <= encoded.len() + SLACK, "{allocated}");
    assert!(decoded == body);
}

#[test]
fn an_announced_length_allocates_nothing() {
    let _alone = ALONE.lock();
    // A string that claims four gibibytes, and a list that claims as many elements.
    for body in [
        [0x0e, 255, 255, 255, 255, 255, 0],
        [0x0e, 255, 0, 0, 1, 0, 0],
    ] {
        let (decoded, allocated) = METER.peak_during(|| Texts::decode(&body).is_err());
        assert!(decoded && allocated < SLACK, "{allocated}");
    }
}
