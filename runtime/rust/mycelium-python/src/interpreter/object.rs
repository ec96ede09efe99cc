//! Strong references, and what the codec gives up with.

use pyo3_ffi::*;
use std::ptr::NonNull;

/// Not the plain case: the careful codec decides. A Python exception may be set, and is dropped then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surprise;

/// A value, or a surprise.
pub type Plain<T> = Result<T, Surprise>;

/// A strong reference to an object; dropping it gives the reference back.
#[repr(transparent)]
pub struct Owned(NonNull<PyObject>);

impl Owned {
    /// Take over a strong reference that a call returned; null is a surprise.
    #[inline(always)]
    pub unsafe fn new(object: *mut PyObject) -> Plain<Owned> {
        NonNull::new(object).map(Owned).ok_or(Surprise)
    }

    /// Another reference to an object that is alive.
    #[inline(always)]
    pub unsafe fn of(object: *mut PyObject) -> Owned {
        // SAFETY: the caller vouches for a live object, which is never null.
        unsafe {
            Py_INCREF(object);
            Owned(NonNull::new_unchecked(object))
        }
    }

    /// The object, still owned here.
    #[inline(always)]
    pub fn as_ptr(&self) -> *mut PyObject {
        self.0.as_ptr()
    }

    /// The reference, now the caller's.
    #[inline(always)]
    pub fn into_ptr(self) -> *mut PyObject {
        let object = self.0.as_ptr();
        std::mem::forget(self);
        object
    }
}

impl Drop for Owned {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: this reference was owned, and is given back once.
        unsafe { Py_DECREF(self.0.as_ptr()) }
    }
}

/// Whether the object's class is exactly this one.
#[inline(always)]
pub unsafe fn is_exactly(object: *mut PyObject, class: *mut PyTypeObject) -> bool {
    // SAFETY: the caller vouches for a live object.
    unsafe { Py_TYPE(object) == class }
}

/// An attribute, by a name that is NUL-terminated.
pub unsafe fn attribute(object: *mut PyObject, name: &std::ffi::CStr) -> Plain<Owned> {
    // SAFETY: a live object and a C string.
    unsafe { Owned::new(PyObject_GetAttrString(object, name.as_ptr())) }
}

/// A module, imported if need be.
pub unsafe fn import(name: &std::ffi::CStr) -> Plain<Owned> {
    // SAFETY: a C string.
    unsafe { Owned::new(PyImport_ImportModule(name.as_ptr())) }
}
