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

    /// Whether it holds of each of many values of `stride` bytes, one after the other.
    fn holds_of_each(&self, values: &[u8], stride: usize) -> bool {
        let each = values.chunks_exact(stride);
        match *self {
            Check::Boolean { offset } => {
                let seen = each.fold(0, |seen, value| seen | value[offset]);
                seen <= 1
            }
            Check::Ascii { offset, length } => each
                .map(|value| &value[offset..offset + length])
                .all(is_padded_ascii),
            Check::Members {
                offset,
                size,
                ref numbers,
            } => are_members(values, (stride, offset, size), numbers),
            Check::Integer {
                offset,
                size,
                signed,
                minimum,
                maximum,
            } => match (u64::try_from(minimum.low), u64::try_from(maximum.low)) {
                (Ok(least), Ok(most)) if size <= 8 => {
                    let sign = u64::from(signed) << (8 * size - 1);
                    hold_of_words(values, (stride, offset, size), |number| {
                        (least..=most).contains(&(number ^ sign))
                    })
                }
                _ => each
                    .map(|value| Number::of(&value[offset..offset + size], signed))
                    .all(|number| (minimum..=maximum).contains(&number)),
            },
            Check::Real {
                offset,
                size,
                minimum,
                maximum,
            } => hold_of_words(values, (stride, offset, size), |bits| {
                let real = if size == 4 {
                    f64::from(f32::from_bits(bits as u32))
                } else {
                    f64::from_bits(bits)
                };
                minimum <= real && real <= maximum
            }),
            Check::Repeated {
                offset,
                count,
                size,
                ref checks,
            } => each
                .map(|value| &value[offset..offset + count * size])
                .all(|inner| hold_of_each(checks, inner, size)),
        }
    }
}

/// Whether all checks hold of each of many values of `size` bytes, as the program said, one after the other.
pub fn hold_of_each(checks: &[Check], values: &[u8], size: usize) -> bool {
    checks.iter().all(|check| check.holds_of_each(values, size))
}

/// Whether the words of one field are among these numbers, which ascend.
fn are_members(values: &[u8], place: (usize, usize, usize), numbers: &[u64]) -> bool {
    if numbers.last().is_some_and(|&most| most < 64) {
        let known = numbers
            .iter()
            .fold(0_u64, |known, number| known | 1 << number);
        return hold_of_words(values, place, |word| word < 64 && known >> word & 1 == 1);
    }
    hold_of_words(values, place, |word| numbers.binary_search(&word).is_ok())
}

/// Whether something holds of one field of up to 8 bytes in each of many values. Its place is the size of a value, the
/// offset in it, and the size of the field.
#[inline(always)]
fn hold_of_words(
    values: &[u8],
    (stride, offset, size): (usize, usize, usize),
    holds: impl Fn(u64) -> bool,
) -> bool {
    let mut each = values
        .chunks_exact(stride)
        .map(|value| &value[offset..offset + size]);
    match size {
        1 => each.all(|field| holds(u64::from(field[0]))),
        8 => each.all(|field| holds(word(&field[..8]))),
        _ => each.all(|field| holds(word(field))),
    }
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
    if let (9..=16, Some(&first), Some(&last)) =
        (bytes.len(), bytes.first_chunk(), bytes.last_chunk())
    {
        let low = u64::from_le_bytes(first);
        let high = u64::from_le_bytes(last) >> (8 * (16 - bytes.len()));
        let low_size = 8 - low.leading_zeros() as usize / 8;
        let high_size = 8 - high.leading_zeros() as usize / 8;
        return is_printable(low, low_size)
            && is_printable(high, high_size)
            && (low_size == 8 || high == 0);
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
