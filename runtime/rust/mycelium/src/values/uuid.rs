//! `uuid`: 16 bytes in RFC 4122 order.

use std::fmt;
use std::str::FromStr;

use super::ParseNumberError;

/// A universally unique identifier, its bytes in the order RFC 4122 writes them.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid([u8; 16]);

/// Where the canonical form has its hyphens: before these bytes.
const HYPHEN_BEFORE: [usize; 4] = [4, 6, 8, 10];

impl Uuid {
    /// The identifier of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The identifier whose 32 hexadecimal digits are those of the number.
    pub const fn from_u128(number: u128) -> Self {
        Self(number.to_be_bytes())
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<[u8; 16]> for Uuid {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl From<Uuid> for [u8; 16] {
    fn from(uuid: Uuid) -> Self {
        uuid.0
    }
}

/// Lower-case with hyphens: `67e55044-10b1-426f-9247-bb680e5fe0c8`.
impl fmt::Display for Uuid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if HYPHEN_BEFORE.contains(&index) {
                formatter.write_str("-")?;
            }
            write!(formatter, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Reads the canonical form; upper-case digits are accepted.
impl FromStr for Uuid {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, ParseNumberError> {
        let mut bytes = [0; 16];
        let mut characters = text.chars();
        for (index, byte) in bytes.iter_mut().enumerate() {
            if HYPHEN_BEFORE.contains(&index) && characters.next() != Some('-') {
                return Err(ParseNumberError::Malformed);
            }
            for _ in 0..2 {
                let digit = characters
                    .next()
                    .and_then(|character| character.to_digit(16));
                let digit = digit.ok_or(ParseNumberError::Malformed)?;
                // A hexadecimal digit is below 16, so it fits.
                *byte = (*byte << 4) | digit as u8;
            }
        }
        match characters.next() {
            None => Ok(Self(bytes)),
            Some(_) => Err(ParseNumberError::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_form_reads_back() {
        let text = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        let uuid: Uuid = text.parse().unwrap();
        assert_eq!(uuid.to_string(), text);
        assert_eq!(uuid.as_bytes()[..2], [0x67, 0xe5]);
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "67e5504410b1426f9247bb680e5fe0c8",
            "67e55044-10b1-426f-9247-bb680e5fe0c",
            "g",
        ] {
            assert_eq!(
                text.parse::<Uuid>(),
                Err(ParseNumberError::Malformed),
                "{text}"
            );
        }
        assert!("67e55044-10b1-426f-9247-bb680e5fe0c80"
            .parse::<Uuid>()
            .is_err());
    }
}
