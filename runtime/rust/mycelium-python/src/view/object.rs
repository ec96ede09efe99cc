//! `mycelium._native.View`: a body, its buffer, and where its fields are. The classes of views derive from it.

use super::headers::Places;
use crate::codec::CodecObject;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::classes::{bare_instance, can_be_bare};
use crate::interpreter::export::Export;
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::plan::MessageLayout;
use pyo3_ffi::*;
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

/// An instance of a class of views.
#[repr(C)]
pub struct ViewObject {
    base: PyObject,
    /// None once it is closed.
    pub open: Option<Open>,
}

/// What an open view holds.
pub struct Open {
    /// Its memory.
    pub export: Export,
    /// The codec of the message, which holds the layout.
    pub codec: Owned,
    /// How the message was laid out when the view was made.
    pub layout: *const MessageLayout,
    /// Where its fields are.
    pub places: Places,
    /// How many readings are under way: while there are, it stays open.
    pub readings: usize,
}

static VIEW_TYPE: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

/// The object as a view.
#[inline(always)]
pub unsafe fn as_view(object: *mut PyObject) -> Option<*mut ViewObject> {
    // SAFETY: a live object; an instance of the class has its fields.
    unsafe { (PyObject_TypeCheck(object, VIEW_TYPE.read()) != 0).then_some(object.cast()) }
}

impl ViewObject {
    /// A view of a class that [`settle`] has seen; tracked by the collector where it may be part of a circle.
    #[inline(always)]
    pub unsafe fn make(class: *mut PyTypeObject, open: Open) -> Plain<Owned> {
        // SAFETY: the new object's field is written before others see it; zeros before that are never read.
        unsafe {
            let tracked = !open.export.is_of_bytes();
            let made = bare_instance(class, size_of::<ViewObject>(), true)?;
            (&raw mut (*made.as_ptr().cast::<ViewObject>()).open).write(Some(open));
            if tracked {
                PyObject_GC_Track(made.as_ptr().cast());
            }
            Ok(made)
        }
    }
}

/// Sets the exception of a view that is closed.
pub unsafe fn is_closed() -> *mut PyObject {
    // SAFETY: sets an exception.
    unsafe { PyErr_SetString(PyExc_ValueError, c"this view is closed".as_ptr()) };
    null_mut()
}

/// `view.__body__()`: a memoryview of its bytes.
unsafe extern "C" fn body(view: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: the method is called with a view alone.
    unsafe {
        let Some(open) = &(*view.cast::<ViewObject>()).open else {
            return is_closed();
        };
        match Owned::new(PyMemoryView_FromObject(open.export.object())) {
            Ok(memory) => PyObject_CallMethod(
                memory.as_ptr(),
                c"cast".as_ptr(),
                c"s".as_ptr(),
                c"B".as_ptr(),
            ),
            Err(Surprise) => null_mut(),
        }
    }
}

/// `view.__close__()`: lets go of the buffer.
unsafe extern "C" fn close(view: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: the method is called with a view alone; what it held is given back when nothing refers to it any more.
    unsafe {
        let view = view.cast::<ViewObject>();
        if (*view).open.as_ref().is_some_and(|open| open.readings > 0) {
            PyErr_SetString(PyExc_BufferError, c"this view is being read".as_ptr());
            return null_mut();
        }
        drop((*view).open.take());
        Owned::of(Py_None()).into_ptr()
    }
}

unsafe extern "C" fn traverse(
    view: *mut PyObject,
    visit: visitproc,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: a live view, whose references are visited once each.
    unsafe {
        let mut stop = visit(Py_TYPE(view).cast(), argument);
        if let Some(open) = &(*view.cast::<ViewObject>()).open {
            for object in [
                open.export.object(),
                open.export.owner(),
                open.codec.as_ptr(),
            ] {
                if stop == 0 && !object.is_null() {
                    stop = visit(object, argument);
                }
            }
        }
        stop
    }
}

unsafe extern "C" fn clear(view: *mut PyObject) -> c_int {
    // SAFETY: a view that only garbage refers to.
    unsafe { drop((*view.cast::<ViewObject>()).open.take()) };
    0
}

unsafe extern "C" fn dealloc(view: *mut PyObject) {
    // SAFETY: nobody refers to the view any more; its class is given back last.
    unsafe {
        PyObject_GC_UnTrack(view.cast());
        std::ptr::drop_in_place(&raw mut (*view.cast::<ViewObject>()).open);
        let class = Py_TYPE(view);
        if let Some(free) = (*class).tp_free {
            free(view.cast());
        }
        Py_DECREF(class.cast());
    }
}

/// Make the class of views.
pub unsafe fn prepare_type() -> Plain<*mut PyObject> {
    let method =
        |ml_name: &'static std::ffi::CStr, function, ml_doc: &'static std::ffi::CStr| PyMethodDef {
            ml_name: ml_name.as_ptr(),
            ml_meth: PyMethodDefPointer {
                PyCFunction: function,
            },
            ml_flags: METH_NOARGS,
            ml_doc: ml_doc.as_ptr(),
        };
    // They live as long as the class does: as long as the process.
    let methods = Box::leak(Box::new([
        method(c"__body__", body, c"The bytes it reads."),
        method(c"__close__", close, c"Let go of the buffer."),
        PyMethodDef::zeroed(),
    ]));
    let slot = |slot, pfunc: *mut c_void| PyType_Slot { slot, pfunc };
    let mut slots = [
        slot(Py_tp_dealloc, dealloc as *mut _),
        slot(Py_tp_traverse, traverse as *mut _),
        slot(Py_tp_clear, clear as *mut _),
        slot(Py_tp_methods, methods.as_mut_ptr().cast()),
        slot(
            Py_tp_doc,
            c"A body whose fields are read when they are asked for.".as_ptr() as *mut _,
        ),
        slot(0, null_mut()),
    ];
    let flags = Py_TPFLAGS_DEFAULT
        | Py_TPFLAGS_HAVE_GC
        | Py_TPFLAGS_BASETYPE
        | Py_TPFLAGS_DISALLOW_INSTANTIATION
        | Py_TPFLAGS_IMMUTABLETYPE;
    let mut spec = PyType_Spec {
        name: c"mycelium._native.View".as_ptr(),
        basicsize: size_of::<ViewObject>() as c_int,
        itemsize: 0,
        flags: flags as std::ffi::c_uint,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the specification is read at once.
    unsafe {
        let class = Owned::new(PyType_FromSpec(&mut spec))?.into_ptr();
        VIEW_TYPE.write(class.cast());
        Ok(class)
    }
}

/// Make a class ready for its instances, if they are views and nothing more. They are freed without the detour that
/// classes made in Python take.
pub unsafe fn settle(class: *mut PyTypeObject) -> Plain<()> {
    // SAFETY: live classes; one of the same size has no dictionary, no weak references and no slots to look after.
    unsafe {
        let is_view = PyType_IsSubtype(class, VIEW_TYPE.read()) != 0 && can_be_bare(class);
        if !is_view
            || (*class).tp_basicsize != size_of::<ViewObject>() as Py_ssize_t
            || (*class).tp_del.is_some()
        {
            return Err(Surprise);
        }
        (*class).tp_dealloc = Some(dealloc);
        Ok(())
    }
}

/// The codec, if it is one.
pub unsafe fn as_codec(object: *mut PyObject) -> Plain<*mut CodecObject> {
    // SAFETY: a live object.
    unsafe { CodecObject::of_any(object).ok_or(Surprise) }
}
