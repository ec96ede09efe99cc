//! Mutations that know how a body is built: most keep it readable far enough to get somewhere.

use std::ops::Range;

use crate::random::Random;

/// The longest body made here, in bytes.
const LENGTH_MAX: usize = 16 * 1024;

/// A body changed in one to four places. `other` is another body of the same message, to take parts from.
pub fn mutate(random: &mut Random, body: &[u8], other: &[u8]) -> Vec<u8> {
    let mut mutated = body.to_vec();
    for _ in 0..=random.below(4) {
        match random.below(10) {
            0 => change_byte(random, &mut mutated),
            1 => insert_bytes(random, &mut mutated),
            2 => remove_range(random, &mut mutated),
            3 => truncate(random, &mut mutated),
            4 => change_header(random, &mut mutated),
            5 => change_length(random, &mut mutated),
            6 => repeat_element(random, &mut mutated),
            7 => remove_element(random, &mut mutated),
            8 => insert_unknown(random, &mut mutated),
            _ => take_element(random, &mut mutated, other),
        }
    }
    mutated.truncate(LENGTH_MAX);
    mutated
}

/// Where the elements of a body are, as far as they can be told; nested ones included now and then.
fn elements(random: &mut Random, body: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut scope = 0..body.len();
    loop {
        let top = walk(body, scope.clone());
        found.extend(top.iter().cloned());
        // Look into one of them as if it were a message; where it is none, that does no harm.
        let Some(inner) = top.get(random.below(top.len())) else {
            break;
        };
        if random.below(2) == 0 || inner.len() < 4 {
            break;
        }
        scope = inner.start + 2..inner.end;
    }
    found
}

fn walk(body: &[u8], scope: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut position = scope.start;
    while position < scope.end {
        let header = body[position];
        let value = position + if header >> 3 == 31 { 3 } else { 1 };
        let size = match header & 7 {
            6 => match body.get(value) {
                Some(short @ 0..=253) => 1 + usize::from(*short),
                Some(254) => 3 + body.get(value + 1..value + 3).map_or(0, little_endian),
                Some(255) => 5 + body.get(value + 1..value + 5).map_or(0, little_endian),
                None => 0,
            },
            7 => 0,
            kind => 1 << kind,
        };
        let end = value.saturating_add(size).min(scope.end);
        found.push(position..end);
        position = end;
    }
    found
}

fn little_endian(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | usize::from(*byte))
}

fn an_element(random: &mut Random, body: &[u8]) -> Option<Range<usize>> {
    let all = elements(random, body);
    all.get(random.below(all.len())).cloned()
}

fn change_byte(random: &mut Random, body: &mut [u8]) {
    let place = random.below(body.len());
    if let Some(byte) = body.get_mut(place) {
        *byte = if random.below(2) == 0 {
            *byte ^ 1 << random.below(8)
        } else {
            random.byte()
        };
    }
}

fn insert_bytes(random: &mut Random, body: &mut Vec<u8>) {
    let place = random.below(body.len() + 1);
    let bytes: Vec<u8> = (0..=random.below(6)).map(|_| random.byte()).collect();
    body.splice(place..place, bytes);
}

fn remove_range(random: &mut Random, body: &mut Vec<u8>) {
    let start = random.below(body.len());
    let end = (start + 1 + random.below(8)).min(body.len());
    body.drain(start.min(end)..end);
}

fn truncate(random: &mut Random, body: &mut Vec<u8>) {
    body.truncate(random.below(body.len() + 1));
}

fn change_header(random: &mut Random, body: &mut [u8]) {
    if let Some(element) = an_element(random, body) {
        body[element.start] = match random.below(3) {
            0 => body[element.start] & 0xF8 | random.byte() & 7,
            1 => body[element.start] & 7 | random.byte() & 0xF8,
            _ => random.byte(),
        };
    }
}

fn change_length(random: &mut Random, body: &mut [u8]) {
    if let Some(element) = an_element(random, body) {
        if let Some(length) = body.get_mut(element.start + 1) {
            *length = match random.below(3) {
                0 => length.wrapping_add(1),
                1 => length.wrapping_sub(1),
                _ => random.byte(),
            };
        }
    }
}

fn repeat_element(random: &mut Random, body: &mut Vec<u8>) {
    if let Some(element) = an_element(random, body) {
        let copy = body[element.clone()].repeat(1 + random.below(3));
        body.splice(element.end..element.end, copy);
    }
}

fn remove_element(random: &mut Random, body: &mut Vec<u8>) {
    if let Some(element) = an_element(random, body) {
        body.drain(element);
    }
}

/// An element of a newer writer, most often well-formed.
fn insert_unknown(random: &mut Random, body: &mut Vec<u8>) {
    let place = match an_element(random, body) {
        Some(element) if random.below(4) != 0 => element.end,
        _ => body.len(),
    };
    let kind = random.below(8) as u8;
    let mut unknown = vec![(random.below(32) as u8) << 3 | kind];
    if unknown[0] >> 3 == 31 {
        unknown.extend([random.byte(), random.byte()]);
    }
    let size = if kind == 6 {
        random.below(20)
    } else {
        1 << kind.min(5)
    };
    if kind == 6 {
        unknown.push(size as u8);
    }
    unknown.extend((0..size).map(|_| random.byte()));
    body.splice(place..place, unknown);
}

fn take_element(random: &mut Random, body: &mut Vec<u8>, other: &[u8]) {
    let (Some(ours), Some(theirs)) = (an_element(random, body), an_element(random, other)) else {
        return;
    };
    body.splice(ours, other[theirs].iter().copied());
}
