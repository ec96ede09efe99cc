//! `mycelium._native.View`: a body, its buffer, and where its fields are. The classes of views derive from it.

use super::headers::Places;
use crate::codec::CodecObject;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::classes::{bare_instance, begin, can_be_bare};
use crate::interpreter::export::Export;
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::interpreter::spares::Spares;
use crate::plan::MessageLayout;
use pyo3_ffi::*;
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

/// An instance of a class of views.
#[repr(C)]
pub struct ViewObject {
    base: PyObject,
    /// Its memory, None once it is closed.
    export: Option<Export>,
    /// The codec of the message, which holds the layout.
    codec: Option<Owned>,
    layout: *const MessageLayout,
    /// How many readings are under way: while there are, it stays open.
    readings: usize,
    places: Places,
}

/// What a reading of an open view sees.
#[derive(Clone, Copy)]
pub struct Open<'v> {
    /// The first byte of the body.
    pub start: *const u8,
    /// What exports the body.
    pub source: *mut PyObject,
    /// How the message was laid out when the view was made.
    pub layout: &'v MessageLayout,
    /// Where its fields are.
    pub places: &'v Places,
}

static VIEW_TYPE: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

/// Views that ended, closed.
static SPARE: LockedCell<Spares<PyObject>> = LockedCell::without_any();

/// The object as a view.
#[inline(always)]
pub unsafe fn as_view(object: *mut PyObject) -> Option<*mut ViewObject> {
    // SAFETY: a live object; an instance of the class has its fields.
    unsafe { (PyObject_TypeCheck(object, VIEW_TYPE.read()) != 0).then_some(object.cast()) }
}

impl ViewObject {
    /// A view of a class that [`settle`] has seen, closed as yet.
    #[inline(always)]
    pub unsafe fn closed(class: *mut PyTypeObject) -> Plain<Owned> {
        // SAFETY: what is spare was closed when it ended; zeros are a closed view, too.
        unsafe {
            match SPARE.take() {
                Some(memory) => {
                    begin(memory, class);
                    Owned::new(memory)
                }
                None => bare_instance(class, size_of::<ViewObject>(), true),
            }
        }
    }

    /// Find the fields of the body in this memory. The view is tracked by the collector where it may be part of a circle.
    #[inline(always)]
    pub unsafe fn open(
        view: *mut ViewObject,
        export: Export,
        codec: *mut PyObject,
        layout: &MessageLayout,
    ) -> Plain<()> {
        // SAFETY: a closed view that nobody else knows yet, and the codec of that layout.
        unsafe {
            (*view).places.find(layout, export.span())?;
            let tracked = !export.is_of_bytes();
            (&raw mut (*view).export).write(Some(export));
            (&raw mut (*view).codec).write(Some(Owned::of(codec)));
            (*view).layout = layout;
            if tracked {
                PyObject_GC_Track(view.cast());
            }
            Ok(())
        }
    }

    /// Let a function read the view, which stays open meanwhile; None where it is closed or of another codec.
    #[inline(always)]
    pub unsafe fn read<T>(
        view: *mut ViewObject,
        codec: *mut PyObject,
        reading: impl FnOnce(Open<'_>) -> T,
    ) -> Result<T, Unreadable> {
        // SAFETY: a live view, kept by the caller. What is borrowed only changes when it is closed, which waits for readings.
        unsafe {
            let Some(export) = &(*view).export else {
                return Err(Unreadable::Closed);
            };
            let own = (*view).codec.as_ref();
            if own.map_or(null_mut(), Owned::as_ptr) != codec {
                return Err(Unreadable::Misplaced);
            }
            (*view).readings += 1;
            let found = reading(Open {
                start: export.span().at,
                source: export.object(),
                layout: &*(*view).layout,
                places: &(*view).places,
            });
            (*view).readings -= 1;
            Ok(found)
        }
    }

    /// Let go of everything.
    #[inline(always)]
    unsafe fn close(view: *mut ViewObject) {
        // SAFETY: a live view that is not being read. What it held ends after the view has forgotten it.
        unsafe {
            let export = (&raw mut (*view).export).replace(None);
            let codec = (&raw mut (*view).codec).replace(None);
            (*view).places.forget();
            drop(export);
            drop(codec);
        }
    }
}

/// Why a view has no value for a field.
pub enum Unreadable {
    /// It was closed.
    Closed,
    /// It is the view of another message.
    Misplaced,
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
        let Some(export) = &(*view.cast::<ViewObject>()).export else {
            return is_closed();
        };
        match Owned::new(PyMemoryView_FromObject(export.object())) {
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
        if (*view).readings > 0 {
            PyErr_SetString(PyExc_BufferError, c"this view is being read".as_ptr());
            return null_mut();
        }
        ViewObject::close(view);
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
        let view = view.cast::<ViewObject>();
        let codec = (*view).codec.as_ref().map_or(null_mut(), Owned::as_ptr);
        let (source, owner) = match &(*view).export {
            Some(export) => (export.object(), export.owner()),
            None => (null_mut(), null_mut()),
        };
        for object in [source, owner, codec] {
            if stop == 0 && !object.is_null() {
                stop = visit(object, argument);
            }
        }
        stop
    }
}

unsafe extern "C" fn clear(view: *mut PyObject) -> c_int {
    // SAFETY: a view that only garbage refers to.
    unsafe { ViewObject::close(view.cast()) };
    0
}

unsafe extern "C" fn dealloc(view: *mut PyObject) {
    // SAFETY: nobody refers to the view any more; its class is given back last.
    unsafe {
        let class = Py_TYPE(view);
        let found = view.cast::<ViewObject>();
        if !(*found).export.as_ref().is_some_and(Export::is_of_bytes) {
            PyObject_GC_UnTrack(view.cast());
        }
        ViewObject::close(found);
        if !SPARE.keep(view) {
            if let Some(free) = (*class).tp_free {
                free(view.cast());
            }
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
        super::field::answer_for(class)?;
        (*class).tp_dealloc = Some(dealloc);
        Ok(())
    }
}

/// The codec, if it is one.
pub unsafe fn as_codec(object: *mut PyObject) -> Plain<*mut CodecObject> {
    // SAFETY: a live object.
    unsafe { CodecObject::of_any(object).ok_or(Surprise) }
}
