//! Where Python calls in: `fill_columns` and `rows_are_legal`.

use super::buffer::{buffer, Content};
use super::checks::{all_hold, are_same, Check};
use super::message::MessageColumn;
use super::program::Reader;
use super::rows::Rows;
use crate::interpreter::export::Export;
use crate::interpreter::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;
use std::ptr::null_mut;

/// From the first to as many rows, now and then, room is made for the others, as if they were like those.
const SAMPLE: usize = 64;

/// `fill_columns(program, data, ends, type_id, longest, budget)`
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

unsafe fn fill(arguments: &[*mut PyObject]) -> Plain<Owned> {
    let &[program, data, ends, type_id, longest, budget] = arguments else {
        return Err(Surprise);
    };
    // SAFETY: live objects, whose memory stays where it is while the exports are held.
    unsafe {
        let program = Export::of(program)?.bytes().to_vec();
        let message = Reader::new(&program).message()?;
        let data = Export::of(data)?;
        let ends = if ends == Py_None() {
            None
        } else {
            Some(Export::of(ends)?.bytes().to_vec())
        };
        let mut rows = match &ends {
            Some(ends) => Rows::Bodies {
                rest: data.span(),
                taken: 0,
                ends: ends.chunks_exact(8),
            },
            None => {
                let type_id = u16::try_from(number(type_id)?).map_err(|_| Surprise)?;
                Rows::Frames {
                    rest: data.span(),
                    type_id,
                    longest: number(longest)?,
                }
            }
        };
        let budget = number(budget)?;
        let size = data.span().size();
        let mut column = MessageColumn::new(&message);
        if message.tagged.is_empty() {
            column.expect_block(size); // which takes no more room than its row
        }
        let mut count = 0;
        let mut add_next = || {
            let Some(body) = rows.next()? else {
                return Ok(false);
            };
            column.add(body, 1, &mut budget.clone())?;
            count += 1;
            if count <= SAMPLE && count.is_power_of_two() {
                let left = rows.left();
                column.expect(count, count.saturating_mul(left) / (size - left).max(1));
            }
            Ok::<bool, Surprise>(true)
        };
        loop {
            match add_next() {
                Ok(true) => {}
                Ok(false) => break,
                Err(Surprise) => return pair(count, Owned::of(Py_None())),
            }
        }
        let mut buffers = Vec::new();
        column.buffers(&mut buffers);
        pair(count, list(buffers)?)
    }
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
        let checked = block + checks.iter().filter_map(Check::end).max().unwrap_or(0);
        let mut rest = data.span();
        let mut first: Option<Vec<u8>> = None;
        let mut row = Vec::with_capacity(stride);
        while !rest.is_empty() {
            let found = rest.take(stride)?;
            row.clear(); // what matters is judged as it is now, whoever writes to it meanwhile
            for (start, end) in [(0, head), (body, block), (block, checked)] {
                found.part(start, end)?.append_to(&mut row);
            }
            let (shape, values) = row.split_at(head + block - body);
            let first = first.get_or_insert_with(|| shape.to_vec());
            let alike = are_same(&shape[..head], &first[..head])
                && are_same(&shape[head..], &first[head..]);
            if !alike || !all_hold(&checks, values) {
                return Ok(Owned::of(Py_False()));
            }
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

unsafe fn list(contents: Vec<Content>) -> Plain<Owned> {
    // SAFETY: the list takes a reference to each buffer.
    unsafe {
        let made = Owned::new(PyList_New(0))?;
        for content in contents {
            if PyList_Append(made.as_ptr(), buffer(content)?.as_ptr()) < 0 {
                return Err(Surprise);
            }
        }
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
