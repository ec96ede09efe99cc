//! When a plan is compiled, and when it is compiled again.

use super::{is_enabled, CodecObject, Progress};
use crate::interpreter::object::Surprise;
use crate::plan::compile::Compiler;
use crate::plan::MessageLayout;
use pyo3_ffi::PyErr_Clear;

/// How often a class may change before its plan is given up: each time keeps what was compiled before.
const MOST_COMPILATIONS: usize = 64;

/// Compile the plan where that is due, and those of the messages within.
#[cold]
pub unsafe fn prepare<'c>(codec: *mut CodecObject) -> Option<&'c MessageLayout> {
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

pub unsafe fn is_current(codec: *mut CodecObject) -> bool {
    // SAFETY: a live codec.
    unsafe {
        let layout = (*codec).state.layout;
        !layout.is_null() && !(*codec).state.outdated && crate::plan::currency::is_current(&*layout)
    }
}
