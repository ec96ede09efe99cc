//! Counts what is allocated, to see that decoding takes memory in proportion to its input.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, with a meter.
#[derive(Debug)]
pub struct MeteredAllocator {
    live: AtomicUsize,
    peak: AtomicUsize,
}

impl MeteredAllocator {
    /// A meter at 0.
    pub const fn new() -> Self {
        Self {
            live: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        }
    }

    /// The most bytes `action` had allocated at one time, beyond what there was before.
    pub fn peak_during<T>(&self, action: impl FnOnce() -> T) -> (T, usize) {
        let before = self.live.load(Ordering::Relaxed);
        self.peak.store(before, Ordering::Relaxed);
        let result = action();
        (
            result,
            self.peak.load(Ordering::Relaxed).saturating_sub(before),
        )
    }

    fn add(&self, size: usize) {
        let live = self.live.fetch_add(size, Ordering::Relaxed) + size;
        self.peak.fetch_max(live, Ordering::Relaxed);
    }

    fn subtract(&self, size: usize) {
        self.live.fetch_sub(size, Ordering::Relaxed);
    }
}

// The one place where this crate leaves safe Rust: an allocator cannot be written otherwise.
// SAFETY: every call goes to the system's allocator with the arguments it came with; counting touches no memory.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for MeteredAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.add(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.subtract(layout.size());
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // While it moves, old and new are both there.
        self.add(new_size);
        self.subtract(layout.size());
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}
