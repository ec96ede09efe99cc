//! Wakes those who sleep until something happens, and costs next to nothing while nobody does.

use std::sync::atomic::{fence, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use crate::overflow::Wait;

/// Looks before sleeping, about 2 us of them on a current machine: a message that follows soon is met awake.
const SPINS: u32 = 200;

/// Looks with the processor offered to others in between.
const YIELDS: u32 = 4;

/// Those who sleep. Whoever makes something happen then rings; whoever wants to sleep first registers, then looks again:
/// with a full fence on both sides, one of the two sees the other.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    sleeping: AtomicUsize,
    wakers: Mutex<Vec<Waker>>,
}

impl Bell {
    /// Wakes everybody, after what they wait for has been stored.
    #[inline]
    pub(crate) fn ring(&self) {
        fence(Ordering::SeqCst);
        if self.sleeping.load(Ordering::Relaxed) != 0 {
            self.wake_all();
        }
    }

    #[cold]
    fn wake_all(&self) {
        let wakers = {
            let mut wakers = self.lock();
            self.sleeping.store(0, Ordering::Relaxed);
            std::mem::take(&mut *wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Lets the next ring wake this; the caller has to look once more before it sleeps.
    pub(crate) fn register(&self, waker: &Waker) {
        {
            let mut wakers = self.lock();
            if !wakers.iter().any(|known| known.will_wake(waker)) {
                wakers.push(waker.clone());
            }
            self.sleeping.store(wakers.len(), Ordering::Relaxed);
        }
        fence(Ordering::SeqCst);
    }

    /// Calls `look` until it finds something or the deadline has passed.
    pub(crate) fn wait<T>(
        &self,
        wait: Wait,
        deadline: Option<Instant>,
        mut look: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let is_late = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if wait == Wait::Spin {
            loop {
                for _ in 0..SPINS {
                    if let Some(found) = look() {
                        return Some(found);
                    }
                    std::hint::spin_loop();
                }
                if is_late() {
                    return None;
                }
            }
        }
        if wait == Wait::Adaptive {
            for turn in 0..SPINS + YIELDS {
                if let Some(found) = look() {
                    return Some(found);
                }
                if turn < SPINS {
                    std::hint::spin_loop();
                } else {
                    thread::yield_now();
                }
            }
        }
        self.sleep(deadline, look)
    }

    fn sleep<T>(
        &self,
        deadline: Option<Instant>,
        mut look: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let waker = Waker::from(Arc::new(Sleeper(thread::current())));
        loop {
            self.register(&waker);
            if let Some(found) = look() {
                return Some(found);
            }
            match deadline {
                None => thread::park(),
                Some(deadline) => {
                    let remaining = deadline.saturating_duration_since(Instant::now());
                    if remaining.is_zero() {
                        return None;
                    }
                    thread::park_timeout(remaining);
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread that sleeps.
struct Sleeper(Thread);

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
