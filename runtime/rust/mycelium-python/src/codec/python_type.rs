//! The Python class of codecs: what the interpreter and its collector call.

use super::{CodecObject, Progress, CODEC_TYPE, OTHERWISE};
use crate::interpreter::object::{Owned, Plain};
use pyo3_ffi::*;
use std::ptr::null_mut;

unsafe extern "C" fn traverse(
    codec: *mut PyObject,
    visit: visitproc,
    argument: *mut std::ffi::c_void,
) -> i32 {
    // SAFETY: a live codec; what is null is not there.
    unsafe {
        let codec = codec.cast::<CodecObject>();
        let own = [Py_TYPE(codec.cast()).cast(), (*codec).class, (*codec).held];
        for object in own.into_iter().chain((*codec).otherwise) {
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

unsafe extern "C" fn clear(codec: *mut PyObject) -> i32 {
    // SAFETY: a live codec; each reference is given back once. Without a layout nothing refers to what was held.
    unsafe {
        let codec = codec.cast::<CodecObject>();
        super::forget((*codec).class);
        (*codec).state.progress = Progress::Unsuitable;
        (*codec).state.layout = std::ptr::null();
        let own = [&raw mut (*codec).class, &raw mut (*codec).held];
        let functions = (0..OTHERWISE).map(|index| &raw mut (*codec).otherwise[index]);
        for place in own.into_iter().chain(functions) {
            Py_XDECREF(std::mem::replace(&mut *place, null_mut()));
        }
        0
    }
}

unsafe extern "C" fn dealloc(codec: *mut PyObject) {
    // SAFETY: nobody refers to the codec any more; its class is given back last.
    unsafe {
        PyObject_GC_UnTrack(codec.cast());
        clear(codec);
        std::ptr::drop_in_place(&raw mut (*codec.cast::<CodecObject>()).state);
        let class = Py_TYPE(codec);
        if let Some(free) = (*class).tp_free {
            free(codec.cast());
        }
        Py_DECREF(class.cast());
    }
}

unsafe extern "C" fn is_native(codec: *mut PyObject, _: *mut std::ffi::c_void) -> *mut PyObject {
    // SAFETY: a live codec.
    unsafe { PyBool_FromLong(CodecObject::layout(codec.cast()).is_some().into()) }
}

/// Make the class of codecs.
pub unsafe fn prepare_type() -> Plain<*mut PyObject> {
    let getter =
        |name: &'static std::ffi::CStr, get: getter, doc: &'static std::ffi::CStr| PyGetSetDef {
            name: name.as_ptr(),
            get: Some(get),
            set: None,
            doc: doc.as_ptr(),
            closure: null_mut(),
        };
    // They live as long as the class does: as long as the process.
    let getters = Box::leak(Box::new([
        getter(
            c"decode",
            crate::entry::decode_function,
            c"decode(data): a message of the class, from a whole body.",
        ),
        getter(
            c"encode",
            crate::entry::encode_method,
            c"encode(): the method of the class.",
        ),
        getter(
            c"encode_into",
            crate::entry::encode_into_method,
            c"encode_into(buffer, offset=0): the method.",
        ),
        getter(
            c"is_native",
            is_native,
            c"Whether the class has a plan that can be used.",
        ),
        PyGetSetDef::default(),
    ]));
    let slot = |slot, function: *mut std::ffi::c_void| PyType_Slot {
        slot,
        pfunc: function,
    };
    let mut slots = [
        slot(Py_tp_dealloc, dealloc as *mut _),
        slot(Py_tp_traverse, traverse as *mut _),
        slot(Py_tp_clear, clear as *mut _),
        slot(Py_tp_getset, getters.as_mut_ptr().cast()),
        slot(
            Py_tp_doc,
            c"What encodes and decodes the messages of one class.".as_ptr() as *mut _,
        ),
        slot(0, null_mut()),
    ];
    let flags = Py_TPFLAGS_DEFAULT
        | Py_TPFLAGS_HAVE_GC
        | Py_TPFLAGS_DISALLOW_INSTANTIATION
        | Py_TPFLAGS_IMMUTABLETYPE;
    let mut spec = PyType_Spec {
        name: c"mycelium._native.Codec".as_ptr(),
        basicsize: size_of::<CodecObject>() as i32,
        itemsize: 0,
        flags: flags as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the slots are functions of the kinds they name.
    let class = unsafe { Owned::new(PyType_FromSpec(&mut spec))? }.into_ptr();
    CODEC_TYPE.write(class.cast());
    Ok(class)
}
