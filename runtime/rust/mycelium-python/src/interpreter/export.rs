//! Memory of other objects, kept in its place while it is used.

use super::object::{Plain, Surprise};
use crate::decode::span::Span;
use pyo3_ffi::*;

/// The memory that an object exports; dropping it lets the object move or free it.
pub struct Export(Py_buffer);

impl Export {
    /// The contiguous bytes of an object; an exception is set where it has none.
    #[inline(always)]
    pub unsafe fn of(object: *mut PyObject) -> Plain<Export> {
        let mut view = Py_buffer::new();
        // SAFETY: a live object, and a view to fill.
        if unsafe { PyObject_GetBuffer(object, &mut view, PyBUF_SIMPLE) } != 0 {
            return Err(Surprise);
        }
        Ok(Export(view))
    }

    /// Where the bytes are.
    #[inline(always)]
    pub fn span(&self) -> Span {
        // SAFETY: the exporter vouches for as many bytes.
        unsafe { Span::new(self.0.buf.cast(), self.0.len as usize) }
    }

    /// The object that answers for the memory, borrowed.
    pub fn owner(&self) -> *mut PyObject {
        self.0.obj
    }

    /// The bytes, for memory that nobody writes to: that of `bytes`.
    pub unsafe fn bytes(&self) -> &[u8] {
        let span = self.span();
        if span.is_empty() {
            return &[];
        }
        // SAFETY: the caller vouches that they stay as they are; they live as long as the export.
        unsafe { std::slice::from_raw_parts(span.at, span.size()) }
    }
}

impl Drop for Export {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: exported once, given back once.
        unsafe { PyBuffer_Release(&mut self.0) }
    }
}
