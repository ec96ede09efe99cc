//! `mycelium._native.Buffer`: memory that columns were filled into, as an object with the buffer protocol.

use super::memory::give_back;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ffi::c_int;
use std::ptr::null_mut;

/// What a buffer holds.
pub enum Content {
    /// Values.
    Bytes(Vec<u8>),
    /// Places in values, as little-endian i64: the only machines this module runs on have them so.
    Offsets(Vec<i64>),
}

#[repr(C)]
struct BufferObject {
    base: PyObject,
    content: Content,
}

static BUFFER_TYPE: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

/// An object that holds the content, which never changes again.
unsafe fn buffer(content: Content) -> Plain<Owned> {
    // SAFETY: the new object's content is written before others see it.
    unsafe {
        let class = BUFFER_TYPE.read();
        let alloc = (*class).tp_alloc.ok_or(Surprise)?;
        let made = Owned::new(alloc(class, 0))?;
        (&raw mut (*made.as_ptr().cast::<BufferObject>()).content).write(content);
        Ok(made)
    }
}

/// A list of such objects.
pub unsafe fn list(contents: Vec<Content>) -> Plain<Owned> {
    // SAFETY: the list takes a reference to each buffer.
    unsafe {
        let made = Owned::new(PyList_New(0))?;
        for content in contents {
            if PyList_Append(made.as_ptr(), buffer(content)?.as_ptr()) < 0 {
                return Err(Surprise);
            }
        }
        Ok(made)
    }
}

unsafe extern "C" fn get_buffer(
    object: *mut PyObject,
    view: *mut Py_buffer,
    flags: c_int,
) -> c_int {
    // SAFETY: a live buffer, which the view keeps alive; its memory stays where it is.
    unsafe {
        let (start, size) = match &(*object.cast::<BufferObject>()).content {
            Content::Bytes(bytes) => (bytes.as_ptr(), bytes.len()),
            Content::Offsets(offsets) => (offsets.as_ptr().cast(), size_of_val(offsets.as_slice())),
        };
        PyBuffer_FillInfo(
            view,
            object,
            start.cast_mut().cast(),
            size as Py_ssize_t,
            1,
            flags,
        )
    }
}

unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: nobody refers to the object any more; its class is given back last.
    unsafe {
        match (&raw const (*object.cast::<BufferObject>()).content).read() {
            Content::Bytes(bytes) => give_back(bytes),
            Content::Offsets(offsets) => give_back(offsets),
        }
        let class = Py_TYPE(object);
        if let Some(free) = (*class).tp_free {
            free(object.cast());
        }
        Py_DECREF(class.cast());
    }
}

/// Make the class of buffers.
pub unsafe fn prepare_type() -> Plain<*mut PyObject> {
    let slot = |slot, pfunc: *mut std::ffi::c_void| PyType_Slot { slot, pfunc };
    let mut slots = [
        slot(Py_tp_dealloc, dealloc as *mut _),
        slot(Py_bf_getbuffer, get_buffer as *mut _),
        slot(
            Py_tp_doc,
            c"Memory that columns were filled into.".as_ptr() as *mut _,
        ),
        slot(0, null_mut()),
    ];
    let flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE;
    let mut spec = PyType_Spec {
        name: c"mycelium._native.Buffer".as_ptr(),
        basicsize: size_of::<BufferObject>() as c_int,
        itemsize: 0,
        flags: flags as std::ffi::c_uint,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the specification is read at once.
    unsafe {
        let class = Owned::new(PyType_FromSpec(&mut spec))?.into_ptr();
        BUFFER_TYPE.write(class.cast());
        Ok(class)
    }
}
