//! A place for state that lives as long as the process and is guarded by the interpreter's lock.

use std::cell::UnsafeCell;

/// State that only code holding the interpreter's lock touches.
pub struct LockedCell<T>(UnsafeCell<T>);

// SAFETY: the interpreter's lock admits one thread at a time; the module refuses to load where there is no such lock.
unsafe impl<T> Sync for LockedCell<T> {}

impl<T> LockedCell<T> {
    /// A cell with its first content.
    pub const fn new(content: T) -> Self {
        LockedCell(UnsafeCell::new(content))
    }

    /// Where the content is. Whoever dereferences this holds the lock and keeps no other reference to the content.
    #[inline(always)]
    pub const fn get(&self) -> *mut T {
        self.0.get()
    }
}

impl<T: Copy> LockedCell<T> {
    /// The content.
    #[inline(always)]
    pub fn read(&self) -> T {
        // SAFETY: the lock is held, and a copy outlives any change.
        unsafe { *self.get() }
    }

    /// Replace the content.
    pub fn write(&self, content: T) {
        // SAFETY: the lock is held, and no reference to the content exists: it is only ever copied.
        unsafe { *self.get() = content }
    }
}
