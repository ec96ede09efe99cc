//! Maps: entries ascending by key, whatever order the dictionary has.

use super::message::Context;
use super::output::Output;
use super::{fixed, variable};
use crate::interpreter::object::{Plain, Surprise};
use crate::interpreter::strings;
use crate::plan::{Bounds, KeyOrder, MapLayout, Value, Variable};
use pyo3_ffi::*;
use std::cmp::Ordering;
use std::ops::Range;

/// An entry: where the bytes of its key were written, and its value.
struct Entry {
    key: Range<usize>,
    value: *mut PyObject,
}

/// The entries; the context's depth is the map's.
#[inline(never)]
pub unsafe fn write(
    context: &Context<'_>,
    map: &MapLayout,
    value: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<()> {
    // SAFETY: a live object; an exact dictionary does not change while nothing runs.
    unsafe {
        if PyDict_CheckExact(value) == 0 {
            return Err(Surprise);
        }
        let count = PyDict_Size(value) as usize;
        if !map.bounds.admit(count) || count > *budget {
            return Err(Surprise);
        }
        *budget -= count;
        if let (Value::Variable(Variable::Text { bounds, .. }), 0..=FEW_ENTRIES) = (&map.key, count)
        {
            return write_few_texts(context, *bounds, &map.value, value, output, budget);
        }
        let start = output.size();
        if write_in_order(context, map, value, output, budget)? {
            return Ok(());
        }
        output.rewind(start);
        write_sorted(context, map, value, output, budget)
    }
}

/// Maps with text for keys, up to this many, are sorted before anything is written.
const FEW_ENTRIES: usize = 16;

/// The bytes of a text, and the value it stands for.
#[derive(Clone, Copy)]
struct TextEntry {
    start: *const u8,
    size: usize,
    value: *mut PyObject,
}

impl TextEntry {
    #[inline(always)]
    unsafe fn key<'t>(self) -> &'t [u8] {
        // SAFETY: texts are alive as long as the dictionary, and never change.
        unsafe { std::slice::from_raw_parts(self.start, self.size) }
    }
}

#[inline(always)]
unsafe fn write_few_texts(
    context: &Context<'_>,
    bounds: Bounds,
    value_type: &Value,
    dictionary: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<()> {
    let nothing = TextEntry {
        start: std::ptr::null(),
        size: 0,
        value: std::ptr::null_mut(),
    };
    let mut sorted = [nothing; FEW_ENTRIES];
    let mut count = 0;
    let mut entries = Entries::of(dictionary);
    // SAFETY: as above.
    unsafe {
        while let Some((key, value)) = entries.next() {
            let (start, size) = strings::utf8(key)?;
            if !bounds.admit(size) {
                return Err(Surprise);
            }
            let entry = TextEntry { start, size, value };
            let mut place = count;
            while place > 0 && sorted[place - 1].key() > entry.key() {
                sorted[place] = sorted[place - 1];
                place -= 1;
            }
            sorted[place] = entry;
            count += 1;
        }
        for entry in &sorted[..count] {
            output.length(entry.size)?;
            output.append(entry.start, entry.size);
            write_part(context, value_type, entry.value, output, budget)?;
        }
    }
    Ok(())
}

/// Write the entries as they come; false where their keys do not ascend.
unsafe fn write_in_order(
    context: &Context<'_>,
    map: &MapLayout,
    dictionary: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<bool> {
    let budget_before = *budget;
    let mut previous: Option<Range<usize>> = None;
    let mut entries = Entries::of(dictionary);
    // SAFETY: as above.
    while let Some((key, value)) = unsafe { entries.next() } {
        // SAFETY: keys and values are alive as long as the dictionary.
        unsafe {
            let written = write_part(context, &map.key, key, output, budget)?;
            if let Some(previous) = previous {
                let bytes = output.bytes();
                if compare(map.order, &bytes[previous], &bytes[written.clone()]) != Ordering::Less {
                    *budget = budget_before;
                    return Ok(false);
                }
            }
            previous = Some(written);
            write_part(context, &map.value, value, output, budget)?;
        }
    }
    Ok(true)
}

/// Write all keys, sort them, write the entries after them, and move those to the front.
#[cold]
unsafe fn write_sorted(
    context: &Context<'_>,
    map: &MapLayout,
    dictionary: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<()> {
    let start = output.size();
    let mut sorted: Vec<Entry> = Vec::new();
    let mut entries = Entries::of(dictionary);
    // SAFETY: as above.
    while let Some((key, value)) = unsafe { entries.next() } {
        // SAFETY: as above.
        let key = unsafe { write_part(context, &map.key, key, output, budget)? };
        sorted.push(Entry { key, value });
    }
    let keys = output.bytes()[start..].to_vec();
    output.rewind(start);
    let bytes = |entry: &Entry| entry.key.start - start..entry.key.end - start;
    sorted.sort_unstable_by(|left, right| {
        compare(map.order, &keys[bytes(left)], &keys[bytes(right)])
    });
    let mut previous: Option<Range<usize>> = None;
    for entry in &sorted {
        let key = &keys[bytes(entry)];
        if previous.is_some_and(|previous| keys[previous] == *key) {
            return Err(Surprise);
        }
        previous = Some(bytes(entry));
        if map.key.fixed_size().is_none() {
            output.length(key.len())?;
        }
        // SAFETY: the key's bytes are here; values are alive as long as the dictionary.
        unsafe {
            output.append(key.as_ptr(), key.len());
            write_part(context, &map.value, entry.value, output, budget)?;
        }
    }
    Ok(())
}

/// A key or a value, packed or after its length; where its own bytes stand.
#[inline(always)]
unsafe fn write_part(
    context: &Context<'_>,
    type_: &Value,
    value: *mut PyObject,
    output: &mut Output,
    budget: &mut usize,
) -> Plain<Range<usize>> {
    // SAFETY: a live object.
    unsafe {
        match type_ {
            Value::Fixed(fixed) => {
                let start = output.size();
                output.fill(fixed.size(), |room| fixed::write(fixed, value, room))?;
                Ok(start..output.size())
            }
            Value::Variable(variable) => {
                let start = output.size();
                variable::write_prefixed(context, variable, value, output, budget)?;
                let prefix = match output.bytes()[start] {
                    0..254 => 1,
                    254 => 3,
                    255 => 5,
                };
                Ok(start + prefix..output.size())
            }
        }
    }
}

/// The entries of a dictionary that does not change.
struct Entries {
    dictionary: *mut PyObject,
    position: Py_ssize_t,
}

impl Entries {
    fn of(dictionary: *mut PyObject) -> Self {
        Entries {
            dictionary,
            position: 0,
        }
    }

    #[inline(always)]
    unsafe fn next(&mut self) -> Option<(*mut PyObject, *mut PyObject)> {
        let (mut key, mut value) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: a live dictionary.
        let found =
            unsafe { PyDict_Next(self.dictionary, &mut self.position, &mut key, &mut value) };
        (found != 0).then_some((key, value))
    }
}

fn compare(order: KeyOrder, left: &[u8], right: &[u8]) -> Ordering {
    if order == KeyOrder::Bytewise {
        return left.cmp(right);
    }
    let by_magnitude = left.iter().rev().cmp(right.iter().rev());
    let is_negative = |bytes: &[u8]| bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    match (
        order == KeyOrder::Signed,
        is_negative(left),
        is_negative(right),
    ) {
        (true, true, false) => Ordering::Less,
        (true, false, true) => Ordering::Greater,
        _ => by_magnitude,
    }
}
