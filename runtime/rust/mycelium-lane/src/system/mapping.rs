//! A lane's file in memory, as a row of atomic words.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr::NonNull;
use std::sync::atomic::{fence, AtomicU64, Ordering};

use crate::protocol::Memory;

/// A shared mapping of a whole file. Every access is bounds-checked; all but [`Mapping::bytes`] are atomic.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: NonNull<AtomicU64>,
    words: usize,
}

// SAFETY: the memory is shared with other processes anyway, and is only accessed through atomic words, or as bytes under
// the condition that `bytes` states.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps `length` bytes, a multiple of 8, of a file that has at least as many.
    pub(crate) fn new(file: BorrowedFd<'_>, length: usize) -> io::Result<Self> {
        // SAFETY: a fresh mapping at an address of the kernel's choice touches no memory of this program.
        let address = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start =
            NonNull::new(address.cast()).ok_or_else(|| io::Error::other("mmap gave address 0"))?;
        Ok(Self {
            start,
            words: length / 8,
        })
    }

    #[inline(always)]
    fn words(&self) -> &[AtomicU64] {
        // SAFETY: the mapping has this many words and lives as long as self; pages are aligned; any bits are a valid
        // AtomicU64, and other processes' writes are atomic words too.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.words) }
    }

    /// `length` bytes at `offset`, in place.
    ///
    /// # Safety
    ///
    /// Until the slice is gone, no process may write there: they belong to a committed record that a reliable reader has
    /// not released. A writer that breaks this rule is beyond what a lane guards against: a lane's file is
    /// its user's alone (mode 0600), and a process of the same user could as well change this one's memory.
    #[inline(always)]
    pub(crate) unsafe fn bytes(&self, offset: usize, length: usize) -> &[u8] {
        assert!(offset <= self.words * 8 && length <= self.words * 8 - offset);
        // SAFETY: within the mapping, by the line above; not written, by the caller's promise.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr().cast::<u8>().add(offset), length) }
    }

    /// The word at `offset`, for the kernel to wait at.
    #[inline(always)]
    pub(crate) fn word(&self, offset: usize) -> &AtomicU64 {
        &self.words()[offset / 8]
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: unmaps exactly what `new` mapped; no reference into it outlives self.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.words * 8) };
    }
}

impl Memory for Mapping {
    #[inline(always)]
    fn load(&self, offset: usize, ordering: Ordering) -> u64 {
        self.word(offset).load(ordering)
    }

    #[inline(always)]
    fn store(&self, offset: usize, value: u64, ordering: Ordering) {
        self.word(offset).store(value, ordering)
    }

    fn set_bits(&self, offset: usize, bits: u64) {
        self.word(offset).fetch_or(bits, Ordering::SeqCst);
    }

    fn clear_bits(&self, offset: usize, bits: u64) -> u64 {
        self.word(offset).fetch_and(!bits, Ordering::SeqCst)
    }

    #[inline(always)]
    fn fence(&self, ordering: Ordering) {
        fence(ordering)
    }

    #[inline]
    fn copy_in(&self, offset: usize, bytes: &[u8]) {
        let words = &self.words()[offset / 8..][..bytes.len().div_ceil(8)];
        let (whole, rest) = bytes.as_chunks::<8>();
        for (word, chunk) in words.iter().zip(whole) {
            word.store(u64::from_le_bytes(*chunk), Ordering::Relaxed);
        }
        if let (false, Some(word)) = (rest.is_empty(), words.last()) {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            word.store(u64::from_le_bytes(last), Ordering::Relaxed);
        }
    }

    #[inline]
    fn copy_out(&self, offset: usize, length: usize, bytes: &mut Vec<u8>) {
        let words = &self.words()[offset / 8..][..length.div_ceil(8)];
        let before = bytes.len();
        bytes.resize(before + 8 * words.len(), 0);
        let (chunks, _) = bytes[before..].as_chunks_mut::<8>();
        for (chunk, word) in chunks.iter_mut().zip(words) {
            *chunk = word.load(Ordering::Relaxed).to_le_bytes();
        }
        bytes.truncate(before + length);
    }
}
