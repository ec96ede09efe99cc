//! Atomics and cells of the standard library, or of loom, which runs a test under every order of events.

#[cfg(not(loom))]
pub(crate) use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread::yield_now,
};

#[cfg(loom)]
pub(crate) use loom::{
    cell::UnsafeCell,
    sync::atomic::{AtomicUsize, Ordering},
    thread::yield_now,
};

/// The standard cell with the access functions of loom's.
#[cfg(not(loom))]
pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

#[cfg(not(loom))]
impl<T> UnsafeCell<T> {
    pub(crate) fn with_mut<R>(&self, access: impl FnOnce(*mut T) -> R) -> R {
        access(self.0.get())
    }

    pub(crate) fn with<R>(&self, access: impl FnOnce(*const T) -> R) -> R {
        access(self.0.get())
    }
}
