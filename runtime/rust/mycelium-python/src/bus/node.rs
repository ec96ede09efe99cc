//! `mycelium._native.Node`: a node that this process runs.

use super::class::{self, held, hold, returned, Held};
use super::deadline::Deadline;
use super::errors;
use super::forks::watch;
use super::information::{text, text_of};
use super::item::give_back;
use super::release::{find_main_thread, Waiting};
use super::service::Service;
use crate::entry::guarded;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use mycelium_bus::{LinkState, LinkStatus, NodeError};
use pyo3_ffi::*;
use std::cell::RefCell;
use std::ffi::CStr;
use std::path::Path;
use std::ptr::null_mut;
use std::sync::atomic::Ordering;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a node that was closed is waited for by those that waited for something of it.
const FAREWELL: Duration = Duration::from_millis(500);

/// What the object holds.
pub struct Node {
    /// None once it is closed.
    open: RefCell<Option<Arc<mycelium_bus::Node>>>,
    waiting: Waiting,
}

impl Node {
    unsafe fn open(&self) -> Plain<Arc<mycelium_bus::Node>> {
        // SAFETY: the lock is held.
        unsafe { self.waiting.process.check()? };
        let open = self.open.borrow().clone();
        // SAFETY: the lock is held.
        open.ok_or_else(|| unsafe { errors::no_node(&NodeError::Closed) })
    }

    unsafe fn make_service(&self, name: *mut PyObject) -> Plain<Owned> {
        // SAFETY: a live object.
        unsafe {
            let node = self.open()?;
            let name = text_of(name)?;
            let raw = node.raw(&name).map_err(|error| errors::no_node(&error))?;
            hold(Service::new(raw, self.waiting.clone()))
        }
    }

    unsafe fn wait(&self, timeout: *mut PyObject) -> Plain<()> {
        // SAFETY: a live object; only the node is used without the lock.
        unsafe {
            let node = self.open()?;
            let deadline = Deadline::after(timeout)?;
            loop {
                let mut stop = || true;
                let patience = deadline.patience(&mut stop);
                let waited = self
                    .waiting
                    .released(|| node.wait_until_connected_with(patience));
                match waited {
                    Ok(()) => return Ok(()),
                    // A signal, or a moment to look for one.
                    Err(NodeError::Interrupted) => {
                        deadline.is_over()?;
                    }
                    Err(error) => return Err(errors::no_node(&error)),
                }
            }
        }
    }

    unsafe fn end(&self) {
        let Some(node) = self.open.take() else {
            return;
        };
        let others = self.waiting.clone();
        // SAFETY: only the node is used without the lock. Those that wait have ended, and hold the lock again or never
        // will, before the interpreter may end.
        unsafe {
            Waiting::new().released(|| {
                node.close();
                let end = Instant::now() + FAREWELL;
                while others.count() > 0 && Instant::now() < end {
                    std::thread::sleep(Duration::from_millis(1));
                }
            });
            give_back();
        }
    }
}

/// `open_node(path, name)`
pub unsafe extern "C" fn open_node(
    _module: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many live arguments as the interpreter says.
    guarded(|| unsafe {
        match std::slice::from_raw_parts(arguments, count as usize) {
            &[path, name] => returned(begin(path, name)),
            _ => {
                errors::type_error("open_node takes the path of a topology and the name of a node");
                null_mut()
            }
        }
    })
}

unsafe fn begin(path: *mut PyObject, name: *mut PyObject) -> Plain<Owned> {
    // SAFETY: live objects; nothing of Python is used without the lock.
    unsafe {
        find_main_thread()?;
        watch()?;
        let (path, name) = (text_of(path)?, text_of(name)?);
        let waiting = Waiting::new();
        let node = waiting.released(|| mycelium_bus::Node::from_topology(Path::new(&path), &name));
        let node = node.map_err(|error| errors::no_node(&error))?;
        hold(Node {
            open: RefCell::new(Some(Arc::new(node))),
            waiting,
        })
    }
}

unsafe extern "C" fn service(node: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter passes a node and a live object.
    guarded(|| unsafe { returned(held::<Node>(node).make_service(name)) })
}

unsafe extern "C" fn warnings(node: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above; the list takes references of its own.
    guarded(|| unsafe {
        let node = held::<Node>(node);
        returned(node.open().and_then(|open| {
            let list = Owned::new(PyList_New(0))?;
            for sentence in open.warnings() {
                if PyList_Append(list.as_ptr(), text(sentence)?.as_ptr()) < 0 {
                    return Err(Surprise);
                }
            }
            Ok(list)
        }))
    })
}

unsafe extern "C" fn links(node: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above; the list takes references of its own.
    guarded(|| unsafe {
        let node = held::<Node>(node);
        returned(node.open().and_then(|open| {
            let links = node.waiting.released(|| open.links());
            let list = Owned::new(PyList_New(0))?;
            for link in &links {
                if PyList_Append(list.as_ptr(), told(link)?.as_ptr()) < 0 {
                    return Err(Surprise);
                }
            }
            Ok(list)
        }))
    })
}

/// A link as a tuple: own service, peer, kind, state, the peer's node, the last error, mismatches, counters.
unsafe fn told(link: &LinkStatus) -> Plain<Owned> {
    let (state, last_error) = match &link.state {
        LinkState::Connecting { last_error } => ("connecting", last_error.as_deref()),
        LinkState::Handshaking => ("handshaking", None),
        LinkState::Established => ("established", None),
    };
    // SAFETY: the tuple and the list take references of their own.
    unsafe {
        let mismatches = Owned::new(PyList_New(0))?;
        for sentence in &link.mismatches {
            if PyList_Append(mismatches.as_ptr(), text(sentence)?.as_ptr()) < 0 {
                return Err(Surprise);
            }
        }
        let parts = [
            text(&link.from)?,
            text(&link.to)?,
            text(link.kind.name())?,
            text(state)?,
            text(&link.peer_node)?,
            last_error.map_or_else(|| Ok(Owned::of(Py_None())), |error| text(error))?,
            mismatches,
            counters(link)?,
        ];
        let tuple = Owned::new(PyTuple_New(parts.len() as Py_ssize_t))?;
        for (index, part) in parts.into_iter().enumerate() {
            PyTuple_SET_ITEM(tuple.as_ptr(), index as Py_ssize_t, part.into_ptr());
        }
        Ok(tuple)
    }
}

unsafe fn counters(link: &LinkStatus) -> Plain<Owned> {
    let counted = &link.counters;
    let all = [
        (c"sent", &counted.sent),
        (c"received", &counted.received),
        (c"bytes_sent", &counted.bytes_sent),
        (c"bytes_received", &counted.bytes_received),
        (c"dropped_full", &counted.dropped_full),
        (c"dropped_disconnected", &counted.dropped_disconnected),
        (c"dropped_unwanted", &counted.dropped_unwanted),
        (c"missed", &counted.missed),
        (c"undecodable", &counted.undecodable),
        (c"reconnects", &counted.reconnects),
    ];
    // SAFETY: the dictionary takes references of its own.
    unsafe {
        let dictionary = Owned::new(PyDict_New())?;
        for (name, count) in all {
            let count = Owned::new(PyLong_FromUnsignedLongLong(count.load(Ordering::Relaxed)))?;
            if PyDict_SetItemString(dictionary.as_ptr(), name.as_ptr(), count.as_ptr()) < 0 {
                return Err(Surprise);
            }
        }
        Ok(dictionary)
    }
}

unsafe extern "C" fn wait_until_connected(
    node: *mut PyObject,
    timeout: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        match held::<Node>(node).wait(timeout) {
            Ok(()) => class::none(),
            Err(Surprise) => null_mut(),
        }
    })
}

unsafe extern "C" fn close(node: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        held::<Node>(node).end();
        class::none()
    })
}

static CLASS: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

impl Held for Node {
    const NAME: &'static CStr = c"mycelium._native.Node";
    const DOCUMENTATION: &'static CStr = c"A node that this process runs.";

    fn class() -> &'static LockedCell<*mut PyTypeObject> {
        &CLASS
    }

    #[rustfmt::skip]
    fn methods() -> Vec<PyMethodDef> {
        vec![
            class::with_one_argument(c"service", service,
                c"service($self, name, /)\n--\n\nA service of the node."),
            class::without_arguments(c"warnings", warnings,
                c"warnings($self, /)\n--\n\nWhat is odd about it, a sentence for each."),
            class::without_arguments(c"links", links,
                c"links($self, /)\n--\n\nOf each link: own service, peer, kind, state, the peer's node, the last error, \
                  mismatches, counters."),
            class::with_one_argument(c"wait_until_connected", wait_until_connected,
                c"wait_until_connected($self, timeout, /)\n--\n\nReturn when every link is established."),
            class::without_arguments(c"close", close,
                c"close($self, /)\n--\n\nSend what was published, say goodbye, let everything go."),
        ]
    }
}
