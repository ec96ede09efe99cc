//! The headers of a body, all checked, and where its fields are.

use crate::decode::span::{Span, VARIABLE_KIND};
use crate::interpreter::object::{Plain, Surprise};
use crate::plan::{Absence, MessageLayout, TaggedField, Value};

/// As many tagged fields need no memory of their own.
const INLINE: usize = 6;

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

/// Where the fields of a body are.
pub struct Places {
    /// The block; of size 0 where it is absent.
    pub block: Extent,
    inline: [Extent; INLINE],
    more: Vec<Extent>,
}

impl Places {
    /// Where a tagged field is, by its place among them.
    #[inline(always)]
    pub fn tagged(&self, index: usize) -> Option<Extent> {
        let found = if index < INLINE {
            self.inline.get(index)
        } else {
            self.more.get(index - INLINE)
        };
        found.copied().filter(|extent| extent.start != ABSENT)
    }

    #[inline(always)]
    fn note(&mut self, index: usize, extent: Extent) {
        match self.inline.get_mut(index) {
            Some(place) => *place = extent,
            None => self.more[index - INLINE] = extent,
        }
    }

    /// Those of a body that is no longer than an [`Extent`] can tell; a surprise where a header offends.
    #[inline(always)]
    pub fn of(layout: &MessageLayout, mut body: Span) -> Plain<Places> {
        const NOWHERE: Extent = Extent {
            start: ABSENT,
            size: 0,
        };
        let origin = body.at as usize;
        let mut places = Places {
            block: Extent { start: 0, size: 0 },
            inline: [NOWHERE; INLINE],
            more: Vec::new(),
        };
        if layout.tagged.len() > INLINE {
            places.more = vec![NOWHERE; layout.tagged.len() - INLINE];
        }
        if !layout.block.is_empty() {
            places.block = block(layout, origin, &mut body)?;
        }
        if !(layout.tagged.is_empty() && body.is_empty()) {
            places.find_tagged(layout, origin, body)?;
        }
        Ok(places)
    }

    #[inline(always)]
    fn find_tagged(&mut self, layout: &MessageLayout, origin: usize, mut body: Span) -> Plain<()> {
        let mut expected = 0;
        let mut least_tag = u32::from(!layout.block.is_empty());
        while !body.is_empty() {
            let (tag, kind) = body.header()?;
            if u32::from(tag) < least_tag {
                return Err(Surprise);
            }
            least_tag = u32::from(tag) + 1;
            while let Some(field) = layout.tagged.get(expected).filter(|field| field.tag < tag) {
                may_be_absent(field)?;
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
                self.note(expected, extent(origin, value));
                expected += 1;
            }
        }
        layout.tagged[expected..].iter().try_for_each(may_be_absent)
    }
}

fn may_be_absent(field: &TaggedField) -> Plain<()> {
    if matches!(field.absence, Absence::Refused) {
        Err(Surprise)
    } else {
        Ok(())
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
