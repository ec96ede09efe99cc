//! `timestamp` and `duration`: signed nanoseconds.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment: nanoseconds since 1970-01-01 00:00 UTC, from the year 1677 to the year 2262.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A length of time in nanoseconds, up to 292 years either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(i64);

impl Timestamp {
    /// The moment `nanoseconds` after 1970-01-01 00:00 UTC.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// Nanoseconds since 1970-01-01 00:00 UTC.
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }

    /// The time from `earlier` to this moment; None where it does not fit a [`Duration`].
    pub const fn since(self, earlier: Self) -> Option<Duration> {
        match self.0.checked_sub(earlier.0) {
            Some(nanoseconds) => Some(Duration(nanoseconds)),
            None => None,
        }
    }

    /// This moment moved by `duration`; None where it does not fit.
    pub const fn checked_add(self, duration: Duration) -> Option<Self> {
        match self.0.checked_add(duration.0) {
            Some(nanoseconds) => Some(Self(nanoseconds)),
            None => None,
        }
    }
}

impl Duration {
    /// A duration of so many nanoseconds.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// The duration in nanoseconds.
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }
}

/// The system's clock, cut off at the ends of the type's range.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(i64::try_from(after.as_nanos()).unwrap_or(i64::MAX)),
            Err(error) => {
                let before = i64::try_from(error.duration().as_nanos());
                Self(before.map_or(i64::MIN, |nanoseconds| -nanoseconds))
            }
        }
    }
}

impl TryFrom<std::time::Duration> for Duration {
    type Error = std::num::TryFromIntError;

    fn try_from(duration: std::time::Duration) -> Result<Self, Self::Error> {
        i64::try_from(duration.as_nanos()).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_durations_add_up() {
        let start = Timestamp::from_nanoseconds(5);
        let end = start.checked_add(Duration::from_nanoseconds(-7)).unwrap();
        assert_eq!(end.nanoseconds(), -2);
        assert_eq!(end.since(start), Some(Duration::from_nanoseconds(-7)));
        assert_eq!(
            Timestamp::from_nanoseconds(i64::MAX).checked_add(Duration::from_nanoseconds(1)),
            None
        );
    }

    #[test]
    fn the_system_clock_is_understood_on_both_sides_of_1970() {
        let second = std::time::Duration::from_secs(1);
        assert_eq!(
            Timestamp::from(UNIX_EPOCH + second).nanoseconds(),
            1_000_000_000
        );
        assert_eq!(
            Timestamp::from(UNIX_EPOCH - second).nanoseconds(),
            -1_000_000_000
        );
    }
}
