//! A Python interpreter in this process, and the capsule by which it joins the node.

use std::ffi::{c_void, CStr, CString};
use std::mem::MaybeUninit;

use mycelium_ffi::{NodeTable, Offer};
use pyo3_ffi::*;

const CAPSULE: &CStr = c"mycelium.node_table.v1";

/// Starts the interpreter of the program `python`, calls `function(capsule)` of a module, and ends the interpreter. One at a time.
pub fn call(python: &str, module: &CStr, function: &CStr, offer: Offer) -> Result<(), String> {
    start(python)?;
    // SAFETY: the interpreter was started in this thread, which has its lock until it is ended below.
    unsafe {
        let is_done = call_with_capsule(module, function, offer).is_some();
        if !is_done {
            PyErr_Print();
        }
        // Node.join's nodes that are still open are closed here.
        let is_ended = Py_FinalizeEx() == 0;
        match is_done && is_ended {
            true => Ok(()),
            false => Err("the strategy in Python failed; what it said is above".to_owned()),
        }
    }
}

fn start(python: &str) -> Result<(), String> {
    let program = CString::new(python).map_err(|error| error.to_string())?;
    let mut config = MaybeUninit::uninit();
    // SAFETY: initialised first, and cleared once; the program's name is copied.
    unsafe {
        PyConfig_InitPythonConfig(config.as_mut_ptr());
        let config = config.assume_init_mut();
        config.install_signal_handlers = 0; // Ctrl-C ends this program as any in Rust
        let mut status =
            PyConfig_SetBytesString(config, &mut config.program_name, program.as_ptr());
        if PyStatus_Exception(status) == 0 {
            status = Py_InitializeFromConfig(config);
        }
        PyConfig_Clear(config);
        match PyStatus_Exception(status) {
            0 => Ok(()),
            _ => Err(format!("no interpreter of {python} could be started")),
        }
    }
}

unsafe fn call_with_capsule(module: &CStr, function: &CStr, offer: Offer) -> Option<()> {
    // SAFETY: the caller has the lock; what is null is passed to nobody, and each reference is given back once.
    unsafe {
        let capsule = PyCapsule_New(
            offer.into_raw().cast_mut().cast::<c_void>(),
            CAPSULE.as_ptr(),
            Some(withdraw),
        );
        let module = PyImport_ImportModule(module.as_ptr());
        let function = match module.is_null() {
            true => module,
            false => PyObject_GetAttrString(module, function.as_ptr()),
        };
        let answer = match capsule.is_null() || function.is_null() {
            true => std::ptr::null_mut(),
            false => PyObject_CallOneArg(function, capsule),
        };
        for each in [function, module, capsule] {
            Py_XDECREF(each);
        }
        (!answer.is_null()).then(|| Py_DECREF(answer))
    }
}

/// What the interpreter calls when nobody has the capsule any more.
unsafe extern "C" fn withdraw(capsule: *mut PyObject) {
    // SAFETY: made above around an offer, and destroyed once.
    unsafe {
        let table = PyCapsule_GetPointer(capsule, CAPSULE.as_ptr());
        drop(Offer::from_raw(table.cast::<NodeTable>()));
    }
}
