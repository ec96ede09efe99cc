//! The function `view` of a message class.

use super::headers::{Places, ABSENT};
use super::object::{as_codec, Open, ViewObject};
use crate::codec::CodecObject;
use crate::entry::{guarded, surprise_is_over};
use crate::interpreter::cell::LockedCell;
use crate::interpreter::export::Export;
use crate::interpreter::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

/// What the function is bound to.
#[repr(C)]
struct MakerObject {
    base: PyObject,
    codec: *mut PyObject,
    /// The class of views.
    class: *mut PyObject,
    /// `(data)`: makes a view in pure Python, or finds the offence.
    otherwise: *mut PyObject,
    /// The size in bytes of a body above which that is to decide.
    longest: usize,
}

static MAKER_TYPE: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

static VIEW: LockedCell<PyMethodDef> = LockedCell::new(PyMethodDef {
    ml_name: c"view".as_ptr(),
    ml_meth: PyMethodDefPointer { PyCFunction: view },
    ml_flags: METH_O,
    ml_doc: c"view(data, /)\n--\n\nWhat stands in for the message in a whole body, and reads each field when it is \
              asked for."
        .as_ptr(),
});

/// `make_view_function(codec, class, otherwise, longest)`
pub unsafe extern "C" fn make_function(
    _module: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many arguments as the interpreter says.
    guarded(|| unsafe {
        match make(std::slice::from_raw_parts(arguments, count as usize)) {
            Ok(maker) => PyCFunction_NewEx(VIEW.get(), maker.as_ptr(), null_mut()),
            Err(Surprise) => {
                if PyErr_Occurred().is_null() {
                    let what = c"make_view_function takes a codec, a class of views, a function and a size";
                    PyErr_SetString(PyExc_TypeError, what.as_ptr());
                }
                null_mut()
            }
        }
    })
}

unsafe fn make(arguments: &[*mut PyObject]) -> Plain<Owned> {
    let &[codec, class, otherwise, longest] = arguments else {
        return Err(Surprise);
    };
    // SAFETY: live objects; the new object's fields are written before others see it.
    unsafe {
        as_codec(codec)?;
        if PyType_Check(class) == 0 {
            return Err(Surprise);
        }
        super::object::settle(class.cast())?;
        let longest = usize::try_from(PyLong_AsSsize_t(longest)).map_err(|_| Surprise)?;
        let made = Owned::new(PyType_GenericAlloc(MAKER_TYPE.read(), 0))?;
        let maker = made.as_ptr().cast::<MakerObject>();
        (*maker).longest = longest.min(ABSENT as usize - 1);
        (*maker).codec = Owned::of(codec).into_ptr();
        (*maker).class = Owned::of(class).into_ptr();
        (*maker).otherwise = Owned::of(otherwise).into_ptr();
        Ok(made)
    }
}

unsafe extern "C" fn view(maker: *mut PyObject, data: *mut PyObject) -> *mut PyObject {
    let maker = maker.cast::<MakerObject>();
    // SAFETY: the interpreter passes what the function is bound to, and a live object.
    guarded(|| unsafe {
        match make_view(maker, data) {
            Ok(view) => view.into_ptr(),
            Err(Surprise) => make_otherwise(maker, data),
        }
    })
}

#[inline(always)]
unsafe fn make_view(maker: *mut MakerObject, data: *mut PyObject) -> Plain<Owned> {
    // SAFETY: a live maker; null only while it is being deleted.
    unsafe {
        if (*maker).codec.is_null() {
            return Err(Surprise);
        }
        let layout = CodecObject::layout((*maker).codec.cast()).ok_or(Surprise)?;
        let export = Export::of(data)?;
        let body = export.span();
        if body.size() > (*maker).longest {
            return Err(Surprise);
        }
        let places = Places::of(layout, body)?;
        let codec = Owned::of((*maker).codec);
        let open = Open {
            export,
            codec,
            layout,
            places,
            readings: 0,
        };
        ViewObject::make((*maker).class.cast(), open)
    }
}

#[cold]
unsafe fn make_otherwise(maker: *mut MakerObject, data: *mut PyObject) -> *mut PyObject {
    // SAFETY: a live maker and object.
    unsafe {
        if !surprise_is_over() {
            return null_mut();
        }
        if (*maker).otherwise.is_null() {
            PyErr_SetString(
                PyExc_SystemError,
                c"the class of this function is being deleted".as_ptr(),
            );
            return null_mut();
        }
        let otherwise = Owned::of((*maker).otherwise);
        PyObject_Vectorcall(otherwise.as_ptr(), &data, 1, null_mut())
    }
}

unsafe extern "C" fn traverse(
    maker: *mut PyObject,
    visit: visitproc,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: a live maker.
    unsafe {
        let found = maker.cast::<MakerObject>();
        for object in [
            Py_TYPE(maker).cast(),
            (*found).codec,
            (*found).class,
            (*found).otherwise,
        ] {
            if !object.is_null() {
                let stop = visit(object, argument);
                if stop != 0 {
                    return stop;
                }
            }
        }
        0
    }
}

unsafe extern "C" fn clear(maker: *mut PyObject) -> c_int {
    // SAFETY: each reference is given back once.
    unsafe {
        let maker = maker.cast::<MakerObject>();
        for place in [
            &raw mut (*maker).codec,
            &raw mut (*maker).class,
            &raw mut (*maker).otherwise,
        ] {
            Py_XDECREF(std::mem::replace(&mut *place, null_mut()));
        }
    }
    0
}

unsafe extern "C" fn dealloc(maker: *mut PyObject) {
    // SAFETY: nobody refers to the maker any more; its class is given back last.
    unsafe {
        PyObject_GC_UnTrack(maker.cast());
        clear(maker);
        let class = Py_TYPE(maker);
        if let Some(free) = (*class).tp_free {
            free(maker.cast());
        }
        Py_DECREF(class.cast());
    }
}

/// Make the class of what the functions are bound to.
pub unsafe fn prepare_type() -> Plain<*mut PyObject> {
    let slot = |slot, pfunc: *mut c_void| PyType_Slot { slot, pfunc };
    let mut slots = [
        slot(Py_tp_dealloc, dealloc as *mut _),
        slot(Py_tp_traverse, traverse as *mut _),
        slot(Py_tp_clear, clear as *mut _),
        slot(
            Py_tp_doc,
            c"What makes the views of one class of messages.".as_ptr() as *mut _,
        ),
        slot(0, null_mut()),
    ];
    let flags = Py_TPFLAGS_DEFAULT
        | Py_TPFLAGS_HAVE_GC
        | Py_TPFLAGS_DISALLOW_INSTANTIATION
        | Py_TPFLAGS_IMMUTABLETYPE;
    let mut spec = PyType_Spec {
        name: c"mycelium._native.ViewMaker".as_ptr(),
        basicsize: size_of::<MakerObject>() as c_int,
        itemsize: 0,
        flags: flags as std::ffi::c_uint,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the specification is read at once.
    unsafe {
        let class = Owned::new(PyType_FromSpec(&mut spec))?.into_ptr();
        MAKER_TYPE.write(class.cast());
        Ok(class)
    }
}
