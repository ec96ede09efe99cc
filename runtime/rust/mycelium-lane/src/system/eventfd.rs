//! A doorbell that can be watched together with other descriptors: an eventfd.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::time::Duration;

use crate::protocol::Doorbell;

/// An eventfd. A consumer has one for all its lanes, [sends](Self::send) it to their writers, and
/// may also have an event loop watch it: readable means rung.
#[derive(Debug)]
pub struct EventBell {
    descriptor: OwnedFd,
}

impl EventBell {
    /// A new bell, not rung.
    pub fn new() -> io::Result<Self> {
        // SAFETY: no memory is involved.
        let descriptor = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if descriptor == -1 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor was just made and belongs to nobody else.
        Ok(Self {
            descriptor: unsafe { OwnedFd::from_raw_fd(descriptor) },
        })
    }

    /// The same bell for a second owner in this process.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            descriptor: self.descriptor.try_clone()?,
        })
    }

    /// Takes a descriptor for a bell. One that is no eventfd gives errors when used, or does not ring.
    pub fn from_descriptor(descriptor: OwnedFd) -> Self {
        Self { descriptor }
    }

    /// Forgets the rings so far; whether there were any.
    pub fn silence(&self) -> io::Result<bool> {
        let mut count = [0; 8];
        // SAFETY: the kernel writes at most 8 bytes into the array.
        let result = unsafe {
            libc::read(
                self.descriptor.as_raw_fd(),
                count.as_mut_ptr().cast(),
                count.len(),
            )
        };
        match result {
            -1 => match io::Error::last_os_error() {
                error if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
                error => Err(error),
            },
            _ => Ok(true),
        }
    }
}

impl AsFd for EventBell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl Doorbell for EventBell {
    fn wait(&self, timeout: Duration) -> io::Result<bool> {
        let mut watched = libc::pollfd {
            fd: self.descriptor.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        // Rounded up: a timeout below a millisecond must not become a busy loop.
        let milliseconds = timeout.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128) as i32;
        // SAFETY: the array of one entry outlives the call.
        match unsafe { libc::poll(&mut watched, 1, milliseconds) } {
            0 => Ok(false),
            -1 => match io::Error::last_os_error() {
                error if error.kind() == io::ErrorKind::Interrupted => Ok(true),
                error => Err(error),
            },
            _ => self.silence(),
        }
    }

    fn ring(&self) -> io::Result<()> {
        let one = 1u64.to_ne_bytes();
        // SAFETY: the kernel reads 8 bytes of the array.
        let result =
            unsafe { libc::write(self.descriptor.as_raw_fd(), one.as_ptr().cast(), one.len()) };
        match result {
            -1 => match io::Error::last_os_error() {
                // The counter is at its top: rung often enough.
                error if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
                error => Err(error),
            },
            _ => Ok(()),
        }
    }
}
