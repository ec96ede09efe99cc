//! Conversations by chance: whatever two sides use, and whenever it changes, they come to the same verdicts; and whatever a
//! peer sends, this side gives steps or a refusal.

use std::collections::BTreeMap;

use mycelium::frame::{Frame, DEFAULT_LENGTH_MAX};
use mycelium::versions::{Direction, KnownVersion, VersionHistory};
use mycelium::MessageInformation;

use super::{frame, side, Link};
use crate::handshake::{peek_hello, Agreement, LocalSide, Manner, Step, Use};

/// Numbers by chance, the same for the same seed: splitmix64, <https://prng.di.unimi.it/splitmix64.c>.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Less than `bound`.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// Three versions of a message, of which histories know each other in ways of all kinds.
const VERSIONS: [(u64, &[KnownVersion]); 4] = [
    (0xA1, &[]),
    (
        0xA2,
        &[
            known("1.0", 0xA1, Direction::Reads),
            known("0.9", 0xA0, Direction::Both),
        ],
    ),
    (
        0xA3,
        &[
            known("2.0", 0xA2, Direction::IsReadBy),
            known("1.0", 0xA1, Direction::Neither),
        ],
    ),
    (0xA0, &[known("1.0", 0xA1, Direction::Both)]),
];

const fn known(version: &'static str, wire_digest: u64, direction: Direction) -> KnownVersion {
    KnownVersion {
        version,
        wire_digest,
        direction,
        differences: "",
    }
}

const TYPES: u16 = 6;

/// The same for a type and a side, always: what one program was generated from.
fn message(type_id: u16, version: usize, is_renamed: bool) -> MessageInformation {
    let (wire_digest, known) = VERSIONS[version];
    MessageInformation {
        type_id: Some(type_id),
        name: if is_renamed {
            "market.Other"
        } else {
            "market.Quote"
        },
        topic: None,
        wire_digest,
        full_digest: wire_digest,
        versions: VersionHistory {
            version: "3.0",
            same: "3.0",
            known,
        },
    }
}

fn program(chance: &mut Chance) -> Vec<MessageInformation> {
    let types = 1000..1000 + TYPES;
    let messages = types.map(|type_id| {
        let (version, is_renamed) = (chance.below(4), chance.below(8) == 0);
        message(type_id, version, is_renamed)
    });
    messages.collect()
}

fn any_use(chance: &mut Chance, program: &[MessageInformation]) -> Use {
    let information = program[chance.below(program.len())];
    let bits = chance.below(32) as u8;
    let wants = Manner::from_bits(bits).unwrap_or(Manner::NOT);
    Use { information, wants }
}

/// What flows at the end, each way, as the steps of one side tell it.
fn flowing(steps: &[Step]) -> (BTreeMap<u16, Manner>, BTreeMap<u16, bool>) {
    let (mut outward, mut inward) = (BTreeMap::new(), BTreeMap::new());
    for step in steps {
        match step {
            Step::OutboundChanged { type_id, manner } => {
                match manner {
                    Some(manner) => outward.insert(*type_id, *manner),
                    None => outward.remove(type_id),
                };
            }
            Step::InboundChanged { type_id, is_agreed } => {
                inward.insert(*type_id, *is_agreed);
            }
            _ => {}
        }
    }
    inward.retain(|_, is_agreed| *is_agreed);
    (outward, inward)
}

/// Types that do not flow at the end, with a reason.
fn stopped(steps: &[Step]) -> Vec<u16> {
    let mut stopped = BTreeMap::new();
    for step in steps {
        match step {
            Step::Mismatch(note) => stopped.insert(note.type_id, true),
            Step::Mended { type_id } => stopped.insert(*type_id, false),
            _ => None,
        };
    }
    stopped.retain(|_, is_stopped| *is_stopped);
    stopped.into_keys().collect()
}

#[test]
fn both_sides_come_to_the_same_verdicts() {
    for seed in 0..1000 {
        let chance = &mut Chance(seed);
        let programs = [program(chance), program(chance)];
        let allowed = (chance.below(4) == 0).then(|| vec!["Quote".to_owned()]);
        let narrowed = |own: &str, other: &str| LocalSide {
            allow_out: allowed.clone(),
            allow_in: allowed.clone(),
            ..side(own, other)
        };
        let uses = [0, 1].map(|end| {
            let count = chance.below(5);
            (0..count)
                .map(|_| any_use(chance, &programs[end]))
                .collect()
        });
        let mut link = Link::new([narrowed("a", "b"), narrowed("b", "a")], uses);
        for _ in 0..30 {
            let end = chance.below(2);
            match chance.below(3) {
                0 => link.change(end, any_use(chance, &programs[end])),
                _ => drop(link.deliver(end).expect("honest peers are not refused")),
            }
        }
        link.settle();
        assert!(
            link.ends.iter().all(Agreement::is_established),
            "seed {seed}"
        );
        let [first, second] = [flowing(&link.steps[0]), flowing(&link.steps[1])];
        assert!(
            first.0.keys().eq(second.1.keys()),
            "seed {seed}: {first:?} {second:?}"
        );
        assert!(
            second.0.keys().eq(first.1.keys()),
            "seed {seed}: {first:?} {second:?}"
        );
        let stops = [0, 1].map(|end| stopped(&link.steps[end]));
        assert_eq!(stops[0], stops[1], "seed {seed}");
    }
}

/// All frames of a conversation, with which end each is for.
fn conversation(chance: &mut Chance) -> Vec<(usize, Vec<u8>)> {
    let programs = [program(chance), program(chance)];
    let uses = [0, 1].map(|end| {
        let count = chance.below(5);
        (0..count)
            .map(|_| any_use(chance, &programs[end]))
            .collect()
    });
    let mut link = Link::between(uses);
    let mut said = Vec::new();
    for _ in 0..20 {
        let end = chance.below(2);
        said.extend(
            link.under_way[end]
                .front()
                .map(|bytes| (end, bytes.clone())),
        );
        link.deliver(end).expect("honest peers are not refused");
        link.change(end, any_use(chance, &programs[end]));
    }
    said
}

fn mutate(chance: &mut Chance, bytes: &mut Vec<u8>) {
    for _ in 0..=chance.below(3) {
        let place = chance.below(bytes.len());
        match chance.below(4) {
            0 => bytes[place] = chance.next() as u8,
            1 => bytes[place] ^= 1 << chance.below(8),
            2 => drop(bytes.remove(place)),
            _ => bytes.insert(place, chance.next() as u8),
        }
        if bytes.is_empty() {
            return;
        }
    }
}

#[test]
fn frames_gone_wrong_are_steps_or_refusals() {
    let mut refused = 0;
    for seed in 0..1000 {
        let chance = &mut Chance(seed);
        let program = program(chance);
        let uses = (0..4).map(|_| any_use(chance, &program)).collect();
        let (mut agreement, _) = Agreement::begin(side("a", "b"), uses);
        for (_, bytes) in conversation(chance)
            .into_iter()
            .filter(|(end, _)| *end == 0)
        {
            let mut body = frame(&bytes).body.to_vec();
            let mut type_id = frame(&bytes).type_id;
            if chance.below(2) == 0 && !body.is_empty() {
                mutate(chance, &mut body);
            }
            if chance.below(16) == 0 {
                type_id = chance.below(12) as u16;
            }
            let wrong = Frame {
                type_id,
                envelope: None,
                body: &body,
            };
            // A refusal of what comes first is the same, whoever looks at it.
            let _ = peek_hello(&wrong);
            match agreement.receive(&wrong) {
                Ok(_) => drop(agreement.change(any_use(chance, &program))),
                Err(rejection) => {
                    refused += 1;
                    let told = Frame::decode(&rejection.frame, DEFAULT_LENGTH_MAX, |_| true);
                    assert!(told.is_ok_and(|told| told.type_id == 3) || rejection.frame.is_empty());
                    break;
                }
            }
        }
    }
    assert!(refused > 300, "{refused}");
}
