//! Frames that tell who they are, for both sides of a test.
#![allow(dead_code)] // each program uses its part

/// A frame whose payload of `length` bytes follows from `number`, so that a wrong byte anywhere shows.
pub fn frame(type_id: u16, number: u64, length: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + length);
    bytes.extend_from_slice(&type_id.to_le_bytes());
    bytes.extend_from_slice(&[0, 1]);
    bytes.extend_from_slice(&(length as u32).to_le_bytes());
    bytes.extend((0..length).map(|index| byte_of(number, index)));
    bytes
}

fn byte_of(number: u64, index: usize) -> u8 {
    match index {
        0..8 => number.to_le_bytes()[index],
        _ => (number as usize)
            .wrapping_mul(31)
            .wrapping_add(index.wrapping_mul(7)) as u8,
    }
}

/// The number in a payload of at least 8 bytes, after checking every byte.
pub fn number_of(payload: &[u8]) -> u64 {
    let number = u64::from_le_bytes(payload[..8].try_into().expect("at least 8 bytes"));
    for (index, &byte) in payload.iter().enumerate() {
        assert_eq!(
            byte,
            byte_of(number, index),
            "byte {index} of frame {number}"
        );
    }
    number
}

/// A length for frame `number`: mostly one cell, at times some, rarely many parts.
pub fn length_for(number: u64, longest: usize) -> usize {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let length = match mixed % 16 {
        0 => mixed as usize % longest.max(9),
        1..4 => mixed as usize % 400,
        _ => 56,
    };
    length.clamp(8, longest)
}
