//! Text: made from bytes, with a memory of short ones, and read where it stands.
//!
//! Symbols, venues and tags repeat: the last strings of up to 16 bytes are remembered, so that a repeated one costs a
//! comparison, and brings its hash along.

use super::cell::LockedCell;
use super::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ptr::null_mut;

const REMEMBERED_BYTES: usize = 16;
const PLACES: usize = 1024;

#[derive(Clone, Copy)]
struct Remembered {
    low: u64,
    high: u64,
    size: usize,
    text: *mut PyObject,
}

static MEMORY: LockedCell<[Remembered; PLACES]> = LockedCell::new(
    [Remembered {
        low: 0,
        high: 0,
        size: 0,
        text: null_mut(),
    }; PLACES],
);

/// The text of that many bytes, UTF-8 without surrogates. `remember` is false for what should not linger.
#[inline(always)]
pub unsafe fn from_utf8(start: *const u8, size: usize, remember: bool) -> Plain<Owned> {
    // SAFETY: the caller vouches for `size` bytes.
    unsafe {
        if size <= REMEMBERED_BYTES && remember {
            let (low, high) = words(start, size);
            return remembered(low, high, size);
        }
        Owned::new(PyUnicode_DecodeUTF8(
            start.cast(),
            size as Py_ssize_t,
            null_mut(),
        ))
    }
}

/// The text of an `ascii[length]`: printable characters, then NULs.
#[inline(always)]
pub unsafe fn from_padded_ascii(start: *const u8, length: usize, remember: bool) -> Plain<Owned> {
    if length > REMEMBERED_BYTES {
        // SAFETY: as here.
        return unsafe { from_long_padded_ascii(start, length) };
    }
    // SAFETY: the caller vouches for `length` bytes.
    let (low, high) = unsafe { words(start, length) };
    let size = if high != 0 {
        16 - high.leading_zeros() as usize / 8
    } else {
        8 - low.leading_zeros() as usize / 8
    };
    if !(is_printable(low, size) && is_printable(high, size.saturating_sub(8))) {
        return Err(Surprise);
    }
    let bytes = [low.to_le_bytes(), high.to_le_bytes()];
    // SAFETY: the bytes are here, and printable ASCII.
    unsafe {
        if remember {
            remembered(low, high, size)
        } else {
            ascii(bytes.as_ptr().cast(), size)
        }
    }
}

#[cold]
unsafe fn from_long_padded_ascii(start: *const u8, length: usize) -> Plain<Owned> {
    // SAFETY: the caller vouches for `length` bytes. They are copied first, then judged: memory that another process
    // shares may change meanwhile.
    unsafe {
        let made = Owned::new(PyUnicode_New(length as Py_ssize_t, 127))?;
        let characters = PyUnicode_DATA(made.as_ptr()).cast::<u8>();
        std::ptr::copy_nonoverlapping(start, characters, length);
        let bytes = std::slice::from_raw_parts(characters, length);
        let size = bytes
            .iter()
            .rposition(|&byte| byte != 0)
            .map_or(0, |last| last + 1);
        if !bytes[..size].iter().all(|byte| (0x20..0x7F).contains(byte)) {
            std::ptr::write_bytes(characters, b'?', length);
            return Err(Surprise);
        }
        if size == length {
            return Ok(made);
        }
        ascii(characters, size)
    }
}

#[inline(always)]
unsafe fn remembered(low: u64, high: u64, size: usize) -> Plain<Owned> {
    let mixed = (low ^ high.rotate_left(29) ^ size as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let place = (mixed >> (64 - PLACES.trailing_zeros())) as usize;
    // SAFETY: the place is within the memory, whose texts are owned by it.
    unsafe {
        let entry = MEMORY.get().cast::<Remembered>().add(place);
        if (*entry).low == low
            && (*entry).high == high
            && (*entry).size == size
            && !(*entry).text.is_null()
        {
            return Ok(Owned::of((*entry).text));
        }
        remember(entry, low, high, size)
    }
}

#[inline(never)]
unsafe fn remember(entry: *mut Remembered, low: u64, high: u64, size: usize) -> Plain<Owned> {
    let bytes = [low.to_le_bytes(), high.to_le_bytes()];
    // SAFETY: the bytes are here; the entry's old text is given back only after the new one took its place.
    unsafe {
        let made = Owned::new(PyUnicode_DecodeUTF8(
            bytes.as_ptr().cast(),
            size as Py_ssize_t,
            null_mut(),
        ))?;
        let text = Owned::of(made.as_ptr()).into_ptr();
        let old = std::mem::replace(
            &mut *entry,
            Remembered {
                low,
                high,
                size,
                text,
            },
        );
        Py_XDECREF(old.text);
        Ok(made)
    }
}

unsafe fn ascii(start: *const u8, size: usize) -> Plain<Owned> {
    // SAFETY: the caller vouches for `size` bytes of ASCII.
    unsafe {
        Owned::new(PyUnicode_DecodeASCII(
            start.cast(),
            size as Py_ssize_t,
            null_mut(),
        ))
    }
}

/// Up to 16 bytes as two little-endian words, zeros after them.
#[inline(always)]
unsafe fn words(start: *const u8, size: usize) -> (u64, u64) {
    // SAFETY: only bytes below `size` are read.
    unsafe {
        match size {
            0 => (0, 0),
            1..4 => {
                let (first, middle, last) = (*start, *start.add(size / 2), *start.add(size - 1));
                let word = u64::from(first)
                    | u64::from(middle) << (8 * (size / 2))
                    | u64::from(last) << (8 * (size - 1));
                (word, 0)
            }
            4..8 => {
                let (first, last) = (four(start), four(start.add(size - 4)));
                (first | last << (8 * (size - 4)), 0)
            }
            8 => (eight(start), 0),
            _ => (
                eight(start),
                eight(start.add(size - 8)) >> (8 * (16 - size)),
            ),
        }
    }
}

#[inline(always)]
unsafe fn four(start: *const u8) -> u64 {
    // SAFETY: the caller vouches for four bytes.
    unsafe { u64::from(u32::from_le(start.cast::<u32>().read_unaligned())) }
}

#[inline(always)]
unsafe fn eight(start: *const u8) -> u64 {
    // SAFETY: the caller vouches for eight bytes.
    unsafe { u64::from_le(start.cast::<u64>().read_unaligned()) }
}

/// Whether the first `size` bytes of a word, at most 8, are 0x20..0x7E; the others are zero.
#[inline(always)]
fn is_printable(word: u64, size: usize) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let spaces = if size >= 8 {
        0
    } else {
        (ONES * 0x20) << (8 * size)
    }; // the bytes beyond, made printable
    let padded = word | spaces;
    let below_space = padded.wrapping_sub(ONES * 0x20) & !padded;
    let above_tilde = (padded & !HIGHS) + ONES; // 0x7F becomes 0x80
    (padded | below_space | above_tilde) & HIGHS == 0
}

/// Where the UTF-8 of a text stands and its size in bytes; it stays there as long as the text lives.
#[inline(always)]
pub unsafe fn utf8(value: *mut PyObject) -> Plain<(*const u8, usize)> {
    // SAFETY: an exact string; compact ASCII keeps its characters right behind its head.
    unsafe {
        if PyUnicode_CheckExact(value) == 0 {
            return Err(Surprise);
        }
        if PyUnicode_IS_COMPACT_ASCII(value) != 0 {
            let size = PyUnicode_GET_LENGTH(value) as usize;
            return Ok((value.cast::<u8>().add(size_of::<PyASCIIObject>()), size));
        }
        let mut size = 0;
        let start = PyUnicode_AsUTF8AndSize(value, &mut size);
        if start.is_null() {
            Err(Surprise)
        } else {
            Ok((start.cast(), size as usize))
        }
    }
}

/// Copy bytes; a few of them without a call.
#[inline(always)]
pub unsafe fn copy(from: *const u8, to: *mut u8, size: usize) {
    // SAFETY: the caller vouches for `size` bytes at both, apart from one another; no other byte is touched.
    unsafe {
        match size {
            0 => {}
            1..4 => {
                let (first, middle, last) = (*from, *from.add(size / 2), *from.add(size - 1));
                *to = first;
                *to.add(size / 2) = middle;
                *to.add(size - 1) = last;
            }
            4..8 => {
                let (first, last) = (
                    from.cast::<[u8; 4]>().read(),
                    from.add(size - 4).cast::<[u8; 4]>().read(),
                );
                to.cast::<[u8; 4]>().write(first);
                to.add(size - 4).cast::<[u8; 4]>().write(last);
            }
            8..=16 => {
                let (first, last) = (
                    from.cast::<[u8; 8]>().read(),
                    from.add(size - 8).cast::<[u8; 8]>().read(),
                );
                to.cast::<[u8; 8]>().write(first);
                to.add(size - 8).cast::<[u8; 8]>().write(last);
            }
            _ => std::ptr::copy_nonoverlapping(from, to, size),
        }
    }
}

/// Write a text of printable ASCII and NULs after it, `length` bytes in all; false where it is not, or too long.
#[inline(always)]
pub unsafe fn write_padded_ascii(from: *const u8, size: usize, to: *mut u8, length: usize) -> bool {
    // SAFETY: the caller vouches for `size` bytes and for room for `length`.
    unsafe {
        if size > length {
            return false;
        }
        if length > REMEMBERED_BYTES {
            std::ptr::copy_nonoverlapping(from, to, size);
            std::ptr::write_bytes(to.add(size), 0, length - size);
            return all_printable(from, size);
        }
        let (low, high) = words(from, size);
        let padded = [low.to_le_bytes(), high.to_le_bytes()];
        copy(padded.as_ptr().cast(), to, length);
        is_printable(low, size) && is_printable(high, size.saturating_sub(8))
    }
}

/// Whether bytes are printable ASCII, 0x20..0x7E.
#[inline(always)]
unsafe fn all_printable(start: *const u8, size: usize) -> bool {
    // SAFETY: the caller vouches for `size` bytes.
    unsafe {
        let mut at = 0;
        while at + 8 <= size {
            if !is_printable(eight(start.add(at)), 8) {
                return false;
            }
            at += 8;
        }
        is_printable(words(start.add(at), size - at).0, size - at)
    }
}
