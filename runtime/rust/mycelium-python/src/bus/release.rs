//! Waiting without the interpreter's lock.

use super::forks::Process;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{attribute, import, Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ffi::c_ulong;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

#[cfg(not(Py_3_13))]
unsafe extern "C" {
    #[link_name = "_Py_IsFinalizing"]
    fn Py_IsFinalizing() -> std::ffi::c_int;
}

static MAIN_THREAD: LockedCell<c_ulong> = LockedCell::new(0);

/// Ask which thread is the main one, the only one that signals interrupt.
pub unsafe fn find_main_thread() -> Plain<()> {
    // SAFETY: the lock is held; live objects.
    unsafe {
        let threading = import(c"threading")?;
        let function = attribute(threading.as_ptr(), c"main_thread")?;
        let thread = Owned::new(PyObject_CallNoArgs(function.as_ptr()))?;
        let number = attribute(thread.as_ptr(), c"ident")?;
        MAIN_THREAD.write(PyLong_AsUnsignedLongMask(number.as_ptr()));
        match PyErr_Occurred().is_null() {
            true => Ok(()),
            false => Err(Surprise),
        }
    }
}

/// Whether this is the main thread.
pub fn is_main_thread() -> bool {
    // SAFETY: the lock is held.
    unsafe { PyThread_get_thread_ident() == MAIN_THREAD.read() }
}

/// How many threads wait for something of one node, which was made in this process or before a fork.
#[derive(Clone)]
pub struct Waiting {
    count: Arc<AtomicUsize>,
    /// Where the node was made.
    pub process: Process,
}

impl Waiting {
    /// Of a node that is made now.
    pub fn new() -> Self {
        Self {
            count: Arc::default(),
            process: Process::this(),
        }
    }

    /// How many there are now; those of before a fork are in the parent.
    pub fn count(&self) -> usize {
        match self.process.is_this() {
            true => self.count.load(Ordering::Acquire),
            false => 0,
        }
    }

    /// Run something that waits, without the interpreter's lock.
    pub unsafe fn released<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.count.fetch_add(1, Ordering::AcqRel);
        // SAFETY: the lock is held, and `wait` touches no Python object; dropped before anybody needs the lock again.
        let _released = unsafe { Released::new(self) };
        wait()
    }
}

/// While it lives, the interpreter's lock is free.
struct Released<'w> {
    thread: *mut PyThreadState,
    waiting: &'w Waiting,
    /// Whether this is the thread that ends the interpreter: no other runs Python then.
    ends_interpreter: bool,
}

impl<'w> Released<'w> {
    unsafe fn new(waiting: &'w Waiting) -> Self {
        // SAFETY: the caller holds the lock.
        unsafe {
            let ends_interpreter = Py_IsFinalizing() != 0;
            Self {
                thread: PyEval_SaveThread(),
                waiting,
                ends_interpreter,
            }
        }
    }
}

impl Drop for Released<'_> {
    fn drop(&mut self) {
        // SAFETY: this thread's own state, saved above; the thread that ends the interpreter gets the lock again.
        unsafe {
            match self.ends_interpreter {
                true => PyEval_RestoreThread(self.thread),
                false => take_lock(self.thread),
            }
        }
        self.waiting.count.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Take the lock again. An interpreter that ends would end this thread instead, right through Rust's frames; so the thread
/// stays here until the process is gone.
unsafe fn take_lock(thread: *mut PyThreadState) {
    // SAFETY: asks for a flag; then as the caller vouches.
    unsafe {
        while Py_IsFinalizing() != 0 {
            std::thread::park();
        }
        PyEval_RestoreThread(thread);
    }
}

/// Run what signals ask for, such as KeyboardInterrupt; a surprise where that raised.
pub unsafe fn check_signals() -> Plain<()> {
    // SAFETY: the lock is held.
    match unsafe { PyErr_CheckSignals() } {
        0 => Ok(()),
        _ => Err(Surprise),
    }
}

/// The same without the lock, in the main thread: whether a signal raised.
pub fn check_signals_anywhere() -> bool {
    // SAFETY: the main thread has a state of its own, which takes the lock and gives it back.
    unsafe {
        let state = PyGILState_Ensure();
        let has_raised = check_signals().is_err();
        PyGILState_Release(state);
        has_raised
    }
}
