//! Keeps what different threads write on different cache lines.

use std::ops::Deref;

/// A value on lines of its own: 128 bytes, since processors fetch lines in pairs.
#[repr(align(128))]
pub(crate) struct Padded<T>(pub(crate) T);

impl<T> Deref for Padded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
