//! Objects that hold a few others for good, and how the collector looks through them.

use super::object::{Owned, Plain};
use pyo3_ffi::*;
use std::ffi::{c_int, c_void, CStr};
use std::ptr::null_mut;

/// An object that holds others, and facts that refer to nothing.
#[repr(C)]
pub struct Holding<Facts: Copy, const COUNT: usize> {
    base: PyObject,
    /// What it holds; null once the collector has cleared it.
    pub held: [*mut PyObject; COUNT],
    /// What else it knows.
    pub facts: Facts,
}

impl<Facts: Copy, const COUNT: usize> Holding<Facts, COUNT> {
    /// An object of a class that [`Holding::prepare_type`] made; it holds live objects.
    pub unsafe fn make(
        class: *mut PyTypeObject,
        held: [*mut PyObject; COUNT],
        facts: Facts,
    ) -> Plain<Owned> {
        // SAFETY: the new object's fields are written before others see it.
        unsafe {
            let made = Owned::new(PyType_GenericAlloc(class, 0))?;
            let holding = made.as_ptr().cast::<Self>();
            (*holding).facts = facts;
            (*holding).held = held.map(|object| Owned::of(object).into_ptr());
            Ok(made)
        }
    }

    /// Make the class of these objects, which Python code cannot instantiate. `slots` are those of its own.
    pub unsafe fn prepare_type(
        name: &'static CStr,
        description: &'static CStr,
        slots: &[PyType_Slot],
    ) -> Plain<*mut PyTypeObject> {
        let slot = |slot, pfunc: *mut c_void| PyType_Slot { slot, pfunc };
        let mut slots = slots.to_vec();
        slots.extend([
            slot(Py_tp_dealloc, Self::dealloc as *mut _),
            slot(Py_tp_traverse, Self::traverse as *mut _),
            slot(Py_tp_clear, Self::clear as *mut _),
            slot(Py_tp_doc, description.as_ptr() as *mut _),
            slot(0, null_mut()),
        ]);
        let flags = Py_TPFLAGS_DEFAULT
            | Py_TPFLAGS_HAVE_GC
            | Py_TPFLAGS_DISALLOW_INSTANTIATION
            | Py_TPFLAGS_IMMUTABLETYPE;
        let mut spec = PyType_Spec {
            name: name.as_ptr(),
            basicsize: size_of::<Self>() as c_int,
            itemsize: 0,
            flags: flags as std::ffi::c_uint,
            slots: slots.as_mut_ptr(),
        };
        // SAFETY: the specification is read at once.
        Ok(unsafe { Owned::new(PyType_FromSpec(&mut spec))? }
            .into_ptr()
            .cast())
    }

    unsafe extern "C" fn traverse(
        object: *mut PyObject,
        visit: visitproc,
        argument: *mut c_void,
    ) -> c_int {
        // SAFETY: a live object; what is null is not there.
        unsafe {
            let class = Py_TYPE(object).cast();
            for held in [class].into_iter().chain((*object.cast::<Self>()).held) {
                if !held.is_null() {
                    let stop = visit(held, argument);
                    if stop != 0 {
                        return stop;
                    }
                }
            }
            0
        }
    }

    unsafe extern "C" fn clear(object: *mut PyObject) -> c_int {
        // SAFETY: each reference is given back once.
        unsafe {
            for place in 0..COUNT {
                let place = &raw mut (*object.cast::<Self>()).held[place];
                Py_XDECREF(place.replace(null_mut()));
            }
        }
        0
    }

    unsafe extern "C" fn dealloc(object: *mut PyObject) {
        // SAFETY: nobody refers to the object any more; its class is given back last.
        unsafe {
            PyObject_GC_UnTrack(object.cast());
            Self::clear(object);
            let class = Py_TYPE(object);
            if let Some(free) = (*class).tp_free {
                free(object.cast());
            }
            Py_DECREF(class.cast());
        }
    }
}
