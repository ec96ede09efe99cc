//! Unions: exactly one element, whose tag names the variant.

use super::message::{read_value, Context};
use super::span::Span;
use crate::interpreter::object::{Owned, Plain, Surprise};
use crate::interpreter::{self, integers};
use crate::plan::{UnionLayout, Variant};

/// The variant in these bytes; the context's depth is the union's.
#[inline(never)]
pub unsafe fn read(
    context: &Context<'_>,
    index: usize,
    mut bytes: Span,
    budget: &mut usize,
) -> Plain<Owned> {
    let union = context.layout.unions.get(index).ok_or(Surprise)?;
    let (tag, kind) = bytes.header()?;
    let value = bytes.of_kind(kind)?;
    if tag == 0 || !bytes.is_empty() {
        return Err(Surprise);
    }
    // SAFETY: the caller vouches for the bytes and the layout's objects.
    unsafe {
        match union
            .variants
            .binary_search_by_key(&tag, |variant| variant.tag)
        {
            Ok(found) => read_variant(context, &union.variants[found], kind, value, budget),
            Err(_) => read_unknown(union, tag, kind, value),
        }
    }
}

#[inline(always)]
unsafe fn read_variant(
    context: &Context<'_>,
    variant: &Variant,
    kind: u8,
    bytes: Span,
    budget: &mut usize,
) -> Plain<Owned> {
    if kind != variant.header.kind || !variant.shape.is_current() {
        return Err(Surprise);
    }
    // SAFETY: as above.
    unsafe {
        let value = read_value(context, &variant.value, bytes, budget)?;
        variant.shape.make(|target| {
            target.set(variant.place, value);
            Ok(())
        })
    }
}

/// A variant of a newer writer, kept as it came.
#[cold]
unsafe fn read_unknown(union: &UnionLayout, tag: u16, kind: u8, bytes: Span) -> Plain<Owned> {
    if !union.unknown.is_current() {
        return Err(Surprise);
    }
    // SAFETY: as above.
    unsafe {
        let kept = interpreter::bytes::copied(bytes.at, bytes.size())?;
        let [tag_place, kind_place, bytes_place] = union.unknown_places;
        union.unknown.make(|target| {
            target.set(bytes_place, kept);
            target.set(tag_place, integers::from_i64(tag.into())?);
            target.set(kind_place, integers::from_i64(kind.into())?);
            Ok(())
        })
    }
}
