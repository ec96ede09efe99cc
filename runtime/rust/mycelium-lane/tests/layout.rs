//! The bytes of a lane, as `docs/shm.md` has them: what a second implementation must agree with.
#![cfg(target_os = "linux")]

mod support;

use mycelium_lane::protocol::{CommitWord, Geometry, FLAG_BEGIN, FLAG_END, FLAG_ENVELOPE};
use mycelium_lane::{Reader, ReaderOptions, Writer, WriterOptions};
use support::{frame, Folder};

fn word(bytes: &[u8], offset: usize) -> u64 {
    u64::from_le_bytes(bytes[offset..offset + 8].try_into().unwrap())
}

#[test]
fn a_lane_with_two_frames() {
    let folder = Folder::new();
    let mut writer =
        Writer::open(folder.lane(), &WriterOptions::default().with_capacity(4096)).unwrap();
    let mut reader = Reader::open(folder.lane(), &ReaderOptions::default()).unwrap();
    let mut first = frame(1000, 7, 56);
    first[2] = FLAG_ENVELOPE;
    writer.try_publish(&first).unwrap();
    writer.try_publish(&frame(1001, 8, 100)).unwrap();
    drop(reader.try_read().unwrap());

    let bytes = std::fs::read(folder.lane()).unwrap();
    assert_eq!(bytes.len(), 4096 + 4096);
    assert_eq!(&bytes[..0x10], b"MYCLANE\0\x01\0\0\0\x38\0\0\0");
    assert_eq!(word(&bytes, 0x10), 4096);
    assert_eq!(
        word(&bytes, 0x18),
        16 << 32 | 1024,
        "max_record, reader_slots"
    );
    assert_eq!(
        (word(&bytes, 0x20), word(&bytes, 0x28)),
        (4096, writer.lane_uid())
    );
    assert_eq!(bytes[0x30..0x34], [0; 4]);

    let [claim, write, epoch, committed, published] =
        [0x80, 0x88, 0x90, 0x98, 0xa0].map(|at| word(&bytes, at));
    assert_eq!(
        (claim, write, epoch, committed, published),
        (256, 192, 1, 2, 2)
    );
    assert_eq!([0x100, 0x108, 0x110].map(|at| word(&bytes, at)), [1, 0, 0]);
    assert_eq!(
        [0x180, 0x188, 0x190].map(|at| word(&bytes, at)),
        [156, 0, 0]
    );
    let slot: Vec<u64> = (0x200..0x238)
        .step_by(8)
        .map(|at| word(&bytes, at))
        .collect();
    assert_eq!(slot, [64, 1, 1, 0, 1, 0, 1]);

    let data = &bytes[4096..];
    assert_eq!(data[..8], [0xe8, 3, 0xc1, 1, 56, 0, 0, 0]);
    assert_eq!(data[8..64], first[8..]);
    assert_eq!(data[64..72], [0xe9, 3, 0xc0, 1, 100, 0, 0, 0]);
    assert_eq!(word(data, 192), 0, "the next commit word is cleared");
}

#[test]
fn a_commit_word_is_its_fields() {
    let word = CommitWord {
        type_id: 0x1234,
        flags: FLAG_BEGIN | FLAG_END,
        lap_tag: 5,
        length: 0x0a0b_0c0d,
    };
    assert_eq!(
        word.to_word().to_le_bytes(),
        [0x34, 0x12, 0xc0, 5, 0x0d, 0x0c, 0x0b, 0x0a]
    );
    assert_eq!(CommitWord::from_word(word.to_word()), word);
    for (length, span) in [
        (0, 64),
        (56, 64),
        (57, 128),
        (120, 128),
        (u32::MAX, (1u64 << 32) + 64),
    ] {
        assert_eq!(CommitWord { length, ..word }.span(), span);
    }
}

#[test]
fn neighbouring_laps_have_different_tags_and_none_is_zero() {
    let geometry = Geometry {
        capacity: 4096,
        max_record: 1024,
        reader_slots: 1,
        data_offset: 4096,
    };
    for lap in 0..1000u64 {
        let tag = geometry.lap_tag(lap * 4096 + 64);
        assert_eq!(u64::from(tag), lap % 255 + 1);
        assert_eq!(tag, geometry.lap_tag(lap * 4096 + 4032));
        assert_eq!(geometry.cell(lap * 4096 + 64), 4096 + 64);
    }
}
