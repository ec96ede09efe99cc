//! Where Python calls in: `fill_columns` and `rows_are_legal`.

use super::buffer::list;
use super::checks::{are_same, Check};
use super::message::MessageColumn;
use super::packed::Packed;
use super::program::Reader;
use super::rows::Rows;
use crate::interpreter::export::Export;
use crate::interpreter::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ptr::null_mut;

/// From the first to as many rows, now and then, room is made for the others, as if they were like those.
const SAMPLE: usize = 64;

/// So many rows are judged together, while what was copied is still near.
const JUDGED_TOGETHER: usize = 128;

/// `fill_columns(program, frames_or_bodies, type_id, longest, budget)`
pub unsafe extern "C" fn fill_columns(
    _module: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many arguments as the interpreter says.
    unsafe { answer(|| fill(std::slice::from_raw_parts(arguments, count as usize))) }
}

/// `rows_are_legal(checks, data, stride, head, body, block)`
pub unsafe extern "C" fn rows_are_legal(
    _module: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many arguments as the interpreter says.
    unsafe { answer(|| are_legal(std::slice::from_raw_parts(arguments, count as usize))) }
}

/// `gather(values, form)`
pub unsafe extern "C" fn gather(
    _module: *mut PyObject,
    arguments: *mut *mut PyObject,
    count: Py_ssize_t,
) -> *mut PyObject {
    // SAFETY: as many arguments as the interpreter says.
    unsafe {
        answer(|| super::gather::gather(std::slice::from_raw_parts(arguments, count as usize)))
    }
}

unsafe fn fill(arguments: &[*mut PyObject]) -> Plain<Owned> {
    let &[program, given, type_id, longest, budget] = arguments else {
        return Err(Surprise);
    };
    // SAFETY: live objects, whose memory stays where it is while the exports are held.
    unsafe {
        let program = Export::of(program)?.bytes().to_vec();
        let message = Reader::new(&program).message()?;
        let budget = number(budget)?;
        let mut column = MessageColumn::new(&message);
        let frames;
        let mut rows = if PyTuple_CheckExact(given) != 0 {
            Rows::Bodies {
                bodies: Owned::of(given),
                next: 0,
                open: None,
            }
        } else {
            frames = Export::of(given)?;
            if message.tagged.is_empty() {
                column.expect_block(frames.span().size()); // which takes no more room than its row
            }
            Rows::Frames {
                rest: frames.span(),
                size: frames.span().size(),
                type_id: u16::try_from(number(type_id)?).map_err(|_| Surprise)?,
                longest: number(longest)?,
            }
        };
        let mut legal = 0;
        loop {
            match add_several(&mut column, &mut rows, legal, budget) {
                Ok(0) => break,
                Ok(count) => legal += count,
                Err(Surprise) if crate::entry::surprise_is_over() => {
                    return pair(legal, Owned::of(Py_None()))
                }
                Err(Surprise) => return Err(Surprise),
            }
        }
        let mut buffers = Vec::new();
        column.buffers(&mut buffers);
        pair(legal, list(buffers)?)
    }
}

/// Add the next rows to those that there are, and judge them; how many, 0 where there is none left.
fn add_several(
    column: &mut MessageColumn<'_>,
    rows: &mut Rows,
    before: usize,
    budget: usize,
) -> Plain<usize> {
    let mut count = 0;
    while count < JUDGED_TOGETHER {
        let Some(body) = rows.next()? else {
            break;
        };
        column.add(body, 1, &mut budget.clone())?;
        count += 1;
        if before + count <= SAMPLE && count.is_power_of_two() {
            column.expect(count, rows.more(count));
        }
    }
    column.judge()?;
    Ok(count)
}

unsafe fn are_legal(arguments: &[*mut PyObject]) -> Plain<Owned> {
    let &[program, data, stride, head, body, block] = arguments else {
        return Err(Surprise);
    };
    // SAFETY: live objects, whose memory stays where it is while the exports are held.
    unsafe {
        let (stride, head, body, block) = (
            number(stride)?,
            number(head)?,
            number(body)?,
            number(block)?,
        );
        if !(head <= body && body <= block && block <= stride && stride > 0) {
            return Err(Surprise);
        }
        let program = Export::of(program)?.bytes().to_vec();
        let checks = Reader::new(&program).checks(stride - block)?;
        let data = Export::of(data)?;
        let checked = checks.iter().filter_map(Check::end).max().unwrap_or(0);
        let mut rest = data.span();
        let mut first: Option<Vec<u8>> = None;
        // What matters is judged as it is when it is copied, whoever writes to it meanwhile.
        let mut shape = Vec::with_capacity(block);
        let mut values = Packed::new(checked, &checks);
        while !rest.is_empty() {
            let mut several = rest.take(rest.size().min(stride * JUDGED_TOGETHER))?;
            while !several.is_empty() {
                let row = several.take(stride)?;
                shape.clear();
                row.part(0, head)?.append_to(&mut shape);
                row.part(body, block)?.append_to(&mut shape);
                let first = first.get_or_insert_with(|| shape.clone());
                if !are_same(&shape[..head], &first[..head])
                    || !are_same(&shape[head..], &first[head..])
                {
                    return Ok(Owned::of(Py_False()));
                }
                values.add(row.part(block, block + checked)?);
            }
            if values.judge().is_err() {
                return Ok(Owned::of(Py_False()));
            }
            values.clear();
        }
        Ok(Owned::of(Py_True()))
    }
}

unsafe fn number(object: *mut PyObject) -> Plain<usize> {
    // SAFETY: a live object; what is no number leaves an exception.
    let number = unsafe { PyLong_AsSsize_t(object) };
    usize::try_from(number).map_err(|_| Surprise)
}

unsafe fn pair(count: usize, second: Owned) -> Plain<Owned> {
    // SAFETY: the tuple takes both over.
    unsafe {
        let first = Owned::new(PyLong_FromSize_t(count))?;
        let made = Owned::new(PyTuple_New(2))?;
        PyTuple_SET_ITEM(made.as_ptr(), 0, first.into_ptr());
        PyTuple_SET_ITEM(made.as_ptr(), 1, second.into_ptr());
        Ok(made)
    }
}

unsafe fn answer(call: impl FnOnce() -> Plain<Owned>) -> *mut PyObject {
    crate::entry::guarded(|| match call() {
        Ok(answer) => answer.into_ptr(),
        Err(Surprise) => {
            // SAFETY: the lock is held.
            unsafe {
                if PyErr_Occurred().is_null() {
                    PyErr_SetString(
                        PyExc_ValueError,
                        c"these arguments do not fit each other".as_ptr(),
                    );
                }
            }
            null_mut()
        }
    })
}
