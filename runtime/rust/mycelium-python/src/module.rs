//! The module `mycelium._native`.

use crate::bus;
use crate::codec::{self, CodecObject};
use crate::columns;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::interpreter::support::obstacle;
use crate::plan::shape;
use crate::view;
use pyo3_ffi::*;
use std::ptr::null_mut;

static METHODS: LockedCell<[PyMethodDef; 11]> = LockedCell::new([
    PyMethodDef {
        ml_name: c"make_codec".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: make_codec },
        ml_flags: METH_FASTCALL,
        ml_doc: c"make_codec(message, decode_carefully, encode_carefully, decode, encode, encode_into, /)\n--\n\n\
                  The codec of a message class, and the functions it hands over to."
            .as_ptr(),
    },
    PyMethodDef {
        ml_name: c"is_enabled".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunction: is_enabled },
        ml_flags: METH_NOARGS,
        ml_doc: c"is_enabled()\n--\n\nWhether codecs run in here; otherwise they hand over to pure Python.".as_ptr(),
    },
    PyMethodDef {
        ml_name: c"set_enabled".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunction: set_enabled },
        ml_flags: METH_O,
        ml_doc: c"set_enabled(enabled, /)\n--\n\nLet codecs run in here, or hand over to pure Python.".as_ptr(),
    },
    PyMethodDef {
        ml_name: c"fill_columns".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: columns::entry::fill_columns },
        ml_flags: METH_FASTCALL,
        ml_doc: c"fill_columns(program, frames_or_bodies, type_id, longest, budget, /)\n--\n\n\
                  How many rows there are, and their columns; None for these where the next row is not legal."
            .as_ptr(),
    },
    PyMethodDef {
        ml_name: c"rows_are_legal".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: columns::entry::rows_are_legal },
        ml_flags: METH_FASTCALL,
        ml_doc: c"rows_are_legal(checks, data, stride, head, body, block, /)\n--\n\n\
                  Whether rows of the same shape are legal where they stand."
            .as_ptr(),
    },
    PyMethodDef {
        ml_name: c"gather".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: columns::entry::gather },
        ml_flags: METH_FASTCALL,
        ml_doc: c"gather(values, form, /)\n--\n\n\
                  Values that stand apart, one after the other: as they are, as wide integers, or as texts."
            .as_ptr(),
    },
    PyMethodDef {
        ml_name: c"make_view_field".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: view::make_field },
        ml_flags: METH_FASTCALL,
        ml_doc: c"make_view_field(codec, index, read_field, /)\n--\n\n\
                  An attribute of a class of views: the message's field of that index."
            .as_ptr(),
    },
    PyMethodDef {
        ml_name: c"make_view_function".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: view::make_function },
        ml_flags: METH_FASTCALL,
        ml_doc: c"make_view_function(codec, view_class, otherwise, longest, /)\n--\n\n\
                  What makes views of bodies, and hands over to `otherwise` at an offence or above a size in bytes."
            .as_ptr(),
    },
    PyMethodDef {
        ml_name: c"open_node".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: bus::open_node },
        ml_flags: METH_FASTCALL,
        ml_doc: c"open_node(path, name, guests, /)\n--\n\n\
                  Claim a node of a topology file, listen, and begin to dial; guests of this process run those services."
            .as_ptr(),
    },
    PyMethodDef {
        ml_name: c"join_node".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionFast: bus::join_node },
        ml_flags: METH_FASTCALL,
        ml_doc: c"join_node(capsule, services, /)\n--\n\n\
                  A node that another core of this process runs, with some services of its guests."
            .as_ptr(),
    },
    PyMethodDef::zeroed(),
]);

static MODULE: LockedCell<PyModuleDef> = LockedCell::new(PyModuleDef {
    m_base: PyModuleDef_HEAD_INIT,
    m_name: c"mycelium._native".as_ptr(),
    m_doc:
        c"Encodes and decodes the messages of generated classes, and takes them to other processes."
            .as_ptr(),
    m_size: -1,
    m_methods: METHODS.get().cast(),
    m_slots: null_mut(),
    m_traverse: None,
    m_clear: None,
    m_free: None,
});

/// What the interpreter calls when the module is imported.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInit__native() -> *mut PyObject {
    // SAFETY: the interpreter holds its lock.
    unsafe {
        if let Some(obstacle) = obstacle() {
            PyErr_SetString(PyExc_ImportError, obstacle.as_ptr());
            return null_mut();
        }
        match make_module() {
            Ok(module) => module.into_ptr(),
            Err(Surprise) => null_mut(),
        }
    }
}

unsafe fn make_module() -> Plain<Owned> {
    // SAFETY: the definition lives as long as the process; an error leaves its exception.
    unsafe {
        shape::prepare()?;
        let module = Owned::new(PyModule_Create(MODULE.get()))?;
        view::prepare_field_type()?;
        view::prepare_maker_type()?;
        let classes = [
            (c"Buffer", columns::buffer::prepare_type()?),
            (c"Codec", codec::prepare_type()?),
            (c"View", view::prepare_view_type()?),
        ];
        for (name, class) in classes {
            if PyModule_AddObjectRef(module.as_ptr(), name.as_ptr(), class) < 0 {
                return Err(Surprise);
            }
        }
        bus::prepare(&module)?;
        Ok(module)
    }
}

unsafe extern "C" fn make_codec(
    _module: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many arguments as the interpreter says.
    unsafe {
        let given: Vec<*mut PyObject> = (0..count.max(0) as usize)
            .map(|index| *arguments.add(index))
            .collect();
        let made = match given.split_first() {
            Some((&class, functions)) if PyType_Check(class) != 0 => functions
                .try_into()
                .map_err(|_| Surprise)
                .and_then(|functions| CodecObject::make(class, functions)),
            _ => Err(Surprise),
        };
        match made {
            Ok(codec) => codec.into_ptr(),
            Err(Surprise) => {
                if PyErr_Occurred().is_null() {
                    PyErr_SetString(
                        PyExc_TypeError,
                        c"make_codec takes a message class and five functions".as_ptr(),
                    );
                }
                null_mut()
            }
        }
    }
}

unsafe extern "C" fn is_enabled(_module: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: gives a reference.
    unsafe { PyBool_FromLong(codec::is_enabled().into()) }
}

unsafe extern "C" fn set_enabled(_module: *mut PyObject, enabled: *mut PyObject) -> *mut PyObject {
    // SAFETY: a live object.
    unsafe {
        let truth = PyObject_IsTrue(enabled);
        if truth < 0 {
            return null_mut();
        }
        codec::set_enabled(truth == 1);
        Owned::of(Py_None()).into_ptr()
    }
}
