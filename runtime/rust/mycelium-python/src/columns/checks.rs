//! What values of fixed size must fulfil, judged on a copy of their bytes.

/// A rule for the bytes at an offset.
pub enum Check {
    /// 0 or 1.
    Boolean { offset: usize },
    /// Printable characters, then NULs.
    Ascii { offset: usize, length: usize },
    /// One of these numbers, ascending.
    Members {
        offset: usize,
        size: usize,
        numbers: Vec<u64>,
    },
    /// A number within limits.
    Integer {
        offset: usize,
        size: usize,
        signed: bool,
        minimum: Number,
        maximum: Number,
    },
    /// An IEEE number of 4 or 8 bytes within limits; a NaN is within none.
    Real {
        offset: usize,
        size: usize,
        minimum: f64,
        maximum: f64,
    },
    /// The same for each of several values, one after the other.
    Repeated {
        offset: usize,
        count: usize,
        size: usize,
        checks: Vec<Check>,
    },
}

impl Check {
    /// Where what it looks at ends.
    pub fn end(&self) -> Option<usize> {
        let (offset, size) = match self {
            Check::Boolean { offset } => (offset, 1),
            Check::Ascii { offset, length } => (offset, *length),
            Check::Members { offset, size, .. }
            | Check::Integer { offset, size, .. }
            | Check::Real { offset, size, .. } => (offset, *size),
            Check::Repeated {
                offset,
                count,
                size,
                ..
            } => (offset, count.checked_mul(*size)?),
        };
        offset.checked_add(size)
    }

    #[inline(always)]
    fn holds(&self, bytes: &[u8]) -> bool {
        match self {
            Check::Boolean { offset } => bytes[*offset] <= 1,
            Check::Ascii { offset, length } => is_padded_ascii(&bytes[*offset..*offset + *length]),
            Check::Members {
                offset,
                size,
                numbers,
            } => numbers
                .binary_search(&word(&bytes[*offset..*offset + *size]))
                .is_ok(),
            Check::Integer {
                offset,
                size,
                signed,
                minimum,
                maximum,
            } => {
                let number = Number::of(&bytes[*offset..*offset + *size], *signed);
                *minimum <= number && number <= *maximum
            }
            Check::Real {
                offset,
                size,
                minimum,
                maximum,
            } => {
                let bits = word(&bytes[*offset..*offset + *size]);
                let real = if *size == 4 {
                    f64::from(f32::from_bits(bits as u32))
                } else {
                    f64::from_bits(bits)
                };
                *minimum <= real && real <= *maximum
            }
            Check::Repeated {
                offset,
                count,
                size,
                checks,
            } => bytes[*offset..*offset + count * size]
                .chunks_exact(*size)
                .all(|value| all_hold(checks, value)),
        }
    }
}

/// Whether all checks hold of these bytes, which are as many as the program said.
#[inline(always)]
pub fn all_hold(checks: &[Check], bytes: &[u8]) -> bool {
    for check in checks {
        if !check.holds(bytes) {
            return false;
        }
    }
    true
}

/// An integer of up to 32 bytes, so that two of the same type compare as they should.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    high: u128,
    low: u128,
}

impl Number {
    /// Of little-endian bytes, 1 to 32 of them. The sign bit of a signed one is turned over: then the most negative is 0.
    #[inline(always)]
    pub fn of(bytes: &[u8], signed: bool) -> Number {
        let mut all = [0; 32];
        all[..bytes.len()].copy_from_slice(bytes);
        if signed {
            all[bytes.len() - 1] ^= 0x80;
        }
        let half = |start: usize| {
            let mut half = [0; 16];
            half.copy_from_slice(&all[start..start + 16]);
            u128::from_le_bytes(half)
        };
        Number {
            high: half(16),
            low: half(0),
        }
    }
}

/// Up to 8 bytes as a little-endian number.
#[inline(always)]
fn word(bytes: &[u8]) -> u64 {
    match *bytes {
        [a] => u64::from(a),
        [a, b] => u64::from(u16::from_le_bytes([a, b])),
        [a, b, c, d] => u64::from(u32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => {
            let mut all = [0; 8];
            all[..bytes.len()].copy_from_slice(bytes);
            u64::from_le_bytes(all)
        }
    }
}

/// Whether two runs of as many bytes are the same; few of them without calling anything.
#[inline(always)]
pub fn are_same(first: &[u8], second: &[u8]) -> bool {
    if first.len() <= 8 {
        word(first) == word(second)
    } else {
        first == second
    }
}

#[inline(always)]
fn is_padded_ascii(bytes: &[u8]) -> bool {
    if bytes.len() <= 8 {
        let word = word(bytes);
        return is_printable(word, 8 - word.leading_zeros() as usize / 8);
    }
    let mut padding = false;
    for chunk in bytes.chunks(8) {
        let word = word(chunk);
        if padding && word != 0 {
            return false;
        }
        let size = 8 - word.leading_zeros() as usize / 8;
        if !is_printable(word, size) {
            return false;
        }
        padding = size < chunk.len();
    }
    true
}

/// 1 in each byte.
const EACH: u64 = u64::from_ne_bytes([1; 8]);

/// The highest bit of each byte.
const HIGH: u64 = EACH * 0x80;

/// Whether the first `size` bytes of a word, all below the highest that is not 0, are 0x20..0x7E.
#[inline(always)]
fn is_printable(word: u64, size: usize) -> bool {
    let blank = if size == 8 {
        0
    } else {
        (EACH * 0x20) << (8 * size)
    };
    let characters = word | blank;
    let too_small = (characters | HIGH).wrapping_sub(EACH * 0x20) & HIGH;
    let too_large = ((characters & !HIGH) + EACH) | characters;
    too_small == HIGH && too_large & HIGH == 0
}

/// Whether bytes are UTF-8 without surrogates; short ASCII, as most text is, is recognised without calling anything.
#[inline(always)]
pub fn is_utf8(bytes: &[u8]) -> bool {
    is_short_ascii(bytes) || std::str::from_utf8(bytes).is_ok()
}

/// Two halves that may share bytes cover all of them.
#[inline(always)]
fn is_short_ascii(bytes: &[u8]) -> bool {
    if let (8..=16, Some(&first), Some(&last)) =
        (bytes.len(), bytes.first_chunk(), bytes.last_chunk())
    {
        return (u64::from_ne_bytes(first) | u64::from_ne_bytes(last)) & HIGH == 0;
    }
    if let (4..8, Some(&first), Some(&last)) =
        (bytes.len(), bytes.first_chunk(), bytes.last_chunk())
    {
        return (u32::from_ne_bytes(first) | u32::from_ne_bytes(last)) & HIGH as u32 == 0;
    }
    bytes.len() < 4 && bytes.iter().all(u8::is_ascii)
}
