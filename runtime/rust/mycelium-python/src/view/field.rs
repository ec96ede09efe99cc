//! `mycelium._native.ViewField`: an attribute of a class of views.

use super::object::{as_codec, as_view, is_closed, Open, Unreadable, ViewObject};
use crate::codec::CodecObject;
use crate::decode::message::{read_value, Context};
use crate::decode::span::Span;
use crate::decode::{fixed, ELEMENT_BUDGET};
use crate::entry::{guarded, surprise_is_over};
use crate::interpreter::cell::LockedCell;
use crate::interpreter::classes::lookup;
use crate::interpreter::holding::Holding;
use crate::interpreter::object::{is_exactly, Owned, Plain, Surprise};
use crate::plan::Absence;
use pyo3_ffi::*;
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

/// Holds the codec of the message, and `(message class, index, body, start, end)`, which reads the field step by step.
/// Knows the field's place in the plan.
type FieldObject = Holding<usize, 2>;

static FIELD_TYPE: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

/// What the interpreter gave classes of views to find attributes.
static USUAL: LockedCell<Option<getattrofunc>> = LockedCell::new(None);

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
    // SAFETY: live objects.
    unsafe {
        as_codec(codec)?;
        let index = usize::try_from(PyLong_AsSsize_t(index)).map_err(|_| Surprise)?;
        FieldObject::make(FIELD_TYPE.read(), [codec, otherwise], index)
    }
}

/// Let a class of views find its fields without the steps that other attributes take.
pub unsafe fn answer_for(class: *mut PyTypeObject) -> Plain<()> {
    // SAFETY: a live class that was made by a class statement, like all of them.
    unsafe {
        let usual = (*class).tp_getattro.ok_or(Surprise)?;
        if std::ptr::fn_addr_eq(usual, attribute as getattrofunc) {
            return Ok(());
        }
        match USUAL.read() {
            Some(known) if !std::ptr::fn_addr_eq(known, usual) => return Err(Surprise),
            _ => USUAL.write(Some(usual)),
        }
        (*class).tp_getattro = Some(attribute);
        Ok(())
    }
}

/// What a view has under a name.
unsafe extern "C" fn attribute(view: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: the interpreter passes an instance of a class that was settled, and a string.
    guarded(|| unsafe {
        let found = lookup(Py_TYPE(view), name);
        if !found.is_null() && is_exactly(found, FIELD_TYPE.read()) {
            let field = Owned::of(found);
            return value(field.as_ptr().cast(), view.cast());
        }
        match USUAL.read() {
            Some(usual) => usual(view, name),
            None => PyObject_GenericGetAttr(view, name),
        }
    })
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
        match as_view(view) {
            Some(found) => value(field.cast(), found),
            None => misplaced(),
        }
    })
}

#[inline(always)]
unsafe fn value(field: *mut FieldObject, view: *mut ViewObject) -> *mut PyObject {
    // SAFETY: a live field and view, both kept by the caller.
    unsafe {
        let index = (*field).facts;
        let found = ViewObject::read(view, (*field).held[0], |open| match read(open, index) {
            Ok(value) => value.into_ptr(),
            Err(Surprise) => read_carefully(field, open),
        });
        match found {
            Ok(value) => value,
            Err(Unreadable::Closed) => is_closed(),
            Err(Unreadable::Misplaced) => misplaced(),
        }
    }
}

#[inline(always)]
unsafe fn read(open: Open<'_>, index: usize) -> Plain<Owned> {
    // SAFETY: extents were found within the memory, which does not move.
    unsafe {
        let (layout, body) = (open.layout, open.start);
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
unsafe fn read_carefully(field: *mut FieldObject, open: Open<'_>) -> *mut PyObject {
    // SAFETY: a live field and view.
    unsafe {
        if !surprise_is_over() {
            return null_mut();
        }
        let (layout, index) = (open.layout, (*field).facts);
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
        let [codec, otherwise] = (*field).held;
        let codec = codec.cast::<CodecObject>();
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
            open.source,
            start.as_ptr(),
            end.as_ptr(),
        ];
        PyObject_Vectorcall(otherwise, arguments.as_ptr(), arguments.len(), null_mut())
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

/// Make the class of fields.
pub unsafe fn prepare_type() -> Plain<()> {
    let slot = |slot, pfunc: *mut c_void| PyType_Slot { slot, pfunc };
    let slots = [
        slot(Py_tp_descr_get, get as *mut _),
        slot(Py_tp_descr_set, set as *mut _),
    ];
    // SAFETY: the slots are functions of the kinds they name.
    let class = unsafe {
        FieldObject::prepare_type(
            c"mycelium._native.ViewField",
            c"A field of a class of views.",
            &slots,
        )?
    };
    FIELD_TYPE.write(class);
    Ok(())
}
