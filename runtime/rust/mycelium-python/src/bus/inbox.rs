//! `mycelium._native.Inbox`: a queue of messages of other nodes and of this one.

use super::class::{self, held, returned, Held};
use super::deadline::Deadline;
use super::errors;
use super::item::{give_back, Item, Parked};
use super::kind::Kind;
use super::merging;
use super::release::Waiting;
use super::service::Asker;
use super::taking::Nothing;
use crate::entry::guarded;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{attribute, import, Owned, Plain, Surprise};
use mycelium_bus::raw::{self, Purpose};
use mycelium_bus::RecvError;
use pyo3_ffi::*;
use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void, CStr};
use std::ptr::null_mut;
use std::rc::Rc;

/// What the object holds.
pub struct Inbox {
    pub(super) raw: raw::Inbox<Item>,
    pub(super) waiting: Waiting,
    /// What comes in, by key.
    entries: RefCell<Vec<Rc<Entry>>>,
    undecodable: Cell<u64>,
    /// What lives as long as anybody can receive.
    keeper: RefCell<Option<Owned>>,
}

/// One type of messages that come in, for one purpose.
pub struct Entry {
    /// The type.
    pub kind: Kind,
    /// What `take_delivery` gives with each.
    pub receiver: Owned,
}

impl Inbox {
    /// Without anything to come in.
    pub fn new(raw: raw::Inbox<Item>, waiting: Waiting) -> Self {
        Self {
            raw,
            waiting,
            entries: RefCell::default(),
            undecodable: Cell::new(0),
            keeper: RefCell::new(None),
        }
    }

    /// What comes in under a key.
    #[inline(always)]
    pub fn entry(&self, key: u32) -> Option<Rc<Entry>> {
        self.entries.borrow().get(key as usize).cloned()
    }

    unsafe fn add(
        &self,
        class: *mut PyObject,
        receiver: *mut PyObject,
        purpose: Purpose,
    ) -> Plain<()> {
        // SAFETY: live objects; only the raw inbox is used without the lock.
        unsafe {
            let kind = Kind::of(class)?;
            let information = kind.information;
            let receiver = Owned::of(receiver);
            let key = {
                let mut entries = self.entries.borrow_mut();
                entries.push(Rc::new(Entry { kind, receiver }));
                entries.len() as u32 - 1
            };
            let raw = &self.raw;
            self.waiting
                .released(|| raw.receive(information, key, purpose, Item::of));
        }
        Ok(())
    }

    /// Count and report bytes that are no message; the exception is cleared. A surprise for anything but a DecodeError.
    #[cold]
    pub unsafe fn count_undecodable(&self, entry: &Entry) -> Plain<()> {
        // SAFETY: the lock is held, and an exception is set.
        unsafe {
            let expected = {
                let mut raised = [null_mut(); 3];
                let [class, value, traceback] = &mut raised;
                PyErr_Fetch(class, value, traceback);
                let found = import(c"mycelium.errors")
                    .and_then(|module| attribute(module.as_ptr(), c"DecodeError"));
                PyErr_Clear();
                PyErr_Restore(raised[0], raised[1], raised[2]);
                found?
            };
            if PyErr_ExceptionMatches(expected.as_ptr()) == 0 {
                return Err(Surprise);
            }
            self.undecodable.set(self.undecodable.get() + 1);
            report(entry, self.undecodable.get())
        }
    }
}

/// Tell the log of the exception that is set, and clear it.
unsafe fn report(entry: &Entry, count: u64) -> Plain<()> {
    // SAFETY: the lock is held; each reference is given back.
    unsafe {
        let (mut class, mut value, mut traceback) = (null_mut(), null_mut(), null_mut());
        PyErr_Fetch(&mut class, &mut value, &mut traceback);
        PyErr_NormalizeException(&mut class, &mut value, &mut traceback);
        let held = [class, value, traceback].map(|object| Owned::new(object).ok());
        let module = import(c"mycelium.bus.reports")?;
        let function = attribute(module.as_ptr(), c"undecodable")?;
        let count = Owned::new(PyLong_FromUnsignedLongLong(count))?;
        let error = held[1].as_ref().map_or(Py_None(), Owned::as_ptr);
        let arguments = [entry.kind.class(), error, count.as_ptr()];
        Owned::new(PyObject_Vectorcall(
            function.as_ptr(),
            arguments.as_ptr(),
            arguments.len(),
            null_mut(),
        ))?;
        Ok(())
    }
}

unsafe extern "C" fn take(
    inbox: *mut PyObject,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the interpreter passes an inbox, that many positional arguments, and those that are named.
    guarded(|| unsafe {
        let deadline = if count == 0 && names.is_null() {
            Deadline::NEVER
        } else {
            match timeout_of(arguments, count, names) {
                Ok(deadline) => deadline,
                Err(Surprise) => return null_mut(),
            }
        };
        match held::<Inbox>(inbox).receive(&deadline) {
            Ok(received) => received.message.into_ptr(),
            Err(nothing) => raised(nothing, deadline.timeout),
        }
    })
}

unsafe fn timeout_of(
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> Plain<Deadline> {
    // SAFETY: as many arguments as the interpreter says, of which the last are named.
    unsafe {
        let named = if names.is_null() {
            0
        } else {
            PyTuple_GET_SIZE(names)
        };
        let is_timeout = || {
            PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), c"timeout".as_ptr()) == 0
        };
        if count + named != 1 || (named == 1 && !is_timeout()) {
            return Err(errors::type_error("recv takes one argument, `timeout`"));
        }
        Deadline::after(*arguments)
    }
}

/// Set the exception for why nothing came out.
#[cold]
unsafe fn raised(nothing: Nothing, timeout: f64) -> *mut PyObject {
    if let Nothing::Because(error) = nothing {
        // SAFETY: the lock is held.
        unsafe { errors::not_received(error, timeout) };
    }
    null_mut()
}

unsafe extern "C" fn try_take(inbox: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter passes an inbox.
    guarded(|| unsafe {
        match held::<Inbox>(inbox).receive_now() {
            Ok(Some(received)) => received.message.into_ptr(),
            Ok(None) => class::none(),
            Err(nothing) => raised(nothing, 0.0),
        }
    })
}

unsafe extern "C" fn take_delivery(inbox: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above; the tuple takes what it is given.
    guarded(|| unsafe {
        match held::<Inbox>(inbox).receive(&Deadline::NEVER) {
            Ok(received) => {
                let receiver = received
                    .entry
                    .map_or(Py_None(), |entry| entry.receiver.as_ptr());
                let asker = received
                    .asker
                    .map(|asker| class::hold(Asker(asker)))
                    .transpose();
                returned(asker.and_then(|asker| {
                    let asker = asker.as_ref().map_or(Py_None(), Owned::as_ptr);
                    let message = received.message.as_ptr();
                    Owned::new(PyTuple_Pack(3, receiver, message, asker))
                }))
            }
            Err(nothing) => raised(nothing, 0.0),
        }
    })
}

unsafe extern "C" fn next(inbox: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above; null without an exception ends the iteration.
    guarded(|| unsafe {
        match held::<Inbox>(inbox).receive(&Deadline::NEVER) {
            Ok(received) => received.message.into_ptr(),
            Err(Nothing::Because(RecvError::Closed)) => null_mut(),
            Err(nothing) => raised(nothing, 0.0),
        }
    })
}

unsafe extern "C" fn receive(
    inbox: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as above.
    unsafe { add(inbox, arguments, count, Purpose::Messages) }
}

unsafe extern "C" fn serve(
    inbox: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as above.
    unsafe { add(inbox, arguments, count, Purpose::Requests) }
}

unsafe fn add(
    inbox: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
    purpose: Purpose,
) -> *mut PyObject {
    // SAFETY: as many live arguments as the interpreter says.
    guarded(|| unsafe {
        if count != 2 {
            errors::type_error("a message class and a receiver are needed");
            return null_mut();
        }
        match held::<Inbox>(inbox).add(*arguments, *arguments.add(1), purpose) {
            Ok(()) => class::none(),
            Err(Surprise) => null_mut(),
        }
    })
}

unsafe extern "C" fn receive_no_more(inbox: *mut PyObject, class: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let inbox = held::<Inbox>(inbox);
        match Kind::of(class).map(|kind| kind.information.type_id) {
            Ok(type_id) => {
                let raw = &inbox.raw;
                inbox
                    .waiting
                    .released(|| type_id.into_iter().for_each(|id| raw.receive_no_more(id)));
                class::none()
            }
            Err(Surprise) => null_mut(),
        }
    })
}

unsafe extern "C" fn put(inbox: *mut PyObject, message: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let item = Item::Local(Parked::new(Owned::of(message)));
        let is_in = held::<Inbox>(inbox).raw.put(0, item);
        give_back();
        PyBool_FromLong(is_in.into())
    })
}

unsafe extern "C" fn has_room(inbox: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe { PyBool_FromLong(held::<Inbox>(inbox).raw.has_room().into()) })
}

unsafe extern "C" fn wait_for_room(inbox: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match merging::wait_for_room(held::<Inbox>(inbox), None) {
            Ok(()) => class::none(),
            Err(Surprise) => null_mut(),
        }
    })
}

unsafe extern "C" fn watch(inbox: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match held::<Inbox>(inbox).raw.watch() {
            Ok(descriptor) => PyLong_FromLong(descriptor.into()),
            Err(error) => {
                errors::raise(
                    c"BusError",
                    &format!("an event loop cannot wait for messages: {error}"),
                );
                null_mut()
            }
        }
    })
}

unsafe extern "C" fn arm(inbox: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe { PyBool_FromLong(held::<Inbox>(inbox).raw.arm().into()) })
}

unsafe extern "C" fn close(inbox: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let inbox = held::<Inbox>(inbox);
        let raw = &inbox.raw;
        inbox.waiting.released(|| raw.close());
        give_back();
        class::none()
    })
}

unsafe extern "C" fn received(inbox: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let inbox = held::<Inbox>(inbox);
        let taken = inbox.raw.received().saturating_sub(inbox.undecodable.get());
        PyLong_FromUnsignedLongLong(taken)
    })
}

unsafe extern "C" fn lost(inbox: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: as above; the dictionary takes references of its own.
    guarded(|| unsafe {
        let inbox = held::<Inbox>(inbox);
        let lost = inbox.raw.lost();
        let reasons = [
            (c"overflow", lost.overflow),
            (c"link", lost.link),
            (c"late", lost.late),
            (c"undecodable", inbox.undecodable.get()),
        ];
        returned(Owned::new(PyDict_New()).and_then(|all| {
            for (reason, count) in reasons.into_iter().filter(|(_, count)| *count != 0) {
                let count = Owned::new(PyLong_FromUnsignedLongLong(count))?;
                if PyDict_SetItemString(all.as_ptr(), reason.as_ptr(), count.as_ptr()) < 0 {
                    return Err(Surprise);
                }
            }
            Ok(all)
        }))
    })
}

unsafe extern "C" fn keeper(inbox: *mut PyObject, _: *mut c_void) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let keeper = held::<Inbox>(inbox).keeper.borrow();
        let keeper = keeper.as_ref().map_or(Py_None(), Owned::as_ptr);
        Owned::of(keeper).into_ptr()
    })
}

unsafe extern "C" fn set_keeper(
    inbox: *mut PyObject,
    value: *mut PyObject,
    _: *mut c_void,
) -> c_int {
    // SAFETY: as above; null means that it is to be deleted.
    unsafe {
        let keeper = (!value.is_null()).then(|| Owned::of(value));
        let before = held::<Inbox>(inbox).keeper.replace(keeper);
        drop(before); // when nothing is borrowed any more: what it lets go may run Python code
    }
    0
}

unsafe extern "C" fn length(inbox: *mut PyObject) -> Py_ssize_t {
    // SAFETY: as above.
    unsafe { held::<Inbox>(inbox).raw.len() as Py_ssize_t }
}

static CLASS: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

impl Held for Inbox {
    const NAME: &'static CStr = c"mycelium._native.Inbox";
    const DOCUMENTATION: &'static CStr = c"A queue of messages of other nodes and of this one.";
    const IS_COLLECTED: bool = true;

    fn class() -> &'static LockedCell<*mut PyTypeObject> {
        &CLASS
    }

    #[rustfmt::skip]
    fn methods() -> Vec<PyMethodDef> {
        use class::{with_arguments, with_names, with_one_argument, without_arguments};
        vec![
            with_names(c"take", take,
                c"take($self, /, timeout=None)\n--\n\nThe message that has waited longest; ReceiveTimedOut, BusClosed."),
            without_arguments(c"try_take", try_take,
                c"try_take($self, /)\n--\n\nThe message that has waited longest, None where there is none; BusClosed."),
            without_arguments(c"take_delivery", take_delivery,
                c"take_delivery($self, /)\n--\n\nThe receiver, the message, and who asked, None for one that is no request."),
            with_arguments(c"receive", receive,
                c"receive($self, message_class, receiver, /)\n--\n\nLet messages of this class come in."),
            with_arguments(c"serve", serve,
                c"serve($self, message_class, receiver, /)\n--\n\nLet requests of this class come in."),
            with_one_argument(c"receive_no_more", receive_no_more,
                c"receive_no_more($self, message_class, /)\n--\n\nLet nothing of this class come in."),
            with_one_argument(c"put", put,
                c"put($self, message, /)\n--\n\nAdd a message of this process."),
            without_arguments(c"has_room", has_room,
                c"has_room($self, /)\n--\n\nWhether one more message would be kept."),
            without_arguments(c"wait_for_room", wait_for_room,
                c"wait_for_room($self, /)\n--\n\nReturn when there is room, or when the inbox was closed."),
            with_arguments(c"put_from", merging::put_from,
                c"put_from($self, service, message, /)\n--\n\nAdd a message that a service of this process publishes."),
            with_one_argument(c"has_room_from", merging::has_room_from,
                c"has_room_from($self, service, /)\n--\n\nWhether one more message of the service would be kept."),
            with_one_argument(c"wait_for_room_from", merging::wait_for_room_from,
                c"wait_for_room_from($self, service, /)\n--\n\nReturn when there is room for one of the service, or the inbox was closed."),
            with_one_argument(c"expect", merging::expect_from,
                c"expect($self, service, /)\n--\n\nA service of this process may publish what comes in here."),
            with_one_argument(c"leave", merging::leave,
                c"leave($self, service, /)\n--\n\nA service of this process publishes nothing more."),
            without_arguments(c"watch", watch,
                c"watch($self, /)\n--\n\nA file descriptor that is readable when something came after arm."),
            without_arguments(c"arm", arm,
                c"arm($self, /)\n--\n\nLet the descriptor tell of what comes next; False where something is there."),
            without_arguments(c"close", close,
                c"close($self, /)\n--\n\nTake in nothing more, and wake everybody who waits."),
        ]
    }

    fn attributes() -> Vec<PyGetSetDef> {
        let mut kept = class::readable(
            c"keeper",
            keeper,
            c"What lives as long as this inbox, or one of its methods, does.",
        );
        kept.set = Some(set_keeper);
        vec![
            class::readable(c"received", received, c"How many messages were taken out."),
            class::readable(c"lost", lost, c"How many messages were lost, by reason."),
            class::readable(
                c"due",
                merging::due,
                c"Seconds after which to look again at what is held back, None where nothing is.",
            ),
            class::readable(
                c"latencies",
                merging::latencies,
                c"Nanoseconds on the way and how often, None where not measured.",
            ),
            kept,
        ]
    }

    fn visit(&self, visitor: &mut dyn FnMut(*mut PyObject) -> c_int) -> c_int {
        let Ok(keeper) = self.keeper.try_borrow() else {
            return 0;
        };
        keeper.as_ref().map_or(0, |keeper| visitor(keeper.as_ptr()))
    }

    fn let_go(&self) {
        let keeper = self.keeper.take();
        drop(keeper);
    }

    fn slots() -> Vec<PyType_Slot> {
        let slot = |slot, pfunc: *mut c_void| PyType_Slot { slot, pfunc };
        vec![
            slot(Py_sq_length, length as *mut _),
            slot(Py_tp_iter, PyObject_SelfIter as *mut _),
            slot(Py_tp_iternext, next as *mut _),
        ]
    }
}
