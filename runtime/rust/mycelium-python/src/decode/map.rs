//! Maps: entries ascending by key.

use super::message::{read_value, Context};
use super::span::Span;
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::plan::{KeyOrder, MapLayout, Value};
use pyo3_ffi::*;
use std::cmp::Ordering;

/// The map in these bytes; the context's depth is the map's.
#[inline(never)]
pub unsafe fn read(
    context: &Context<'_>,
    map: &MapLayout,
    mut bytes: Span,
    budget: &mut usize,
) -> Plain<Owned> {
    let mut count = 0;
    let mut previous: Option<Span> = None;
    // SAFETY: the caller vouches for the bytes and the layout's objects.
    unsafe {
        let made = Owned::new(PyDict_New())?;
        while !bytes.is_empty() {
            count += 1;
            if count > map.bounds.maximum || *budget == 0 {
                return Err(Surprise);
            }
            *budget -= 1;
            let key_bytes = part(&map.key, &mut bytes)?;
            if previous
                .is_some_and(|previous| compare(map.order, previous, key_bytes) != Ordering::Less)
            {
                return Err(Surprise);
            }
            previous = Some(key_bytes);
            let key = read_value(context, &map.key, key_bytes, budget)?;
            let value_bytes = part(&map.value, &mut bytes)?;
            let value = read_value(context, &map.value, value_bytes, budget)?;
            if PyDict_SetItem(made.as_ptr(), key.as_ptr(), value.as_ptr()) < 0 {
                return Err(Surprise);
            }
        }
        if count < map.bounds.minimum {
            Err(Surprise)
        } else {
            Ok(made)
        }
    }
}

/// A key or a value: packed, or with its length.
#[inline(always)]
fn part(value: &Value, bytes: &mut Span) -> Plain<Span> {
    match value.fixed_size() {
        Some(size) => bytes.take(size),
        None => bytes.prefixed(),
    }
}

/// How two keys are ordered.
#[inline(always)]
unsafe fn compare(order: KeyOrder, left: Span, right: Span) -> Ordering {
    // SAFETY: the bytes of both are there. Should others write to them meanwhile, the order is of no consequence.
    unsafe {
        if order == KeyOrder::Bytewise {
            let common = left.size().min(right.size());
            let differing = (0..common).find(|&index| *left.at.add(index) != *right.at.add(index));
            return match differing {
                Some(index) => (*left.at.add(index)).cmp(&*right.at.add(index)),
                None => left.size().cmp(&right.size()),
            };
        }
        let sign = if order == KeyOrder::Signed { 0x80 } else { 0 };
        for index in (0..left.size()).rev() {
            let flip = if index + 1 == left.size() { sign } else { 0 };
            let (left, right) = (*left.at.add(index) ^ flip, *right.at.add(index) ^ flip);
            if left != right {
                return left.cmp(&right);
            }
        }
        Ordering::Equal
    }
}
