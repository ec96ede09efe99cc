//! Texts that go from one side to the other.
#![allow(unsafe_code)]

use crate::table::{Bytes, TextBuffer};

impl Bytes {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.as_ptr(),
            length: bytes.len(),
        }
    }

    /// What they are.
    ///
    /// # Safety
    /// They are there, and nobody writes them, for as long as the result is used.
    pub(crate) unsafe fn as_slice<'a>(self) -> &'a [u8] {
        match self.bytes.is_null() || self.length == 0 {
            true => &[],
            // SAFETY: the caller's promise.
            false => unsafe { std::slice::from_raw_parts(self.bytes, self.length) },
        }
    }

    /// A text; None where it is not UTF-8.
    ///
    /// # Safety
    /// As [`as_slice`](Self::as_slice).
    pub(crate) unsafe fn as_text<'a>(self) -> Option<&'a str> {
        // SAFETY: the caller's promise.
        std::str::from_utf8(unsafe { self.as_slice() }).ok()
    }
}

/// Writes as much of a text as there is room for, and its whole length.
///
/// # Safety
/// `buffer` is null, or leads to a buffer with as much room as it says.
pub(crate) unsafe fn write(buffer: *mut TextBuffer, text: &str) {
    // SAFETY: the caller's promise.
    let Some(buffer) = (unsafe { buffer.as_mut() }) else {
        return;
    };
    buffer.length = text.len();
    let written = text.len().min(buffer.capacity);
    if !buffer.bytes.is_null() {
        // SAFETY: there is room for that many bytes, which are not those of the text: nobody else knows where that is.
        unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), buffer.bytes, written) };
    }
}

/// Bytes of a text at first, and at most.
const FIRST_BYTES: usize = 64 * 1024;
const BYTES_MAX: usize = 16 << 20;

/// What a call returns and writes. It is made once more, with more room, where its text `is_repeatable` and had not enough.
pub(crate) fn read<T>(
    is_repeatable: bool,
    mut call: impl FnMut(*mut TextBuffer) -> T,
) -> (T, String) {
    let mut room = vec![0; FIRST_BYTES];
    loop {
        let mut buffer = TextBuffer {
            bytes: room.as_mut_ptr(),
            capacity: room.len(),
            length: 0,
        };
        let returned = call(&mut buffer);
        if is_repeatable && buffer.length > room.len() && buffer.length <= BYTES_MAX {
            room = vec![0; buffer.length];
            continue;
        }
        let written = room.get(..buffer.length).unwrap_or(&room);
        return (returned, String::from_utf8_lossy(written).into_owned());
    }
}
