//! The Python object that stands between a message class and its compiled plan.
//!
//! A codec is made when a class is described, and compiles the plan at first use. When the class or one it refers to
//! changes later, it compiles again; when it cannot be compiled, the pure-Python codec runs.

use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::plan::compile::Compiler;
use crate::plan::MessageLayout;
use pyo3_ffi::*;
use std::ptr::null_mut;

/// How often a class may change before its plan is given up: each time keeps what was compiled before.
const MOST_COMPILATIONS: usize = 64;

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

/// Compile the plan where that is due, and those of the messages within.
#[cold]
unsafe fn prepare<'c>(codec: *mut CodecObject) -> Option<&'c MessageLayout> {
    if !is_enabled() {
        return None;
    }
    // SAFETY: a live codec; the state is not borrowed while Python code may run.
    unsafe {
        if (*codec).state.progress == Progress::Ready && !is_current(codec) {
            (*codec).state.progress = Progress::New;
            (*codec).state.layout = std::ptr::null();
            (*codec).state.outdated = false;
        }
        if (*codec).state.progress == Progress::New && !(*codec).class.is_null() {
            compile(codec);
        }
        let layout = (*codec).state.layout;
        if layout.is_null() {
            None
        } else {
            Some(&*layout)
        }
    }
}

unsafe fn compile(codec: *mut CodecObject) {
    // SAFETY: a live codec, kept alive by whoever called it.
    unsafe {
        (*codec).state.progress = Progress::Compiling;
        let mut compiler = Compiler::new((*codec).held);
        let compiled = if (*codec).state.layouts.len() < MOST_COMPILATIONS {
            compiler.message((*codec).class)
        } else {
            Err(Surprise)
        };
        let suitable =
            compiled.is_ok() && compiler.nested.iter().all(|&nested| becomes_ready(nested));
        match compiled {
            Ok(layout) if suitable => {
                (*codec).state.layouts.push(Box::new(layout));
                (*codec).state.layout = (*codec)
                    .state
                    .layouts
                    .last()
                    .map_or(std::ptr::null(), |layout| &raw const **layout);
                (*codec).state.progress = Progress::Ready;
            }
            _ => {
                PyErr_Clear();
                (*codec).state.progress = Progress::Unsuitable;
            }
        }
    }
}

/// Whether a message within is compiled, or about to be: a message may contain itself.
unsafe fn becomes_ready(codec: *mut CodecObject) -> bool {
    // SAFETY: a live codec, held by the one it is within.
    unsafe { (*codec).state.progress == Progress::Compiling || prepare(codec).is_some() }
}

unsafe fn is_current(codec: *mut CodecObject) -> bool {
    // SAFETY: a live codec.
    unsafe {
        let layout = (*codec).state.layout;
        !layout.is_null() && !(*codec).state.outdated && crate::plan::currency::is_current(&*layout)
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
        crate::entry::forget((*codec).class);
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
