//! `bytes`: read where they stand, and written before anybody sees them.

use super::object::{Owned, Plain};
use pyo3_ffi::*;

/// Bytes of the object before its content.
const HEAD: usize = std::mem::offset_of!(PyBytesObject, ob_sval);

/// Where the content stands and its size, if the object is a `bytes` and no subclass.
#[inline(always)]
pub unsafe fn content(object: *mut PyObject) -> Option<(*const u8, usize)> {
    // SAFETY: a live object; exact bytes keep their content right behind the head.
    unsafe {
        (PyBytes_CheckExact(object) != 0).then(|| {
            (
                object.cast::<u8>().cast_const().add(HEAD),
                Py_SIZE(object) as usize,
            )
        })
    }
}

/// A copy of that many bytes.
#[inline(always)]
pub unsafe fn copied(start: *const u8, size: usize) -> Plain<Owned> {
    // SAFETY: the caller vouches for the bytes.
    unsafe { Owned::new(PyBytes_FromStringAndSize(start.cast(), size as Py_ssize_t)) }
}

/// New bytes of that size, and where their content is to be written.
#[inline(always)]
pub unsafe fn unwritten(size: usize) -> Plain<(Owned, *mut u8)> {
    // SAFETY: the new object has room for its content behind the head.
    unsafe {
        let made = Owned::new(PyBytes_FromStringAndSize(
            std::ptr::null(),
            size as Py_ssize_t,
        ))?;
        let start = made.as_ptr().cast::<u8>().add(HEAD);
        Ok((made, start))
    }
}
