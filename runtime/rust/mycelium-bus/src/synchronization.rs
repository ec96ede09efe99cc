//! Atomics, locks and sleeping threads of the standard library, or of loom, which runs a test under every order of events.

#[cfg(not(loom))]
pub(crate) use std::{
    hint::spin_loop,
    sync::atomic::{fence, AtomicBool, AtomicU64, AtomicUsize, Ordering},
    sync::{Mutex, Mutex as TryMutex, MutexGuard, MutexGuard as TryMutexGuard},
    thread::{current, park, park_timeout, yield_now, Thread},
    thread_local,
};

#[cfg(loom)]
pub(crate) use loom::{
    hint::spin_loop,
    sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    sync::{Mutex, MutexGuard},
    thread::yield_now,
    thread_local,
};

#[cfg(loom)]
pub(crate) use modelled::{
    current, fence, park, park_timeout, Thread, TryMutex, TryMutexGuard, WITHOUT_FENCES,
};

#[cfg(loom)]
mod modelled {
    use std::ops::{Deref, DerefMut};
    use std::sync::{Arc, MutexGuard, OnceLock, TryLockError, TryLockResult};
    use std::time::Duration;

    use loom::sync::atomic::{AtomicBool, Ordering};
    use loom::sync::{Condvar, Mutex};

    /// Set in the environment, fences do nothing: models must fail then.
    pub(crate) const WITHOUT_FENCES: &str = "MYCELIUM_WITHOUT_FENCES";

    pub(crate) fn fence(ordering: Ordering) {
        static IS_WITHOUT_FENCES: OnceLock<bool> = OnceLock::new();
        if !IS_WITHOUT_FENCES.get_or_init(|| std::env::var_os(WITHOUT_FENCES).is_some()) {
            loom::sync::atomic::fence(ordering);
        }
    }

    /// A lock that nobody waits for. Loom's own has threads wait in `try_lock`.
    pub(crate) struct TryMutex<T> {
        is_locked: AtomicBool,
        value: std::sync::Mutex<T>,
    }

    impl<T> TryMutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self {
                is_locked: AtomicBool::new(false),
                value: std::sync::Mutex::new(value),
            }
        }

        pub(crate) fn try_lock(&self) -> TryLockResult<TryMutexGuard<'_, T>> {
            self.is_locked
                .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
                .map_err(|_| TryLockError::WouldBlock)?;
            let guard = self.value.try_lock();
            Ok(TryMutexGuard {
                is_locked: &self.is_locked,
                guard: Some(guard.expect("two threads in one lock")),
            })
        }
    }

    pub(crate) struct TryMutexGuard<'a, T> {
        is_locked: &'a AtomicBool,
        guard: Option<MutexGuard<'a, T>>,
    }

    impl<T> Deref for TryMutexGuard<'_, T> {
        type Target = T;

        fn deref(&self) -> &T {
            self.guard.as_ref().expect("held until dropped")
        }
    }

    impl<T> DerefMut for TryMutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            self.guard.as_mut().expect("held until dropped")
        }
    }

    impl<T> Drop for TryMutexGuard<'_, T> {
        fn drop(&mut self) {
            self.guard = None;
            self.is_locked.store(false, Ordering::Release);
        }
    }

    /// A thread that can be woken from `park`. Loom's own forgets who was woken while it waits for a lock.
    #[derive(Clone)]
    pub(crate) struct Thread(Arc<Token>);

    #[derive(Default)]
    struct Token {
        is_there: Mutex<bool>,
        arrived: Condvar,
    }

    loom::thread_local! {
        static CURRENT: Thread = Thread(Arc::new(Token::default()));
    }

    pub(crate) fn current() -> Thread {
        CURRENT.with(Thread::clone)
    }

    impl Thread {
        pub(crate) fn unpark(&self) {
            *self.0.is_there.lock().unwrap() = true;
            self.0.arrived.notify_one();
        }
    }

    pub(crate) fn park() {
        let Thread(token) = current();
        let mut is_there = token.is_there.lock().unwrap();
        while !*is_there {
            is_there = token.arrived.wait(is_there).unwrap();
        }
        *is_there = false;
    }

    /// Wakes too early: with a time that has passed as soon as others have had their turn.
    pub(crate) fn park_timeout(_: Duration) {
        loom::thread::yield_now();
        let Thread(token) = current();
        *token.is_there.lock().unwrap() = false;
    }
}
