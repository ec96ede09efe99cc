//! Classes: where their instances keep attributes, whether they changed, and how bare instances are made.

use super::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;

unsafe extern "C" {
    fn _PyType_Lookup(class: *mut PyTypeObject, name: *mut PyObject) -> *mut PyObject;
    fn _PyObject_GC_New(class: *mut PyTypeObject) -> *mut PyObject;
}

/// Bytes of an object before its attributes.
pub const HEAD: usize = size_of::<PyObject>();

/// What a class defines or inherits under a name, borrowed, null where there is nothing. Runs no Python code.
pub unsafe fn lookup(class: *mut PyTypeObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: a live class and an exact string.
    unsafe { _PyType_Lookup(class, name) }
}

/// The same, by a name that is NUL-terminated.
pub unsafe fn lookup_text(class: *mut PyTypeObject, name: &std::ffi::CStr) -> Plain<*mut PyObject> {
    // SAFETY: makes a string, and looks it up.
    unsafe {
        let name = Owned::new(PyUnicode_InternFromString(name.as_ptr()))?;
        Ok(lookup(class, name.as_ptr()))
    }
}

/// The offset in bytes at which instances keep an attribute; a surprise where it is anything but a plain slot.
pub unsafe fn slot_offset(class: *mut PyTypeObject, name: *mut PyObject) -> Plain<usize> {
    // SAFETY: what is found is alive as long as the class; its exact type tells its layout.
    unsafe {
        let found = lookup(class, name);
        if found.is_null() || Py_TYPE(found) != &raw mut PyMemberDescr_Type {
            return Err(Surprise);
        }
        let member = (*found.cast::<PyMemberDescrObject>()).d_member;
        let offset = usize::try_from((*member).offset).map_err(|_| Surprise)?;
        let size = usize::try_from((*class).tp_basicsize).map_err(|_| Surprise)?;
        if (*member).type_code != Py_T_OBJECT_EX
            || offset < HEAD
            || offset + size_of::<*mut PyObject>() > size
        {
            return Err(Surprise);
        }
        Ok(offset)
    }
}

/// The number the interpreter gave this state of the class, and takes away when anything in it or its bases changes.
/// 0 where it has none.
#[inline(always)]
pub unsafe fn version(class: *mut PyTypeObject) -> u32 {
    // SAFETY: a live class.
    unsafe { (*class).tp_version_tag }
}

/// Whether instances take part in garbage collection.
pub unsafe fn is_collected(class: *mut PyTypeObject) -> bool {
    // SAFETY: a live class.
    unsafe { PyType_HasFeature(class, Py_TPFLAGS_HAVE_GC) != 0 }
}

/// Whether bare instances can be made by [`bare_instance`]: a class made by a class statement, without dictionary.
pub unsafe fn can_be_bare(class: *mut PyTypeObject) -> bool {
    // Kept before the object: the collector's allocation makes room for weak references there, the plain one does not.
    const MANAGED_WEAK_REFERENCES: std::ffi::c_ulong = 1 << 3;
    const MANAGED_DICTIONARY: std::ffi::c_ulong = 1 << 4;
    // SAFETY: a live class.
    unsafe {
        PyType_HasFeature(class, Py_TPFLAGS_HEAPTYPE) != 0
            && PyType_HasFeature(class, Py_TPFLAGS_IS_ABSTRACT | MANAGED_DICTIONARY) == 0
            && (is_collected(class) || PyType_HasFeature(class, MANAGED_WEAK_REFERENCES) == 0)
            && (*class).tp_dictoffset == 0
            && (*class).tp_itemsize == 0
            && ((*class).tp_basicsize as usize).is_multiple_of(size_of::<usize>())
            && (*class)
                .tp_alloc
                .is_some_and(|alloc| std::ptr::fn_addr_eq(alloc, PyType_GenericAlloc as allocfunc))
    }
}

/// An instance with every slot empty, not tracked by the collector. `size` and `collected` are facts of the class.
#[inline(always)]
pub unsafe fn bare_instance(
    class: *mut PyTypeObject,
    size: usize,
    collected: bool,
) -> Plain<Owned> {
    // SAFETY: the caller asked `can_be_bare`; the instance has `size` bytes, all of them after the head slots.
    unsafe {
        let made = if collected {
            _PyObject_GC_New(class)
        } else {
            let memory = PyObject_Malloc(size).cast::<PyObject>();
            if !memory.is_null() {
                begin(memory, class);
            }
            memory
        };
        let made = Owned::new(made)?;
        let slots = made.as_ptr().cast::<u8>().add(HEAD).cast::<usize>();
        for slot in 0..(size - HEAD) / size_of::<usize>() {
            slots.add(slot).write_volatile(0); // a few words: a call of memset would take longer
        }
        Ok(made)
    }
}

/// Make an object of memory: its class, and one reference. What the interpreter does is repeated here, without its
/// calls, where it does no more than that.
#[cfg(not(any(
    Py_3_13,
    py_sys_config = "Py_REF_DEBUG",
    py_sys_config = "Py_TRACE_REFS"
)))]
#[inline(always)]
pub unsafe fn begin(memory: *mut PyObject, class: *mut PyTypeObject) {
    // SAFETY: the memory has room for an object, whose first word counts its references; a class made by a class
    // statement is referred to by its instances.
    unsafe {
        memory.cast::<Py_ssize_t>().write(1);
        (&raw mut (*memory).ob_type).write(class);
        Py_INCREF(class.cast());
    }
}

/// Make an object of memory, as the interpreter does it.
#[cfg(any(
    Py_3_13,
    py_sys_config = "Py_REF_DEBUG",
    py_sys_config = "Py_TRACE_REFS"
))]
pub unsafe fn begin(memory: *mut PyObject, class: *mut PyTypeObject) {
    // SAFETY: the memory has room for an object.
    unsafe { PyObject_Init(memory, class) };
}

/// Whether msgspec would let a new struct that holds this value be tracked: the value is collected and, if a tuple,
/// tracked itself.
#[inline(always)]
pub unsafe fn may_be_tracked(value: *mut PyObject) -> bool {
    // SAFETY: a live object.
    unsafe {
        is_collected(Py_TYPE(value))
            && (PyTuple_CheckExact(value) == 0 || PyObject_GC_IsTracked(value) != 0)
    }
}
