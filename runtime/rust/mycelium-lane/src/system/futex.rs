//! A doorbell that needs nothing but the shared memory: the kernel's futex, on a word of the lane.
#![allow(unsafe_code)]

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::mapping::Mapping;
use crate::protocol::Doorbell;

/// Waits while the low half of a word is 1. Who rings has cleared it before.
#[derive(Debug)]
pub(crate) struct FutexBell {
    mapping: Arc<Mapping>,
    offset: usize,
}

impl FutexBell {
    pub(crate) fn new(mapping: Arc<Mapping>, offset: usize) -> Self {
        Self { mapping, offset }
    }

    fn address(&self) -> *const u32 {
        // Little-endian: the low half comes first.
        self.mapping.word(self.offset).as_ptr().cast_const().cast()
    }
}

impl Doorbell for FutexBell {
    fn wait(&self, timeout: Duration) -> io::Result<bool> {
        let timeout = libc::timespec {
            tv_sec: timeout.as_secs().min(1_000_000_000) as libc::time_t,
            tv_nsec: timeout.subsec_nanos().into(),
        };
        // SAFETY: the word is in the mapping, which self keeps; the kernel only reads it, atomically.
        let result = unsafe {
            libc::syscall(
                libc::SYS_futex,
                self.address(),
                libc::FUTEX_WAIT,
                1u32,
                std::ptr::from_ref(&timeout),
            )
        };
        if result == 0 {
            return Ok(true);
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::ETIMEDOUT) => Ok(false),
            Some(libc::EAGAIN | libc::EINTR) => Ok(true),
            _ => Err(error),
        }
    }

    fn ring(&self) -> io::Result<()> {
        // SAFETY: the word is in the mapping, which self keeps; waking touches no memory.
        match unsafe { libc::syscall(libc::SYS_futex, self.address(), libc::FUTEX_WAKE, 1u32) } {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }
}
