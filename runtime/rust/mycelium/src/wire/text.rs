//! `string` and `bytes`.

use crate::code::ErrorCode;
use crate::error::DecodeError;
use crate::wire::{Codec, Encoder, Output, Reader};

/// `string<MINIMUM..MAXIMUM>`, bounds in bytes.
pub struct Text<const MINIMUM: usize = 0, const MAXIMUM: usize = { usize::MAX }>;

/// `bytes<MINIMUM..MAXIMUM>`, bounds in bytes.
pub struct Bytes<const MINIMUM: usize = 0, const MAXIMUM: usize = { usize::MAX }>;

impl<const MINIMUM: usize, const MAXIMUM: usize> Codec for Text<MINIMUM, MAXIMUM> {
    type Value = String;
    type View<'a> = &'a str;

    fn read(reader: &mut Reader<'_>) -> String {
        Self::read_view(reader).to_owned()
    }

    fn read_view<'a>(reader: &mut Reader<'a>) -> &'a str {
        let start = reader.position();
        let bytes = bounded::<MINIMUM, MAXIMUM>(reader);
        std::str::from_utf8(bytes).unwrap_or_else(|_| {
            reader.fail(DecodeError::new(ErrorCode::BadUtf8, start));
            ""
        })
    }

    fn write<O: Output>(value: &String, encoder: &mut Encoder<'_, O>) {
        write_bounded::<MINIMUM, MAXIMUM, O>(value.as_bytes(), encoder);
    }

    fn known_length(value: &String) -> Option<usize> {
        Some(value.len())
    }
}

impl<const MINIMUM: usize, const MAXIMUM: usize> Codec for Bytes<MINIMUM, MAXIMUM> {
    type Value = Vec<u8>;
    type View<'a> = &'a [u8];

    fn read(reader: &mut Reader<'_>) -> Vec<u8> {
        bounded::<MINIMUM, MAXIMUM>(reader).to_vec()
    }

    fn read_view<'a>(reader: &mut Reader<'a>) -> &'a [u8] {
        bounded::<MINIMUM, MAXIMUM>(reader)
    }

    fn write<O: Output>(value: &Vec<u8>, encoder: &mut Encoder<'_, O>) {
        write_bounded::<MINIMUM, MAXIMUM, O>(value, encoder);
    }

    fn known_length(value: &Vec<u8>) -> Option<usize> {
        Some(value.len())
    }
}

#[inline]
fn bounded<'a, const MINIMUM: usize, const MAXIMUM: usize>(reader: &mut Reader<'a>) -> &'a [u8] {
    let length = reader.remaining();
    if length < MINIMUM || length > MAXIMUM {
        reader.fail_here(ErrorCode::BoundExceeded);
    }
    reader.take_rest()
}

#[inline]
fn write_bounded<const MINIMUM: usize, const MAXIMUM: usize, O: Output>(
    bytes: &[u8],
    encoder: &mut Encoder<'_, O>,
) {
    if bytes.len() < MINIMUM || bytes.len() > MAXIMUM {
        encoder.refuse(ErrorCode::BoundExceeded);
    }
    encoder.append(bytes);
}
