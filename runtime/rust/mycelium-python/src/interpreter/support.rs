//! Whether this interpreter is one whose facts are known.

use super::{decimals, integers, uuids};
use pyo3_ffi::*;
use std::ffi::CStr;

/// What keeps the native codec from running here, if anything does.
pub unsafe fn obstacle() -> Option<&'static CStr> {
    if cfg!(not(all(
        target_pointer_width = "64",
        target_endian = "little"
    ))) {
        return Some(c"a little-endian 64-bit machine is needed");
    }
    if cfg!(any(PyPy, GraalPy, Py_GIL_DISABLED)) {
        return Some(c"this interpreter is not CPython with its lock");
    }
    if cfg!(Py_3_14) {
        return Some(c"this CPython is newer than those it was tested with, 3.11 to 3.13");
    }
    // SAFETY: the interpreter runs.
    unsafe {
        if PyInterpreterState_GetID(PyInterpreterState_Get()) != 0 {
            return Some(c"a subinterpreter is not supported");
        }
        first_obstacle(&[
            (
                integers::are_as_assumed,
                c"integers are laid out in a way not known here",
            ),
            (
                || decimals::prepare().is_ok(),
                c"decimal.Decimal is laid out in a way not known here",
            ),
            (
                || uuids::prepare().is_ok(),
                c"uuid.UUID is laid out in a way not known here",
            ),
        ])
    }
}

type Probe = unsafe fn() -> bool;

unsafe fn first_obstacle(probes: &[(Probe, &'static CStr)]) -> Option<&'static CStr> {
    for (holds, obstacle) in probes {
        // SAFETY: the interpreter runs, and its lock is held.
        if !unsafe { holds() } {
            // SAFETY: as above; what the probe ran into is told by the obstacle.
            unsafe { PyErr_Clear() };
            return Some(obstacle);
        }
    }
    None
}
