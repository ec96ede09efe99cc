//! What a fork must not do. A child would share the open files of its parent, and with them the locks: the parent's death
//! would go unnoticed for as long as the child lives. So the child closes them, first thing after `fork`, and every
//! lane object in it refuses to work. (`exec` closes them anyway; a bare `clone` system call runs no handlers.)
#![allow(unsafe_code)]

use std::cell::UnsafeCell;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Once;

static FORKS: AtomicU64 = AtomicU64::new(0);
static REGISTRY: Registry = Registry {
    is_taken: AtomicBool::new(false),
    descriptors: UnsafeCell::new(Vec::new()),
};
static UNSHARED: Registry = Registry {
    is_taken: AtomicBool::new(false),
    descriptors: UnsafeCell::new(Vec::new()),
};

/// The process something was made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process(u64);

impl Process {
    /// This process.
    pub fn this() -> Self {
        install_handlers();
        Self(FORKS.load(Ordering::Relaxed))
    }

    /// Whether this still is that process, and not a child that `fork` made of it.
    #[inline(always)]
    pub fn is_this(self) -> bool {
        FORKS.load(Ordering::Relaxed) == self.0
    }
}

/// The open descriptors that a child must close. The lock is held across `fork`, so that the child finds them all, and
/// none that is half opened or half closed.
struct Registry {
    is_taken: AtomicBool,
    descriptors: UnsafeCell<Vec<RawFd>>,
}

// SAFETY: `descriptors` is only touched between `take` and `give_back`.
unsafe impl Sync for Registry {}

impl Registry {
    fn take(&self) {
        while self.is_taken.swap(true, Ordering::Acquire) {
            std::thread::yield_now();
        }
    }

    fn give_back(&self) {
        self.is_taken.store(false, Ordering::Release);
    }

    fn change<R>(&self, change: impl FnOnce(&mut Vec<RawFd>) -> R) -> R {
        self.take();
        // SAFETY: the lock is held; `change` is one of the four closures below and does not come back here.
        let result = change(unsafe { &mut *self.descriptors.get() });
        self.give_back();
        result
    }
}

extern "C" fn before_fork() {
    REGISTRY.take();
    UNSHARED.take();
}

extern "C" fn after_fork_in_parent() {
    UNSHARED.give_back();
    REGISTRY.give_back();
}

extern "C" fn after_fork_in_child() {
    FORKS.fetch_add(1, Ordering::Relaxed);
    // SAFETY: `before_fork` took the lock, in the thread that is the only one of this process now. The descriptors are
    // open and belong to lane objects, which will not touch them again: they see that the process is another.
    unsafe {
        for &descriptor in &*REGISTRY.descriptors.get() {
            libc::close(descriptor);
        }
        (*REGISTRY.descriptors.get()).clear();
        let nothing = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        for &descriptor in &*UNSHARED.descriptors.get() {
            match nothing {
                -1 => libc::close(descriptor),
                _ => libc::dup3(nothing, descriptor, libc::O_CLOEXEC),
            };
        }
        (*UNSHARED.descriptors.get()).clear();
        if nothing != -1 {
            libc::close(nothing);
        }
    }
    UNSHARED.give_back();
    REGISTRY.give_back();
}

fn install_handlers() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: the handlers do only what is allowed in a child of a threaded process: atomics, open, dup, close, no allocation.
        // The call can only fail for want of memory; then forks go unnoticed, as without it.
        unsafe {
            libc::pthread_atfork(
                Some(before_fork),
                Some(after_fork_in_parent),
                Some(after_fork_in_child),
            )
        };
    });
}

/// A descriptor that does not survive a fork.
#[derive(Debug)]
pub(crate) struct Guarded {
    descriptor: RawFd,
    process: Process,
}

impl Guarded {
    /// Opens a descriptor; no fork comes between opening and knowing it.
    pub(crate) fn open(open: impl FnOnce() -> io::Result<OwnedFd>) -> io::Result<Self> {
        install_handlers();
        REGISTRY.change(|descriptors| {
            let descriptor = open()?.into_raw_fd();
            descriptors.push(descriptor);
            Ok(Self {
                descriptor,
                process: Process::this(),
            })
        })
    }

    /// The process it was opened in.
    pub(crate) fn process(&self) -> Process {
        self.process
    }

    /// The descriptor, unless this is a forked child, where it is closed.
    pub(crate) fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        if !self.process.is_this() {
            return Err(io::Error::from_raw_os_error(libc::EBADF));
        }
        // SAFETY: open until self is dropped: a fork, which would close it, was ruled out.
        Ok(unsafe { BorrowedFd::borrow_raw(self.descriptor) })
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if !self.process.is_this() {
            return;
        }
        REGISTRY.change(|descriptors| {
            descriptors.retain(|&descriptor| descriptor != self.descriptor);
            // SAFETY: self owns the descriptor, and nobody uses it after this.
            unsafe { libc::close(self.descriptor) };
        });
    }
}

/// Keeps a descriptor from the children of this process: in a child its number leads to `/dev/null`. So what it led to
/// lives no longer than this process, and the object that owns it can be dropped in the child like any other.
#[derive(Debug)]
pub struct Unshared {
    descriptor: RawFd,
    process: Process,
}

impl Unshared {
    /// Keeps this one. Drop the result before its owner closes it.
    pub fn keep(descriptor: BorrowedFd<'_>) -> Self {
        let process = Process::this();
        let descriptor = descriptor.as_raw_fd();
        UNSHARED.change(|descriptors| descriptors.push(descriptor));
        Self {
            descriptor,
            process,
        }
    }
}

impl Drop for Unshared {
    fn drop(&mut self) {
        if !self.process.is_this() {
            return;
        }
        UNSHARED.change(|descriptors| {
            let place = descriptors.iter().position(|&each| each == self.descriptor);
            place.map(|place| descriptors.swap_remove(place));
        });
    }
}
