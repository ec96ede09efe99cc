//! `mycelium._native.Node`: a node that this process runs.

use super::class::{self, held, hold, returned, Held};
use super::deadline::Deadline;
use super::errors;
use super::forks::watch;
use super::guests::{self, texts_of};
use super::information::text_of;
use super::item::give_back;
use super::release::{find_main_thread, Waiting};
use super::service::Service;
use super::status;
use crate::entry::guarded;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use mycelium_bus::topology::Topology;
use mycelium_bus::{NodeError, NodeOptions};
use pyo3_ffi::*;
use std::cell::RefCell;
use std::ffi::CStr;
use std::path::Path;
use std::ptr::null_mut;
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
    /// One that was opened, or joined, now; `waiting` are those who wait for something of it.
    pub fn new(node: mycelium_bus::Node, waiting: Waiting) -> Self {
        Self {
            open: RefCell::new(Some(Arc::new(node))),
            waiting,
        }
    }

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

/// `open_node(path, name, guests)`
pub unsafe extern "C" fn open_node(
    _module: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many live arguments as the interpreter says.
    guarded(|| unsafe {
        match std::slice::from_raw_parts(arguments, count as usize) {
            &[path, name, guests] => returned(begin(path, name, guests)),
            _ => {
                errors::type_error("open_node takes the path of a topology, the name of a node, and a list of its guests");
                null_mut()
            }
        }
    })
}

unsafe fn begin(path: *mut PyObject, name: *mut PyObject, guests: *mut PyObject) -> Plain<Owned> {
    // SAFETY: live objects; nothing of Python is used without the lock.
    unsafe {
        find_main_thread()?;
        watch()?;
        let (path, name) = (text_of(path)?, text_of(name)?);
        let guests = texts_of(guests)?;
        let waiting = Waiting::new();
        let node = waiting.released(|| open(Path::new(&path), &name, guests));
        let node = node.map_err(|error| errors::no_node(&error))?;
        hold(Node::new(node, waiting))
    }
}

fn open(path: &Path, name: &str, guests: Vec<String>) -> Result<mycelium_bus::Node, NodeError> {
    let topology = Topology::load(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let options = NodeOptions::default().with_guests(guests);
    mycelium_bus::Node::with_options(topology, folder, name, options)
}

unsafe extern "C" fn about(node: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        returned(
            held::<Node>(node)
                .open()
                .and_then(|open| status::of_node(&open)),
        )
    })
}

unsafe extern "C" fn offer(node: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter passes a node.
    guarded(|| unsafe {
        returned(
            held::<Node>(node)
                .open()
                .and_then(|open| guests::offer(&open)),
        )
    })
}

unsafe extern "C" fn service(node: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter passes a node and a live object.
    guarded(|| unsafe { returned(held::<Node>(node).make_service(name)) })
}

unsafe extern "C" fn warnings(node: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let open = held::<Node>(node).open();
        returned(open.and_then(|open| status::list_of(open.warnings())))
    })
}

unsafe extern "C" fn links(node: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: as above.
    guarded(|| unsafe {
        let node = held::<Node>(node);
        returned(node.open().and_then(|open| {
            let links = node.waiting.released(|| open.links());
            status::of_links(&links)
        }))
    })
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
            class::without_arguments(c"about", about,
                c"about($self, /)\n--\n\nThe node's name, its services that run here, its topology as text, and the name of that."),
            class::without_arguments(c"offer", offer,
                c"offer($self, /)\n--\n\nA capsule with which guests of this process join the node."),
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
