//! `u256`: unsigned integers of 256 bits.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::ParseNumberError;

/// An unsigned integer of 256 bits: hashes, token amounts, keys.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct U256 {
    /// Least significant first.
    limbs: [u64; 4],
}

/// The largest power of ten in a `u64`, and its exponent: decimal text is made in steps of this size.
const DECIMAL_STEP: u64 = 10_000_000_000_000_000_000;
const DECIMAL_STEP_DIGITS: usize = 19;

impl U256 {
    /// 2^256 - 1.
    pub const MAX: Self = Self {
        limbs: [u64::MAX; 4],
    };

    /// The number of four 64-bit parts, the least significant first.
    pub const fn from_limbs(limbs: [u64; 4]) -> Self {
        Self { limbs }
    }

    /// The number's four 64-bit parts, the least significant first.
    pub const fn limbs(self) -> [u64; 4] {
        self.limbs
    }

    /// The number `high * 2^128 + low`.
    pub const fn from_halves(high: u128, low: u128) -> Self {
        Self {
            limbs: [
                low as u64,
                (low >> 64) as u64,
                high as u64,
                (high >> 64) as u64,
            ],
        }
    }

    /// The number of 32 bytes, the least significant first.
    #[inline]
    pub fn from_le_bytes(bytes: [u8; 32]) -> Self {
        let mut limbs = [0; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = u64::from_le_bytes(chunk.first_chunk().copied().unwrap_or_default());
        }
        Self { limbs }
    }

    /// The number as 32 bytes, the least significant first.
    #[inline]
    pub fn to_le_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, limb) in bytes.chunks_exact_mut(8).zip(self.limbs) {
            chunk.copy_from_slice(&limb.to_le_bytes());
        }
        bytes
    }

    /// `self * factor + summand`; None where it does not fit.
    fn multiply_add(self, factor: u64, summand: u64) -> Option<Self> {
        let mut carry = u128::from(summand);
        let mut limbs = self.limbs;
        for limb in &mut limbs {
            let product = u128::from(*limb) * u128::from(factor) + carry;
            *limb = product as u64;
            carry = product >> 64;
        }
        (carry == 0).then_some(Self { limbs })
    }

    /// Quotient and remainder. `divisor` is not 0.
    fn divide(self, divisor: u64) -> (Self, u64) {
        let mut limbs = self.limbs;
        let mut remainder: u128 = 0;
        for limb in limbs.iter_mut().rev() {
            let dividend = (remainder << 64) | u128::from(*limb);
            *limb = (dividend / u128::from(divisor)) as u64;
            remainder = dividend % u128::from(divisor);
        }
        (Self { limbs }, remainder as u64)
    }
}

impl Ord for U256 {
    fn cmp(&self, other: &Self) -> Ordering {
        self.limbs.iter().rev().cmp(other.limbs.iter().rev())
    }
}

impl PartialOrd for U256 {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<u64> for U256 {
    fn from(number: u64) -> Self {
        Self {
            limbs: [number, 0, 0, 0],
        }
    }
}

impl From<u128> for U256 {
    fn from(number: u128) -> Self {
        Self {
            limbs: [number as u64, (number >> 64) as u64, 0, 0],
        }
    }
}

impl TryFrom<U256> for u128 {
    type Error = ParseNumberError;

    fn try_from(number: U256) -> Result<Self, ParseNumberError> {
        match number.limbs {
            [low, high, 0, 0] => Ok((u128::from(high) << 64) | u128::from(low)),
            _ => Err(ParseNumberError::OutOfRange),
        }
    }
}

impl fmt::Display for U256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = Vec::new();
        let mut rest = *self;
        while rest != Self::default() {
            let (quotient, remainder) = rest.divide(DECIMAL_STEP);
            steps.push(remainder);
            rest = quotient;
        }
        let mut shown = steps.pop().unwrap_or(0).to_string();
        for step in steps.iter().rev() {
            shown.push_str(&format!("{step:0width$}", width = DECIMAL_STEP_DIGITS));
        }
        formatter.pad_integral(true, "", &shown)
    }
}

impl fmt::Debug for U256 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Reads decimal digits.
impl FromStr for U256 {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, ParseNumberError> {
        if text.is_empty() {
            return Err(ParseNumberError::Malformed);
        }
        let mut number = Self::default();
        for character in text.chars() {
            let digit = character.to_digit(10).ok_or(ParseNumberError::Malformed)?;
            number = number
                .multiply_add(10, u64::from(digit))
                .ok_or(ParseNumberError::OutOfRange)?;
        }
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGEST: &str =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935";

    #[test]
    fn decimal_text_reads_back() {
        assert_eq!(U256::MAX.to_string(), LARGEST);
        assert_eq!(LARGEST.parse(), Ok(U256::MAX));
        for text in [
            "0",
            "7",
            "10000000000000000000",
            "340282366920938463463374607431768211456",
        ] {
            assert_eq!(text.parse::<U256>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn too_large_and_malformed_are_told_apart() {
        assert_eq!(
            (LARGEST.to_owned() + "0").parse::<U256>(),
            Err(ParseNumberError::OutOfRange)
        );
        assert_eq!("-1".parse::<U256>(), Err(ParseNumberError::Malformed));
        assert_eq!("".parse::<U256>(), Err(ParseNumberError::Malformed));
    }

    #[test]
    fn order_is_by_value() {
        let low = U256::from_limbs([u64::MAX, 0, 0, 0]);
        let high = U256::from_limbs([0, 1, 0, 0]);
        assert!(low < high && high < U256::MAX);
        assert_eq!(U256::from_le_bytes(high.to_le_bytes()), high);
        assert_eq!(u128::try_from(high), Ok(1 << 64));
        assert!(u128::try_from(U256::MAX).is_err());
    }
}
