//! Asking a service of another node.

use super::deadline::Deadline;
use super::errors;
use super::information::text_of;
use super::release::{check_signals_anywhere, is_main_thread};
use super::service::Service;
use crate::interpreter::object::{Owned, Plain};
use mycelium_bus::raw::Patience;
use pyo3_ffi::*;

/// `request(message, reply_class, to, timeout)`: the answer.
pub unsafe fn ask(service: &Service, arguments: &[*mut PyObject]) -> Plain<Owned> {
    let &[message, reply_class, to, timeout] = arguments else {
        let what = "request takes a message, the class of its answer, a service and a timeout";
        // SAFETY: the lock is held.
        return Err(unsafe { errors::type_error(what) });
    };
    // SAFETY: live objects; only the bytes are used without the lock.
    unsafe {
        service.waiting.process.check()?;
        let request = service.kind(Py_TYPE(message).cast())?;
        let reply = service.kind(reply_class)?;
        let deadline = Deadline::after(timeout)?;
        let to = match to == Py_None() {
            true => None,
            false => Some(text_of(to)?),
        };
        let body = request.with_body(message, |body| Ok(body.to_vec()))?;
        let mut interrupt = || check_signals_anywhere();
        let patience = Patience {
            deadline: deadline.end(),
            interrupt: match is_main_thread() {
                true => Some(&mut interrupt),
                false => None,
            },
        };
        let answer = service.waiting.released(|| {
            service.raw.request(
                request.information,
                &body,
                reply.information,
                to.as_deref(),
                patience,
            )
        });
        match answer {
            Ok(body) => reply.decode(&body),
            Err(error) => Err(errors::not_answered(
                &error,
                request.information.name,
                deadline.timeout,
            )),
        }
    }
}
