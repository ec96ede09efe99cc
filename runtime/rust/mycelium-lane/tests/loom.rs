//! Every order of events that the memory model allows, for small lanes: `scripts/test-loom` runs them. x86 hides missing
//! fences; here each model has a twin without its fence, which must fail.
#![cfg(loom)]

use std::collections::HashMap;
use std::io;
use std::sync::atomic::Ordering;

use loom::sync::atomic::{fence, AtomicBool, AtomicU64};
use loom::sync::Arc;
use loom::thread;
use mycelium_lane::protocol::{
    begin_sleep, begin_wait, evict, join, recover, slot_field, snapshot, CommitWord, Field,
    FrameHead, Geometry, Memory, Next, Place, Policy, Publishing, ReaderLocks, Receiving, Refused,
    SlotField, FLAG_BEGIN, FLAG_END, RECORD_ALIGNMENT,
};

/// A lane of so many cells holds one frame less: there is the cleared word after the last.
const fn geometry(cells: u64) -> Geometry {
    Geometry {
        capacity: cells * RECORD_ALIGNMENT,
        max_record: 128,
        reader_slots: 1,
        data_offset: 0x280,
    }
}

const TWO_CELLS: Geometry = geometry(2);
const FOUR_CELLS: Geometry = geometry(4);
const HEAD: FrameHead = FrameHead {
    type_id: 1,
    flags: 0,
};
const FIELDS: [Field; 11] = [
    Field::ClaimPosition,
    Field::WritePosition,
    Field::Epoch,
    Field::FramesCommitted,
    Field::FramesPublished,
    Field::State,
    Field::Sleepers,
    Field::RoomWanted,
    Field::Bytes,
    Field::Drops,
    Field::FullEvents,
];
const SLOT_FIELDS: [SlotField; 7] = [
    SlotField::ReadPosition,
    SlotField::State,
    SlotField::Policy,
    SlotField::Waiting,
    SlotField::Incarnation,
    SlotField::Lost,
    SlotField::Received,
];

/// Which fences a twin goes without.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Without {
    Nothing,
    Fence(Ordering),
}

/// The words of a small lane.
struct Words {
    words: HashMap<usize, AtomicU64>,
    without: Without,
}

impl Words {
    fn new(without: Without) -> Self {
        let fields = FIELDS.iter().map(|field| *field as usize);
        let slot = SLOT_FIELDS.iter().map(|field| slot_field(0, *field));
        let cells = (0..4 * 8).map(|word| FOUR_CELLS.data_offset as usize + 8 * word);
        let words = fields
            .chain(slot)
            .chain(cells)
            .map(|offset| (offset, AtomicU64::new(0)))
            .collect();
        Self { words, without }
    }
}

impl Memory for Words {
    fn load(&self, offset: usize, ordering: Ordering) -> u64 {
        self.words[&offset].load(ordering)
    }
    fn store(&self, offset: usize, value: u64, ordering: Ordering) {
        self.words[&offset].store(value, ordering)
    }
    fn set_bits(&self, offset: usize, bits: u64) {
        self.words[&offset].fetch_or(bits, Ordering::SeqCst);
    }
    fn clear_bits(&self, offset: usize, bits: u64) -> u64 {
        self.words[&offset].fetch_and(!bits, Ordering::SeqCst)
    }
    fn fence(&self, ordering: Ordering) {
        if self.without != Without::Fence(ordering) {
            fence(ordering);
        }
    }
}

struct Shared(Arc<Words>);

impl Clone for Shared {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl Memory for Shared {
    fn load(&self, offset: usize, ordering: Ordering) -> u64 {
        self.0.load(offset, ordering)
    }
    fn store(&self, offset: usize, value: u64, ordering: Ordering) {
        self.0.store(offset, value, ordering)
    }
    fn set_bits(&self, offset: usize, bits: u64) {
        self.0.set_bits(offset, bits)
    }
    fn clear_bits(&self, offset: usize, bits: u64) -> u64 {
        self.0.clear_bits(offset, bits)
    }
    fn fence(&self, ordering: Ordering) {
        self.0.fence(ordering)
    }
}

fn model(check: impl Fn() + Send + Sync + 'static) {
    model_with(3, check);
}

/// Looks at all orders with so many preemptions.
fn model_with(preemptions: usize, check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(check);
}

fn lane(without: Without, geometry: Geometry) -> (Shared, Publishing<Shared>) {
    let memory = Shared(Arc::new(Words::new(without)));
    let writer = recover(memory.clone(), geometry).unwrap();
    (memory, writer)
}

fn reader(memory: &Shared, geometry: Geometry, policy: Policy) -> Receiving<Shared> {
    let joined = join(memory, &geometry, 0, policy).unwrap();
    Receiving::new(memory.clone(), geometry, policy, joined, 1024)
}

fn publish(writer: &mut Publishing<Shared>, number: u64) -> Result<(), Refused> {
    let payload = number.to_le_bytes();
    // The short way where it is known to be open: every model goes both.
    if writer.try_publish_whole(HEAD, &payload, &mut |_| {}) {
        return Ok(());
    }
    writer.try_publish(HEAD, &payload, &mut |_| {})
}

/// The next frame's number, if there is a frame; gives its room back.
fn take(reader: &mut Receiving<Shared>, wake_writer: &mut dyn FnMut()) -> Option<u64> {
    let Next::Frame(found) = reader.next(wake_writer).expect("a sound lane") else {
        return None;
    };
    let number = match found.place {
        Place::Lane { offset, length: 8 } => reader.memory().load(offset, Ordering::Relaxed),
        Place::Lane { .. } => panic!("a frame of another length"),
        Place::Copied => u64::from_le_bytes(reader.copied().try_into().unwrap()),
    };
    if let Some(release) = found.release {
        release.perform(reader.memory(), wake_writer);
    }
    Some(number)
}

fn take_quietly(reader: &mut Receiving<Shared>) -> Option<u64> {
    take(reader, &mut || {})
}

#[test]
fn a_reliable_reader_gets_each_frame_whole_and_in_order() {
    model(|| {
        let (memory, mut writer) = lane(Without::Nothing, TWO_CELLS);
        let mut reader = reader(&memory, TWO_CELLS, Policy::Reliable);
        publish(&mut writer, 0).unwrap(); // and now the lane is full
        let writing = thread::spawn(move || {
            let mut next = 1;
            for _ in 0..2 {
                next += u64::from(publish(&mut writer, next).is_ok());
            }
            next
        });
        let mut taken: Vec<_> = (0..2).filter_map(|_| take_quietly(&mut reader)).collect();
        let published = writing.join().unwrap();
        while let Some(number) = take_quietly(&mut reader) {
            taken.push(number);
        }
        assert_eq!(taken, (0..published).collect::<Vec<_>>());
    });
}

fn lossy_reading(without: Without) {
    model_with(2, move || {
        let (memory, mut writer) = lane(without, TWO_CELLS);
        let mut reader = reader(&memory, TWO_CELLS, Policy::Lossy);
        publish(&mut writer, 0).unwrap();
        let writing = thread::spawn(move || {
            publish(&mut writer, 1).unwrap(); // clears the commit word of 0
            publish(&mut writer, 2).unwrap(); // overwrites 0
        });
        let mut last = None;
        let mut check = |number: Option<u64>, reader: &Receiving<Shared>| {
            let Some(number) = number else { return };
            assert!(last < Some(number));
            assert_eq!(reader.counts().received + reader.counts().lost, number + 1);
            last = Some(number);
        };
        let first = take_quietly(&mut reader);
        check(first, &reader);
        writing.join().unwrap();
        while let Some(number) = take_quietly(&mut reader) {
            check(Some(number), &reader);
        }
        assert_eq!(reader.counts().received + reader.counts().lost, 3);
    });
}

#[test]
fn a_lossy_reader_never_believes_what_was_overwritten() {
    lossy_reading(Without::Nothing);
}

/// A record of two cells is written over one that is being read: its own claim is all that tells.
fn overwriting(without: Without) {
    model(move || {
        let (memory, mut writer) = lane(without, FOUR_CELLS);
        let mut reader = reader(&memory, FOUR_CELLS, Policy::Lossy);
        publish(&mut writer, 0).unwrap();
        assert_eq!(take_quietly(&mut reader), Some(0));
        for number in 1..4 {
            publish(&mut writer, number).unwrap();
        }
        let writing = thread::spawn(move || {
            let payload = [0xee; 72]; // the last word falls on the payload of 1
            writer.try_publish(HEAD, &payload, &mut |_| {}).unwrap();
        });
        if let Next::Frame(_) = reader.next(&mut || {}).expect("believed a commit word") {
            let is_sound = reader.copied() == 1u64.to_le_bytes() || reader.copied() == [0xee; 72];
            assert!(is_sound, "believed {:?}", reader.copied());
        }
        writing.join().unwrap();
    });
}

#[test]
fn a_lossy_reader_never_believes_a_mixture() {
    overwriting(Without::Nothing);
}

#[test]
#[should_panic(expected = "believed")]
fn without_the_writers_release_fence_it_would() {
    overwriting(Without::Fence(Ordering::Release));
}

#[test]
#[should_panic(expected = "believed")]
fn without_the_readers_acquire_fence_it_would() {
    overwriting(Without::Fence(Ordering::Acquire));
}

fn joining(without: Without) {
    model(move || {
        let (memory, mut writer) = lane(without, TWO_CELLS);
        publish(&mut writer, 0).unwrap(); // has looked at the slot, when it was free
        let joining = {
            let memory = memory.clone();
            thread::spawn(move || join(&memory, &TWO_CELLS, 0, Policy::Reliable).unwrap())
        };
        let published = (1..3)
            .take_while(|&number| publish(&mut writer, number).is_ok())
            .count() as u64
            + 1;
        let joined = joining.join().unwrap();
        let mut reader = Receiving::new(memory, TWO_CELLS, Policy::Reliable, joined, 1024);
        let mut taken = Vec::new();
        while let Some(number) = take_quietly(&mut reader) {
            taken.push(number);
        }
        assert_eq!(
            taken,
            (joined.start.frames..published).collect::<Vec<_>>(),
            "not held back"
        );
    });
}

#[test]
fn a_reader_that_joins_holds_the_writer_back_from_where_it_begins() {
    joining(Without::Nothing);
}

#[test]
#[should_panic(expected = "not held back")]
fn without_the_full_fences_it_would_come_too_late() {
    joining(Without::Fence(Ordering::SeqCst));
}

#[test]
fn a_position_and_its_number_of_frames_belong_together() {
    model(|| {
        let (memory, mut writer) = lane(Without::Nothing, TWO_CELLS);
        let writing = thread::spawn(move || {
            publish(&mut writer, 0).unwrap();
            publish(&mut writer, 1).unwrap();
        });
        if let Some(found) = snapshot(&memory, &TWO_CELLS).unwrap() {
            assert_eq!(found.position, found.frames * RECORD_ALIGNMENT);
        }
        writing.join().unwrap();
    });
}

/// The byte that the kernel locks for a living reader.
struct Byte(AtomicBool);

impl ReaderLocks for Byte {
    fn try_lock_reader(&self, _slot: usize) -> io::Result<bool> {
        Ok(!self.0.swap(true, Ordering::AcqRel))
    }
    fn unlock_reader(&self, _slot: usize) -> io::Result<()> {
        self.0.store(false, Ordering::Release);
        Ok(())
    }
}

#[test]
fn a_dead_reader_is_evicted_and_one_that_takes_its_slot_is_not() {
    model(|| {
        let (memory, mut writer) = lane(Without::Nothing, TWO_CELLS);
        join(&memory, &TWO_CELLS, 0, Policy::Reliable).unwrap(); // and died
        publish(&mut writer, 0).unwrap();
        publish(&mut writer, 1).expect_err("full");
        let byte = Arc::new(Byte(AtomicBool::new(false)));
        let joining = {
            let (memory, byte) = (memory.clone(), Arc::clone(&byte));
            thread::spawn(move || {
                let is_free = byte.try_lock_reader(0).unwrap();
                is_free.then(|| join(&memory, &TWO_CELLS, 0, Policy::Reliable).unwrap())
            })
        };
        let evicted = evict(&memory, &TWO_CELLS, u64::MAX, &*byte).unwrap();
        let published = 1 + u64::from(publish(&mut writer, 1).is_ok());
        let Some(joined) = joining.join().unwrap() else {
            assert_eq!((evicted, published), (1, 2));
            return;
        };
        let mut living = Receiving::new(memory, TWO_CELLS, Policy::Reliable, joined, 1024);
        let held_back = (0..3).any(|_| publish(&mut writer, published).is_err());
        assert!(held_back, "the living reader's slot was freed");
        assert_eq!(take_quietly(&mut living), Some(joined.start.frames));
    });
}

/// Whether somebody was rung for. Not part of the model: it is read after all threads have ended.
#[derive(Clone, Default)]
struct Bell(std::sync::Arc<std::sync::atomic::AtomicBool>);

impl Bell {
    fn ring(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn check(&self, sleeps: bool) {
        assert!(!sleeps || self.0.load(Ordering::SeqCst), "not woken");
    }
}

fn sleeping_for_a_record(without: Without) {
    model(move || {
        let (memory, mut writer) = lane(without, TWO_CELLS);
        let reader = reader(&memory, TWO_CELLS, Policy::Reliable);
        let bell = Bell::default();
        let writing = {
            let bell = bell.clone();
            thread::spawn(move || {
                writer
                    .try_publish(HEAD, &[7; 8], &mut |_| bell.ring())
                    .unwrap()
            })
        };
        let sleeps = begin_sleep(&reader);
        writing.join().unwrap();
        bell.check(sleeps);
        assert!(reader.glance());
    });
}

#[test]
fn a_reader_that_sleeps_is_woken() {
    sleeping_for_a_record(Without::Nothing);
}

#[test]
#[should_panic(expected = "not woken")]
fn without_the_full_fences_it_would_sleep_on() {
    sleeping_for_a_record(Without::Fence(Ordering::SeqCst));
}

#[test]
fn a_reader_that_sleeps_is_woken_by_the_end() {
    model(|| {
        let (memory, mut writer) = lane(Without::Nothing, TWO_CELLS);
        let mut reader = reader(&memory, TWO_CELLS, Policy::Reliable);
        let bell = Bell::default();
        let closing = {
            let bell = bell.clone();
            thread::spawn(move || {
                writer
                    .try_publish(HEAD, &7u64.to_le_bytes(), &mut |_| bell.ring())
                    .unwrap();
                writer.close(&mut |_| bell.ring());
            })
        };
        let before = reader.next(&mut || {}).unwrap();
        assert_ne!(before, Next::Closed, "the last frame comes before the end");
        let sleeps = begin_sleep(&reader);
        closing.join().unwrap();
        bell.check(sleeps);
        if before == Next::Nothing {
            assert_eq!(take_quietly(&mut reader), Some(7));
        }
        assert_eq!(reader.next(&mut || {}).unwrap(), Next::Closed);
    });
}

fn sleeping_for_room(without: Without) {
    model(move || {
        let (memory, mut writer) = lane(without, TWO_CELLS);
        let mut reader = reader(&memory, TWO_CELLS, Policy::Reliable);
        publish(&mut writer, 0).unwrap();
        publish(&mut writer, 1).expect_err("full");
        let bell = Bell::default();
        let reading = {
            let bell = bell.clone();
            thread::spawn(move || assert_eq!(take(&mut reader, &mut || bell.ring()), Some(0)))
        };
        let sleeps = begin_wait(&mut writer, 8);
        reading.join().unwrap();
        bell.check(sleeps);
        publish(&mut writer, 1).unwrap();
    });
}

#[test]
fn a_writer_that_sleeps_is_woken_when_there_is_room() {
    sleeping_for_room(Without::Nothing);
}

#[test]
#[should_panic(expected = "not woken")]
fn without_the_full_fences_the_writer_would_sleep_on() {
    sleeping_for_room(Without::Fence(Ordering::SeqCst));
}

/// What a writer leaves that is killed in the middle of publishing.
fn torn(memory: &Shared, position: u64, committed: bool) {
    let end = position + RECORD_ALIGNMENT;
    memory.store(
        Field::ClaimPosition as usize,
        end + RECORD_ALIGNMENT,
        Ordering::Relaxed,
    );
    memory.store(FOUR_CELLS.cell(position) + 8, 99, Ordering::Relaxed);
    if committed {
        let lap_tag = FOUR_CELLS.lap_tag(position);
        let word = CommitWord {
            type_id: 1,
            flags: FLAG_BEGIN | FLAG_END,
            lap_tag,
            length: 8,
        };
        memory.store(FOUR_CELLS.cell(end), 0, Ordering::Relaxed);
        memory.store(FOUR_CELLS.cell(position), word.to_word(), Ordering::Release);
    }
}

#[test]
fn readers_go_on_while_a_writer_takes_over() {
    for committed in [false, true] {
        for policy in [Policy::Reliable, Policy::Lossy] {
            model(move || {
                let (memory, mut writer) = lane(Without::Nothing, FOUR_CELLS);
                let mut reader = reader(&memory, FOUR_CELLS, policy);
                publish(&mut writer, 0).unwrap();
                assert_eq!(take_quietly(&mut reader), Some(0));
                torn(&memory, RECORD_ALIGNMENT, committed);
                drop(writer);
                let recovering = {
                    let memory = memory.clone();
                    thread::spawn(move || recover(memory, FOUR_CELLS).unwrap())
                };
                let mut taken = vec![0];
                taken.extend(take_quietly(&mut reader));
                let mut writer = recovering.join().unwrap();
                taken.extend(take_quietly(&mut reader));
                publish(&mut writer, 5).unwrap();
                taken.extend(take_quietly(&mut reader));
                let expected: &[u64] = if committed { &[0, 99, 5] } else { &[0, 5] };
                assert_eq!(taken, expected);
                assert_eq!(
                    (writer.frames(), writer.epoch(), reader.epoch()),
                    (expected.len() as u64, 2, 2)
                );
            });
        }
    }
}
