//! The fields of a message, asked for in the order of their tags.

use crate::code::ErrorCode;
use crate::path::Step;
use crate::wire::reader::{ElementHeader, KIND_RESERVED, LONG_TAG};
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
    #[inline]
    pub fn message(&mut self) -> Fields<'_, 'a> {
        self.enter();
        Fields {
            reader: self,
            previous: -1,
        }
    }
}

impl<'a> Fields<'_, 'a> {
    /// Ends the message: whatever is left comes from a newer writer, and is checked.
    #[inline]
    pub fn finish(mut self) {
        if self.reader.remaining() != 0 {
            self.skip_rest();
        }
        self.reader.leave();
    }

    /// Reads a value whose header has been read.
    #[inline]
    fn value<C: Codec, T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> T,
    ) -> T {
        let value = self.reader.element::<C, T>(read);
        if self.reader.has_failed() {
            self.reader.failed_inside(Step::Field(name));
        }
        value
    }

    /// The value of a field that is there, in order, and can be told at once.
    #[inline]
    fn value_at_once<C: Codec>(&mut self, tag: u16) -> Option<C::Value> {
        if tag >= LONG_TAG || !self.reader.may_enter() {
            return None;
        }
        let header = (tag as u8) << 3 | C::KIND;
        let (value, size) = C::read_at_once(self.reader.rest(), header)?;
        self.reader.advance_to(self.reader.position() + size);
        self.previous = i32::from(tag);
        Some(value)
    }

    /// Whether the field is there. If so, its header has been read.
    #[inline]
    fn find(&mut self, tag: u16, kind: u8, name: &'static str) -> bool {
        // The usual case: the field is there, and nothing unknown before it. It is in order, because everything read
        // so far has a smaller tag.
        if tag < LONG_TAG && self.reader.peek_byte() == Some((tag as u8) << 3 | kind) {
            self.reader.advance_to(self.reader.position() + 1);
            self.previous = i32::from(tag);
            return true;
        }
        self.search(tag, kind, name)
    }

    fn search(&mut self, tag: u16, kind: u8, name: &'static str) -> bool {
        while self.reader.remaining() != 0 {
            let Some(header) = self.next_header() else {
                break;
            };
            if header.tag > tag {
                break;
            }
            if header.kind == KIND_RESERVED {
                self.reader.fail_here(ErrorCode::BadKind);
                break;
            }
            if header.tag == tag && header.kind != kind {
                self.reader.fail_here(ErrorCode::KindMismatch);
                self.reader.failed_inside(Step::Field(name));
                break;
            }
            self.reader.advance_to(header.end);
            self.previous = i32::from(header.tag);
            if header.tag == tag {
                return true;
            }
            self.reader.take_kind(header.kind);
        }
        false
    }

    /// The header at this place, in order.
    fn next_header(&mut self) -> Option<ElementHeader> {
        let header = self.reader.peek_header()?;
        if i32::from(header.tag) <= self.previous {
            self.reader.fail_here(ErrorCode::FieldOrder);
            return None;
        }
        Some(header)
    }

    #[cold]
    fn skip_rest(&mut self) {
        while self.reader.remaining() != 0 {
            let Some(header) = self.next_header() else {
                break;
            };
            if header.kind == KIND_RESERVED {
                self.reader.fail_here(ErrorCode::BadKind);
                break;
            }
            self.reader.advance_to(header.end);
            self.previous = i32::from(header.tag);
            self.reader.take_kind(header.kind);
        }
    }

    /// `MISSING_FIELD` at this place: the header that passed the field over, or the end.
    #[cold]
    pub(crate) fn miss(&mut self, name: &'static str) {
        if !self.reader.has_failed() {
            self.reader.fail_here(ErrorCode::MissingField);
            self.reader.failed_inside(Step::Field(name));
        }
    }
}

/// The value of a required field.
pub fn required<C: Codec>(fields: &mut Fields<'_, '_>, tag: u16, name: &'static str) -> C::Value {
    if let Some(value) = fields.value_at_once::<C>(tag) {
        return value;
    }
    if fields.find(tag, C::KIND, name) {
        return fields.value::<C, _>(name, C::read);
    }
    fields.miss(name);
    C::read(fields.reader)
}

/// The value of an optional field.
pub fn optional<C: Codec>(
    fields: &mut Fields<'_, '_>,
    tag: u16,
    name: &'static str,
) -> Option<C::Value> {
    if let Some(value) = fields.value_at_once::<C>(tag) {
        return Some(value);
    }
    let found = fields.find(tag, C::KIND, name);
    found.then(|| fields.value::<C, _>(name, C::read))
}

/// The value of a field with a default.
pub fn defaulted<C: Codec>(
    fields: &mut Fields<'_, '_>,
    tag: u16,
    name: &'static str,
    default: C::Value,
) -> C::Value {
    optional::<C>(fields, tag, name).unwrap_or(default)
}

/// As [`defaulted`], for a default that costs an allocation.
pub fn defaulted_owned<C: Codec>(
    fields: &mut Fields<'_, '_>,
    tag: u16,
    name: &'static str,
    default: &(impl ToOwned<Owned = C::Value> + ?Sized),
) -> C::Value {
    optional::<C>(fields, tag, name).unwrap_or_else(|| default.to_owned())
}

/// As [`required`], in place.
pub fn required_view<'a, C: Codec>(
    fields: &mut Fields<'_, 'a>,
    tag: u16,
    name: &'static str,
) -> C::View<'a> {
    if fields.find(tag, C::KIND, name) {
        return fields.value::<C, _>(name, C::read_view);
    }
    fields.miss(name);
    C::read_view(fields.reader)
}

/// As [`optional`], in place.
pub fn optional_view<'a, C: Codec>(
    fields: &mut Fields<'_, 'a>,
    tag: u16,
    name: &'static str,
) -> Option<C::View<'a>> {
    let found = fields.find(tag, C::KIND, name);
    found.then(|| fields.value::<C, _>(name, C::read_view))
}

/// As [`defaulted`], in place.
pub fn defaulted_view<'a, C: Codec>(
    fields: &mut Fields<'_, 'a>,
    tag: u16,
    name: &'static str,
    default: C::View<'a>,
) -> C::View<'a> {
    optional_view::<C>(fields, tag, name).unwrap_or(default)
}
