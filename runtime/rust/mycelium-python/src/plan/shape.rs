//! How objects of a class are made and read: in place where the class is plain, by a call where it is not.

use super::reading::text_tuple;
use crate::interpreter::cell::LockedCell;
use crate::interpreter::classes::{
    bare_instance, can_be_bare, is_collected, lookup_text, may_be_tracked, slot_offset, version,
    HEAD,
};
use crate::interpreter::object::{attribute, import, Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ptr::null_mut;

/// Where an object keeps an attribute, in bytes from its start.
#[derive(Clone, Copy)]
pub struct Place {
    /// In an object that is read.
    pub read: usize,
    /// In what is being made: an object, or the arguments of a call.
    pub write: usize,
}

/// How a class makes its objects.
enum Making {
    /// Bare, and then slot by slot.
    InPlace {
        /// Bytes of an object.
        size: usize,
        /// Whether it takes part in garbage collection.
        collected: bool,
    },
    /// By calling the class, because it does more: `__post_init__`, fields of its own, a metaclass.
    ByCall {
        /// The names of keyword arguments, null where arguments are positional.
        names: *mut PyObject,
        /// How many arguments there are.
        count: usize,
    },
}

/// A class as it was when its plan was compiled.
pub struct Shape {
    /// The class.
    pub class: *mut PyTypeObject,
    version: u32,
    making: Making,
}

/// How a class is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Arguments {
    /// With keywords.
    Named,
    /// In order.
    Positional,
}

/// The class `msgspec.Struct`, and the class of that.
static STRUCT: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

/// Find `msgspec.Struct`.
pub unsafe fn prepare() -> Plain<()> {
    // SAFETY: kept for the life of the process.
    unsafe {
        let found = attribute(import(c"msgspec")?.as_ptr(), c"Struct")?;
        if PyType_Check(found.as_ptr()) == 0 {
            return Err(Surprise);
        }
        STRUCT.write(found.into_ptr().cast());
        Ok(())
    }
}

impl Shape {
    /// The shape of a class with these attributes, and where each of them is. `keep` holds what the shape refers to.
    pub unsafe fn of(
        class: *mut PyTypeObject,
        attributes: &[*mut PyObject],
        arguments: Arguments,
        keep: &mut dyn FnMut(Owned) -> Plain<*mut PyObject>,
    ) -> Plain<(Shape, Vec<Place>)> {
        // SAFETY: a live class and exact strings.
        unsafe {
            let getter = (*class).tp_getattro.ok_or(Surprise)?;
            if !std::ptr::fn_addr_eq(getter, PyObject_GenericGetAttr as getattrofunc) {
                return Err(Surprise);
            }
            let offsets: Vec<usize> = attributes
                .iter()
                .map(|&name| slot_offset(class, name))
                .collect::<Plain<_>>()?;
            let in_place = is_plain(class, attributes)?;
            let making = if in_place {
                let size = usize::try_from((*class).tp_basicsize).map_err(|_| Surprise)?;
                Making::InPlace {
                    size,
                    collected: is_collected(class),
                }
            } else {
                let names = match arguments {
                    Arguments::Named => keep(text_tuple(attributes)?)?,
                    Arguments::Positional => null_mut(),
                };
                Making::ByCall {
                    names,
                    count: attributes.len(),
                }
            };
            let place = |(index, &read): (usize, &usize)| Place {
                read,
                write: if in_place {
                    read
                } else {
                    index * size_of::<*mut PyObject>()
                },
            };
            let places = offsets.iter().enumerate().map(place).collect();
            // Looked up last: every lookup before it made the interpreter give the class a version.
            match version(class) {
                0 => Err(Surprise),
                version => Ok((
                    Shape {
                        class,
                        version,
                        making,
                    },
                    places,
                )),
            }
        }
    }

    /// Whether the class is still as it was.
    #[inline(always)]
    pub fn is_current(&self) -> bool {
        // SAFETY: the class is held by the codec that owns this shape.
        unsafe { version(self.class) == self.version }
    }

    /// Whether an object is exactly of this class, and the class as it was.
    #[inline(always)]
    pub unsafe fn fits(&self, object: *mut PyObject) -> bool {
        // SAFETY: a live object.
        unsafe { Py_TYPE(object) == self.class && self.is_current() }
    }

    /// An object whose attributes the closure sets, tracked by the collector exactly when msgspec would track it.
    #[inline(always)]
    pub unsafe fn make(&self, fill: impl FnOnce(Target) -> Plain<()>) -> Plain<Owned> {
        let Making::InPlace { size, collected } = self.making else {
            // SAFETY: as here.
            return unsafe { self.make_by_call(fill) };
        };
        // SAFETY: the class was found to be plain.
        unsafe {
            let object = bare_instance(self.class, size, collected)?;
            fill(Target(object.as_ptr().cast()))?;
            if collected {
                track(object.as_ptr(), size);
            }
            Ok(object)
        }
    }

    #[cold]
    unsafe fn make_by_call(&self, fill: impl FnOnce(Target) -> Plain<()>) -> Plain<Owned> {
        let Making::ByCall { names, count } = self.making else {
            return Err(Surprise);
        };
        let mut values: Vec<Option<Owned>> = (0..count).map(|_| None).collect();
        // An absent argument is a null pointer, as an empty slot is.
        fill(Target(values.as_mut_ptr().cast()))?;
        let mut arguments: Vec<*mut PyObject> = Vec::with_capacity(count);
        for value in &values {
            arguments.push(value.as_ref().ok_or(Surprise)?.as_ptr());
        }
        let positional = if names.is_null() { count } else { 0 };
        // SAFETY: as many arguments as the names and the count say.
        unsafe {
            let class = self.class.cast();
            Owned::new(PyObject_Vectorcall(
                class,
                arguments.as_ptr(),
                positional,
                names,
            ))
        }
    }
}

/// What is being made, an object or the arguments of a call, seen by nobody else.
#[derive(Clone, Copy)]
pub struct Target(*mut u8);

impl Target {
    /// Set an attribute, which has not been set yet.
    #[inline(always)]
    pub unsafe fn set(self, place: Place, value: Owned) {
        // SAFETY: the place is an empty slot of the object, or one of the arguments.
        unsafe {
            self.0
                .add(place.write)
                .cast::<*mut PyObject>()
                .write(value.into_ptr())
        }
    }
}

/// Let the collector track a new object, if msgspec would.
#[inline(always)]
unsafe fn track(object: *mut PyObject, size: usize) {
    // SAFETY: every word after the head is a slot, empty or holding an object.
    unsafe {
        let slots = object.cast::<u8>().add(HEAD).cast::<*mut PyObject>();
        let mut slots =
            (0..(size - HEAD) / size_of::<*mut PyObject>()).map(|index| *slots.add(index));
        if slots.any(|value| !value.is_null() && may_be_tracked(value)) {
            PyObject_GC_Track(object.cast());
        }
    }
}

/// Whether making an object of the class does nothing but fill these attributes.
unsafe fn is_plain(class: *mut PyTypeObject, attributes: &[*mut PyObject]) -> Plain<bool> {
    let base = STRUCT.read();
    // SAFETY: live classes.
    unsafe {
        if Py_TYPE(class.cast()) != Py_TYPE(base.cast()) || !can_be_bare(class) {
            return Ok(false);
        }
        for name in [c"__init__", c"__new__"] {
            if lookup_text(class, name)? != lookup_text(base, name)? {
                return Ok(false);
            }
        }
        if !lookup_text(class, c"__post_init__")?.is_null() {
            return Ok(false);
        }
        let fields = attribute(class.cast(), c"__struct_fields__")?;
        let count = PyTuple_GET_SIZE(fields.as_ptr());
        Ok(count == attributes.len() as Py_ssize_t)
    }
}
