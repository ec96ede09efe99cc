//! The function `view` of a message class.

use super::headers::ABSENT;
use super::object::{as_codec, ViewObject};
use crate::codec::CodecObject;
use crate::entry::{guarded, surprise_is_over};
use crate::interpreter::cell::LockedCell;
use crate::interpreter::export::Export;
use crate::interpreter::holding::Holding;
use crate::interpreter::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ptr::null_mut;

/// What the function is bound to. Holds the codec, the class of views, and `(data)`, which makes a view in pure Python,
/// or finds the offence. Knows the size in bytes of a body above which that is to decide.
type MakerObject = Holding<usize, 3>;

static MAKER_TYPE: LockedCell<*mut PyTypeObject> = LockedCell::new(null_mut());

static VIEW: LockedCell<PyMethodDef> = LockedCell::new(PyMethodDef {
    ml_name: c"view".as_ptr(),
    ml_meth: PyMethodDefPointer { PyCFunction: view },
    ml_flags: METH_O,
    ml_doc: c"view(data, /)\n--\n\nWhat stands in for the message in a whole body, and reads each field when it is \
              asked for."
        .as_ptr(),
});

/// `make_view_function(codec, class, otherwise, longest)`
pub unsafe extern "C" fn make_function(
    _module: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many arguments as the interpreter says.
    guarded(|| unsafe {
        match make(std::slice::from_raw_parts(arguments, count as usize)) {
            Ok(maker) => PyCFunction_NewEx(VIEW.get(), maker.as_ptr(), null_mut()),
            Err(Surprise) => {
                if PyErr_Occurred().is_null() {
                    let what = c"make_view_function takes a codec, a class of views, a function and a size";
                    PyErr_SetString(PyExc_TypeError, what.as_ptr());
                }
                null_mut()
            }
        }
    })
}

unsafe fn make(arguments: &[*mut PyObject]) -> Plain<Owned> {
    let &[codec, class, otherwise, longest] = arguments else {
        return Err(Surprise);
    };
    // SAFETY: live objects.
    unsafe {
        as_codec(codec)?;
        if PyType_Check(class) == 0 {
            return Err(Surprise);
        }
        super::object::settle(class.cast())?;
        let longest = usize::try_from(PyLong_AsSsize_t(longest)).map_err(|_| Surprise)?;
        let longest = longest.min(ABSENT as usize - 1);
        MakerObject::make(MAKER_TYPE.read(), [codec, class, otherwise], longest)
    }
}

unsafe extern "C" fn view(maker: *mut PyObject, data: *mut PyObject) -> *mut PyObject {
    let maker = maker.cast::<MakerObject>();
    // SAFETY: the interpreter passes what the function is bound to, and a live object.
    guarded(|| unsafe {
        match make_view(maker, data) {
            Ok(view) => view.into_ptr(),
            Err(Surprise) => make_otherwise(maker, data),
        }
    })
}

#[inline(always)]
unsafe fn make_view(maker: *mut MakerObject, data: *mut PyObject) -> Plain<Owned> {
    // SAFETY: a live maker; it holds nothing only while it is being deleted.
    unsafe {
        let [codec, class, _] = (*maker).held;
        if codec.is_null() {
            return Err(Surprise);
        }
        let layout = CodecObject::layout(codec.cast()).ok_or(Surprise)?;
        let export = Export::of(data)?;
        if export.span().size() > (*maker).facts {
            return Err(Surprise);
        }
        let view = ViewObject::closed(class.cast())?;
        ViewObject::open(view.as_ptr().cast(), export, codec, layout)?;
        Ok(view)
    }
}

#[cold]
unsafe fn make_otherwise(maker: *mut MakerObject, data: *mut PyObject) -> *mut PyObject {
    // SAFETY: a live maker and object.
    unsafe {
        if !surprise_is_over() {
            return null_mut();
        }
        let [.., otherwise] = (*maker).held;
        if otherwise.is_null() {
            PyErr_SetString(
                PyExc_SystemError,
                c"the class of this function is being deleted".as_ptr(),
            );
            return null_mut();
        }
        let otherwise = Owned::of(otherwise);
        PyObject_Vectorcall(otherwise.as_ptr(), &data, 1, null_mut())
    }
}

/// Make the class of what the functions are bound to.
pub unsafe fn prepare_type() -> Plain<()> {
    // SAFETY: it has no slots of its own.
    let class = unsafe {
        MakerObject::prepare_type(
            c"mycelium._native.ViewMaker",
            c"What makes the views of one class of messages.",
            &[],
        )?
    };
    MAKER_TYPE.write(class);
    Ok(())
}
