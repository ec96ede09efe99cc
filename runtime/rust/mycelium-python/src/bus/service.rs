//! `mycelium._native.Service`: a service's way to the services of other nodes.

use super::class::{self, expect, held, hold, returned, Held};
use super::errors;
use super::inbox::Inbox;
use super::information::{text, text_of};
use super::kind::Kind;
use super::publisher::Publisher;
use super::release::Waiting;
use super::request::ask;
use crate::entry::guarded;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use mycelium_bus::raw::{RawBus, ReplyTo};
use mycelium_bus::{Overflow, SubscriberOptions, Wait};
use pyo3_ffi::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CStr;
use std::ptr::null_mut;
use std::rc::Rc;
use std::time::Duration;

/// What the object holds.
pub struct Service {
    pub(super) raw: RawBus,
    pub(super) waiting: Waiting,
    /// The classes of requests and answers so far, by address: each is held.
    kinds: RefCell<HashMap<*mut PyObject, Rc<Kind>>>,
}

/// Who waits for an answer.
pub struct Asker(pub ReplyTo);

impl Service {
    /// A service of a node.
    pub fn new(raw: RawBus, waiting: Waiting) -> Self {
        Self {
            raw,
            waiting,
            kinds: RefCell::default(),
        }
    }

    /// What is known of a class, asked once.
    pub unsafe fn kind(&self, class: *mut PyObject) -> Plain<Rc<Kind>> {
        if let Some(known) = self.kinds.borrow().get(&class) {
            return Ok(Rc::clone(known));
        }
        // SAFETY: a live object.
        let kind = Rc::new(unsafe { Kind::of(class)? });
        self.kinds.borrow_mut().insert(class, Rc::clone(&kind));
        Ok(kind)
    }

    unsafe fn make_inbox(&self, arguments: &[*mut PyObject]) -> Plain<Owned> {
        let &[capacity, overflow, wait, lateness, latency] = arguments else {
            // SAFETY: the lock is held.
            return Err(unsafe {
                errors::type_error(
                    "inbox takes a capacity, an overflow, a wait, a lateness and whether to measure latencies",
                )
            });
        };
        // SAFETY: live objects.
        unsafe {
            let options = SubscriberOptions {
                capacity: PyLong_AsSize_t(capacity),
                overflow: overflow_of(&text_of(overflow)?)?,
                wait: match wait == Py_None() {
                    true => self.raw.options().wait,
                    false => wait_of(&text_of(wait)?)?,
                },
                merge: lateness_of(lateness)?,
                latency: PyObject_IsTrue(latency) == 1,
            };
            if options.capacity == 0 || options.capacity > CAPACITY_MAX {
                return match PyErr_Occurred().is_null() {
                    true => Err(errors::value_error("a queue of this capacity cannot be")),
                    false => Err(Surprise),
                };
            }
            hold(Inbox::new(self.raw.inbox(options), self.waiting.clone()))
        }
    }

    unsafe fn servers(&self, class: *mut PyObject) -> Plain<Owned> {
        // SAFETY: a live object; the list takes references of its own.
        unsafe {
            let information = self.kind(class)?.information;
            let names = self.waiting.released(|| self.raw.servers(information));
            let list = Owned::new(PyList_New(0))?;
            for name in &names {
                if PyList_Append(list.as_ptr(), text(name)?.as_ptr()) < 0 {
                    return Err(Surprise);
                }
            }
            Ok(list)
        }
    }

    unsafe fn answer(&self, asker: *mut PyObject, message: *mut PyObject) -> Plain<()> {
        // SAFETY: live objects; the bytes are those of a message, held until they were handed over.
        unsafe {
            let asker = expect::<Asker>(asker)?.0;
            let kind = self.kind(Py_TYPE(message).cast())?;
            kind.with_body(message, |body| {
                let answer = Ok((kind.information, body));
                let given = self.waiting.released(|| self.raw.reply(asker, answer));
                given.map_err(|error| errors::not_published(&error, kind.information.name))
            })
        }
    }

    unsafe fn turn_down(&self, asker: *mut PyObject, reason: *mut PyObject) -> Plain<()> {
        // SAFETY: live objects.
        unsafe {
            let asker = expect::<Asker>(asker)?.0;
            let reason = text_of(reason)?;
            let given = self
                .waiting
                .released(|| self.raw.reply(asker, Err(&reason)));
            given.map_err(|error| errors::not_published(&error, "answer"))
        }
    }
}

/// Messages a queue can hold: those of `mycelium.bus`.
const CAPACITY_MAX: usize = 1 << 24;

unsafe fn overflow_of(name: &str) -> Plain<Overflow> {
    Ok(match name {
        "block" => Overflow::Block,
        "error" => Overflow::Error,
        "drop_oldest" => Overflow::DropOldest,
        "drop_newest" => Overflow::DropNewest,
        "latest" => Overflow::Latest,
        // SAFETY: the lock is held.
        _ => return Err(unsafe { errors::value_error("there is no such overflow") }),
    })
}

/// None for a queue that gives messages out as they come; beyond what a clock can tell, for ever.
unsafe fn lateness_of(seconds: *mut PyObject) -> Plain<Option<Duration>> {
    // SAFETY: a live object; an error leaves its exception.
    unsafe {
        if seconds == Py_None() {
            return Ok(None);
        }
        let seconds = PyFloat_AsDouble(seconds);
        if !PyErr_Occurred().is_null() {
            return Err(Surprise);
        }
        Ok(Some(
            Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX),
        ))
    }
}

unsafe fn wait_of(name: &str) -> Plain<Wait> {
    Ok(match name {
        "spin" => Wait::Spin,
        "adaptive" => Wait::Adaptive,
        "block" => Wait::Block,
        // SAFETY: the lock is held.
        _ => return Err(unsafe { errors::value_error("there is no such wait") }),
    })
}

unsafe extern "C" fn publisher(service: *mut PyObject, class: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter passes a service and a live object.
    guarded(|| unsafe {
        let service = held::<Service>(service);
        returned(Kind::of(class).and_then(|kind| {
            let raw = service.raw.publisher(kind.information);
            hold(Publisher::new(raw, kind, service.waiting.clone()))
        }))
    })
}

unsafe extern "C" fn inbox(
    service: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many live arguments as the interpreter says.
    guarded(|| unsafe {
        let arguments = std::slice::from_raw_parts(arguments, count as usize);
        returned(held::<Service>(service).make_inbox(arguments))
    })
}

unsafe extern "C" fn servers(service: *mut PyObject, class: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter passes a service and a live object.
    guarded(|| unsafe { returned(held::<Service>(service).servers(class)) })
}

unsafe extern "C" fn advance_to(service: *mut PyObject, time: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let nanoseconds = PyLong_AsLongLong(time);
        if nanoseconds == -1 && !PyErr_Occurred().is_null() {
            return null_mut();
        }
        match held::<Service>(service).raw.advance_to(nanoseconds) {
            Ok(()) => class::none(),
            Err(error) => {
                errors::value_error(&error.to_string());
                null_mut()
            }
        }
    })
}

unsafe extern "C" fn request(
    service: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let arguments = std::slice::from_raw_parts(arguments, count as usize);
        returned(ask(held::<Service>(service), arguments))
    })
}

unsafe extern "C" fn reply(
    service: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe { give(service, arguments, count, Service::answer) })
}

unsafe extern "C" fn refuse(
    service: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe { give(service, arguments, count, Service::turn_down) })
}

unsafe fn give(
    service: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
    answer: unsafe fn(&Service, *mut PyObject, *mut PyObject) -> Plain<()>,
) -> *mut PyObject {
    // SAFETY: as many live arguments as the interpreter says.
    unsafe {
        if count != 2 {
            errors::type_error("who asked, and an answer, are needed");
            return null_mut();
        }
        match answer(held::<Service>(service), *arguments, *arguments.add(1)) {
            Ok(()) => class::none(),
            Err(Surprise) => null_mut(),
        }
    }
}

static CLASS: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

impl Held for Service {
    const NAME: &'static CStr = c"mycelium._native.Service";
    const DOCUMENTATION: &'static CStr = c"A service's way to the services of other nodes.";

    fn class() -> &'static LockedCell<*mut PyTypeObject> {
        &CLASS
    }

    #[rustfmt::skip]
    fn methods() -> Vec<PyMethodDef> {
        vec![
            class::with_one_argument(c"publisher", publisher,
                c"publisher($self, message_class, /)\n--\n\nWhat hands messages of this class to the nodes that want them."),
            class::with_arguments(c"inbox", inbox,
                c"inbox($self, capacity, overflow, wait, lateness, latency, /)\n--\n\nA queue, filled with nothing yet; a wait of None is \
                  that of the service's routes, and one with a lateness merges by time."),
            class::with_one_argument(c"advance_to", advance_to,
                c"advance_to($self, time, /)\n--\n\nPublish at this time from now on; ValueError for one before the service's."),
            class::with_one_argument(c"servers", servers,
                c"servers($self, message_class, /)\n--\n\nThe services of other nodes that answer requests of this class."),
            class::with_arguments(c"request", request,
                c"request($self, message, reply_class, to, timeout, /)\n--\n\nThe answer of a service on another node."),
            class::with_arguments(c"reply", reply,
                c"reply($self, asker, message, /)\n--\n\nAnswer a request."),
            class::with_arguments(c"refuse", refuse,
                c"refuse($self, asker, reason, /)\n--\n\nTell who asked what went wrong."),
        ]
    }
}

static ASKER_CLASS: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

impl Held for Asker {
    const NAME: &'static CStr = c"mycelium._native.Asker";
    const DOCUMENTATION: &'static CStr = c"Who waits for an answer.";

    fn class() -> &'static LockedCell<*mut PyTypeObject> {
        &ASKER_CLASS
    }

    fn methods() -> Vec<PyMethodDef> {
        Vec::new()
    }
}
