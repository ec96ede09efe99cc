//! Columns on their way: values of row after row, copied and checked.

use super::buffer::Content;
use super::checks::{all_hold, is_utf8};
use super::message::MessageColumn;
use super::program::{Bounds, KeyOrder, Shape};
use crate::decode::span::Span;
use crate::decode::MAXIMUM_DEPTH;
use crate::interpreter::object::{Plain, Surprise};

/// The values of one field, or items of one list, of all rows so far.
pub enum Column<'p> {
    /// Packed values.
    Fixed {
        data: Vec<u8>,
        size: usize,
        shape: &'p Shape,
    },
    /// Text or bytes, joined.
    Bytes {
        data: Vec<u8>,
        ends: Vec<i64>,
        is_text: bool,
        bounds: Bounds,
    },
    /// Packed items, joined.
    PackedList {
        data: Vec<u8>,
        ends: Vec<i64>,
        shape: &'p Shape,
    },
    /// Items.
    List {
        ends: Vec<i64>,
        bounds: Bounds,
        item: Box<Column<'p>>,
    },
    /// Entries.
    Map {
        ends: Vec<i64>,
        bounds: Bounds,
        order: KeyOrder,
        key: Box<Column<'p>>,
        value: Box<Column<'p>>,
    },
    /// Bodies.
    Message(MessageColumn<'p>),
}

impl<'p> Column<'p> {
    /// Without values.
    pub fn new(shape: &'p Shape) -> Self {
        let ends = vec![0];
        match shape {
            Shape::Fixed { size, .. } => Column::Fixed {
                data: Vec::new(),
                size: *size,
                shape,
            },
            &Shape::Bytes { is_text, bounds } => Column::Bytes {
                data: Vec::new(),
                ends,
                is_text,
                bounds,
            },
            Shape::PackedList { .. } => Column::PackedList {
                data: Vec::new(),
                ends,
                shape,
            },
            Shape::List { bounds, item } => Column::List {
                ends,
                bounds: *bounds,
                item: Box::new(Column::new(item)),
            },
            Shape::Map {
                bounds,
                order,
                key,
                value,
            } => {
                let (key, value) = (Box::new(Column::new(key)), Box::new(Column::new(value)));
                Column::Map {
                    ends,
                    bounds: *bounds,
                    order: *order,
                    key,
                    value,
                }
            }
            Shape::Message(message) => Column::Message(MessageColumn::new(message)),
        }
    }

    /// Another value, which has exactly these bytes, inside a container at a depth.
    pub fn add(&mut self, bytes: Span, depth: u32, budget: &mut usize) -> Plain<()> {
        if depth >= MAXIMUM_DEPTH && !matches!(self, Column::Fixed { .. } | Column::Bytes { .. }) {
            return Err(Surprise);
        }
        match self {
            Column::Fixed { data, size, shape } => {
                if bytes.size() != *size {
                    return Err(Surprise);
                }
                add_checked(data, bytes, shape)
            }
            Column::Bytes {
                data,
                ends,
                is_text,
                bounds,
            } => {
                bounds.admit(bytes.size())?;
                let start = data.len();
                bytes.append_to(data);
                ends.push(data.len() as i64);
                if *is_text && !is_utf8(&data[start..]) {
                    Err(Surprise)
                } else {
                    Ok(())
                }
            }
            Column::PackedList { data, ends, shape } => {
                let Shape::PackedList { size, bounds, .. } = shape else {
                    return Err(Surprise);
                };
                let count = bytes.size() / size;
                bounds.admit(count)?;
                ends.push(ends.last().unwrap_or(&0) + count as i64);
                if count * size == bytes.size() {
                    add_checked(data, bytes, shape)
                } else {
                    Err(Surprise)
                }
            }
            Column::List { ends, bounds, item } => {
                add_list(ends, *bounds, item, bytes, depth + 1, budget)
            }
            Column::Map {
                ends,
                bounds,
                order,
                key,
                value,
            } => {
                let parts = Entries {
                    order: *order,
                    key,
                    value,
                };
                add_map(ends, *bounds, parts, bytes, depth + 1, budget)
            }
            Column::Message(message) => message.add(bytes, depth + 1, budget),
        }
    }

    /// The next element of a list or part of a map: with its length, unless it is always as long.
    fn add_next(&mut self, bytes: &mut Span, depth: u32, budget: &mut usize) -> Plain<()> {
        let part = match self {
            Column::Fixed { size, .. } => bytes.take(*size)?,
            _ => bytes.prefixed()?,
        };
        self.add(part, depth, budget)
    }

    /// A value that is absent: zeros, or nothing.
    pub fn add_empty(&mut self) {
        match self {
            Column::Fixed { data, size, .. } => data.resize(data.len() + *size, 0),
            Column::Bytes { ends, .. }
            | Column::PackedList { ends, .. }
            | Column::List { ends, .. }
            | Column::Map { ends, .. } => ends.push(*ends.last().unwrap_or(&0)),
            Column::Message(message) => message.add_empty(),
        }
    }

    /// Where the next value of a column of keys will be.
    fn place(&self) -> usize {
        match self {
            Column::Fixed { data, .. } | Column::Bytes { data, .. } => data.len(),
            _ => 0,
        }
    }

    fn bytes(&self, start: usize, end: usize) -> Plain<&[u8]> {
        match self {
            Column::Fixed { data, .. } | Column::Bytes { data, .. } => {
                data.get(start..end).ok_or(Surprise)
            }
            _ => Err(Surprise),
        }
    }

    /// Make room for `more` rows, if they are like the `rows` there are.
    pub fn expect(&mut self, rows: usize, more: usize) {
        match self {
            Column::Fixed { data, .. } => expect(data, rows, more),
            Column::Bytes { data, ends, .. } | Column::PackedList { data, ends, .. } => {
                expect(data, rows, more);
                expect(ends, rows, more);
            }
            Column::List { ends, item, .. } => {
                expect(ends, rows, more);
                item.expect(rows, more);
            }
            Column::Map {
                ends, key, value, ..
            } => {
                expect(ends, rows, more);
                key.expect(rows, more);
                value.expect(rows, more);
            }
            Column::Message(message) => message.expect(rows, more),
        }
    }

    /// What was filled, in the order that `mycelium.columns.tree` tells.
    pub fn buffers(self, buffers: &mut Vec<Content>) {
        match self {
            Column::Fixed { data, .. } => buffers.push(Content::Bytes(data)),
            Column::Bytes { data, ends, .. } | Column::PackedList { data, ends, .. } => {
                buffers.extend([Content::Offsets(ends), Content::Bytes(data)]);
            }
            Column::List { ends, item, .. } => {
                buffers.push(Content::Offsets(ends));
                item.buffers(buffers);
            }
            Column::Map {
                ends, key, value, ..
            } => {
                buffers.push(Content::Offsets(ends));
                key.buffers(buffers);
                value.buffers(buffers);
            }
            Column::Message(message) => message.buffers(buffers),
        }
    }
}

/// Make room for more values, as many a row as there are so far. Where there is none, they find it one by one.
pub fn expect<T>(values: &mut Vec<T>, rows: usize, more: usize) {
    let _ = values.try_reserve(values.len().saturating_mul(more) / rows.max(1));
}

/// Values of one fixed-size type, checked once they are copied.
fn add_checked(data: &mut Vec<u8>, bytes: Span, shape: &Shape) -> Plain<()> {
    let start = data.len();
    bytes.append_to(data);
    let (Shape::Fixed { size, checks } | Shape::PackedList { size, checks, .. }) = shape else {
        return Err(Surprise);
    };
    if checks.is_empty()
        || data[start..]
            .chunks_exact(*size)
            .all(|value| all_hold(checks, value))
    {
        Ok(())
    } else {
        Err(Surprise)
    }
}

fn add_list(
    ends: &mut Vec<i64>,
    bounds: Bounds,
    item: &mut Column<'_>,
    mut bytes: Span,
    depth: u32,
    budget: &mut usize,
) -> Plain<()> {
    let mut count = 0;
    while !bytes.is_empty() {
        count += 1;
        *budget = budget.checked_sub(1).ok_or(Surprise)?;
        item.add_next(&mut bytes, depth, budget)?;
    }
    ends.push(ends.last().unwrap_or(&0) + count as i64);
    bounds.admit(count)
}

struct Entries<'c, 'p> {
    order: KeyOrder,
    key: &'c mut Column<'p>,
    value: &'c mut Column<'p>,
}

fn add_map(
    ends: &mut Vec<i64>,
    bounds: Bounds,
    parts: Entries<'_, '_>,
    mut bytes: Span,
    depth: u32,
    budget: &mut usize,
) -> Plain<()> {
    let Entries { order, key, value } = parts;
    let mut count = 0;
    let mut previous = None;
    while !bytes.is_empty() {
        count += 1;
        *budget = budget.checked_sub(1).ok_or(Surprise)?;
        let start = key.place();
        key.add_next(&mut bytes, depth, budget)?;
        let end = key.place();
        if let Some(before) = previous {
            order.ascends(key.bytes(before, start)?, key.bytes(start, end)?)?;
        }
        previous = Some(start);
        value.add_next(&mut bytes, depth, budget)?;
    }
    ends.push(ends.last().unwrap_or(&0) + count as i64);
    bounds.admit(count)
}
