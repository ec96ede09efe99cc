//! `ascii[N]`: up to N printable characters.

use std::fmt;

use crate::code::ErrorCode;
use crate::error::EncodeError;

/// At most N printable ASCII characters (0x20 to 0x7E), padded with NUL to N bytes. Ordered like the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ascii<const N: usize>([u8; N]);

impl<const N: usize> Ascii<N> {
    /// The text, in a fixed number of bytes.
    ///
    /// # Errors
    /// `BOUND_EXCEEDED` where it is longer than N, `BAD_ASCII` where a character is not printable ASCII.
    pub fn new(text: &str) -> Result<Self, EncodeError> {
        let mut bytes = [0; N];
        if let Some(start) = bytes.get_mut(..text.len()) {
            start.copy_from_slice(text.as_bytes());
            // A NUL at the end of the text would pass for padding.
            if text.as_bytes().last() != Some(&0) && is_padded_ascii(&bytes) {
                return Ok(Self(bytes));
            }
        }
        Err(EncodeError::new(if text.chars().count() > N {
            ErrorCode::BoundExceeded
        } else {
            ErrorCode::BadAscii
        }))
    }

    /// The text of a literal: characters beyond N and from the first unprintable one on are dropped.
    /// For constants, whose text the compiler has checked.
    pub const fn literal(text: &str) -> Self {
        let mut bytes = [0; N];
        let mut index = 0;
        while index < N && index < text.len() && is_printable(text.as_bytes()[index]) {
            bytes[index] = text.as_bytes()[index];
            index += 1;
        }
        Self(bytes)
    }

    /// The N bytes as they are on the wire.
    pub const fn as_padded_bytes(&self) -> &[u8; N] {
        &self.0
    }

    /// The text without its padding.
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(N);
        let text = self.0.get(..length).unwrap_or(&[]);
        // Printable ASCII is UTF-8, whatever it says.
        std::str::from_utf8(text).unwrap_or("")
    }

    /// Bytes that [`is_padded_ascii`] has found to be well-formed.
    pub(crate) const fn from_checked(bytes: [u8; N]) -> Self {
        Self(bytes)
    }
}

const fn is_printable(byte: u8) -> bool {
    byte >= 0x20 && byte <= 0x7E
}

/// Whether the bytes are printable characters followed by NULs only.
#[inline]
pub(crate) fn is_padded_ascii<const N: usize>(bytes: &[u8; N]) -> bool {
    let mut ended = false;
    let words = bytes.chunks_exact(8);
    let rest = words.remainder();
    for word in words {
        let mask = character_mask(u64::from_le_bytes(*crate::wire::chunk(word)));
        match mask {
            Some(0) => ended = true,
            Some(_) if ended => return false,
            Some(mask) => ended = mask != u64::MAX,
            None => return false,
        }
    }
    if rest.is_empty() {
        return true;
    }
    let mut word = [0; 8];
    for (place, byte) in word.iter_mut().zip(rest) {
        *place = *byte;
    }
    match character_mask(u64::from_le_bytes(word)) {
        Some(mask) => mask == 0 || !ended,
        None => false,
    }
}

/// All bits of those of eight bytes that are characters, where all of them are printable and the others are NULs
/// after them.
///
/// All eight are looked at together: with every top bit clear, adding to each byte cannot carry into the next, and the
/// top bit of the sum tells whether the byte reaches `0x80` less what was added.
#[inline]
fn character_mask(word: u64) -> Option<u64> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const TOP: u64 = 0x80 * EACH;
    if word & TOP != 0 {
        return None;
    }
    let present = (word + 0x7F * EACH) & TOP;
    let from_space = (word + 0x60 * EACH) & TOP;
    let delete = (word + EACH) & TOP;
    // The bytes that are there must be the lowest ones: then adding one to their mask leaves none of it.
    let mask = (present >> 7) * 0xFF;
    let sound = (present == from_space) & (delete == 0) & (mask & mask.wrapping_add(1) == 0);
    sound.then_some(mask)
}

impl<const N: usize> Default for Ascii<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> AsRef<str> for Ascii<N> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> TryFrom<&str> for Ascii<N> {
    type Error = EncodeError;

    fn try_from(text: &str) -> Result<Self, EncodeError> {
        Self::new(text)
    }
}

impl<const N: usize> std::str::FromStr for Ascii<N> {
    type Err = EncodeError;

    fn from_str(text: &str) -> Result<Self, EncodeError> {
        Self::new(text)
    }
}

impl<const N: usize> PartialEq<str> for Ascii<N> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl<const N: usize> PartialEq<&str> for Ascii<N> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl<const N: usize> fmt::Display for Ascii<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Ascii<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl<const N: usize> crate::path::DescribeKey for Ascii<N> {
    fn describe_key(&self) -> String {
        crate::path::quoted(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_padded_and_comes_back_without_padding() {
        let symbol = Ascii::<8>::new("EURUSD").unwrap();
        assert_eq!(symbol.as_padded_bytes(), b"EURUSD\0\0");
        assert_eq!(symbol, "EURUSD");
        assert_eq!(symbol, Ascii::literal("EURUSD"));
        assert_eq!(Ascii::<3>::new("abc").unwrap().as_str(), "abc");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(
            Ascii::<2>::new("abc").unwrap_err().code(),
            ErrorCode::BoundExceeded
        );
        assert_eq!(
            Ascii::<2>::new("\u{e9}").unwrap_err().code(),
            ErrorCode::BadAscii
        );
        assert_eq!(
            Ascii::<2>::new("\n").unwrap_err().code(),
            ErrorCode::BadAscii
        );
        assert_eq!(
            Ascii::<2>::new("\0").unwrap_err().code(),
            ErrorCode::BadAscii
        );
        assert_eq!(
            Ascii::<4>::new("a\0b").unwrap_err().code(),
            ErrorCode::BadAscii
        );
        assert_eq!(
            Ascii::<4>::new("ab\0").unwrap_err().code(),
            ErrorCode::BadAscii
        );
        assert_eq!(Ascii::<4>::new("").unwrap().as_str(), "");
    }

    /// The rule, byte by byte.
    fn is_padded_ascii_by_definition(bytes: &[u8]) -> bool {
        let length = bytes
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(bytes.len());
        bytes[..length].iter().copied().all(is_printable)
            && bytes[length..].iter().all(|byte| *byte == 0)
    }

    #[test]
    fn eight_bytes_at_a_time_find_what_one_at_a_time_finds() {
        const INTERESTING: [u8; 9] = [0, 1, 0x1F, 0x20, b'a', 0x7E, 0x7F, 0x80, 0xFF];
        let base = *b"abcdefghijklmnopqrs";
        for end in 0..=base.len() {
            for place in 0..base.len() {
                for byte in INTERESTING {
                    let mut bytes = base;
                    bytes[end..].fill(0);
                    bytes[place] = byte;
                    let expected = is_padded_ascii_by_definition(&bytes);
                    assert_eq!(is_padded_ascii(&bytes), expected, "{bytes:?}");
                    let word: [u8; 8] = *bytes.first_chunk().unwrap();
                    assert_eq!(is_padded_ascii(&word), is_padded_ascii_by_definition(&word));
                    let few: [u8; 3] = *bytes.last_chunk().unwrap();
                    assert_eq!(is_padded_ascii(&few), is_padded_ascii_by_definition(&few));
                }
            }
        }
    }
}
