//! Reads the plan objects of the Python package.

use crate::interpreter::integers::{is_integer, to_i64};
use crate::interpreter::object::{attribute, Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ffi::CStr;

/// The name of an object's class, without its module.
pub unsafe fn class_name<'a>(object: *mut PyObject) -> &'a str {
    // SAFETY: a live object; its class's name is a C string that lives as long as the class.
    let name = unsafe { CStr::from_ptr((*Py_TYPE(object)).tp_name) };
    let name = name.to_str().unwrap_or_default();
    name.rsplit('.').next().unwrap_or_default()
}

/// An attribute that is a whole number, None where it is None.
pub unsafe fn number(object: *mut PyObject, name: &CStr) -> Plain<Option<i64>> {
    // SAFETY: a live object.
    unsafe {
        let value = attribute(object, name)?;
        if value.as_ptr() == Py_None() {
            return Ok(None);
        }
        if is_integer(value.as_ptr()) {
            to_i64(value.as_ptr()).map(Some)
        } else {
            Err(Surprise)
        }
    }
}

/// An attribute that is a size.
pub unsafe fn size(object: *mut PyObject, name: &CStr) -> Plain<usize> {
    // SAFETY: a live object.
    let number = unsafe { number(object, name)? };
    usize::try_from(number.ok_or(Surprise)?).map_err(|_| Surprise)
}

/// An attribute that is a truth value.
pub unsafe fn truth(object: *mut PyObject, name: &CStr) -> Plain<bool> {
    // SAFETY: a live object; the truth values are statics.
    unsafe { Ok(attribute(object, name)?.as_ptr() == Py_True()) }
}

/// An attribute that is a class.
pub unsafe fn class(object: *mut PyObject, name: &CStr) -> Plain<Owned> {
    // SAFETY: a live object.
    unsafe {
        let found = attribute(object, name)?;
        if PyType_Check(found.as_ptr()) == 0 {
            Err(Surprise)
        } else {
            Ok(found)
        }
    }
}

/// An attribute that is an exact string, interned: what attributes are looked up by.
pub unsafe fn name(object: *mut PyObject, name: &CStr) -> Plain<Owned> {
    // SAFETY: a live object.
    unsafe {
        let mut text = attribute(object, name)?.into_ptr();
        PyUnicode_InternInPlace(&mut text);
        let text = Owned::new(text)?;
        if PyUnicode_CheckExact(text.as_ptr()) == 0 {
            Err(Surprise)
        } else {
            Ok(text)
        }
    }
}

/// The items of an attribute that is a tuple.
pub unsafe fn items(object: *mut PyObject, name: &CStr) -> Plain<Vec<Owned>> {
    // SAFETY: a live object; the tuple is alive while its items are taken.
    unsafe {
        let tuple = attribute(object, name)?;
        if PyTuple_CheckExact(tuple.as_ptr()) == 0 {
            return Err(Surprise);
        }
        let count = PyTuple_GET_SIZE(tuple.as_ptr());
        Ok((0..count)
            .map(|index| Owned::of(PyTuple_GET_ITEM(tuple.as_ptr(), index)))
            .collect())
    }
}

/// A tuple of these strings.
pub unsafe fn text_tuple(texts: &[*mut PyObject]) -> Plain<Owned> {
    // SAFETY: the tuple has that many items, each set once.
    unsafe {
        let tuple = Owned::new(PyTuple_New(texts.len() as Py_ssize_t))?;
        for (index, &text) in texts.iter().enumerate() {
            PyTuple_SET_ITEM(
                tuple.as_ptr(),
                index as Py_ssize_t,
                Owned::of(text).into_ptr(),
            );
        }
        Ok(tuple)
    }
}
