//! Python classes around Rust values.

use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ffi::{c_int, c_void, CStr};
use std::ptr::null_mut;

/// A value that Python objects of a class of its own hold. All is called with the interpreter's lock held; a value is
/// shared by all threads that have it, so what changes in it lies in cells.
pub trait Held: Sized + 'static {
    /// The class's name, with its module's.
    const NAME: &'static CStr;
    /// Its docstring.
    const DOCUMENTATION: &'static CStr;
    /// Whether objects can be part of a circle of references.
    const IS_COLLECTED: bool = false;

    /// Where the class is kept once it is defined.
    fn class() -> &'static LockedCell<*mut PyTypeObject>;

    /// Its methods.
    fn methods() -> Vec<PyMethodDef>;

    /// Its attributes.
    fn attributes() -> Vec<PyGetSetDef> {
        Vec::new()
    }

    /// What else the class does.
    fn slots() -> Vec<PyType_Slot> {
        Vec::new()
    }

    /// Shows every object it refers to, for the collector.
    fn visit(&self, _visitor: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        0
    }

    /// Lets go of objects that may refer back.
    fn let_go(&self) {}
}

#[repr(C)]
struct Holder<T> {
    base: PyObject,
    value: T,
}

/// A new object that holds the value.
pub unsafe fn hold<T: Held>(value: T) -> Plain<Owned> {
    // SAFETY: the class was defined; the value is written before anybody else sees the object.
    unsafe {
        let made = Owned::new(PyType_GenericAlloc(T::class().read(), 0))?;
        (&raw mut (*made.as_ptr().cast::<Holder<T>>()).value).write(value);
        Ok(made)
    }
}

/// The value of an object whose class is known to be the one.
#[inline(always)]
pub unsafe fn held<'o, T: Held>(object: *mut PyObject) -> &'o T {
    // SAFETY: the caller vouches for the class, and keeps the object alive for as long.
    unsafe { &(*object.cast::<Holder<T>>()).value }
}

/// The same for an object of any class; TypeError where it is another one.
pub unsafe fn expect<'o, T: Held>(object: *mut PyObject) -> Plain<&'o T> {
    // SAFETY: a live object.
    unsafe {
        if Py_TYPE(object) != T::class().read() {
            super::errors::type_error(&format!("a {} is needed", T::NAME.to_string_lossy()));
            return Err(Surprise);
        }
        Ok(held(object))
    }
}

unsafe extern "C" fn traverse<T: Held>(
    object: *mut PyObject,
    visit: visitproc,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: a live object of the class; the visitor gets live objects.
    unsafe {
        let stop = visit(Py_TYPE(object).cast(), argument);
        if stop != 0 {
            return stop;
        }
        held::<T>(object).visit(&mut |referred| visit(referred, argument))
    }
}

unsafe extern "C" fn clear<T: Held>(object: *mut PyObject) -> c_int {
    // SAFETY: a live object of the class.
    unsafe { held::<T>(object) }.let_go();
    0
}

unsafe extern "C" fn dealloc<T: Held>(object: *mut PyObject) {
    // SAFETY: nobody refers to the object any more; its class is given back last.
    unsafe {
        if T::IS_COLLECTED {
            PyObject_GC_UnTrack(object.cast());
        }
        std::ptr::drop_in_place(&raw mut (*object.cast::<Holder<T>>()).value);
        let class = Py_TYPE(object);
        if let Some(free) = (*class).tp_free {
            free(object.cast());
        }
        Py_DECREF(class.cast());
        super::item::give_back();
    }
}

/// Make the class.
pub unsafe fn define<T: Held>() -> Plain<*mut PyTypeObject> {
    let slot = |slot, pfunc: *mut c_void| PyType_Slot { slot, pfunc };
    // Methods and attributes live as long as the class does: as long as the process.
    let mut methods = T::methods();
    methods.push(PyMethodDef::zeroed());
    let mut attributes = T::attributes();
    attributes.push(PyGetSetDef::default());
    let mut slots = vec![
        slot(Py_tp_dealloc, dealloc::<T> as *mut _),
        slot(Py_tp_doc, T::DOCUMENTATION.as_ptr() as *mut _),
        slot(
            Py_tp_methods,
            Box::leak(methods.into_boxed_slice()).as_mut_ptr().cast(),
        ),
        slot(
            Py_tp_getset,
            Box::leak(attributes.into_boxed_slice()).as_mut_ptr().cast(),
        ),
    ];
    let mut flags =
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE;
    if T::IS_COLLECTED {
        flags |= Py_TPFLAGS_HAVE_GC;
        slots.push(slot(Py_tp_traverse, traverse::<T> as *mut _));
        slots.push(slot(Py_tp_clear, clear::<T> as *mut _));
    }
    slots.extend(T::slots());
    slots.push(slot(0, null_mut()));
    let mut specification = PyType_Spec {
        name: T::NAME.as_ptr(),
        basicsize: size_of::<Holder<T>>() as c_int,
        itemsize: 0,
        flags: flags as std::ffi::c_uint,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the slots are functions of the kinds they name; the specification is read at once.
    let class = unsafe { Owned::new(PyType_FromSpec(&mut specification))? }
        .into_ptr()
        .cast();
    T::class().write(class);
    Ok(class)
}

/// A method that takes nothing.
pub const fn without_arguments(
    name: &'static CStr,
    function: PyCFunction,
    documentation: &'static CStr,
) -> PyMethodDef {
    method(
        name,
        PyMethodDefPointer {
            PyCFunction: function,
        },
        METH_NOARGS,
        documentation,
    )
}

/// A method that takes one object.
pub const fn with_one_argument(
    name: &'static CStr,
    function: PyCFunction,
    documentation: &'static CStr,
) -> PyMethodDef {
    method(
        name,
        PyMethodDefPointer {
            PyCFunction: function,
        },
        METH_O,
        documentation,
    )
}

/// A method that takes several objects, by position.
pub const fn with_arguments(
    name: &'static CStr,
    function: PyCFunctionFast,
    documentation: &'static CStr,
) -> PyMethodDef {
    method(
        name,
        PyMethodDefPointer {
            PyCFunctionFast: function,
        },
        METH_FASTCALL,
        documentation,
    )
}

/// A method that takes several objects, by position or by name.
pub const fn with_names(
    name: &'static CStr,
    function: PyCFunctionFastWithKeywords,
    documentation: &'static CStr,
) -> PyMethodDef {
    let pointer = PyMethodDefPointer {
        PyCFunctionFastWithKeywords: function,
    };
    method(name, pointer, METH_FASTCALL | METH_KEYWORDS, documentation)
}

const fn method(
    name: &'static CStr,
    pointer: PyMethodDefPointer,
    flags: c_int,
    documentation: &'static CStr,
) -> PyMethodDef {
    PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: pointer,
        ml_flags: flags,
        ml_doc: documentation.as_ptr(),
    }
}

/// An attribute that is read.
pub fn readable(name: &'static CStr, get: getter, documentation: &'static CStr) -> PyGetSetDef {
    PyGetSetDef {
        name: name.as_ptr(),
        get: Some(get),
        set: None,
        doc: documentation.as_ptr(),
        closure: null_mut(),
    }
}

/// None.
#[inline(always)]
pub unsafe fn none() -> *mut PyObject {
    // SAFETY: gives a reference.
    unsafe { Owned::of(Py_None()).into_ptr() }
}

/// What is returned to Python: the object, or null with an exception set.
#[inline(always)]
pub fn returned(made: Plain<Owned>) -> *mut PyObject {
    made.map_or(null_mut(), Owned::into_ptr)
}
