//! `gather`: values that stand apart, such as one field of many blocks, put together in the forms that Arrow has for them.

use super::buffer::Content;
use super::memory::make_room;
use crate::decode::span::Span;
use crate::interpreter::object::{Owned, Plain, Surprise};
use pyo3_ffi::*;

/// Values of one size at equal distances.
struct Apart {
    view: Py_buffer,
    count: usize,
    distance: usize,
    size: usize,
}

impl Drop for Apart {
    fn drop(&mut self) {
        // SAFETY: exported once, given back once.
        unsafe { PyBuffer_Release(&mut self.view) }
    }
}

impl Apart {
    /// Those of an array of one dimension, which stay where they are until this is dropped.
    unsafe fn of(values: *mut PyObject) -> Plain<Box<Apart>> {
        let mut apart = Box::new(Apart {
            view: Py_buffer::new(),
            count: 0,
            distance: 0,
            size: 0,
        });
        // SAFETY: a live object, and a view to fill, which has a shape and strides because they were asked for.
        unsafe {
            if PyObject_GetBuffer(values, &mut apart.view, PyBUF_STRIDES) != 0 {
                return Err(Surprise);
            }
            let view = &apart.view;
            if view.ndim != 1 || view.shape.is_null() || view.strides.is_null() {
                return Err(Surprise);
            }
            let numbers = (*view.shape, *view.strides, view.itemsize);
            apart.count = usize::try_from(numbers.0).map_err(|_| Surprise)?;
            apart.distance = usize::try_from(numbers.1).map_err(|_| Surprise)?;
            apart.size = usize::try_from(numbers.2).map_err(|_| Surprise)?;
        }
        Ok(apart)
    }

    /// Where a value is.
    #[inline(always)]
    fn place(&self, index: usize) -> *const u8 {
        self.view
            .buf
            .cast::<u8>()
            .cast_const()
            .wrapping_add(index * self.distance)
    }

    /// Each value made something else, one after the other. They have `SIZE` bytes.
    #[inline(always)]
    fn made<const SIZE: usize, const MADE: usize>(
        &self,
        make: impl Fn([u8; SIZE]) -> [u8; MADE],
    ) -> Plain<Vec<u8>> {
        if self.size != SIZE {
            return Err(Surprise);
        }
        let bytes = self.count.checked_mul(MADE).ok_or(Surprise)?;
        let mut joined = Vec::<u8>::new();
        make_room(&mut joined, bytes);
        joined.reserve(bytes);
        let to = joined.as_mut_ptr().cast::<[u8; MADE]>();
        for index in 0..self.count {
            // SAFETY: the exporter vouches for values of that size at these places, and there is room for what is made of them.
            unsafe {
                let value = self.place(index).cast::<[u8; SIZE]>().read();
                to.add(index).write(make(value));
            }
        }
        // SAFETY: as many were written.
        unsafe { joined.set_len(bytes) };
        Ok(joined)
    }

    /// The bytes of each value as they are, one after the other.
    fn joined(&self) -> Plain<Vec<u8>> {
        match self.size {
            1 => self.made::<1, 1>(|value| value),
            2 => self.made::<2, 2>(|value| value),
            4 => self.made::<4, 4>(|value| value),
            8 => self.made::<8, 8>(|value| value),
            16 => self.made::<16, 16>(|value| value),
            size => {
                let mut joined = Vec::new();
                make_room(&mut joined, self.count.checked_mul(size).ok_or(Surprise)?);
                for index in 0..self.count {
                    // SAFETY: the exporter vouches for `size` bytes at that place.
                    unsafe { Span::new(self.place(index), size) }.append_to(&mut joined);
                }
                Ok(joined)
            }
        }
    }

    /// Texts without the zeros at their ends: where each ends, and all of them joined.
    fn texts(&self) -> Plain<(Vec<i64>, Vec<u8>)> {
        let (mut ends, mut joined) = (Vec::new(), Vec::new());
        make_room(&mut ends, self.count.saturating_add(1));
        make_room(
            &mut joined,
            self.count.checked_mul(self.size).ok_or(Surprise)?,
        );
        ends.push(0);
        for index in 0..self.count {
            // SAFETY: the exporter vouches for `size` bytes at that place.
            unsafe { Span::new(self.place(index), self.size) }.append_to(&mut joined);
            let start = ends.last().map_or(0, |&end| end as usize);
            let written = joined.get(start..).ok_or(Surprise)?;
            joined.truncate(start + size_without_zeros(written));
            ends.push(joined.len() as i64);
        }
        Ok((ends, joined))
    }
}

/// How many bytes there are before the zeros at the end.
#[inline(always)]
fn size_without_zeros(text: &[u8]) -> usize {
    if let (8..=16, Some(&first), Some(&last)) = (text.len(), text.first_chunk(), text.last_chunk())
    {
        let zeros = u64::from_le_bytes(last).leading_zeros() as usize / 8;
        return if zeros < 8 {
            text.len() - zeros
        } else {
            8 - u64::from_le_bytes(first).leading_zeros() as usize / 8
        };
    }
    text.iter()
        .rposition(|&byte| byte != 0)
        .map_or(0, |last| last + 1)
}

/// `gather(values, form)`: the bytes of values; `form` 0 as they are, 1 as integers of 16 bytes made of those of 8, 2 as
/// texts, which are two buffers.
pub unsafe fn gather(arguments: &[*mut PyObject]) -> Plain<Owned> {
    let &[values, form] = arguments else {
        return Err(Surprise);
    };
    // SAFETY: live objects.
    unsafe {
        let apart = Apart::of(values)?;
        let contents = match PyLong_AsLong(form) {
            0 => vec![Content::Bytes(apart.joined()?)],
            1 => vec![Content::Bytes(apart.made(|value| {
                i128::from(i64::from_le_bytes(value)).to_le_bytes()
            })?)],
            2 => {
                let (ends, joined) = apart.texts()?;
                vec![Content::Offsets(ends), Content::Bytes(joined)]
            }
            _ => return Err(Surprise),
        };
        super::buffer::list(contents)
    }
}
