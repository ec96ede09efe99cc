//! `mycelium._native.Publisher`: messages of one class to the nodes that want them.

use super::class::{self, held, returned, Held};
use super::deadline::Deadline;
use super::errors;
use super::item::give_back;
use super::kind::Kind;
use super::release::Waiting;
use super::status;
use crate::entry::guarded;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use mycelium_bus::raw::RawPublisher;
use mycelium_bus::{NodeError, PublishError};
use pyo3_ffi::*;
use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void, CStr};
use std::ptr::null_mut;

/// What the object holds.
pub struct Publisher {
    raw: RawPublisher,
    kind: Kind,
    waiting: Waiting,
    /// Nobody of this process receives what is published here.
    is_alone: Cell<bool>,
    is_closed: Cell<bool>,
    published: Cell<u64>,
    /// `publish` and `try_publish` for when it is not alone, once they are known.
    otherwise: RefCell<Option<[Owned; 2]>>,
}

impl Publisher {
    /// Of a class, for a service.
    pub fn new(raw: RawPublisher, kind: Kind, waiting: Waiting) -> Self {
        Self {
            raw,
            kind,
            waiting,
            is_alone: Cell::new(false),
            is_closed: Cell::new(false),
            published: Cell::new(0),
            otherwise: RefCell::new(None),
        }
    }

    #[inline(always)]
    fn is_plain(&self, message: *mut PyObject) -> bool {
        // SAFETY: the interpreter passes live objects.
        self.is_alone.get() && unsafe { self.kind.is_of(message) }
    }

    /// Hand the message over; false, and nobody gets it, where there is no room and waiting is not wanted.
    #[inline(always)]
    unsafe fn hand_over(&self, message: *mut PyObject, may_wait: bool) -> Plain<bool> {
        if self.is_closed.get() {
            // SAFETY: the lock is held.
            return Err(unsafe {
                errors::not_published(&PublishError::Closed, self.kind.information.name)
            });
        }
        // SAFETY: as above.
        unsafe { self.waiting.process.check()? };
        if !self.raw.is_wanted() {
            // SAFETY: as above.
            return self.raw.check().map(|()| true).map_err(|error| unsafe {
                errors::not_published(&error, self.kind.information.name)
            });
        }
        // SAFETY: a live object. While the bytes are used without the lock, the encoder's memory is not: it was taken out.
        unsafe {
            self.kind
                .with_body(message, |body| match self.raw.try_publish(body) {
                    Ok(true) => Ok(true),
                    Ok(false) if may_wait => self.wait_and_publish(body).map(|()| true),
                    Ok(false) => Ok(false),
                    Err(error) => Err(errors::not_published(&error, self.kind.information.name)),
                })
        }
    }

    #[cold]
    unsafe fn wait_and_publish(&self, body: &[u8]) -> Plain<()> {
        let deadline = Deadline::NEVER;
        loop {
            let mut stop = || true;
            let patience = deadline.patience(&mut stop);
            // SAFETY: only the bytes are used without the lock.
            let published = unsafe { self.waiting.released(|| self.raw.publish(body, patience)) };
            match published {
                Ok(()) => return Ok(()),
                Err(PublishError::Interrupted) => {
                    // SAFETY: the lock is held again.
                    unsafe { deadline.is_over()? };
                }
                Err(error) => {
                    let name = self.kind.information.name;
                    // SAFETY: as above.
                    return Err(unsafe { errors::not_published(&error, name) });
                }
            }
        }
    }

    unsafe fn wait_until_wanted(&self, timeout: *mut PyObject) -> Plain<()> {
        // SAFETY: a live object; only the raw publisher is used without the lock.
        unsafe {
            let deadline = Deadline::after(timeout)?;
            loop {
                let mut stop = || true;
                let patience = deadline.patience(&mut stop);
                let waited = self
                    .waiting
                    .released(|| self.raw.wait_until_wanted_with(patience));
                match waited {
                    Ok(()) => return Ok(()),
                    Err(NodeError::Interrupted) => {
                        deadline.is_over()?;
                    }
                    Err(error) => return Err(errors::no_node(&error)),
                }
            }
        }
    }

    unsafe fn publish_otherwise(&self, which: usize, message: *mut PyObject) -> *mut PyObject {
        let function = self
            .otherwise
            .borrow()
            .as_ref()
            // SAFETY: held by the publisher, and by this call while it runs.
            .map(|functions| unsafe { Owned::of(functions[which].as_ptr()) });
        // SAFETY: live objects.
        unsafe {
            match function {
                Some(function) => PyObject_CallOneArg(function.as_ptr(), message),
                None => {
                    errors::raise(c"BusClosed", "this publisher was let go");
                    null_mut()
                }
            }
        }
    }
}

unsafe extern "C" fn publish(publisher: *mut PyObject, message: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter passes a publisher and a live object.
    guarded(|| unsafe {
        let publisher = held::<Publisher>(publisher);
        if !publisher.is_plain(message) {
            return publisher.publish_otherwise(0, message);
        }
        match publisher.hand_over(message, true) {
            Ok(_) => {
                publisher.published.set(publisher.published.get() + 1);
                class::none()
            }
            Err(Surprise) => null_mut(),
        }
    })
}

unsafe extern "C" fn try_publish(
    publisher: *mut PyObject,
    message: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let publisher = held::<Publisher>(publisher);
        if !publisher.is_plain(message) {
            return publisher.publish_otherwise(1, message);
        }
        match publisher.hand_over(message, false) {
            Ok(is_published) => {
                let count = publisher.published.get() + u64::from(is_published);
                publisher.published.set(count);
                PyBool_FromLong(is_published.into())
            }
            Err(Surprise) => null_mut(),
        }
    })
}

unsafe extern "C" fn send(publisher: *mut PyObject, message: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match held::<Publisher>(publisher).hand_over(message, true) {
            Ok(_) => class::none(),
            Err(Surprise) => null_mut(),
        }
    })
}

unsafe extern "C" fn try_send(publisher: *mut PyObject, message: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match held::<Publisher>(publisher).hand_over(message, false) {
            Ok(is_sent) => PyBool_FromLong(is_sent.into()),
            Err(Surprise) => null_mut(),
        }
    })
}

unsafe extern "C" fn wait_until_wanted(
    publisher: *mut PyObject,
    timeout: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match held::<Publisher>(publisher).wait_until_wanted(timeout) {
            Ok(()) => class::none(),
            Err(Surprise) => null_mut(),
        }
    })
}

unsafe extern "C" fn is_wanted(publisher: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: as above.
    unsafe { PyBool_FromLong(held::<Publisher>(publisher).raw.is_wanted().into()) }
}

unsafe extern "C" fn begin(
    publisher: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many live arguments as the interpreter says.
    guarded(|| unsafe {
        if count != 2 {
            errors::type_error("begin takes two functions");
            return null_mut();
        }
        let functions = [Owned::of(*arguments), Owned::of(*arguments.add(1))];
        let before = held::<Publisher>(publisher)
            .otherwise
            .replace(Some(functions));
        drop(before); // when nothing is borrowed any more: what it lets go may run Python code
        class::none()
    })
}

unsafe extern "C" fn close(publisher: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        held::<Publisher>(publisher).is_closed.set(true);
        give_back();
        class::none()
    })
}

unsafe extern "C" fn published(publisher: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: as above.
    unsafe { PyLong_FromUnsignedLongLong(held::<Publisher>(publisher).published.get()) }
}

unsafe extern "C" fn wanted_by(publisher: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter passes a publisher.
    guarded(|| unsafe {
        returned(status::list_of(
            &held::<Publisher>(publisher).raw.wanted_by(),
        ))
    })
}

unsafe extern "C" fn is_alone(publisher: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: as above.
    unsafe { PyBool_FromLong(held::<Publisher>(publisher).is_alone.get().into()) }
}

unsafe extern "C" fn set_is_alone(
    publisher: *mut PyObject,
    value: *mut PyObject,
    _: *mut c_void,
) -> c_int {
    // SAFETY: as above; null means that it is to be deleted.
    unsafe {
        if value.is_null() {
            errors::type_error("is_alone cannot be deleted");
            return -1;
        }
        let truth = PyObject_IsTrue(value);
        if truth >= 0 {
            held::<Publisher>(publisher).is_alone.set(truth == 1);
        }
        truth.min(0)
    }
}

static CLASS: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

impl Held for Publisher {
    const NAME: &'static CStr = c"mycelium._native.Publisher";
    const DOCUMENTATION: &'static CStr =
        c"What hands messages of one class to the nodes that want them.";
    const IS_COLLECTED: bool = true;

    fn class() -> &'static LockedCell<*mut PyTypeObject> {
        &CLASS
    }

    fn methods() -> Vec<PyMethodDef> {
        vec![
            class::with_one_argument(
                c"publish",
                publish,
                c"publish($self, message, /)\n--\n\nAs send where this is alone, else as it was told to begin with.",
            ),
            class::with_one_argument(
                c"try_publish",
                try_publish,
                c"try_publish($self, message, /)\n--\n\nAs try_send where this is alone, else as it was told to begin with.",
            ),
            class::with_one_argument(
                c"send",
                send,
                c"send($self, message, /)\n--\n\nHand the message to every node that wants it; waits, or raises QueueFull, as \
                  their routes say.",
            ),
            class::with_one_argument(
                c"try_send",
                try_send,
                c"try_send($self, message, /)\n--\n\nThe same without waiting: False, and nobody gets the message, where \
                  there is no room.",
            ),
            class::with_one_argument(
                c"wait_until_wanted",
                wait_until_wanted,
                c"wait_until_wanted($self, timeout, /)\n--\n\nReturn when a service of another node wants these messages; \
                  NotConnected after that many seconds.",
            ),
            class::with_arguments(
                c"begin",
                begin,
                c"begin($self, publish, try_publish, /)\n--\n\nWhere publish and try_publish turn to unless they are alone.",
            ),
            class::without_arguments(
                c"wanted_by",
                wanted_by,
                c"wanted_by($self, /)\n--\n\nThe services of other nodes, or of guests, that want the messages now.",
            ),
            class::without_arguments(
                c"close",
                close,
                c"close($self, /)\n--\n\nLet nothing pass any more.",
            ),
        ]
    }

    fn attributes() -> Vec<PyGetSetDef> {
        let mut alone = class::readable(
            c"is_alone",
            is_alone,
            c"Whether nobody within this process receives what is published here.",
        );
        alone.set = Some(set_is_alone);
        let count = class::readable(
            c"published",
            published,
            c"How many messages were published without anybody of this process.",
        );
        let wanted = class::readable(
            c"is_wanted",
            is_wanted,
            c"Whether a service of another node wants these messages now.",
        );
        vec![alone, count, wanted]
    }

    fn visit(&self, visitor: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        let Ok(functions) = self.otherwise.try_borrow() else {
            return 0;
        };
        let functions = functions.iter().flatten().map(Owned::as_ptr);
        for object in std::iter::once(self.kind.class()).chain(functions) {
            let stop = visitor(object);
            if stop != 0 {
                return stop;
            }
        }
        0
    }

    fn let_go(&self) {
        let functions = self.otherwise.take();
        drop(functions);
    }
}
