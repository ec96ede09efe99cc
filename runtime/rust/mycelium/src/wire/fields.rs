//! The fields of a message, asked for in the order of their tags.

use crate::code::ErrorCode;
use crate::error::DecodeError;
use crate::wire::reader::{KIND_RESERVED, LONG_TAG};
use crate::wire::{Codec, Reader};

/// A message being read. Its fields must be asked for in the order of their tags; what lies between them comes from a
/// newer writer and is checked and skipped.
#[derive(Debug)]
pub struct Fields<'r, 'a> {
    pub(crate) reader: &'r mut Reader<'a>,
    /// The tag of the last element read, -1 before the first.
    pub(crate) previous: i32,
}

impl<'a> Reader<'a> {
    /// Begins a message.
    ///
    /// # Errors
    /// `DEPTH_EXCEEDED`.
    #[inline]
    pub fn message(&mut self) -> Result<Fields<'_, 'a>, DecodeError> {
        self.enter()?;
        Ok(Fields {
            reader: self,
            previous: -1,
        })
    }
}

impl<'a> Fields<'_, 'a> {
    /// Ends the message: whatever is left comes from a newer writer.
    ///
    /// # Errors
    /// Any offence in the elements that are left.
    #[inline]
    pub fn finish(mut self) -> Result<(), DecodeError> {
        if self.reader.remaining() != 0 {
            self.skip_rest()?;
        }
        self.reader.leave();
        Ok(())
    }

    #[inline]
    fn value<C: Codec>(&mut self, name: &'static str) -> Result<C::Value, DecodeError> {
        let value = self.reader.element(C::KIND, C::SIZE, C::read);
        value.map_err(|error| error.in_field(name))
    }

    fn view<C: Codec>(&mut self, name: &'static str) -> Result<C::View<'a>, DecodeError> {
        let view = self.reader.element(C::KIND, C::SIZE, C::read_view);
        view.map_err(|error| error.in_field(name))
    }

    /// Whether the field is there. If so, its header has been read.
    #[inline]
    fn find(&mut self, tag: u16, kind: u8, name: &'static str) -> Result<bool, DecodeError> {
        // The usual case: the field is there, and nothing unknown before it. It is in order, because everything read
        // so far has a smaller tag.
        if tag < LONG_TAG && self.reader.peek_byte() == Some((tag as u8) << 3 | kind) {
            self.reader.advance_to(self.reader.position() + 1);
            self.previous = i32::from(tag);
            return Ok(true);
        }
        self.search(tag, kind, name)
    }

    fn search(&mut self, tag: u16, kind: u8, name: &'static str) -> Result<bool, DecodeError> {
        while self.reader.remaining() != 0 {
            let header = self.reader.peek_header()?;
            if i32::from(header.tag) <= self.previous {
                return Err(self.reader.error_here(ErrorCode::FieldOrder));
            }
            if header.tag > tag {
                return Ok(false);
            }
            if header.kind == KIND_RESERVED {
                return Err(self.reader.error_here(ErrorCode::BadKind));
            }
            if header.tag == tag && header.kind != kind {
                return Err(self
                    .reader
                    .error_here(ErrorCode::KindMismatch)
                    .in_field(name));
            }
            self.reader.advance_to(header.end);
            self.previous = i32::from(header.tag);
            if header.tag == tag {
                return Ok(true);
            }
            self.reader.take_kind(header.kind)?;
        }
        Ok(false)
    }

    fn skip_rest(&mut self) -> Result<(), DecodeError> {
        while self.reader.remaining() != 0 {
            let header = self.reader.peek_header()?;
            if i32::from(header.tag) <= self.previous {
                return Err(self.reader.error_here(ErrorCode::FieldOrder));
            }
            if header.kind == KIND_RESERVED {
                return Err(self.reader.error_here(ErrorCode::BadKind));
            }
            self.reader.advance_to(header.end);
            self.previous = i32::from(header.tag);
            self.reader.take_kind(header.kind)?;
        }
        Ok(())
    }

    /// `MISSING_FIELD` at this place: the header that passed the field over, or the end.
    #[cold]
    pub(crate) fn missing(&self, name: &'static str) -> DecodeError {
        self.reader
            .error_here(ErrorCode::MissingField)
            .in_field(name)
    }
}

/// The value of a required field.
///
/// # Errors
/// `MISSING_FIELD`, and any offence up to the end of the value.
pub fn required<C: Codec>(
    fields: &mut Fields<'_, '_>,
    tag: u16,
    name: &'static str,
) -> Result<C::Value, DecodeError> {
    if !fields.find(tag, C::KIND, name)? {
        return Err(fields.missing(name));
    }
    fields.value::<C>(name)
}

/// The value of an optional field.
///
/// # Errors
/// Any offence up to the end of the value.
pub fn optional<C: Codec>(
    fields: &mut Fields<'_, '_>,
    tag: u16,
    name: &'static str,
) -> Result<Option<C::Value>, DecodeError> {
    if !fields.find(tag, C::KIND, name)? {
        return Ok(None);
    }
    fields.value::<C>(name).map(Some)
}

/// The value of a field with a default.
///
/// # Errors
/// Any offence up to the end of the value.
pub fn defaulted<C: Codec>(
    fields: &mut Fields<'_, '_>,
    tag: u16,
    name: &'static str,
    default: C::Value,
) -> Result<C::Value, DecodeError> {
    optional::<C>(fields, tag, name).map(|value| value.unwrap_or(default))
}

/// As [`defaulted`], for a default that costs an allocation.
///
/// # Errors
/// Any offence up to the end of the value.
pub fn defaulted_owned<C: Codec>(
    fields: &mut Fields<'_, '_>,
    tag: u16,
    name: &'static str,
    default: &(impl ToOwned<Owned = C::Value> + ?Sized),
) -> Result<C::Value, DecodeError> {
    optional::<C>(fields, tag, name).map(|value| value.unwrap_or_else(|| default.to_owned()))
}

/// As [`required`], in place.
///
/// # Errors
/// Those of [`required`].
pub fn required_view<'a, C: Codec>(
    fields: &mut Fields<'_, 'a>,
    tag: u16,
    name: &'static str,
) -> Result<C::View<'a>, DecodeError> {
    if !fields.find(tag, C::KIND, name)? {
        return Err(fields.missing(name));
    }
    fields.view::<C>(name)
}

/// As [`optional`], in place.
///
/// # Errors
/// Those of [`optional`].
pub fn optional_view<'a, C: Codec>(
    fields: &mut Fields<'_, 'a>,
    tag: u16,
    name: &'static str,
) -> Result<Option<C::View<'a>>, DecodeError> {
    if !fields.find(tag, C::KIND, name)? {
        return Ok(None);
    }
    fields.view::<C>(name).map(Some)
}

/// As [`defaulted`], in place.
///
/// # Errors
/// Those of [`defaulted`].
pub fn defaulted_view<'a, C: Codec>(
    fields: &mut Fields<'_, 'a>,
    tag: u16,
    name: &'static str,
    default: C::View<'a>,
) -> Result<C::View<'a>, DecodeError> {
    optional_view::<C>(fields, tag, name).map(|view| view.unwrap_or(default))
}
