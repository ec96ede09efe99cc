//! Columns of messages: the blocks of all rows, and a column for each tagged field.

use super::buffer::Content;
use super::column::{expect, projected, Column};
use super::packed::Packed;
use super::program::{Absence, Block, Message};
use crate::decode::span::{Span, VARIABLE_KIND};
use crate::decode::MAXIMUM_DEPTH;
use crate::interpreter::object::{Plain, Surprise};

/// The fields of a message.
pub struct MessageColumn<'p> {
    message: &'p Message,
    /// Of no size where there is no block.
    block: Packed<'p>,
    tagged: Vec<TaggedColumn<'p>>,
}

struct TaggedColumn<'p> {
    present: Option<Vec<u8>>,
    column: Column<'p>,
}

impl<'p> MessageColumn<'p> {
    /// Without rows.
    pub fn new(message: &'p Message) -> Self {
        let tagged = message.tagged.iter().map(|field| TaggedColumn {
            present: matches!(field.absence, Absence::Optional).then(Vec::new),
            column: Column::new(&field.shape),
        });
        MessageColumn {
            message,
            block: match &message.block {
                Some(block) => Packed::new(block.template.len(), &block.checks),
                None => Packed::new(0, &[]),
            },
            tagged: tagged.collect(),
        }
    }

    /// Another row: a body at a depth.
    #[inline(always)]
    pub fn add(&mut self, mut body: Span, depth: u32, budget: &mut usize) -> Plain<()> {
        if depth > MAXIMUM_DEPTH {
            return Err(Surprise);
        }
        if let Some(block) = &self.message.block {
            add_block(&mut self.block, block, &mut body)?;
        }
        if self.tagged.is_empty() && body.is_empty() {
            Ok(())
        } else {
            self.add_tagged(body, depth, budget)
        }
    }

    fn add_tagged(&mut self, mut body: Span, depth: u32, budget: &mut usize) -> Plain<()> {
        let fields = self.message.tagged.as_slice();
        let mut expected = 0;
        let mut least_tag = u32::from(self.message.block.is_some());
        while !body.is_empty() {
            let (tag, kind) = body.header()?;
            if u32::from(tag) < least_tag {
                return Err(Surprise);
            }
            least_tag = u32::from(tag) + 1;
            while let Some(field) = fields.get(expected).filter(|field| field.tag < tag) {
                self.tagged[expected].add_absent(&field.absence, depth, budget)?;
                expected += 1;
            }
            let value = body.of_kind(kind)?;
            if let Some(field) = fields.get(expected).filter(|field| field.tag == tag) {
                if field.kind != kind {
                    return Err(Surprise);
                }
                self.tagged[expected].add(value, depth, budget)?;
                expected += 1;
            }
        }
        let absent = fields[expected..].iter().zip(&mut self.tagged[expected..]);
        absent
            .into_iter()
            .try_for_each(|(field, column)| column.add_absent(&field.absence, depth, budget))
    }

    /// A row that is absent: zeros, or nothing.
    pub fn add_empty(&mut self) -> Plain<()> {
        if self.message.block.is_some() {
            self.block.add_empty()?;
        }
        self.tagged.iter_mut().try_for_each(TaggedColumn::add_empty)
    }

    /// A surprise if one of the values since the last time is not as it must be.
    pub fn judge(&mut self) -> Plain<()> {
        if self.message.block.is_some() {
            self.block.judge()?;
        }
        self.tagged
            .iter_mut()
            .try_for_each(|tagged| tagged.column.judge())
    }

    /// Make room for blocks of so many bytes together.
    pub fn expect_block(&mut self, bytes: usize) {
        self.block.make_room(bytes);
    }

    /// Make room for `more` rows, if they are like the `rows` there are.
    pub fn expect(&mut self, rows: usize, more: usize) {
        self.block
            .make_room(projected(self.block.bytes().len(), rows, more));
        for tagged in &mut self.tagged {
            if let Some(present) = &mut tagged.present {
                expect(present, rows, more);
            }
            tagged.column.expect(rows, more);
        }
    }

    /// What was filled, in the order that `mycelium.columns.tree` tells.
    pub fn buffers(self, buffers: &mut Vec<Content>) {
        if self.message.block.is_some() {
            buffers.push(Content::Bytes(self.block.into_bytes()));
        }
        for tagged in self.tagged {
            buffers.extend(tagged.present.map(Content::Bytes));
            tagged.column.buffers(buffers);
        }
    }
}

/// The block that a body begins with.
#[inline(always)]
fn add_block(blocks: &mut Packed<'_>, block: &Block, body: &mut Span) -> Plain<()> {
    let size = block.template.len();
    let mut after_header = *body;
    if after_header
        .byte()
        .is_ok_and(|header| header == VARIABLE_KIND)
    {
        let mut found = after_header.prefixed()?;
        *body = after_header;
        if found.size() >= size {
            blocks.add(found.take(size)?);
            return Ok(());
        }
        if !block.shorter_sizes.contains(&found.size()) {
            return Err(Surprise);
        }
        let rest = block.template.get(found.size()..).ok_or(Surprise)?;
        blocks.add_completed(found, rest);
        Ok(())
    } else if block.may_be_absent {
        blocks.add(Span::of(&block.template));
        Ok(())
    } else {
        Err(Surprise)
    }
}

impl TaggedColumn<'_> {
    #[inline(always)]
    fn add(&mut self, value: Span, depth: u32, budget: &mut usize) -> Plain<()> {
        if let Some(present) = &mut self.present {
            present.push(1);
        }
        self.column.add(value, depth, budget)
    }

    fn add_absent(&mut self, absence: &Absence, depth: u32, budget: &mut usize) -> Plain<()> {
        match absence {
            Absence::Refused => Err(Surprise),
            Absence::Default(bytes) => self.column.add(Span::of(bytes), depth, budget),
            Absence::Optional => self.add_empty(),
        }
    }

    fn add_empty(&mut self) -> Plain<()> {
        if let Some(present) = &mut self.present {
            present.push(0);
        }
        self.column.add_empty()
    }
}
