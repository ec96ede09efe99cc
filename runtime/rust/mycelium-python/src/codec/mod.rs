//! The Python object that stands between a message class and its compiled plan.
//!
//! A codec is made when a class is described, and compiles the plan at first use. When the class or one it refers to
//! changes later, it compiles again; when it cannot be compiled, the pure-Python codec runs.

mod by_class;
mod preparation;
mod python_type;

pub use by_class::{codec_of, forget, Found};
pub use python_type::prepare_type;

use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::plan::MessageLayout;
use preparation::{is_current, prepare};
use pyo3_ffi::*;
use std::ptr::null_mut;

/// The functions of the Python package that a codec hands over to, in the order in which [`CodecObject::make`] takes them.
#[derive(Clone, Copy)]
#[repr(usize)]
pub enum Otherwise {
    /// `(message class, data)`: decodes step by step.
    DecodeCarefully,
    /// `(message)`: encodes step by step.
    EncodeCarefully,
    /// `(data)`: decodes in pure Python.
    Decode,
    /// `(message)`: encodes in pure Python.
    Encode,
    /// `(message, buffer, offset)`: encodes into a buffer in pure Python.
    EncodeInto,
}

const OTHERWISE: usize = 5;

/// `mycelium._native.Codec`.
#[repr(C)]
pub struct CodecObject {
    base: PyObject,
    class: *mut PyObject,
    held: *mut PyObject,
    otherwise: [*mut PyObject; OTHERWISE],
    state: State,
}

struct State {
    progress: Progress,
    /// The layout in use, null unless ready.
    layout: *const MessageLayout,
    /// All layouts so far: an older one may still be walked when a newer one is made.
    #[allow(clippy::vec_box)] // they must not move
    layouts: Vec<Box<MessageLayout>>,
    /// A class within was found to have changed.
    outdated: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    New,
    Compiling,
    Ready,
    Unsuitable,
}

static CODEC_TYPE: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());
static ENABLED: LockedCell<bool> = LockedCell::new(true);

/// Whether codecs use their plans; otherwise pure Python runs.
pub fn is_enabled() -> bool {
    ENABLED.read()
}

/// Let codecs use their plans, or pure Python.
pub fn set_enabled(enabled: bool) {
    ENABLED.write(enabled);
}

impl CodecObject {
    /// The object as a codec, if it is the codec of exactly this class.
    pub unsafe fn of(object: *mut PyObject, class: *mut PyTypeObject) -> Option<*mut CodecObject> {
        // SAFETY: null or a live object, which has a codec's fields if its class is that of codecs.
        unsafe {
            if object.is_null() || Py_TYPE(object) != CODEC_TYPE.read() {
                return None;
            }
            let codec = object.cast::<CodecObject>();
            ((*codec).class == class.cast()).then_some(codec)
        }
    }

    /// The plan of the class as it is now, compiled if need be; None where pure Python is to run.
    #[inline(always)]
    pub unsafe fn layout<'c>(codec: *mut CodecObject) -> Option<&'c MessageLayout> {
        // SAFETY: a live codec; layouts stay where they are as long as it lives, and callers hold it while they read.
        unsafe {
            let layout = (*codec).state.layout;
            if !layout.is_null()
                && ENABLED.read()
                && (*layout).shape.is_current()
                && !(*codec).state.outdated
            {
                return Some(&*layout);
            }
            prepare(codec)
        }
    }

    /// The plan of a class within another, if it is ready. Compiles nothing: no Python code runs.
    #[inline(always)]
    pub unsafe fn ready_layout<'c>(codec: *mut CodecObject) -> Plain<&'c MessageLayout> {
        // SAFETY: as above.
        unsafe {
            let layout = (*codec).state.layout;
            if !layout.is_null() && (*layout).shape.is_current() {
                return Ok(&*layout);
            }
        }
        Err(Surprise)
    }

    /// Call what takes over. The arguments are live objects.
    #[cold]
    pub unsafe fn otherwise(
        codec: *mut CodecObject,
        which: Otherwise,
        arguments: &[*mut PyObject],
    ) -> *mut PyObject {
        // SAFETY: a live codec, whose functions are there until it is cleared; they are kept alive during the call.
        unsafe {
            let function = (*codec).otherwise[which as usize];
            if function.is_null() {
                PyErr_SetString(
                    PyExc_SystemError,
                    c"the codec of a class that is being deleted".as_ptr(),
                );
                return null_mut();
            }
            let function = Owned::of(function);
            PyObject_Vectorcall(
                function.as_ptr(),
                arguments.as_ptr(),
                arguments.len(),
                null_mut(),
            )
        }
    }

    /// The same with named arguments, the last ones.
    pub unsafe fn otherwise_named(
        codec: *mut CodecObject,
        which: Otherwise,
        arguments: &[*mut PyObject],
        names: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: as above; the caller vouches that there are as many arguments as names.
        unsafe {
            let named = if names.is_null() {
                0
            } else {
                PyTuple_GET_SIZE(names) as usize
            };
            let function = (*codec).otherwise[which as usize];
            if function.is_null() {
                return CodecObject::otherwise(codec, which, &[]);
            }
            let function = Owned::of(function);
            PyObject_Vectorcall(
                function.as_ptr(),
                arguments.as_ptr(),
                arguments.len() - named,
                names,
            )
        }
    }

    /// The object as a codec of whatever class.
    pub unsafe fn of_any(object: *mut PyObject) -> Option<*mut CodecObject> {
        // SAFETY: null or a live object.
        unsafe {
            (!object.is_null() && Py_TYPE(object) == CODEC_TYPE.read()).then_some(object.cast())
        }
    }

    /// The class whose codec it is, borrowed.
    pub unsafe fn class(codec: *mut CodecObject) -> *mut PyObject {
        // SAFETY: a live codec.
        unsafe { (*codec).class }
    }

    /// After a surprise: compile again where a class within has changed.
    #[cold]
    pub unsafe fn suspect(codec: *mut CodecObject) {
        // SAFETY: a live codec.
        unsafe {
            (*codec).state.outdated =
                (*codec).state.progress == Progress::Ready && !is_current(codec)
        }
    }
}

impl CodecObject {
    /// The layout in use, whether or not it is up to date.
    pub unsafe fn compiled<'c>(codec: *mut CodecObject) -> Option<&'c MessageLayout> {
        // SAFETY: a live codec.
        unsafe { (*codec).state.layout.as_ref() }
    }

    /// Whether its plan is being compiled.
    pub unsafe fn is_compiling(codec: *mut CodecObject) -> bool {
        // SAFETY: a live codec.
        unsafe { (*codec).state.progress == Progress::Compiling }
    }

    /// A codec for a class.
    pub unsafe fn make(
        class: *mut PyObject,
        otherwise: &[*mut PyObject; OTHERWISE],
    ) -> Plain<Owned> {
        // SAFETY: the new object's fields are all written before it is seen by others.
        unsafe {
            let held = Owned::new(PyList_New(0))?;
            let type_object = CODEC_TYPE.read();
            let alloc = (*type_object).tp_alloc.ok_or(Surprise)?;
            let made = Owned::new(alloc(type_object, 0))?;
            let codec = made.as_ptr().cast::<CodecObject>();
            (*codec).class = Owned::of(class).into_ptr();
            (*codec).held = held.into_ptr();
            (*codec).otherwise = otherwise.map(|function| Owned::of(function).into_ptr());
            let state = State {
                progress: Progress::New,
                layout: std::ptr::null(),
                layouts: Vec::new(),
                outdated: false,
            };
            (&raw mut (*codec).state).write(state);
            Ok(made)
        }
    }
}
