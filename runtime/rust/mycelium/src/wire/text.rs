//! `string` and `bytes`.

use crate::code::ErrorCode;
use crate::error::{DecodeError, EncodeError};
use crate::wire::{Codec, Encoder, Output, Reader};

/// `string<MINIMUM..MAXIMUM>`, bounds in bytes.
pub struct Text<const MINIMUM: usize = 0, const MAXIMUM: usize = { usize::MAX }>;

/// `bytes<MINIMUM..MAXIMUM>`, bounds in bytes.
pub struct Bytes<const MINIMUM: usize = 0, const MAXIMUM: usize = { usize::MAX }>;

impl<const MINIMUM: usize, const MAXIMUM: usize> Codec for Text<MINIMUM, MAXIMUM> {
    type Value = String;
    type View<'a> = &'a str;

    fn read(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
        Self::read_view(reader).map(str::to_owned)
    }

    fn read_view<'a>(reader: &mut Reader<'a>) -> Result<&'a str, DecodeError> {
        let start = reader.position();
        let bytes = bounded::<MINIMUM, MAXIMUM>(reader)?;
        std::str::from_utf8(bytes).map_err(|_| DecodeError::new(ErrorCode::BadUtf8, start))
    }

    fn write<O: Output>(value: &String, encoder: &mut Encoder<'_, O>) -> Result<(), EncodeError> {
        write_bounded::<MINIMUM, MAXIMUM, O>(value.as_bytes(), encoder)
    }

    fn known_length(value: &String) -> Option<usize> {
        Some(value.len())
    }
}

impl<const MINIMUM: usize, const MAXIMUM: usize> Codec for Bytes<MINIMUM, MAXIMUM> {
    type Value = Vec<u8>;
    type View<'a> = &'a [u8];

    fn read(reader: &mut Reader<'_>) -> Result<Vec<u8>, DecodeError> {
        bounded::<MINIMUM, MAXIMUM>(reader).map(<[u8]>::to_vec)
    }

    fn read_view<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], DecodeError> {
        bounded::<MINIMUM, MAXIMUM>(reader)
    }

    fn write<O: Output>(value: &Vec<u8>, encoder: &mut Encoder<'_, O>) -> Result<(), EncodeError> {
        write_bounded::<MINIMUM, MAXIMUM, O>(value, encoder)
    }

    fn known_length(value: &Vec<u8>) -> Option<usize> {
        Some(value.len())
    }
}

#[inline]
fn bounded<'a, const MINIMUM: usize, const MAXIMUM: usize>(
    reader: &mut Reader<'a>,
) -> Result<&'a [u8], DecodeError> {
    let length = reader.remaining();
    if length < MINIMUM || length > MAXIMUM {
        return Err(reader.error_here(ErrorCode::BoundExceeded));
    }
    Ok(reader.take_rest())
}

#[inline]
fn write_bounded<const MINIMUM: usize, const MAXIMUM: usize, O: Output>(
    bytes: &[u8],
    encoder: &mut Encoder<'_, O>,
) -> Result<(), EncodeError> {
    if bytes.len() < MINIMUM || bytes.len() > MAXIMUM {
        return Err(EncodeError::new(ErrorCode::BoundExceeded));
    }
    encoder.output.append(bytes)
}
