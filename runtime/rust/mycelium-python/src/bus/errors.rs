//! The exceptions of `mycelium.bus.errors`.

use super::information::text;
use crate::interpreter::object::{attribute, import, Owned, Plain, Surprise};
use mycelium::EncodeError;
use mycelium_bus::{NodeError, PublishError, RecvError, RequestError};
use pyo3_ffi::*;
use std::ffi::CStr;
use std::ptr::null_mut;

/// Set an exception of the bus, by the name of its class.
#[cold]
pub unsafe fn raise(class: &CStr, text: &str) -> Surprise {
    // SAFETY: the lock is held; where the class cannot be had, that exception is set.
    unsafe {
        let found =
            import(c"mycelium.bus.errors").and_then(|module| attribute(module.as_ptr(), class));
        if let Ok(class) = found {
            set(class.as_ptr(), text);
        }
    }
    Surprise
}

/// Set a TypeError.
#[cold]
pub unsafe fn type_error(text: &str) -> Surprise {
    // SAFETY: the lock is held.
    unsafe { set(PyExc_TypeError, text) }
}

/// Set a ValueError.
#[cold]
pub unsafe fn value_error(text: &str) -> Surprise {
    // SAFETY: the lock is held.
    unsafe { set(PyExc_ValueError, text) }
}

unsafe fn set(class: *mut PyObject, text: &str) -> Surprise {
    // SAFETY: a live class and a string; without memory for it, that exception is set.
    unsafe {
        let text = PyUnicode_FromStringAndSize(text.as_ptr().cast(), text.len() as Py_ssize_t);
        if let Ok(text) = Owned::new(text) {
            PyErr_SetObject(class, text.as_ptr());
        }
    }
    Surprise
}

/// Set an `EncodeError` of `mycelium.errors`, which messages that cannot be encoded raise in Python as well.
#[cold]
unsafe fn invalid(error: &EncodeError) -> Surprise {
    let parts = || {
        // SAFETY: the lock is held; each reference is given back.
        unsafe {
            let module = import(c"mycelium.errors")?;
            let class = attribute(module.as_ptr(), c"EncodeError")?;
            let codes = attribute(module.as_ptr(), c"ErrorCode")?;
            let name = text(error.code().name())?;
            let code = Owned::new(PyObject_CallOneArg(codes.as_ptr(), name.as_ptr()))?;
            let offset = Owned::new(PyLong_FromLong(0))?;
            let (path, detail) = (text(&error.path())?, text(error.code().meaning())?);
            let arguments = [&code, &path, &offset, &detail].map(Owned::as_ptr);
            let raised = Owned::new(PyObject_Vectorcall(
                class.as_ptr(),
                arguments.as_ptr(),
                arguments.len(),
                null_mut(),
            ))?;
            PyErr_SetObject(class.as_ptr(), raised.as_ptr());
            Plain::Ok(())
        }
    };
    let _ = parts();
    Surprise
}

/// A message that was not published.
#[cold]
pub unsafe fn not_published(error: &PublishError, message: &str) -> Surprise {
    // SAFETY: the lock is held.
    unsafe {
        match error {
            PublishError::Closed => raise(
                c"BusClosed",
                &format!("the bus was closed: no {message} can be published"),
            ),
            PublishError::Full => raise(
                c"QueueFull",
                &format!("a link has no room for one more {message}; nobody got it"),
            ),
            PublishError::Invalid(error) => invalid(error),
            other => raise(c"BusError", &other.to_string()),
        }
    }
}

/// No message.
#[cold]
pub unsafe fn not_received(error: RecvError, timeout: f64) -> Surprise {
    // SAFETY: the lock is held.
    unsafe {
        match error {
            RecvError::Closed => raise(
                c"BusClosed",
                "the subscriber was closed and holds no more messages",
            ),
            RecvError::TimedOut => raise(
                c"ReceiveTimedOut",
                &format!("no message within {timeout} s"),
            ),
            other => raise(c"BusError", &other.to_string()),
        }
    }
}

/// No answer. One that was interrupted has its exception.
#[cold]
pub unsafe fn not_answered(error: &RequestError, request: &str, timeout: f64) -> Surprise {
    // SAFETY: the lock is held.
    unsafe {
        match error {
            RequestError::Interrupted if !PyErr_Occurred().is_null() => Surprise,
            RequestError::Closed => raise(c"BusClosed", "this bus was closed"),
            RequestError::NoServer { .. } => {
                raise(c"NoServer", &format!("nobody serves {request}"))
            }
            RequestError::Ambiguous { services, .. } => {
                let services = services.join("`, `");
                let text = format!("{request} is served by `{services}`: say which with to=");
                raise(c"AmbiguousRequest", &text)
            }
            RequestError::NotServedBy { .. } => raise(c"NoServer", &error.to_string()),
            RequestError::Failed(reason) => raise(
                c"RequestFailed",
                &format!("the server of {request} refused: {reason}"),
            ),
            RequestError::Disconnected { .. } => raise(c"RequestFailed", &error.to_string()),
            RequestError::TimedOut => raise(
                c"RequestTimedOut",
                &format!("no answer to {request} within {timeout} s"),
            ),
            RequestError::Invalid(error) => invalid(error),
            other => raise(c"RequestError", &other.to_string()),
        }
    }
}

/// A node that cannot be, or is not connected.
#[cold]
pub unsafe fn no_node(error: &NodeError) -> Surprise {
    let class = match error {
        NodeError::Claimed { .. } => c"NodeClaimed",
        NodeError::NotConnected(_) => c"NotConnected",
        NodeError::Closed => c"BusClosed",
        _ => c"NodeError",
    };
    // SAFETY: the lock is held.
    unsafe { raise(class, &error.to_string()) }
}
