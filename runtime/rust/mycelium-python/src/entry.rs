//! Where Python calls in: `decode`, `encode` and `encode_into` of one message class.
//!
//! `decode` is a builtin function bound to the codec. `encode` is a method descriptor of the class, which the
//! interpreter calls without making a bound method; it finds the codec by the object's class.

use crate::codec::Found::{Exactly, Inherited, Nowhere};
use crate::codec::{codec_of, CodecObject, Otherwise};
use crate::decode::decode_body;
use crate::encode::{copy_into, encode_body};
use crate::interpreter::bytes;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::integers::{from_u64, is_integer, to_i64};
use crate::interpreter::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ffi::{c_int, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::null_mut;

static DECODE: LockedCell<PyMethodDef> = LockedCell::new(PyMethodDef {
    ml_name: c"decode".as_ptr(),
    ml_meth: PyMethodDefPointer {
        PyCFunction: decode,
    },
    ml_flags: METH_O,
    ml_doc:
        c"decode(data, /)\n--\n\nThe message in a whole body; DecodeError names the first offence."
            .as_ptr(),
});

static ENCODE: LockedCell<PyMethodDef> = LockedCell::new(PyMethodDef {
    ml_name: c"encode".as_ptr(),
    ml_meth: PyMethodDefPointer { PyCFunction: encode },
    ml_flags: METH_NOARGS,
    ml_doc: c"encode($self, /)\n--\n\nThe body of this message; EncodeError names the first value that does not fit."
        .as_ptr(),
});

static ENCODE_INTO: LockedCell<PyMethodDef> = LockedCell::new(PyMethodDef {
    ml_name: c"encode_into".as_ptr(),
    ml_meth: PyMethodDefPointer { PyCFunctionFastWithKeywords: encode_into },
    ml_flags: METH_FASTCALL | METH_KEYWORDS,
    ml_doc: c"encode_into($self, /, buffer, offset=0)\n--\n\nWrite the body into a buffer; how many bytes it took."
        .as_ptr(),
});

/// The codec's `decode`, for its class.
pub unsafe extern "C" fn decode_function(codec: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: the definition lives as long as the process.
    unsafe { PyCFunction_NewEx(DECODE.get(), codec, null_mut()) }
}

/// The codec's `encode`, for its class.
pub unsafe extern "C" fn encode_method(codec: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: as above; the class is a type, and null only while the codec is being deleted.
    unsafe { method(codec, ENCODE.get()) }
}

/// The codec's `encode_into`, for its class.
pub unsafe extern "C" fn encode_into_method(codec: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: as above.
    unsafe { method(codec, ENCODE_INTO.get()) }
}

unsafe fn method(codec: *mut PyObject, definition: *mut PyMethodDef) -> *mut PyObject {
    // SAFETY: a live codec.
    unsafe {
        let class = CodecObject::class(codec.cast());
        if class.is_null() {
            PyErr_SetString(
                PyExc_SystemError,
                c"the class of this codec was deleted".as_ptr(),
            );
            return null_mut();
        }
        PyDescr_NewMethod(class.cast(), definition)
    }
}

unsafe extern "C" fn decode(codec: *mut PyObject, data: *mut PyObject) -> *mut PyObject {
    let codec = codec.cast::<CodecObject>();
    // SAFETY: the interpreter passes the codec the function is bound to, and a live object.
    guarded(|| unsafe {
        let Some(layout) = CodecObject::layout(codec) else {
            return CodecObject::otherwise(codec, Otherwise::Decode, &[data]);
        };
        let decoded = match bytes::content(data) {
            Some((start, size)) => decode_body(layout, start, size),
            None => decode_buffer(layout, data),
        };
        match decoded {
            Ok(message) => message.into_ptr(),
            Err(Surprise) => decode_carefully(codec, data),
        }
    })
}

#[inline(never)]
unsafe fn decode_buffer(layout: &crate::plan::MessageLayout, data: *mut PyObject) -> Plain<Owned> {
    // SAFETY: the view is released once; while it is held the bytes stay where they are.
    unsafe {
        let mut view = Py_buffer::new();
        if PyObject_GetBuffer(data, &mut view, PyBUF_SIMPLE) != 0 {
            return Err(Surprise);
        }
        let decoded = decode_body(layout, view.buf.cast(), view.len as usize);
        PyBuffer_Release(&mut view);
        decoded
    }
}

#[cold]
unsafe fn decode_carefully(codec: *mut CodecObject, data: *mut PyObject) -> *mut PyObject {
    // SAFETY: a live codec and object.
    unsafe {
        if !surprise_is_over() {
            return null_mut();
        }
        CodecObject::suspect(codec);
        CodecObject::otherwise(
            codec,
            Otherwise::DecodeCarefully,
            &[CodecObject::class(codec), data],
        )
    }
}

unsafe extern "C" fn encode(message: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter passes an instance of the class that has this method.
    guarded(|| unsafe {
        match codec_of(message) {
            Exactly(codec) => match CodecObject::layout(codec) {
                Some(layout) => match encode_body(layout, message) {
                    Ok(body) => body.into_ptr(),
                    Err(Surprise) => encode_carefully(codec, message),
                },
                None => CodecObject::otherwise(codec, Otherwise::Encode, &[message]),
            },
            Inherited(codec) => CodecObject::otherwise(codec, Otherwise::Encode, &[message]),
            Nowhere => no_codec(),
        }
    })
}

#[cold]
unsafe fn encode_carefully(codec: *mut CodecObject, message: *mut PyObject) -> *mut PyObject {
    // SAFETY: a live codec and object.
    unsafe {
        if !surprise_is_over() {
            return null_mut();
        }
        CodecObject::suspect(codec);
        CodecObject::otherwise(codec, Otherwise::EncodeCarefully, &[message])
    }
}

unsafe extern "C" fn encode_into(
    message: *mut PyObject,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the interpreter passes an instance, that many positional arguments, and those that are named.
    guarded(|| unsafe {
        let codec = match codec_of(message) {
            Exactly(codec) | Inherited(codec) => codec,
            Nowhere => return no_codec(),
        };
        if let Ok(size) = encode_into_plainly(codec, message, arguments, count, names) {
            return size.into_ptr();
        }
        if !surprise_is_over() {
            return null_mut();
        }
        CodecObject::suspect(codec);
        let all = with_self(message, arguments, count, names);
        CodecObject::otherwise_named(codec, Otherwise::EncodeInto, &all, names)
    })
}

unsafe fn with_self(
    message: *mut PyObject,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> Vec<*mut PyObject> {
    // SAFETY: as many arguments as the interpreter said.
    unsafe {
        let named = if names.is_null() {
            0
        } else {
            PyTuple_GET_SIZE(names)
        };
        let given = (0..(count + named) as usize).map(|index| *arguments.add(index));
        std::iter::once(message).chain(given).collect()
    }
}

unsafe fn encode_into_plainly(
    codec: *mut CodecObject,
    message: *mut PyObject,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> Plain<Owned> {
    // SAFETY: live objects; the view is released once, and what is copied into it fits.
    unsafe {
        if !names.is_null()
            || !(1..=2).contains(&count)
            || CodecObject::class(codec) != Py_TYPE(message).cast()
        {
            return Err(Surprise);
        }
        let layout = CodecObject::layout(codec).ok_or(Surprise)?;
        let offset = match count {
            1 => 0,
            _ if is_integer(*arguments.add(1)) => to_i64(*arguments.add(1))?,
            _ => return Err(Surprise),
        };
        let offset = usize::try_from(offset).map_err(|_| Surprise)?;
        let mut view = Py_buffer::new();
        if PyObject_GetBuffer(*arguments, &mut view, PyBUF_WRITABLE) != 0 {
            return Err(Surprise);
        }
        let written = match (view.len as usize).checked_sub(offset) {
            Some(room) => copy_into(layout, message, view.buf.cast::<u8>().add(offset), room),
            None => Err(Surprise),
        };
        PyBuffer_Release(&mut view);
        from_u64(written? as u64)
    }
}

#[cold]
unsafe fn no_codec() -> *mut PyObject {
    // SAFETY: sets an exception.
    unsafe {
        if PyErr_Occurred().is_null() {
            PyErr_SetString(PyExc_TypeError, c"this class has no codec".as_ptr());
        }
        null_mut()
    }
}

/// Drop the exception a surprise may have left. False if it is one that no codec may swallow, such as an interrupt.
pub unsafe fn surprise_is_over() -> bool {
    // SAFETY: the lock is held.
    unsafe {
        if PyErr_Occurred().is_null() {
            return true;
        }
        let may_be_dropped: c_int = PyErr_ExceptionMatches(PyExc_Exception);
        if may_be_dropped != 0 {
            PyErr_Clear();
        }
        may_be_dropped != 0
    }
}

/// Run what Python called. A panic, which would be a mistake in here, becomes an exception.
#[inline(always)]
pub fn guarded(call: impl FnOnce() -> *mut PyObject) -> *mut PyObject {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| {
        // SAFETY: the lock is held.
        unsafe {
            PyErr_SetString(
                PyExc_SystemError,
                c"the native codec of Mycelium has a defect".as_ptr(),
            )
        };
        null_mut()
    })
}
