//! Memory of other objects, kept in its place while it is used.

use super::bytes;
use super::object::{Owned, Plain, Surprise};
use crate::decode::span::Span;
use pyo3_ffi::*;
use std::ptr::null_mut;

/// The memory that an object exports; dropping it lets the object move or free it.
pub struct Export {
    memory: Span,
    object: Owned,
    /// What the object exported, None for `bytes`, which never move.
    view: Option<Box<Py_buffer>>,
}

impl Export {
    /// The contiguous bytes of an object; an exception is set where it has none.
    #[inline(always)]
    pub unsafe fn of(object: *mut PyObject) -> Plain<Export> {
        // SAFETY: a live object, kept alive; its bytes are as many as it says.
        unsafe {
            match bytes::content(object) {
                Some((start, size)) => Ok(Export {
                    memory: Span::new(start, size),
                    object: Owned::of(object),
                    view: None,
                }),
                None => Export::of_exporter(object),
            }
        }
    }

    unsafe fn of_exporter(object: *mut PyObject) -> Plain<Export> {
        let mut view = Box::new(Py_buffer::new());
        // SAFETY: a live object, kept alive, and a view to fill; the bytes are as many as it says.
        unsafe {
            if PyObject_GetBuffer(object, &mut *view, PyBUF_SIMPLE) != 0 {
                return Err(Surprise);
            }
            let memory = Span::new(view.buf.cast(), view.len as usize);
            Ok(Export {
                memory,
                object: Owned::of(object),
                view: Some(view),
            })
        }
    }

    /// Where the bytes are.
    #[inline(always)]
    pub fn span(&self) -> Span {
        self.memory
    }

    /// The object, borrowed.
    pub fn object(&self) -> *mut PyObject {
        self.object.as_ptr()
    }

    /// The object that answers for the memory, borrowed; null for `bytes`, in which no circle can close.
    pub fn owner(&self) -> *mut PyObject {
        self.view.as_ref().map_or(null_mut(), |view| view.obj)
    }

    /// Whether the memory is that of `bytes`.
    #[inline(always)]
    pub fn is_of_bytes(&self) -> bool {
        self.view.is_none()
    }

    /// The bytes, for memory that nobody writes to: that of `bytes`.
    pub unsafe fn bytes(&self) -> &[u8] {
        if self.memory.is_empty() {
            return &[];
        }
        // SAFETY: the caller vouches that they stay as they are; they live as long as the export.
        unsafe { std::slice::from_raw_parts(self.memory.at, self.memory.size()) }
    }
}

impl Drop for Export {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(view) = &mut self.view {
            // SAFETY: exported once, given back once, before the object is let go.
            unsafe { PyBuffer_Release(&mut **view) }
        }
    }
}
