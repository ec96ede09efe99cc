//! `decimal<S>`: an exact decimal number with S digits after the point.

use std::fmt;
use std::str::FromStr;

use super::ParseNumberError;

/// The number `mantissa / 10^S`, S in 0..=18.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal<const S: u32>(i64);

impl<const S: u32> Decimal<S> {
    /// The number `mantissa / 10^S`: for `Decimal<2>`, 125 is 1.25.
    pub const fn from_mantissa(mantissa: i64) -> Self {
        Self(mantissa)
    }

    /// The number multiplied by `10^S`.
    pub const fn mantissa(self) -> i64 {
        self.0
    }

    /// The nearest `f64`. Not exact for most fractions.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 10_f64.powi(S as i32)
    }

    /// The sum; None where it does not fit.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(mantissa) => Some(Self(mantissa)),
            None => None,
        }
    }

    /// The difference; None where it does not fit.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(mantissa) => Some(Self(mantissa)),
            None => None,
        }
    }
}

/// Exactly S digits after the point; no point where S is 0.
impl<const S: u32> fmt::Display for Decimal<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0width$}", self.0.unsigned_abs(), width = S as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(S as usize));
        let shown = if S == 0 {
            whole.to_owned()
        } else {
            format!("{whole}.{fraction}")
        };
        formatter.pad_integral(self.0 >= 0, "", &shown)
    }
}

impl<const S: u32> fmt::Debug for Decimal<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Reads `-?digits[.digits]` with at most S digits after the point.
impl<const S: u32> FromStr for Decimal<S> {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, ParseNumberError> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((_, "")) => return Err(ParseNumberError::Malformed),
            Some(parts) => parts,
            None => (unsigned, ""),
        };
        if whole.is_empty() {
            return Err(ParseNumberError::Malformed);
        }
        let padding = (S as usize)
            .checked_sub(fraction.len())
            .ok_or(ParseNumberError::OutOfRange)?;
        let zeros = std::iter::repeat_n('0', padding);
        let mut mantissa: i64 = 0;
        for character in whole.chars().chain(fraction.chars()).chain(zeros) {
            let digit = character.to_digit(10).ok_or(ParseNumberError::Malformed)?;
            let digit = if negative {
                -i64::from(digit)
            } else {
                i64::from(digit)
            };
            let shifted = mantissa
                .checked_mul(10)
                .and_then(|shifted| shifted.checked_add(digit));
            mantissa = shifted.ok_or(ParseNumberError::OutOfRange)?;
        }
        Ok(Self(mantissa))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_shown_with_every_digit_of_their_scale() {
        assert_eq!(Decimal::<2>::from_mantissa(125).to_string(), "1.25");
        assert_eq!(Decimal::<2>::from_mantissa(-5).to_string(), "-0.05");
        assert_eq!(Decimal::<0>::from_mantissa(-5).to_string(), "-5");
        assert_eq!(
            Decimal::<18>::from_mantissa(i64::MIN).to_string(),
            "-9.223372036854775808"
        );
        assert_eq!(format!("{:>6}", Decimal::<1>::from_mantissa(15)), "   1.5");
    }

    #[test]
    fn what_is_shown_reads_back_and_fewer_digits_are_accepted() {
        assert_eq!("1.5".parse(), Ok(Decimal::<2>::from_mantissa(150)));
        assert_eq!(
            "-9.223372036854775808".parse(),
            Ok(Decimal::<18>::from_mantissa(i64::MIN))
        );
        assert_eq!(
            "1.234".parse::<Decimal<2>>(),
            Err(ParseNumberError::OutOfRange)
        );
        assert_eq!(
            "92233720368547758.08".parse::<Decimal<2>>(),
            Err(ParseNumberError::OutOfRange)
        );
        for text in ["", "-", ".5", "1.", "1e3", "+1", "1.-2"] {
            assert_eq!(
                text.parse::<Decimal<4>>(),
                Err(ParseNumberError::Malformed),
                "{text}"
            );
        }
    }
}
