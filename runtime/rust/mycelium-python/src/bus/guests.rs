//! A host and its guests in one process: `Node.offer` and `join_node`, which meet by a capsule.
//!
//! The two may be different builds of the core, or this one and a program's. So nothing but the table in the capsule passes between
//! them; `mycelium_ffi` says what is in it.

use super::class::{hold, returned};
use super::errors;
use super::forks::watch;
use super::information::text_of;
use super::node::Node;
use super::release::{find_main_thread, Waiting};
use crate::entry::guarded;
use crate::interpreter::object::{Owned, Plain, Surprise};
use mycelium_ffi::{NodeTable, Offer};
use pyo3_ffi::*;
use std::ffi::{c_void, CStr};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::null_mut;

/// What capsules around a node's table are called; the number goes up with the table's major version.
const NAME: &CStr = c"mycelium.node_table.v1";

/// A capsule with which guests of this process join the node.
pub unsafe fn offer(node: &mycelium_bus::Node) -> Plain<Owned> {
    // SAFETY: the lock is held; the capsule has the offer, or nobody has.
    unsafe {
        let offer = mycelium_ffi::offer(node)
            .map_err(|error| errors::raise(c"NodeError", &error.to_string()))?;
        let table = offer.into_raw();
        let capsule = PyCapsule_New(
            table.cast_mut().cast::<c_void>(),
            NAME.as_ptr(),
            Some(withdraw),
        );
        Owned::new(capsule).inspect_err(|_| drop(Offer::from_raw(table)))
    }
}

/// Nobody has the capsule any more.
unsafe extern "C" fn withdraw(capsule: *mut PyObject) {
    // SAFETY: the interpreter passes a capsule that was made above, once.
    let withdrawn = catch_unwind(AssertUnwindSafe(|| unsafe {
        let table = PyCapsule_GetPointer(capsule, NAME.as_ptr());
        drop(Offer::from_raw(table.cast::<NodeTable>()));
    }));
    // A destructor has nobody to tell of a defect.
    drop(withdrawn);
}

/// `join_node(capsule, services)`
pub unsafe extern "C" fn join_node(
    _module: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many live arguments as the interpreter says.
    guarded(|| unsafe {
        match std::slice::from_raw_parts(arguments, count as usize) {
            &[capsule, services] => returned(join(capsule, services)),
            _ => {
                errors::type_error("join_node takes a capsule and a list of services");
                null_mut()
            }
        }
    })
}

unsafe fn join(capsule: *mut PyObject, services: *mut PyObject) -> Plain<Owned> {
    // SAFETY: live objects, which the caller holds; nothing of Python is used without the lock.
    unsafe {
        find_main_thread()?;
        watch()?;
        let table = table_of(capsule)?;
        let services = texts_of(services)?;
        let services: Vec<&str> = services.iter().map(String::as_str).collect();
        let waiting = Waiting::new();
        let node = waiting.released(|| mycelium_ffi::join(table, &services));
        let node = node.map_err(|error| errors::raise(c"NodeError", &error.to_string()))?;
        hold(Node::new(node, waiting))
    }
}

/// What a capsule is around; NodeError where it is of another kind.
unsafe fn table_of(capsule: *mut PyObject) -> Plain<*const NodeTable> {
    // SAFETY: a live object; its class and the capsule have names that end.
    unsafe {
        let wanted = "Node.join takes the capsule that the host's Node.offer() gave";
        if PyCapsule_CheckExact(capsule) == 0 {
            let given = CStr::from_ptr((*Py_TYPE(capsule)).tp_name).to_string_lossy();
            return Err(errors::raise(
                c"NodeError",
                &format!("{wanted}, not a `{given}`"),
            ));
        }
        let name = PyCapsule_GetName(capsule);
        if name.is_null() || CStr::from_ptr(name) != NAME {
            PyErr_Clear();
            let given = match name.is_null() {
                true => "no name".into(),
                false => CStr::from_ptr(name).to_string_lossy(),
            };
            let text = format!(
                "{wanted}, which is named `{}`, not a capsule of the name `{given}`; host and guest need versions of Mycelium that go together",
                NAME.to_string_lossy()
            );
            return Err(errors::raise(c"NodeError", &text));
        }
        let table = PyCapsule_GetPointer(capsule, NAME.as_ptr());
        match table.is_null() {
            true => Err(Surprise),
            false => Ok(table.cast::<NodeTable>().cast_const()),
        }
    }
}

/// The strings in a list.
pub unsafe fn texts_of(list: *mut PyObject) -> Plain<Vec<String>> {
    // SAFETY: a live object; items are borrowed while the list is unchanged, under the lock.
    unsafe {
        if PyList_Check(list) == 0 {
            return Err(errors::type_error("a list of services is needed"));
        }
        (0..PyList_GET_SIZE(list))
            .map(|index| text_of(PyList_GET_ITEM(list, index)))
            .collect()
    }
}
