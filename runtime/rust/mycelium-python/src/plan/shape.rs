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

    /// Start an object.
    #[inline(always)]
    pub unsafe fn start(&self) -> Plain<Unfinished<'_>> {
        match self.making {
            Making::InPlace { size, collected } => {
                // SAFETY: the class was found to be plain.
                let object = unsafe { bare_instance(self.class, size, collected)? };
                Ok(Unfinished {
                    shape: self,
                    base: object.as_ptr().cast(),
                    object: Some(object),
                    values: Vec::new(),
                })
            }
            Making::ByCall { count, .. } => Ok(self.start_call(count)),
        }
    }

    #[cold]
    fn start_call(&self, count: usize) -> Unfinished<'_> {
        let mut values: Vec<Option<Owned>> = (0..count).map(|_| None).collect();
        Unfinished {
            shape: self,
            base: values.as_mut_ptr().cast(),
            object: None,
            values,
        }
    }
}

/// An object on its way, seen by nobody else.
pub struct Unfinished<'s> {
    shape: &'s Shape,
    /// What places count from: the object, or the arguments.
    base: *mut u8,
    object: Option<Owned>,
    values: Vec<Option<Owned>>,
}

impl Unfinished<'_> {
    /// Give it an attribute, which it has not had yet.
    #[inline(always)]
    pub unsafe fn set(&mut self, place: Place, value: Owned) {
        // SAFETY: the place is a slot of this class, or one of the arguments, still empty. An absent argument is a
        // null pointer, as an empty slot is.
        unsafe {
            self.base
                .add(place.write)
                .cast::<*mut PyObject>()
                .write(value.into_ptr())
        }
    }

    /// The object, tracked by the collector exactly when msgspec would track it.
    #[inline(always)]
    pub unsafe fn finish(mut self) -> Plain<Owned> {
        let Some(object) = self.object.take() else {
            // SAFETY: every argument is there.
            return unsafe { self.finish_call() };
        };
        if let Making::InPlace {
            size,
            collected: true,
        } = self.shape.making
        {
            // SAFETY: every word after the head is a slot, empty or holding an object.
            unsafe {
                let slots = object
                    .as_ptr()
                    .cast::<u8>()
                    .add(HEAD)
                    .cast::<*mut PyObject>();
                let mut slots =
                    (0..(size - HEAD) / size_of::<*mut PyObject>()).map(|index| *slots.add(index));
                if slots.any(|value| !value.is_null() && may_be_tracked(value)) {
                    PyObject_GC_Track(object.as_ptr().cast());
                }
            }
        }
        Ok(object)
    }

    #[cold]
    unsafe fn finish_call(self) -> Plain<Owned> {
        let Making::ByCall { names, count } = self.shape.making else {
            return Err(Surprise);
        };
        let mut arguments: Vec<*mut PyObject> = Vec::with_capacity(count);
        for value in &self.values {
            arguments.push(value.as_ref().ok_or(Surprise)?.as_ptr());
        }
        let positional = if names.is_null() { count } else { 0 };
        // SAFETY: as many arguments as the names and the count say.
        unsafe {
            let class = self.shape.class.cast();
            Owned::new(PyObject_Vectorcall(
                class,
                arguments.as_ptr(),
                positional,
                names,
            ))
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
