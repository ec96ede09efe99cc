//! What waits in an inbox.

use crate::interpreter::object::Owned;
use mycelium_bus::raw::{InboundFrame, ReplyTo};
use pyo3_ffi::PyObject;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// A message of this process, or the bytes of one that came from another.
pub enum Item {
    /// As it was published.
    Local(Parked),
    /// As it came.
    Frame(Frame),
}

/// A body, and who asked.
pub struct Frame {
    /// The body.
    pub body: Vec<u8>,
    /// Where an answer goes, None for what is no request.
    pub asker: Option<ReplyTo>,
}

impl Item {
    /// A copy of a frame. Touches nothing of Python: whoever does the node's input calls this, without the lock.
    pub fn of(frame: &InboundFrame<'_>) -> Self {
        Item::Frame(Frame {
            body: frame.body.to_vec(),
            asker: frame.reply_to(),
        })
    }
}

/// References whose owners went without the interpreter's lock, or where no Python code may run.
static LEFT_BEHIND: Mutex<Vec<Parked>> = Mutex::new(Vec::new());
static ANY_LEFT_BEHIND: AtomicBool = AtomicBool::new(false);

/// A strong reference in Rust's hands, perhaps in another thread. Dropped, it waits to be given back.
pub struct Parked(Option<NonNull<PyObject>>);

// SAFETY: the object is not touched until the reference is owned again, by a thread that has the lock.
unsafe impl Send for Parked {}

impl Parked {
    /// Park a reference.
    pub fn new(object: Owned) -> Self {
        Self(NonNull::new(object.into_ptr()))
    }

    /// Own it again, with the lock held.
    pub unsafe fn into_owned(mut self) -> Option<Owned> {
        // SAFETY: the reference was owned when it was parked, and is taken out once.
        self.0
            .take()
            .and_then(|object| unsafe { Owned::new(object.as_ptr()) }.ok())
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            let mut left = LEFT_BEHIND.lock().unwrap_or_else(PoisonError::into_inner);
            left.push(Parked(Some(object)));
            ANY_LEFT_BEHIND.store(true, Ordering::Release);
        }
    }
}

/// Give back what was left behind, with the lock held and nothing of the bus borrowed: Python code may run.
#[inline(always)]
pub unsafe fn give_back() {
    if ANY_LEFT_BEHIND.load(Ordering::Relaxed) {
        // SAFETY: as here.
        unsafe { give_all_back() }
    }
}

#[cold]
unsafe fn give_all_back() {
    let left = {
        let mut left = LEFT_BEHIND.lock().unwrap_or_else(PoisonError::into_inner);
        ANY_LEFT_BEHIND.store(false, Ordering::Relaxed);
        std::mem::take(&mut *left)
    };
    for parked in left {
        // SAFETY: the lock is held.
        drop(unsafe { parked.into_owned() });
    }
}
