//! What a node and its links tell of themselves, as Python objects.

use super::information::text;
use crate::interpreter::object::{Owned, Plain, Surprise};
use mycelium_bus::{LinkState, LinkStatus, Node};
use pyo3_ffi::*;
use std::sync::atomic::Ordering;

/// A tuple: the node's name, its services that run here, the text of its topology, and the name of that.
pub unsafe fn of_node(node: &Node) -> Plain<Owned> {
    let host = node.as_host();
    let topology = host.topology();
    // SAFETY: the lock is held.
    unsafe {
        let services = node.services().into_iter().map(|service| text(service));
        tuple([
            text(node.name())?,
            list(services)?,
            text(topology.text())?,
            text(&topology.name)?,
        ])
    }
}

/// A list of tuples, one for each link.
pub unsafe fn of_links(links: &[LinkStatus]) -> Plain<Owned> {
    // SAFETY: the lock is held.
    unsafe { list(links.iter().map(|link| told(link))) }
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
        let mismatches = list_of(&link.mismatches)?;
        tuple([
            text(&link.from)?,
            text(&link.to)?,
            text(link.kind.name())?,
            text(state)?,
            text(&link.peer_node)?,
            last_error.map_or_else(|| Ok(Owned::of(Py_None())), |error| text(error))?,
            mismatches,
            counters(link)?,
        ])
    }
}

unsafe fn tuple<const COUNT: usize>(parts: [Owned; COUNT]) -> Plain<Owned> {
    // SAFETY: the tuple is filled before anybody sees it, and takes the references.
    unsafe {
        let tuple = Owned::new(PyTuple_New(COUNT as Py_ssize_t))?;
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

/// A list of strings.
pub unsafe fn list_of(texts: &[String]) -> Plain<Owned> {
    // SAFETY: the lock is held.
    unsafe { list(texts.iter().map(|each| text(each))) }
}

unsafe fn list(parts: impl Iterator<Item = Plain<Owned>>) -> Plain<Owned> {
    // SAFETY: the list takes references of its own.
    unsafe {
        let list = Owned::new(PyList_New(0))?;
        for part in parts {
            if PyList_Append(list.as_ptr(), part?.as_ptr()) < 0 {
                return Err(Surprise);
            }
        }
        Ok(list)
    }
}
