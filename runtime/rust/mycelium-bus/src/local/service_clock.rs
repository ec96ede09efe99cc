//! The time at which a service publishes: that of the system, or the one it is given.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};

use crate::error::PublishError;
use crate::node::now;

/// Stands for the system's time.
const OF_THE_SYSTEM: i64 = i64::MIN;

/// Somebody whom a later time of a service may let go on.
pub(crate) trait AwaitsTime: Send + Sync {
    /// The time has changed.
    fn look_again(&self);
}

/// What stamps the messages of one service, and bounds those to come. Nanoseconds since 1970-01-01 UTC.
pub(crate) struct ServiceClock {
    given: AtomicI64,
    is_awaited: AtomicBool,
    waiting: Mutex<Vec<Weak<dyn AwaitsTime>>>,
}

impl Default for ServiceClock {
    fn default() -> Self {
        Self {
            given: AtomicI64::new(OF_THE_SYSTEM),
            is_awaited: AtomicBool::new(false),
            waiting: Mutex::default(),
        }
    }
}

impl fmt::Debug for ServiceClock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ServiceClock")
            .field("given", &self.given())
            .finish_non_exhaustive()
    }
}

impl ServiceClock {
    /// The time of a message that is published now. No later message of the service has an earlier one, as far as the system's
    /// clock is not set back.
    #[inline]
    pub(crate) fn now(&self) -> i64 {
        self.given().unwrap_or_else(now)
    }

    /// The time it was given, where it does not follow the system's.
    #[inline]
    pub(crate) fn given(&self) -> Option<i64> {
        let time = self.given.load(Ordering::Acquire);
        (time != OF_THE_SYSTEM).then_some(time)
    }

    /// From now on it is this late, and follows the system's time no more.
    pub(crate) fn advance_to(&self, published_at: i64) -> Result<(), PublishError> {
        // The earliest time of all means the system's: nobody misses it.
        let wanted = published_at.max(OF_THE_SYSTEM + 1);
        let before = self.given.fetch_max(wanted, Ordering::AcqRel);
        if before > wanted {
            return Err(PublishError::Earlier {
                published_at,
                present: before,
            });
        }
        if before != wanted && self.is_awaited.load(Ordering::Acquire) {
            let waiting: Vec<_> = self.waiting().iter().filter_map(Weak::upgrade).collect();
            waiting.iter().for_each(|each| each.look_again());
        }
        Ok(())
    }

    /// From now on tells this one, for as long as it lives, when there is a later time.
    pub(crate) fn tell(&self, each: Weak<dyn AwaitsTime>) {
        let mut waiting = self.waiting();
        waiting.retain(|known| known.strong_count() != 0);
        waiting.push(each);
        self.is_awaited.store(true, Ordering::Release);
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Weak<dyn AwaitsTime>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_system_until_it_is_given_a_time_and_never_goes_back() {
        let clock = ServiceClock::default();
        let before = now();
        assert!(clock.now() >= before);
        assert_eq!(clock.given(), None);
        clock.advance_to(5).unwrap();
        clock.advance_to(5).unwrap();
        assert_eq!((clock.now(), clock.given()), (5, Some(5)));
        let earlier = PublishError::Earlier {
            published_at: 4,
            present: 5,
        };
        assert_eq!(clock.advance_to(4), Err(earlier));
        assert_eq!(clock.now(), 5);
    }

    #[test]
    fn the_earliest_time_of_all_is_a_time_as_well() {
        let clock = ServiceClock::default();
        clock.advance_to(i64::MIN).unwrap();
        assert_eq!(clock.given(), Some(i64::MIN + 1));
    }
}
