//! The headers of a body, all checked, and where its fields are.

use crate::decode::span::{Span, VARIABLE_KIND};
use crate::interpreter::object::{Plain, Surprise};
use crate::plan::{Absence, MessageLayout, TaggedField, Value};

/// As many tagged fields need no memory of their own.
const INLINE: usize = 14;

/// A run of bytes, counted from the start of the body.
#[derive(Clone, Copy)]
pub struct Extent {
    /// Where it starts; [`ABSENT`] where it is not there.
    pub start: u32,
    /// Its bytes.
    pub size: u32,
}

/// The start of what is not there.
pub const ABSENT: u32 = u32::MAX;

const NOWHERE: Extent = Extent {
    start: ABSENT,
    size: 0,
};

/// Where the fields of a body are. Memory that is used again: only the places of fields that the layout has are told.
pub struct Places {
    /// The block; of size 0 where it is absent.
    pub block: Extent,
    inline: [Extent; INLINE],
    more: Option<Box<[Extent]>>,
}

impl Places {
    /// Where a tagged field is, by its place among them.
    #[inline(always)]
    pub fn tagged(&self, index: usize) -> Option<Extent> {
        let found = match self.inline.get(index) {
            Some(found) => Some(found),
            None => self.more.as_ref()?.get(index - INLINE),
        };
        found.copied().filter(|extent| extent.start != ABSENT)
    }

    /// Give memory back.
    #[inline(always)]
    pub fn forget(&mut self) {
        self.more = None;
    }

    #[inline(always)]
    fn note(&mut self, index: usize, extent: Extent) -> Plain<()> {
        let place = match self.inline.get_mut(index) {
            Some(place) => Some(place),
            None => match &mut self.more {
                Some(more) => more.get_mut(index - INLINE),
                None => None,
            },
        };
        *place.ok_or(Surprise)? = extent;
        Ok(())
    }

    /// Find those of a body that is no longer than an [`Extent`] can tell; a surprise where a header offends.
    #[inline(always)]
    pub fn find(&mut self, layout: &MessageLayout, mut body: Span) -> Plain<()> {
        let origin = body.at as usize;
        if !layout.block.is_empty() {
            self.block = block(layout, origin, &mut body)?;
        }
        if layout.tagged.is_empty() && body.is_empty() {
            Ok(())
        } else {
            self.find_tagged(layout, origin, body)
        }
    }

    #[inline(always)]
    fn find_tagged(&mut self, layout: &MessageLayout, origin: usize, mut body: Span) -> Plain<()> {
        if let Some(more) = layout.tagged.len().checked_sub(INLINE + 1) {
            self.more = Some(vec![NOWHERE; more + 1].into_boxed_slice());
        }
        let mut expected = 0;
        let mut least_tag = u32::from(!layout.block.is_empty());
        while !body.is_empty() {
            let (tag, kind) = body.header()?;
            if u32::from(tag) < least_tag {
                return Err(Surprise);
            }
            least_tag = u32::from(tag) + 1;
            while let Some(field) = layout.tagged.get(expected).filter(|field| field.tag < tag) {
                self.note_absent(expected, field)?;
                expected += 1;
            }
            let value = body.of_kind(kind)?;
            if let Some(field) = layout.tagged.get(expected).filter(|field| field.tag == tag) {
                let fits = match &field.value {
                    Value::Fixed(fixed) => fixed.size() == value.size(),
                    Value::Variable(_) => true,
                };
                if field.header.kind != kind || !fits {
                    return Err(Surprise);
                }
                self.note(expected, extent(origin, value))?;
                expected += 1;
            }
        }
        let absent = layout.tagged.iter().enumerate().skip(expected);
        absent
            .into_iter()
            .try_for_each(|(index, field)| self.note_absent(index, field))
    }

    #[inline(always)]
    fn note_absent(&mut self, index: usize, field: &TaggedField) -> Plain<()> {
        if matches!(field.absence, Absence::Refused) {
            Err(Surprise)
        } else {
            self.note(index, NOWHERE)
        }
    }
}

#[inline(always)]
fn extent(origin: usize, found: Span) -> Extent {
    Extent {
        start: (found.at as usize - origin) as u32,
        size: found.size() as u32,
    }
}

/// The block that a body begins with, whole or that of an older writer.
#[inline(always)]
fn block(layout: &MessageLayout, origin: usize, body: &mut Span) -> Plain<Extent> {
    let mut after_header = *body;
    if after_header
        .byte()
        .is_ok_and(|header| header == VARIABLE_KIND)
    {
        let found = after_header.prefixed()?;
        *body = after_header;
        if found.size() < layout.block_size {
            may_be_shorter(layout, found.size())?;
        }
        return Ok(extent(origin, found));
    }
    if layout
        .block_defaults
        .iter()
        .any(|default| default.is_null())
    {
        return Err(Surprise);
    }
    Ok(Extent { start: 0, size: 0 })
}

#[cold]
fn may_be_shorter(layout: &MessageLayout, size: usize) -> Plain<()> {
    let ends_with_a_field = layout.block.iter().any(|field| field.end() == size);
    let mut missing = layout
        .block
        .iter()
        .zip(&layout.block_defaults)
        .filter(|(field, _)| field.end() > size);
    if ends_with_a_field && missing.all(|(_, default)| !default.is_null()) {
        Ok(())
    } else {
        Err(Surprise)
    }
}
