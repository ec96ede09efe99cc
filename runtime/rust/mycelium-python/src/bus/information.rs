//! What the bus has to know of a message class, for as long as the process lives.
//!
//! Each distinct description is kept once: a class that is made again, as tests and notebooks do, costs nothing more.

use super::errors;
use crate::interpreter::object::{attribute, Owned, Plain, Surprise};
use mycelium::versions::{Direction, KnownVersion, VersionHistory};
use mycelium::MessageInformation;
use pyo3_ffi::*;
use std::collections::HashMap;
use std::ffi::CStr;
use std::sync::{LazyLock, Mutex, PoisonError};

#[derive(Clone, PartialEq, Eq, Hash)]
struct Description {
    type_id: u16,
    name: String,
    topic: Option<String>,
    wire_digest: u64,
    full_digest: u64,
    version: String,
    same: String,
    known: Vec<Known>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Known {
    version: String,
    wire_digest: u64,
    direction: u8,
    differences: String,
}

static KEPT: LazyLock<Mutex<HashMap<Description, MessageInformation>>> =
    LazyLock::new(Mutex::default);

/// What is known of a message class; TypeError where it has no type id.
pub unsafe fn information_of(class: *mut PyObject) -> Plain<MessageInformation> {
    // SAFETY: a live class.
    let description = unsafe { describe(class)? };
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(&known) = kept.get(&description) {
        return Ok(known);
    }
    let information = keep(&description);
    kept.insert(description, information);
    Ok(information)
}

fn keep(description: &Description) -> MessageInformation {
    let text = |text: &str| -> &'static str { Box::leak(text.into()) };
    let known: Vec<KnownVersion> = description
        .known
        .iter()
        .map(|known| KnownVersion {
            version: text(&known.version),
            wire_digest: known.wire_digest,
            direction: direction(known.direction),
            differences: text(&known.differences),
        })
        .collect();
    MessageInformation {
        type_id: Some(description.type_id),
        name: text(&description.name),
        topic: description.topic.as_deref().map(text),
        wire_digest: description.wire_digest,
        full_digest: description.full_digest,
        versions: VersionHistory {
            version: text(&description.version),
            same: text(&description.same),
            known: Box::leak(known.into_boxed_slice()),
        },
    }
}

fn direction(bits: u8) -> Direction {
    match bits & 3 {
        1 => Direction::Reads,
        2 => Direction::IsReadBy,
        3 => Direction::Both,
        _ => Direction::Neither,
    }
}

unsafe fn describe(class: *mut PyObject) -> Plain<Description> {
    // SAFETY: a live class; each attribute is of the kind it is read as, or leaves an exception.
    unsafe {
        let name = required_text(class, c"NAME")?;
        let type_id = attribute(class, c"TYPE_ID")?;
        if type_id.as_ptr() == Py_None() {
            return Err(errors::type_error(&format!("{name} has no type id")));
        }
        let history = attribute(class, c"VERSIONS")?;
        let topic = attribute(class, c"TOPIC")?;
        Ok(Description {
            type_id: u16::try_from(number(type_id)?).map_err(|_| {
                errors::value_error(&format!("the type id of {name} is out of range"))
            })?,
            topic: match topic.as_ptr() == Py_None() {
                true => None,
                false => Some(text_of(topic.as_ptr())?),
            },
            wire_digest: number(attribute(class, c"WIRE_DIGEST")?)?,
            full_digest: number(attribute(class, c"FULL_DIGEST")?)?,
            version: required_text(history.as_ptr(), c"version")?,
            same: required_text(history.as_ptr(), c"same")?,
            known: known_versions(&attribute(history.as_ptr(), c"known")?)?,
            name,
        })
    }
}

unsafe fn known_versions(versions: &Owned) -> Plain<Vec<Known>> {
    let mut known = Vec::new();
    // SAFETY: a live object; what is no sequence leaves an exception.
    unsafe {
        let count = PySequence_Size(versions.as_ptr());
        for index in 0..count {
            let version = Owned::new(PySequence_GetItem(versions.as_ptr(), index))?;
            known.push(Known {
                version: required_text(version.as_ptr(), c"version")?,
                wire_digest: number(attribute(version.as_ptr(), c"wire_digest")?)?,
                direction: number(attribute(version.as_ptr(), c"direction")?)? as u8,
                differences: required_text(version.as_ptr(), c"differences")?,
            });
        }
        if count < 0 {
            return Err(Surprise);
        }
    }
    Ok(known)
}

unsafe fn required_text(object: *mut PyObject, name: &CStr) -> Plain<String> {
    // SAFETY: a live object.
    unsafe { text_of(attribute(object, name)?.as_ptr()) }
}

/// A Python string.
pub unsafe fn text(text: &str) -> Plain<Owned> {
    // SAFETY: the bytes are UTF-8.
    unsafe {
        Owned::new(PyUnicode_FromStringAndSize(
            text.as_ptr().cast(),
            text.len() as Py_ssize_t,
        ))
    }
}

/// The text of a `str`.
pub unsafe fn text_of(object: *mut PyObject) -> Plain<String> {
    // SAFETY: a live object; the bytes are its own, and copied.
    unsafe {
        let mut size = 0;
        let start = PyUnicode_AsUTF8AndSize(object, &mut size);
        if start.is_null() {
            return Err(Surprise);
        }
        let bytes = std::slice::from_raw_parts(start.cast::<u8>(), size as usize);
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

unsafe fn number(object: Owned) -> Plain<u64> {
    // SAFETY: a live object; what is no unsigned number leaves an exception.
    unsafe {
        let number = PyLong_AsUnsignedLongLong(object.as_ptr());
        if number == u64::MAX && !PyErr_Occurred().is_null() {
            return Err(Surprise);
        }
        Ok(number)
    }
}
