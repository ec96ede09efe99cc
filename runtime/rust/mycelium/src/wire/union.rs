//! Unions: one element, whose tag names the variant.

use crate::code::ErrorCode;
use crate::error::DecodeError;
use crate::path::Step;
use crate::values::{UnknownVariant, UnknownVariantView};
use crate::wire::reader::{size_of_kind, KIND_RESERVED, KIND_VARIABLE};
use crate::wire::{Codec, Encoder, Output, Reader};

/// A union being read: its header has been read, its value not yet.
#[derive(Debug)]
pub struct Variant<'r, 'a> {
    reader: &'r mut Reader<'a>,
    tag: u16,
    kind: u8,
    header: usize,
}

impl<'a> Reader<'a> {
    /// Begins a union.
    pub fn union(&mut self) -> Variant<'_, 'a> {
        self.enter();
        let start = self.position();
        let header = match self.remaining() {
            0 => None,
            _ => self.peek_header(),
        };
        match header {
            Some(header) if header.kind == KIND_RESERVED && header.tag != 0 => {
                self.fail_here(ErrorCode::BadKind);
            }
            Some(header) if header.tag != 0 => {
                self.advance_to(header.end);
                let (tag, kind) = (header.tag, header.kind);
                return Variant {
                    reader: self,
                    tag,
                    kind,
                    header: start,
                };
            }
            _ => self.fail_here(ErrorCode::BadLength),
        }
        Variant {
            reader: self,
            tag: 0,
            kind: 0,
            header: start,
        }
    }
}

impl<'a> Variant<'_, 'a> {
    /// The tag of the variant; 0, which no variant has, where there was an offence.
    pub fn tag(&self) -> u16 {
        self.tag
    }

    /// The value of a known variant, to the end of the union.
    fn known<C: Codec, T>(self, name: &'static str, read: impl FnOnce(&mut Reader<'a>) -> T) -> T {
        if self.kind != C::KIND {
            self.reader
                .fail(DecodeError::new(ErrorCode::KindMismatch, self.header));
            return read(self.reader);
        }
        let value = self.reader.element::<C, T>(read);
        if self.reader.has_failed() {
            self.reader.failed_inside(Step::Variant(name));
        }
        self.finish();
        value
    }

    fn finish(self) {
        if self.reader.remaining() != 0 {
            self.reader.fail_here(ErrorCode::BadLength);
        }
        self.reader.leave();
    }
}

/// The known variant `name`, to the end of the union; `make` makes the union of its value.
pub fn variant<C: Codec, T>(
    variant: Variant<'_, '_>,
    name: &'static str,
    make: impl FnOnce(C::Value) -> T,
) -> T {
    make(variant.known::<C, _>(name, C::read))
}

/// As [`variant`], in place.
pub fn variant_view<'a, C: Codec, T>(
    variant: Variant<'_, 'a>,
    name: &'static str,
    make: impl FnOnce(C::View<'a>) -> T,
) -> T {
    make(variant.known::<C, _>(name, C::read_view))
}

/// A variant that this schema does not know; `make` makes the union of it.
pub fn unknown_variant<T>(variant: Variant<'_, '_>, make: impl FnOnce(UnknownVariant) -> T) -> T {
    unknown_variant_view(variant, |UnknownVariantView { tag, kind, bytes }| {
        let bytes = bytes.to_vec();
        make(UnknownVariant { tag, kind, bytes })
    })
}

/// As [`unknown_variant`], in place.
pub fn unknown_variant_view<'a, T>(
    variant: Variant<'_, 'a>,
    make: impl FnOnce(UnknownVariantView<'a>) -> T,
) -> T {
    let (tag, kind) = (variant.tag, variant.kind);
    let bytes = variant.reader.take_kind(kind);
    variant.finish();
    make(UnknownVariantView { tag, kind, bytes })
}

/// Writes a union whose variant is known.
pub fn write_variant<C: Codec>(
    encoder: &mut Encoder<'_, impl Output>,
    tag: u16,
    name: &'static str,
    value: &C::Value,
) {
    encoder.enter();
    if encoder.has_failed() {
        return;
    }
    encoder.element::<C>(tag, value);
    if encoder.has_failed() {
        encoder.failed_inside(Step::Variant(name));
    }
    encoder.leave();
}

/// Writes a union whose variant is not one of `known`, as it came. The encoder refuses a known tag (`ENCODE_TYPE`), the
/// tag 0 or bytes that are not as many as the kind says (`BAD_LENGTH`), and a kind above 6 (`BAD_KIND`).
pub fn write_unknown_variant(
    encoder: &mut Encoder<'_, impl Output>,
    variant: &UnknownVariant,
    known: &[u16],
) {
    encoder.enter();
    let UnknownVariant { tag, kind, bytes } = variant;
    if known.contains(tag) {
        return encoder.refuse(ErrorCode::EncodeType);
    }
    if *kind >= KIND_RESERVED {
        return encoder.refuse(ErrorCode::BadKind);
    }
    let has_length = *kind == KIND_VARIABLE;
    if *tag == 0 || !(has_length || bytes.len() == size_of_kind(*kind)) {
        return encoder.refuse(ErrorCode::BadLength);
    }
    encoder.header(*tag, *kind);
    if has_length {
        encoder.length(bytes.len());
    }
    encoder.append(bytes);
    encoder.leave();
}
