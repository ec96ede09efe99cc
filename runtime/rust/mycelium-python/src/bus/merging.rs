//! What an inbox does for services of this process where it puts messages into the order of their publication.

use super::class::{self, expect, held, returned};
use super::deadline::Deadline;
use super::errors;
use super::inbox::Inbox;
use super::item::{give_back, Item, Parked};
use super::service::Service;
use crate::entry::guarded;
use crate::interpreter::object::{Owned, Plain, Surprise};
use mycelium_bus::PublishError;
use pyo3_ffi::*;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::time::Instant;

/// `put_from(service, message)`
pub unsafe extern "C" fn put_from(
    inbox: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: the interpreter passes an inbox and as many live arguments as it says.
    guarded(|| unsafe {
        if count != 2 {
            errors::type_error("put_from takes a service and a message");
            return null_mut();
        }
        let Ok(service) = expect::<Service>(*arguments) else {
            return null_mut();
        };
        let item = Item::Local(Parked::new(Owned::of(*arguments.add(1))));
        let is_in = held::<Inbox>(inbox).raw.put_from(&service.raw, 0, item);
        give_back();
        PyBool_FromLong(is_in.into())
    })
}

/// `has_room_from(service)`
pub unsafe extern "C" fn has_room_from(
    inbox: *mut PyObject,
    service: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match expect::<Service>(service) {
            Ok(service) => {
                let has_room = held::<Inbox>(inbox).raw.has_room_from(&service.raw);
                PyBool_FromLong(has_room.into())
            }
            Err(Surprise) => null_mut(),
        }
    })
}

/// `wait_for_room_from(service)`
pub unsafe extern "C" fn wait_for_room_from(
    inbox: *mut PyObject,
    service: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let Ok(service) = expect::<Service>(service) else {
            return null_mut();
        };
        match wait_for_room(held::<Inbox>(inbox), Some(service)) {
            Ok(()) => class::none(),
            Err(Surprise) => null_mut(),
        }
    })
}

/// Return when there is room, for what that service publishes.
pub unsafe fn wait_for_room(inbox: &Inbox, service: Option<&Service>) -> Plain<()> {
    // SAFETY: the lock is held; only the raw inbox is used without it.
    unsafe {
        loop {
            let mut stop = || true;
            let patience = Deadline::NEVER.patience(&mut stop);
            let waited = inbox.waiting.released(|| match service {
                Some(service) => inbox.raw.wait_for_room_from(&service.raw, patience),
                None => inbox.raw.wait_for_room(patience),
            });
            match waited {
                Err(PublishError::Interrupted) => {
                    Deadline::NEVER.is_over()?;
                }
                Ok(()) | Err(PublishError::Closed) => return Ok(()),
                Err(error) => return Err(errors::not_published(&error, "message")),
            }
        }
    }
}

/// `expect(service)`
pub unsafe extern "C" fn expect_from(
    inbox: *mut PyObject,
    service: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match expect::<Service>(service) {
            Ok(service) => {
                held::<Inbox>(inbox).raw.expect(&service.raw);
                class::none()
            }
            Err(Surprise) => null_mut(),
        }
    })
}

/// `leave(service)`
pub unsafe extern "C" fn leave(inbox: *mut PyObject, service: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match expect::<Service>(service) {
            Ok(service) => {
                held::<Inbox>(inbox).raw.leave(&service.raw);
                class::none()
            }
            Err(Surprise) => null_mut(),
        }
    })
}

/// `due`
pub unsafe extern "C" fn due(inbox: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match held::<Inbox>(inbox).raw.due() {
            Some(due) => {
                let remaining = due.saturating_duration_since(Instant::now());
                PyFloat_FromDouble(remaining.as_secs_f64())
            }
            None => class::none(),
        }
    })
}

/// `latencies`
pub unsafe extern "C" fn latencies(inbox: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match held::<Inbox>(inbox).raw.latencies() {
            Some(latencies) => returned(list_of(&latencies)),
            None => class::none(),
        }
    })
}

/// Pairs of nanoseconds and how often that was, which rise.
unsafe fn list_of(latencies: &mycelium_bus::metrics::Latencies) -> Plain<Owned> {
    // SAFETY: the lock is held; tuple and list take references of their own.
    unsafe {
        let list = Owned::new(PyList_New(0))?;
        for (time, count) in latencies.recorded() {
            let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
            let time = Owned::new(PyLong_FromUnsignedLongLong(nanoseconds))?;
            let count = Owned::new(PyLong_FromUnsignedLongLong(count))?;
            let pair = Owned::new(PyTuple_Pack(2, time.as_ptr(), count.as_ptr()))?;
            if PyList_Append(list.as_ptr(), pair.as_ptr()) < 0 {
                return Err(Surprise);
            }
        }
        Ok(list)
    }
}
