//! Unions: one element, whose tag names the variant.

use crate::code::ErrorCode;
use crate::error::{DecodeError, EncodeError};
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
    ///
    /// # Errors
    /// `DEPTH_EXCEEDED`, `BAD_LENGTH` where it is empty or its tag is 0, and the offences of a header.
    pub fn union(&mut self) -> Result<Variant<'_, 'a>, DecodeError> {
        self.enter()?;
        if self.remaining() == 0 {
            return Err(self.error_here(ErrorCode::BadLength));
        }
        let header = self.peek_header()?;
        if header.tag == 0 {
            return Err(self.error_here(ErrorCode::BadLength));
        }
        if header.kind == KIND_RESERVED {
            return Err(self.error_here(ErrorCode::BadKind));
        }
        let start = self.position();
        self.advance_to(header.end);
        Ok(Variant {
            reader: self,
            tag: header.tag,
            kind: header.kind,
            header: start,
        })
    }
}

impl<'a> Variant<'_, 'a> {
    /// The tag of the variant.
    pub fn tag(&self) -> u16 {
        self.tag
    }

    fn known<C: Codec, V, T>(
        self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<V, DecodeError>,
        make: impl FnOnce(V) -> T,
    ) -> Result<T, DecodeError> {
        if self.kind != C::KIND {
            return Err(DecodeError::new(ErrorCode::KindMismatch, self.header));
        }
        let value = self.reader.element(C::KIND, C::SIZE, read);
        let value = value.map_err(|error| error.in_variant(name))?;
        self.finish()?;
        Ok(make(value))
    }

    fn finish(self) -> Result<(), DecodeError> {
        if self.reader.remaining() != 0 {
            return Err(self.reader.error_here(ErrorCode::BadLength));
        }
        self.reader.leave();
        Ok(())
    }
}

/// The known variant `name`, to the end of the union; `make` makes the union of its value.
///
/// # Errors
/// `KIND_MISMATCH`, any offence in the value, `BAD_LENGTH` where more follows.
pub fn variant<C: Codec, T>(
    variant: Variant<'_, '_>,
    name: &'static str,
    make: impl FnOnce(C::Value) -> T,
) -> Result<T, DecodeError> {
    variant.known::<C, _, T>(name, C::read, make)
}

/// As [`variant`], in place.
///
/// # Errors
/// Those of [`variant`].
pub fn variant_view<'a, C: Codec, T>(
    variant: Variant<'_, 'a>,
    name: &'static str,
    make: impl FnOnce(C::View<'a>) -> T,
) -> Result<T, DecodeError> {
    variant.known::<C, _, T>(name, C::read_view, make)
}

/// A variant that this schema does not know; `make` makes the union of it.
///
/// # Errors
/// Any offence in the value, `BAD_LENGTH` where more follows.
pub fn unknown_variant<T>(
    variant: Variant<'_, '_>,
    make: impl FnOnce(UnknownVariant) -> T,
) -> Result<T, DecodeError> {
    unknown_variant_view(variant, |UnknownVariantView { tag, kind, bytes }| {
        let bytes = bytes.to_vec();
        make(UnknownVariant { tag, kind, bytes })
    })
}

/// As [`unknown_variant`], in place.
///
/// # Errors
/// Those of [`unknown_variant`].
pub fn unknown_variant_view<'a, T>(
    variant: Variant<'_, 'a>,
    make: impl FnOnce(UnknownVariantView<'a>) -> T,
) -> Result<T, DecodeError> {
    let (tag, kind) = (variant.tag, variant.kind);
    let bytes = variant.reader.take_kind(kind)?;
    variant.finish()?;
    Ok(make(UnknownVariantView { tag, kind, bytes }))
}

/// Writes a union whose variant is known.
///
/// # Errors
/// `DEPTH_EXCEEDED`, and what the codec refuses.
pub fn write_variant<C: Codec>(
    encoder: &mut Encoder<'_, impl Output>,
    tag: u16,
    name: &'static str,
    value: &C::Value,
) -> Result<(), EncodeError> {
    encoder.enter()?;
    let written = encoder.element::<C>(tag, value);
    written.map_err(|error| error.in_variant(name))?;
    encoder.leave();
    Ok(())
}

/// Writes a union whose variant is not one of `known`, as it came.
///
/// # Errors
/// `DEPTH_EXCEEDED`; `ENCODE_TYPE` where the tag is a known one, `BAD_LENGTH` where it is 0 or the bytes are not as
/// many as the kind says, `BAD_KIND` where the kind is above 6.
pub fn write_unknown_variant(
    encoder: &mut Encoder<'_, impl Output>,
    variant: &UnknownVariant,
    known: &[u16],
) -> Result<(), EncodeError> {
    encoder.enter()?;
    let UnknownVariant { tag, kind, bytes } = variant;
    if known.contains(tag) {
        return Err(EncodeError::new(ErrorCode::EncodeType));
    }
    if *tag == 0 {
        return Err(EncodeError::new(ErrorCode::BadLength));
    }
    if *kind >= KIND_RESERVED {
        return Err(EncodeError::new(ErrorCode::BadKind));
    }
    encoder.header(*tag, *kind)?;
    if *kind == KIND_VARIABLE {
        encoder.length(bytes.len())?;
    } else if bytes.len() != size_of_kind(*kind) {
        return Err(EncodeError::new(ErrorCode::BadLength));
    }
    encoder.output.append(bytes)?;
    encoder.leave();
    Ok(())
}
