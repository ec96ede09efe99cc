//! Files that are damaged, or made to do damage: an error or correct frames, never a crash, never a hang.
#![cfg(target_os = "linux")]

mod support;

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mycelium_lane::protocol::{Header, HEADER_BYTES};
use mycelium_lane::{
    remove_stale, LaneErrorKind, Policy, Reader, ReaderOptions, Writer, WriterOptions,
};
use support::{frame, length_for, Folder, SetWhenDropped};

const CAPACITY: u64 = 4096;
const FILE_BYTES: u64 = 4096 + CAPACITY;

/// xorshift64*, by Vigna: the same numbers for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A value that is likely to hurt: random, small, a power of two, near the end of the numbers, or nearly right.
    fn word(&mut self, right: u64) -> u64 {
        match self.below(6) {
            0 => self.next(),
            1 => self.below(300),
            2 => 1 << self.below(64),
            3 => u64::MAX - self.below(130),
            4 => right ^ 1 << self.below(64),
            _ => right.wrapping_add(64 * self.below(100)),
        }
    }
}

fn small() -> WriterOptions {
    WriterOptions::default().with_capacity(CAPACITY)
}

fn readers(lane: &Path) -> Vec<Reader> {
    let options = |policy| ReaderOptions {
        policy,
        ..ReaderOptions::default()
    };
    [Policy::Reliable, Policy::Lossy]
        .into_iter()
        .filter_map(|policy| Reader::open(lane, &options(policy)).ok())
        .collect()
}

/// Reads what there is, or up to an error that names the file.
fn exhaust(reader: &mut Reader) {
    for _ in 0..60 {
        match reader.try_read() {
            Ok(Some(record)) => assert!(record.payload().len() <= mycelium_lane::FRAME_BYTES_MAX),
            Ok(None) => {}
            Err(error) => {
                let is_known = matches!(
                    error.kind(),
                    LaneErrorKind::Corrupt(_) | LaneErrorKind::Closed
                );
                assert!(
                    is_known && error.to_string().starts_with("/dev/shm/"),
                    "{error}"
                );
                return;
            }
        }
    }
}

#[test]
fn a_damaged_header_is_refused_and_says_what_is_wrong() {
    let folder = Folder::new();
    Writer::open(folder.lane(), &small()).unwrap().hand_over();
    let sound = fs::read(folder.lane()).unwrap();
    let mut bytes: [u8; HEADER_BYTES] = sound[..HEADER_BYTES].try_into().unwrap();
    Header::from_bytes(&bytes, FILE_BYTES).expect("sound");
    for bit in 0..HEADER_BYTES * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        let fault = Header::from_bytes(&bytes, FILE_BYTES).expect_err("one bit is wrong");
        assert!(!fault.what.is_empty());
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    for size in [0, 55, 56, 4095, 4096, 8191, 8193, 1 << 20] {
        let file = OpenOptions::new().write(true).open(folder.lane()).unwrap();
        file.set_len(size).unwrap();
        let refused = Reader::open(folder.lane(), &ReaderOptions::default())
            .expect_err("another size")
            .to_string();
        assert!(
            refused.contains("header")
                || refused.contains("data_offset")
                || refused.contains("magic"),
            "{refused}"
        );
        Writer::open(folder.lane(), &small()).expect_err("another size");
        remove_stale(folder.lane()).expect_err("no lane is not removed");
        file.set_len(0).unwrap();
        file.write_all_at(&sound, 0).unwrap();
    }
    Reader::open(folder.lane(), &ReaderOptions::default()).expect("sound again");
}

#[test]
fn headers_with_a_right_checksum_are_checked_all_the_same() {
    let mut random = Random(7);
    let sound = Header {
        geometry: small().geometry(),
        lane_uid: 1,
    };
    for _ in 0..20_000 {
        let mut header = sound;
        match random.below(4) {
            0 => header.geometry.capacity = random.word(CAPACITY),
            1 => header.geometry.max_record = random.word(1024) as u32,
            2 => header.geometry.reader_slots = random.word(16) as u32,
            _ => header.geometry.data_offset = random.word(4096),
        }
        if let Ok(read) = Header::from_bytes(&header.to_bytes(), FILE_BYTES) {
            let geometry = read.geometry;
            assert_eq!(
                geometry.data_offset.checked_add(geometry.capacity),
                Some(FILE_BYTES)
            );
            assert!(
                geometry.capacity.is_power_of_two()
                    && u64::from(geometry.max_record) <= geometry.capacity / 4
            );
        }
    }
}

#[test]
fn what_is_no_lane_is_refused_and_left_alone() {
    let folder = Folder::new();
    let lane = folder.lane();
    let refused_everywhere = |what: &str| {
        Reader::open(&lane, &ReaderOptions::default()).expect_err(what);
        Writer::open(&lane, &small()).expect_err(what);
        remove_stale(&lane).expect_err(what);
        assert!(fs::symlink_metadata(&lane).is_ok(), "{what} is still there");
    };
    fs::write(&lane, "my diary").unwrap();
    fs::set_permissions(&lane, Permissions::from_mode(0o600)).unwrap();
    refused_everywhere("a text");
    fs::remove_file(&lane).unwrap();
    fs::create_dir(&lane).unwrap();
    refused_everywhere("a folder");
    fs::remove_dir(&lane).unwrap();
    Writer::open(folder.path().join("real"), &small())
        .unwrap()
        .hand_over();
    std::os::unix::fs::symlink(folder.path().join("real"), &lane).unwrap();
    refused_everywhere("a link");
    fs::remove_file(&lane).unwrap();
    fs::rename(folder.path().join("real"), &lane).unwrap();
    fs::set_permissions(&lane, Permissions::from_mode(0o644)).unwrap();
    refused_everywhere("a file that others may read");
    fs::set_permissions(&lane, Permissions::from_mode(0o600)).unwrap();
    assert!(remove_stale(&lane).unwrap());
}

/// Damages up to four words, most of them where they matter.
fn damage(lane: &Path, random: &mut Random) {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(lane)
        .unwrap();
    for _ in 0..=random.below(4) {
        let offset = match random.below(4) {
            0 => 0x80 + 8 * random.below(5),
            1 => 0x100 + 8 * random.below(0x140),
            _ => 4096 + 64 * random.below(CAPACITY / 64),
        };
        let mut word = [0; 8];
        file.read_exact_at(&mut word, offset).unwrap();
        let damaged = random.word(u64::from_le_bytes(word));
        file.write_all_at(&damaged.to_le_bytes(), offset).unwrap();
    }
}

#[test]
fn damaged_positions_and_records_give_errors_or_frames() {
    for seed in 1..=500 {
        let mut random = Random(seed);
        let folder = Folder::new();
        let mut writer = Writer::open(folder.lane(), &small()).unwrap();
        for number in 0..random.below(200) {
            writer
                .try_publish(&frame(1, number, length_for(number, 2500)))
                .unwrap();
        }
        let mut living = readers(&folder.lane());
        for number in 0..random.below(12) {
            let _ = writer.try_publish(&frame(1, number, length_for(number, 2500)));
        }
        let mut old_writer = Some(writer);
        if let Some(writer) = old_writer.take_if(|_| random.below(2) == 0) {
            writer.hand_over();
        }
        damage(&folder.lane(), &mut random);
        living.extend(readers(&folder.lane()));
        living.iter_mut().for_each(exhaust);
        let writer = match old_writer {
            Some(writer) => Some(writer),
            None => Writer::open(folder.lane(), &small()).ok(),
        };
        if let Some(mut writer) = writer {
            for number in 0..100 {
                let _ = writer.try_publish(&frame(1, number, length_for(number, 2500)));
                living.iter_mut().for_each(exhaust);
            }
        }
    }
}

#[test]
fn damage_while_running_stops_neither_side() {
    let folder = Folder::new();
    let mut writer = Writer::open(folder.lane(), &small()).unwrap();
    let mut lossy = ReaderOptions {
        policy: Policy::Lossy,
        ..ReaderOptions::default()
    };
    lossy.frame_bytes_max = 10_000;
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    if let Ok(mut reader) = Reader::open(folder.lane(), &lossy) {
                        exhaust(&mut reader);
                        let _ = reader.read(Some(Duration::from_millis(1)));
                    }
                }
            });
        }
        let _over = SetWhenDropped(&is_over);
        let mut random = Random(99);
        for number in 0..3000 {
            let _ = writer.publish(
                &frame(1, number, length_for(number, 2500)),
                Some(Duration::from_micros(100)),
            );
            if number % 3 == 0 {
                damage(&folder.lane(), &mut random);
            }
        }
    });
}
