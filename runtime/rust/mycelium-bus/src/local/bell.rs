//! Wakes those who sleep until something happens, and costs next to nothing while nobody does.

use std::sync::{Arc, PoisonError};
use std::task::{Wake, Waker};

use crate::overflow::Wait;
use crate::patience::{Waited, Wearing};
use crate::synchronization::{
    current, fence, park, park_timeout, spin_loop, thread_local, yield_now, AtomicUsize, Mutex,
    MutexGuard, Ordering, Thread,
};

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
        if self.has_sleepers() {
            self.wake_all();
        }
    }

    /// Whether there is anybody to wake, after what they wait for has been stored.
    #[inline]
    pub(crate) fn has_sleepers(&self) -> bool {
        fence(Ordering::SeqCst);
        self.sleeping.load(Ordering::Relaxed) != 0
    }

    /// Wakes the one that has waited longest.
    #[inline]
    pub(crate) fn ring_one(&self) {
        if self.is_silent() {
            return;
        }
        let waker = {
            let mut wakers = self.lock();
            let first = (!wakers.is_empty()).then(|| wakers.remove(0));
            self.sleeping.store(wakers.len(), Ordering::Relaxed);
            first
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether nobody waits.
    #[inline]
    pub(crate) fn is_silent(&self) -> bool {
        self.sleeping.load(Ordering::Relaxed) == 0
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

    /// Takes back what was registered, where no ring has.
    pub(crate) fn forget(&self, waker: &Waker) {
        let mut wakers = self.lock();
        wakers.retain(|known| !known.will_wake(waker));
        self.sleeping.store(wakers.len(), Ordering::Relaxed);
    }

    /// Calls `look` until it finds something or the patience ends.
    pub(crate) fn wait<T>(
        &self,
        wait: Wait,
        patience: &mut Wearing<'_>,
        mut look: impl FnMut() -> Option<T>,
    ) -> Waited<T> {
        if wait != Wait::Block {
            if let Some(found) = spin(&mut look) {
                return Waited::Found(found);
            }
        }
        self.wait_longer(wait, patience, look)
    }

    /// As [`wait`](Self::wait), for those who have spun.
    pub(crate) fn wait_longer<T>(
        &self,
        wait: Wait,
        patience: &mut Wearing<'_>,
        mut look: impl FnMut() -> Option<T>,
    ) -> Waited<T> {
        match wait {
            Wait::Spin => loop {
                if let Err(ended) = patience.check() {
                    return ended;
                }
                if let Some(found) = spin(&mut look) {
                    return Waited::Found(found);
                }
            },
            Wait::Adaptive => {
                for _ in 0..YIELDS {
                    if let Some(found) = look() {
                        return Waited::Found(found);
                    }
                    yield_now();
                }
            }
            Wait::Block => {}
        }
        self.sleep(patience, look)
    }

    fn sleep<T>(
        &self,
        patience: &mut Wearing<'_>,
        mut look: impl FnMut() -> Option<T>,
    ) -> Waited<T> {
        let waker = sleeper();
        loop {
            self.register(&waker);
            if let Some(found) = look() {
                self.forget(&waker);
                return Waited::Found(found);
            }
            match patience.check() {
                Ok(None) => park(),
                Ok(Some(pause)) => park_timeout(pause),
                Err(ended) => {
                    self.forget(&waker);
                    return ended;
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks again and again, for a while.
#[inline]
pub(crate) fn spin<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    for _ in 0..SPINS {
        if let Some(found) = look() {
            return Some(found);
        }
        spin_loop();
    }
    None
}

thread_local! {
    static SLEEPER: Waker = Waker::from(Arc::new(Sleeper(current())));
}

/// What wakes this thread from `park`.
pub(crate) fn sleeper() -> Waker {
    SLEEPER
        .try_with(Waker::clone)
        .unwrap_or_else(|_| Waker::from(Arc::new(Sleeper(current()))))
}

/// A thread that sleeps.
struct Sleeper(Thread);

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
