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

    /// The value of the known variant `name`, to the end of the union.
    ///
    /// # Errors
    /// `KIND_MISMATCH`, any offence in the value, `BAD_LENGTH` where more follows.
    pub fn value<C: Codec>(self, name: &'static str) -> Result<C::Value, DecodeError> {
        self.known::<C, _>(name, C::read)
    }

    /// As [`value`](Self::value), in place.
    ///
    /// # Errors
    /// Those of [`value`](Self::value).
    pub fn view<C: Codec>(self, name: &'static str) -> Result<C::View<'a>, DecodeError> {
        self.known::<C, _>(name, C::read_view)
    }

    /// The value of a variant that this schema does not know, in place.
    ///
    /// # Errors
    /// Any offence in the value, `BAD_LENGTH` where more follows.
    pub fn unknown_view(self) -> Result<UnknownVariantView<'a>, DecodeError> {
        let bytes = self.reader.take_kind(self.kind)?;
        let (tag, kind) = (self.tag, self.kind);
        self.finish()?;
        Ok(UnknownVariantView { tag, kind, bytes })
    }

    /// The value of a variant that this schema does not know.
    ///
    /// # Errors
    /// Those of [`unknown_view`](Self::unknown_view).
    pub fn unknown(self) -> Result<UnknownVariant, DecodeError> {
        let UnknownVariantView { tag, kind, bytes } = self.unknown_view()?;
        Ok(UnknownVariant {
            tag,
            kind,
            bytes: bytes.to_vec(),
        })
    }

    fn known<C: Codec, T>(
        self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        if self.kind != C::KIND {
            return Err(DecodeError::new(ErrorCode::KindMismatch, self.header).in_variant(name));
        }
        let value = self.reader.element(C::KIND, C::SIZE, read);
        let value = value.map_err(|error| error.in_variant(name))?;
        self.finish()?;
        Ok(value)
    }

    fn finish(self) -> Result<(), DecodeError> {
        if self.reader.remaining() != 0 {
            return Err(self.reader.error_here(ErrorCode::BadLength));
        }
        self.reader.leave();
        Ok(())
    }
}

impl<O: Output> Encoder<'_, O> {
    /// Writes a union whose variant is known.
    ///
    /// # Errors
    /// `DEPTH_EXCEEDED`, and what the codec refuses.
    pub fn variant<C: Codec>(
        &mut self,
        tag: u16,
        name: &'static str,
        value: &C::Value,
    ) -> Result<(), EncodeError> {
        self.enter()?;
        self.element::<C>(tag, value)
            .map_err(|error| error.in_variant(name))?;
        self.leave();
        Ok(())
    }

    /// Writes a union whose variant is not one of `known`, as it came.
    ///
    /// # Errors
    /// `DEPTH_EXCEEDED`; `ENCODE_TYPE` where the tag is a known one, `BAD_LENGTH` where it is 0 or the bytes are not as
    /// many as the kind says, `BAD_KIND` where the kind is above 6.
    pub fn unknown_variant(
        &mut self,
        known: &[u16],
        variant: &UnknownVariant,
    ) -> Result<(), EncodeError> {
        self.enter()?;
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
        self.header(*tag, *kind)?;
        if *kind == KIND_VARIABLE {
            self.length(bytes.len())?;
        } else if bytes.len() != size_of_kind(*kind) {
            return Err(EncodeError::new(ErrorCode::BadLength));
        }
        self.output.append(bytes)?;
        self.leave();
        Ok(())
    }
}
