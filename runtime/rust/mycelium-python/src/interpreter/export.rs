//! Memory of other objects, kept in its place while it is used.

use super::bytes;
use super::cell::LockedCell;
use super::object::{Owned, Plain, Surprise};
use super::spares::Spares;
use crate::decode::span::Span;
use pyo3_ffi::*;
use std::ptr::{null_mut, NonNull};

/// Where exports were described that are over.
static SPARE: LockedCell<Spares<Py_buffer>> = LockedCell::without_any();

/// The memory that an object exports; dropping it lets the object move or free it.
pub struct Export {
    memory: Span,
    /// What the object exported, None for `bytes`, which never move.
    view: Option<Description>,
    object: Owned,
}

/// What an object says of the memory it exports; it stays where it was written.
struct Description(NonNull<Py_buffer>);

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

    #[inline(never)]
    unsafe fn of_exporter(object: *mut PyObject) -> Plain<Export> {
        // SAFETY: a live object, kept alive; the bytes are as many as it says.
        unsafe {
            let view = Description::of(object)?;
            let memory = Span::new(view.0.as_ref().buf.cast(), view.0.as_ref().len as usize);
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
        match &self.view {
            // SAFETY: it is there until it is dropped.
            Some(view) => unsafe { view.0.as_ref().obj },
            None => null_mut(),
        }
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

impl Description {
    unsafe fn of(object: *mut PyObject) -> Plain<Description> {
        let place = SPARE
            .take()
            .unwrap_or_else(|| Box::into_raw(Box::new(Py_buffer::new())));
        // SAFETY: a live object, and a place of our own to write to.
        unsafe {
            if PyObject_GetBuffer(object, place, PyBUF_SIMPLE) != 0 {
                give_back(place);
                return Err(Surprise);
            }
            NonNull::new(place).map(Description).ok_or(Surprise)
        }
    }
}

impl Drop for Description {
    fn drop(&mut self) {
        // SAFETY: exported once, given back once, before the object is let go.
        unsafe {
            PyBuffer_Release(self.0.as_ptr());
            give_back(self.0.as_ptr());
        }
    }
}

unsafe fn give_back(place: *mut Py_buffer) {
    if !SPARE.keep(place) {
        // SAFETY: it was made as a box, and nobody else refers to it.
        drop(unsafe { Box::from_raw(place) });
    }
}
