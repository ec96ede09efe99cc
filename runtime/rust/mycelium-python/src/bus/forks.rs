//! Whether this process is a child that `fork` made. It shares sockets, lanes and locks with its parent, so nothing of a node
//! may be used in it.

use super::errors;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{attribute, import, Owned, Plain};
use pyo3_ffi::*;
use std::ptr::null_mut;

/// How often the interpreter was forked on the way to this process.
static FORKS: LockedCell<u32> = LockedCell::new(0);
static IS_WATCHED: LockedCell<bool> = LockedCell::new(false);

static COUNT: LockedCell<PyMethodDef> = LockedCell::new(PyMethodDef {
    ml_name: c"count_fork".as_ptr(),
    ml_meth: PyMethodDefPointer { PyCFunction: count },
    ml_flags: METH_NOARGS,
    ml_doc: c"count_fork()\n--\n\nCalled in a forked child.".as_ptr(),
});

unsafe extern "C" fn count(_: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    FORKS.write(FORKS.read().wrapping_add(1));
    // SAFETY: gives a reference.
    unsafe { super::class::none() }
}

/// Have forks counted from now on.
pub unsafe fn watch() -> Plain<()> {
    if IS_WATCHED.read() {
        return Ok(());
    }
    // SAFETY: the lock is held; the definition lives as long as the process.
    unsafe {
        let count = Owned::new(PyCFunction_NewEx(COUNT.get(), null_mut(), null_mut()))?;
        let register = attribute(import(c"os")?.as_ptr(), c"register_at_fork")?;
        let names = Owned::new(PyTuple_Pack(
            1,
            Owned::new(PyUnicode_InternFromString(c"after_in_child".as_ptr()))?.as_ptr(),
        ))?;
        let arguments = [count.as_ptr()];
        Owned::new(PyObject_Vectorcall(
            register.as_ptr(),
            arguments.as_ptr(),
            0,
            names.as_ptr(),
        ))?;
    }
    IS_WATCHED.write(true);
    Ok(())
}

/// The process something was made in.
#[derive(Clone, Copy)]
pub struct Process(u32);

impl Process {
    /// This one.
    pub fn this() -> Self {
        Self(FORKS.read())
    }

    /// Whether it still is.
    #[inline(always)]
    pub fn is_this(self) -> bool {
        FORKS.read() == self.0
    }

    /// BusError where it is not.
    #[inline(always)]
    pub unsafe fn check(self) -> Plain<()> {
        if self.is_this() {
            return Ok(());
        }
        // SAFETY: the lock is held.
        Err(unsafe { forked() })
    }
}

#[cold]
unsafe fn forked() -> crate::interpreter::object::Surprise {
    let text =
        "the node was made before this process was forked; open one in the child, under a name of its own";
    // SAFETY: the lock is held.
    unsafe { errors::raise(c"BusError", text) }
}
