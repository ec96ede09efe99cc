//! `mycelium._native.ViewField`: an attribute of a class of views.

use super::object::{as_codec, as_view, is_closed, Open};
use crate::codec::CodecObject;
use crate::decode::message::{read_value, Context};
use crate::decode::span::Span;
use crate::decode::{fixed, ELEMENT_BUDGET};
use crate::entry::{guarded, surprise_is_over};
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::plan::Absence;
use pyo3_ffi::*;
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

#[repr(C)]
struct FieldObject {
    base: PyObject,
    /// The codec of the message.
    codec: *mut PyObject,
    /// `(message class, index, body, start, end)`: reads the field step by step.
    otherwise: *mut PyObject,
    /// The field's place in the plan.
    index: usize,
}

static FIELD_TYPE: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

/// `make_view_field(codec, index, read_field)`
pub unsafe extern "C" fn make_field(
    _module: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many arguments as the interpreter says.
    guarded(|| unsafe {
        match make(std::slice::from_raw_parts(arguments, count as usize)) {
            Ok(field) => field.into_ptr(),
            Err(Surprise) => {
                if PyErr_Occurred().is_null() {
                    let what = c"make_view_field takes a codec, an index and a function";
                    PyErr_SetString(PyExc_TypeError, what.as_ptr());
                }
                null_mut()
            }
        }
    })
}

unsafe fn make(arguments: &[*mut PyObject]) -> Plain<Owned> {
    let &[codec, index, otherwise] = arguments else {
        return Err(Surprise);
    };
    // SAFETY: live objects; the new object's fields are written before others see it.
    unsafe {
        as_codec(codec)?;
        let index = usize::try_from(PyLong_AsSsize_t(index)).map_err(|_| Surprise)?;
        let made = Owned::new(PyType_GenericAlloc(FIELD_TYPE.read(), 0))?;
        let field = made.as_ptr().cast::<FieldObject>();
        (*field).index = index;
        (*field).codec = Owned::of(codec).into_ptr();
        (*field).otherwise = Owned::of(otherwise).into_ptr();
        Ok(made)
    }
}

unsafe extern "C" fn get(
    field: *mut PyObject,
    view: *mut PyObject,
    _class: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the interpreter passes a field, and an object whose class has it, or null.
    guarded(|| unsafe {
        if view.is_null() {
            return Owned::of(field).into_ptr();
        }
        let field = field.cast::<FieldObject>();
        let Some(found) = as_view(view) else {
            return misplaced();
        };
        // Only closing takes what is open away, and it waits for readings.
        let Some(open) = (&raw mut (*found).open)
            .as_mut()
            .and_then(|open| open.as_mut())
        else {
            return is_closed();
        };
        if open.codec.as_ptr() != (*field).codec {
            return misplaced();
        }
        open.readings += 1;
        let value = match read(open, (*field).index) {
            Ok(value) => value.into_ptr(),
            Err(Surprise) => read_carefully(field, open),
        };
        open.readings -= 1;
        value
    })
}

#[inline(always)]
unsafe fn read(open: &Open, index: usize) -> Plain<Owned> {
    // SAFETY: the view's codec holds the layout; extents were found within the memory, which does not move.
    unsafe {
        let layout = &*open.layout;
        let body = open.export.span().at;
        let Some(tagged) = index.checked_sub(layout.block.len()) else {
            let field = &layout.block[index];
            if field.end() <= open.places.block.size as usize {
                return fixed::read(
                    &field.value,
                    body.add(open.places.block.start as usize + field.offset),
                );
            }
            let default = layout.block_defaults[index];
            return if default.is_null() {
                Err(Surprise)
            } else {
                Ok(Owned::of(default))
            };
        };
        let field = layout.tagged.get(tagged).ok_or(Surprise)?;
        if let Some(found) = open.places.tagged(tagged) {
            let bytes = Span::new(body.add(found.start as usize), found.size as usize);
            return read_value(&Context { layout, depth: 1 }, &field.value, bytes, &mut {
                ELEMENT_BUDGET
            });
        }
        match field.absence {
            Absence::Refused => Err(Surprise),
            Absence::Optional => Ok(Owned::of(Py_None())),
            Absence::Default(default) if PyDict_CheckExact(default) != 0 => {
                Owned::new(PyDict_Copy(default))
            }
            Absence::Default(default) => Ok(Owned::of(default)),
        }
    }
}

#[cold]
unsafe fn read_carefully(field: *mut FieldObject, open: &Open) -> *mut PyObject {
    // SAFETY: a live field and view.
    unsafe {
        if !surprise_is_over() {
            return null_mut();
        }
        let layout = &*open.layout;
        let index = (*field).index;
        let (start, end) = match index.checked_sub(layout.block.len()) {
            None => {
                let start = open.places.block.start as usize;
                (
                    start + layout.block[index].offset,
                    start + layout.block[index].end(),
                )
            }
            Some(tagged) => match open.places.tagged(tagged) {
                Some(found) => (found.start as usize, (found.start + found.size) as usize),
                None => return misplaced(),
            },
        };
        let codec = (*field).codec.cast::<CodecObject>();
        CodecObject::suspect(codec);
        let class = CodecObject::class(codec);
        if class.is_null() {
            return misplaced();
        }
        let numbers = [index, start, end].map(|number| Owned::new(PyLong_FromSize_t(number)));
        let [Ok(index), Ok(start), Ok(end)] = numbers else {
            return null_mut();
        };
        let arguments = [
            class,
            index.as_ptr(),
            open.export.object(),
            start.as_ptr(),
            end.as_ptr(),
        ];
        PyObject_Vectorcall(
            (*field).otherwise,
            arguments.as_ptr(),
            arguments.len(),
            null_mut(),
        )
    }
}

#[cold]
unsafe fn misplaced() -> *mut PyObject {
    // SAFETY: sets an exception.
    unsafe {
        PyErr_SetString(
            PyExc_TypeError,
            c"this field belongs to another class of views".as_ptr(),
        )
    };
    null_mut()
}

unsafe extern "C" fn set(
    _field: *mut PyObject,
    _view: *mut PyObject,
    _value: *mut PyObject,
) -> c_int {
    // SAFETY: sets an exception.
    unsafe { PyErr_SetString(PyExc_AttributeError, c"a view is immutable".as_ptr()) };
    -1
}

unsafe extern "C" fn traverse(
    field: *mut PyObject,
    visit: visitproc,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: a live field.
    unsafe {
        let found = field.cast::<FieldObject>();
        for object in [Py_TYPE(field).cast(), (*found).codec, (*found).otherwise] {
            if !object.is_null() {
                let stop = visit(object, argument);
                if stop != 0 {
                    return stop;
                }
            }
        }
        0
    }
}

unsafe extern "C" fn clear(field: *mut PyObject) -> c_int {
    // SAFETY: each reference is given back once. A view of another codec is refused, so also every view from now on.
    unsafe {
        let field = field.cast::<FieldObject>();
        for place in [&raw mut (*field).codec, &raw mut (*field).otherwise] {
            Py_XDECREF(std::mem::replace(&mut *place, null_mut()));
        }
    }
    0
}

unsafe extern "C" fn dealloc(field: *mut PyObject) {
    // SAFETY: nobody refers to the field any more; its class is given back last.
    unsafe {
        PyObject_GC_UnTrack(field.cast());
        clear(field);
        let class = Py_TYPE(field);
        if let Some(free) = (*class).tp_free {
            free(field.cast());
        }
        Py_DECREF(class.cast());
    }
}

/// Make the class of fields.
pub unsafe fn prepare_type() -> Plain<*mut PyObject> {
    let slot = |slot, pfunc: *mut c_void| PyType_Slot { slot, pfunc };
    let mut slots = [
        slot(Py_tp_dealloc, dealloc as *mut _),
        slot(Py_tp_traverse, traverse as *mut _),
        slot(Py_tp_clear, clear as *mut _),
        slot(Py_tp_descr_get, get as *mut _),
        slot(Py_tp_descr_set, set as *mut _),
        slot(
            Py_tp_doc,
            c"A field of a class of views.".as_ptr() as *mut _,
        ),
        slot(0, null_mut()),
    ];
    let flags = Py_TPFLAGS_DEFAULT
        | Py_TPFLAGS_HAVE_GC
        | Py_TPFLAGS_DISALLOW_INSTANTIATION
        | Py_TPFLAGS_IMMUTABLETYPE;
    let mut spec = PyType_Spec {
        name: c"mycelium._native.ViewField".as_ptr(),
        basicsize: size_of::<FieldObject>() as c_int,
        itemsize: 0,
        flags: flags as std::ffi::c_uint,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the specification is read at once.
    unsafe {
        let class = Owned::new(PyType_FromSpec(&mut spec))?.into_ptr();
        FIELD_TYPE.write(class.cast());
        Ok(class)
    }
}
