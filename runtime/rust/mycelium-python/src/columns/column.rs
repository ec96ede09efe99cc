//! Columns on their way: values of row after row, copied at once and judged now and then.

use super::buffer::Content;
use super::memory::{make_room, Kind};
use super::message::MessageColumn;
use super::packed::Packed;
use super::program::{Bounds, KeyOrder, Shape};
use super::texts::Texts;
use crate::decode::span::Span;
use crate::decode::MAXIMUM_DEPTH;
use crate::interpreter::object::{Plain, Surprise};

/// The values of one field, or items of one list, of all rows so far.
pub enum Column<'p> {
    /// Packed values.
    Fixed(Packed<'p>),
    /// Text or bytes.
    Texts(Texts),
    /// Packed items, joined.
    PackedList {
        ends: Vec<i64>,
        bounds: Bounds,
        items: Packed<'p>,
    },
    /// Items.
    List {
        ends: Vec<i64>,
        bounds: Bounds,
        item: Box<Column<'p>>,
    },
    /// Entries.
    Map(MapColumn<'p>),
    /// Bodies.
    Message(MessageColumn<'p>),
}

/// Keys and values of maps.
pub struct MapColumn<'p> {
    ends: Vec<i64>,
    bounds: Bounds,
    order: KeyOrder,
    key: Box<Column<'p>>,
    value: Box<Column<'p>>,
}

impl<'p> Column<'p> {
    /// Without values.
    pub fn new(shape: &'p Shape) -> Self {
        let ends = vec![0];
        match shape {
            Shape::Fixed { size, checks } => Column::Fixed(Packed::new(*size, checks)),
            &Shape::Bytes { is_text, bounds } => Column::Texts(Texts::new(is_text, bounds)),
            Shape::PackedList {
                bounds,
                size,
                checks,
            } => Column::PackedList {
                ends,
                bounds: *bounds,
                items: Packed::new(*size, checks),
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
            } => Column::Map(MapColumn {
                ends,
                bounds: *bounds,
                order: *order,
                key: Box::new(Column::new(key)),
                value: Box::new(Column::new(value)),
            }),
            Shape::Message(message) => Column::Message(MessageColumn::new(message)),
        }
    }

    /// Another value, which has exactly these bytes, inside a container at a depth.
    #[inline(always)]
    pub fn add(&mut self, bytes: Span, depth: u32, budget: &mut usize) -> Plain<()> {
        match self {
            Column::Fixed(values) if bytes.size() == values.size() => {
                values.add(bytes);
                Ok(())
            }
            Column::Fixed(_) => Err(Surprise),
            Column::Texts(texts) => texts.add(bytes),
            _ if depth >= MAXIMUM_DEPTH => Err(Surprise),
            _ => self.add_several(bytes, depth + 1, budget),
        }
    }

    /// Another value that has values in it, which are at that depth.
    fn add_several(&mut self, mut bytes: Span, depth: u32, budget: &mut usize) -> Plain<()> {
        match self {
            Column::Fixed(_) | Column::Texts(_) => Err(Surprise),
            Column::PackedList {
                ends,
                bounds,
                items,
            } => {
                let count = bytes.size() / items.size();
                if count * items.size() != bytes.size() {
                    return Err(Surprise);
                }
                items.add(bytes);
                end(ends, count, *bounds)
            }
            Column::List { ends, bounds, item } => {
                let mut count = 0;
                if let Column::Texts(texts) = &mut **item {
                    count = texts.add_list(bytes, budget)?;
                } else {
                    while !bytes.is_empty() {
                        count += 1;
                        *budget = budget.checked_sub(1).ok_or(Surprise)?;
                        item.add_next(&mut bytes, depth, budget)?;
                    }
                }
                end(ends, count, *bounds)
            }
            Column::Map(map) => map.add(bytes, depth, budget),
            Column::Message(message) => message.add(bytes, depth, budget),
        }
    }

    /// The next element of a list or part of a map: with its length, unless it is always as long.
    fn add_next(&mut self, bytes: &mut Span, depth: u32, budget: &mut usize) -> Plain<()> {
        let part = match self {
            Column::Fixed(values) => bytes.take(values.size())?,
            _ => bytes.prefixed()?,
        };
        self.add(part, depth, budget)
    }

    /// A value that is absent: zeros, or nothing.
    pub fn add_empty(&mut self) -> Plain<()> {
        match self {
            Column::Fixed(values) => values.add_empty()?,
            Column::Texts(texts) => texts.add_empty(),
            Column::PackedList { ends, .. }
            | Column::List { ends, .. }
            | Column::Map(MapColumn { ends, .. }) => ends.push(*ends.last().unwrap_or(&0)),
            Column::Message(message) => message.add_empty()?,
        }
        Ok(())
    }

    /// A surprise if one of the values since the last time is not as it must be.
    pub fn judge(&mut self) -> Plain<()> {
        match self {
            Column::Fixed(values) | Column::PackedList { items: values, .. } => values.judge(),
            Column::Texts(texts) => texts.judge(),
            Column::List { item, .. } => item.judge(),
            Column::Map(map) => {
                map.key.judge()?;
                map.value.judge()
            }
            Column::Message(message) => message.judge(),
        }
    }

    /// Where the next value of a column of keys will be.
    fn place(&self) -> usize {
        match self {
            Column::Fixed(values) => values.bytes().len(),
            Column::Texts(texts) => texts.size(),
            _ => 0,
        }
    }

    fn bytes(&self, start: usize, end: usize) -> Plain<&[u8]> {
        match self {
            Column::Fixed(values) => values.bytes().get(start..end).ok_or(Surprise),
            Column::Texts(texts) => texts.bytes(start, end),
            _ => Err(Surprise),
        }
    }

    /// Make room for `more` rows, if they are like the `rows` there are.
    pub fn expect(&mut self, rows: usize, more: usize) {
        match self {
            Column::Fixed(values) => values.make_room(projected(values.bytes().len(), rows, more)),
            Column::Texts(texts) => {
                let (ends, data) = texts.parts();
                expect(ends, rows, more);
                expect(data, rows, more);
            }
            Column::PackedList { ends, items, .. } => {
                expect(ends, rows, more);
                items.make_room(projected(items.bytes().len(), rows, more));
            }
            Column::List { ends, item, .. } => {
                expect(ends, rows, more);
                item.expect(rows, more);
            }
            Column::Map(map) => {
                expect(&mut map.ends, rows, more);
                map.key.expect(rows, more);
                map.value.expect(rows, more);
            }
            Column::Message(message) => message.expect(rows, more),
        }
    }

    /// What was filled, in the order that `mycelium.columns.tree` tells.
    pub fn buffers(self, buffers: &mut Vec<Content>) {
        match self {
            Column::Fixed(values) => buffers.push(Content::Bytes(values.into_bytes())),
            Column::Texts(texts) => {
                let (ends, data) = texts.into_parts();
                buffers.extend([Content::Offsets(ends), Content::Bytes(data)]);
            }
            Column::PackedList { ends, items, .. } => {
                buffers.extend([Content::Offsets(ends), Content::Bytes(items.into_bytes())]);
            }
            Column::List { ends, item, .. } => {
                buffers.push(Content::Offsets(ends));
                item.buffers(buffers);
            }
            Column::Map(map) => {
                buffers.push(Content::Offsets(map.ends));
                map.key.buffers(buffers);
                map.value.buffers(buffers);
            }
            Column::Message(message) => message.buffers(buffers),
        }
    }
}

impl MapColumn<'_> {
    /// Another map, whose entries ascend.
    fn add(&mut self, mut bytes: Span, depth: u32, budget: &mut usize) -> Plain<()> {
        let MapColumn { key, value, .. } = self;
        let mut count = 0;
        let mut previous = None;
        while !bytes.is_empty() {
            count += 1;
            *budget = budget.checked_sub(1).ok_or(Surprise)?;
            let start = key.place();
            key.add_next(&mut bytes, depth, budget)?;
            let end = key.place();
            if let Some(before) = previous {
                let (before, this) = (key.bytes(before, start)?, key.bytes(start, end)?);
                self.order.ascends(before, this)?;
            }
            previous = Some(start);
            value.add_next(&mut bytes, depth, budget)?;
        }
        end(&mut self.ends, count, self.bounds)
    }
}

/// Note where a list or map ends that has so many elements.
#[inline(always)]
fn end(ends: &mut Vec<i64>, count: usize, bounds: Bounds) -> Plain<()> {
    ends.push(ends.last().unwrap_or(&0) + count as i64);
    bounds.admit(count)
}

/// How much more there will be with `more` rows, if they are like the `rows` there are.
pub fn projected(size: usize, rows: usize, more: usize) -> usize {
    size.saturating_mul(more) / rows.max(1)
}

/// Make room for it.
pub fn expect<T: Kind>(values: &mut Vec<T>, rows: usize, more: usize) {
    make_room(values, projected(values.len(), rows, more));
}
