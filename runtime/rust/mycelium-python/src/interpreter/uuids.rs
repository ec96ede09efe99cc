//! `uuid.UUID`: its two slots, written and read in place.

use super::cell::LockedCell;
use super::classes::{bare_instance, can_be_bare, is_collected, slot_offset};
use super::integers::{from_u128, is_integer, to_u128};
use super::object::{attribute, import, is_exactly, Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ptr::null_mut;

/// Bytes of a uuid.
pub const SIZE: usize = 16;

#[derive(Clone, Copy)]
struct Facts {
    class: *mut PyTypeObject,
    size: usize,
    number_at: usize,
    safety_at: usize,
    unknown_safety: *mut PyObject,
}

static FACTS: LockedCell<Facts> = LockedCell::new(Facts {
    class: null_mut(),
    size: 0,
    number_at: 0,
    safety_at: 0,
    unknown_safety: null_mut(),
});

/// The uuid in 16 bytes of RFC 4122 order.
#[inline(always)]
pub unsafe fn from_bytes(bytes: [u8; SIZE]) -> Plain<Owned> {
    let facts = FACTS.read();
    // SAFETY: the offsets are those of the class's slots, empty in a bare instance.
    unsafe {
        let number = from_u128(u128::from_be_bytes(bytes))?;
        let made = bare_instance(facts.class, facts.size, true)?;
        let base = made.as_ptr().cast::<u8>();
        base.add(facts.number_at)
            .cast::<*mut PyObject>()
            .write(number.into_ptr());
        base.add(facts.safety_at)
            .cast::<*mut PyObject>()
            .write(Owned::of(facts.unknown_safety).into_ptr());
        PyObject_GC_Track(made.as_ptr().cast());
        Ok(made)
    }
}

/// The 16 bytes of a uuid in RFC 4122 order.
#[inline(always)]
pub unsafe fn to_bytes(value: *mut PyObject) -> Plain<[u8; SIZE]> {
    let facts = FACTS.read();
    // SAFETY: an exact uuid has that slot; an empty one is null.
    unsafe {
        if !is_exactly(value, facts.class) {
            return Err(Surprise);
        }
        let number = *value
            .cast::<u8>()
            .add(facts.number_at)
            .cast::<*mut PyObject>();
        if number.is_null() || !is_integer(number) {
            return Err(Surprise);
        }
        Ok(to_u128(number)?.to_be_bytes())
    }
}

/// Find the class and its slots; a surprise where it is not as assumed.
pub unsafe fn prepare() -> Plain<()> {
    // SAFETY: the class and the member are kept for the life of the process.
    unsafe {
        let module = import(c"uuid")?;
        let class = attribute(module.as_ptr(), c"UUID")?;
        let unknown_safety = attribute(
            attribute(module.as_ptr(), c"SafeUUID")?.as_ptr(),
            c"unknown",
        )?;
        if PyType_Check(class.as_ptr()) == 0 {
            return Err(Surprise);
        }
        let type_object = class.as_ptr().cast::<PyTypeObject>();
        if !can_be_bare(type_object) || !is_collected(type_object) {
            return Err(Surprise);
        }
        let slot = |name: &std::ffi::CStr| {
            let name = Owned::new(PyUnicode_InternFromString(name.as_ptr()))?;
            slot_offset(type_object, name.as_ptr())
        };
        FACTS.write(Facts {
            class: type_object,
            size: usize::try_from((*type_object).tp_basicsize).map_err(|_| Surprise)?,
            number_at: slot(c"int")?,
            safety_at: slot(c"is_safe")?,
            unknown_safety: unknown_safety.into_ptr(),
        });
        std::mem::forget(class);
        made_ones_are_true()
    }
}

unsafe fn made_ones_are_true() -> Plain<()> {
    let bytes: [u8; SIZE] = std::array::from_fn(|index| index as u8 * 17);
    // SAFETY: the class was found.
    unsafe {
        let made = from_bytes(bytes)?;
        let printed = Owned::new(PyObject_Str(made.as_ptr()))?;
        let wanted = c"00112233-4455-6677-8899-aabbccddeeff";
        if PyUnicode_CompareWithASCIIString(printed.as_ptr(), wanted.as_ptr()) == 0
            && to_bytes(made.as_ptr())? == bytes
        {
            Ok(())
        } else {
            Err(Surprise)
        }
    }
}
