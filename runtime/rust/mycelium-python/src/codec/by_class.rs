//! The codec of an object's class, found within a few instructions.

use super::CodecObject;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::classes::lookup_text;
use pyo3_ffi::{PyObject, PyTypeObject, Py_TYPE};
use std::ptr::null_mut;
use Found::{Exactly, Inherited, Nowhere};

const PLACES: usize = 1024;

/// Codecs by class. Entries leave when a class is deleted, and give way when another needs their place.
static CODECS: LockedCell<[(*mut PyTypeObject, *mut CodecObject); PLACES]> =
    LockedCell::new([(null_mut(), null_mut()); PLACES]);

/// What codec there is for an object.
pub enum Found {
    /// The codec of the object's own class.
    Exactly(*mut CodecObject),
    /// That of a class it derives from.
    Inherited(*mut CodecObject),
    /// None.
    Nowhere,
}

/// The codec for an object.
#[inline(always)]
pub unsafe fn codec_of(message: *mut PyObject) -> Found {
    // SAFETY: a live object; the place is within the table, whose entries are alive.
    unsafe {
        let class = Py_TYPE(message);
        let (known, codec) = *place_of(class);
        if known == class {
            Exactly(codec)
        } else {
            find_codec(class)
        }
    }
}

#[inline(always)]
fn place_of(class: *mut PyTypeObject) -> *mut (*mut PyTypeObject, *mut CodecObject) {
    let mixed = (class as usize as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let place = (mixed >> (64 - PLACES.trailing_zeros())) as usize;
    // SAFETY: within the table.
    unsafe {
        CODECS
            .get()
            .cast::<(*mut PyTypeObject, *mut CodecObject)>()
            .add(place)
    }
}

#[cold]
unsafe fn find_codec(class: *mut PyTypeObject) -> Found {
    // SAFETY: a live class; what it defines is alive as long as it is.
    unsafe {
        let Ok(found) = lookup_text(class, c"__codec__") else {
            return Nowhere;
        };
        if let Some(codec) = CodecObject::of(found, class) {
            *place_of(class) = (class, codec);
            return Exactly(codec);
        }
        match CodecObject::of_any(found) {
            Some(codec) => Inherited(codec),
            None => Nowhere,
        }
    }
}

/// A class is being deleted.
pub unsafe fn forget(class: *mut PyObject) {
    // SAFETY: within the table.
    unsafe {
        let place = place_of(class.cast());
        if (*place).0 == class.cast() {
            *place = (null_mut(), null_mut());
        }
    }
}
