//! The block: the untagged fields of a message, packed, as its element 0.

use crate::code::ErrorCode;
use crate::error::DecodeError;
use crate::wire::reader::{KIND_RESERVED, KIND_VARIABLE};
use crate::wire::Fields;

/// The header byte of a block: tag 0, kind 6.
pub(crate) const BLOCK_HEADER: u8 = KIND_VARIABLE;

/// A field of a block.
#[derive(Debug)]
pub struct BlockField {
    /// Its name in the schema.
    pub name: &'static str,
    /// How many bytes into the block it ends.
    pub end: usize,
    /// Whether it has no default.
    pub required: bool,
}

impl BlockField {
    /// A field without a default.
    pub const fn required(name: &'static str, end: usize) -> Self {
        Self {
            name,
            end,
            required: true,
        }
    }

    /// A field with a default.
    pub const fn defaulted(name: &'static str, end: usize) -> Self {
        Self {
            name,
            end,
            required: false,
        }
    }
}

/// What a block of an older writer is measured by.
#[derive(Debug)]
pub struct BlockLayout {
    /// The fields in order.
    pub fields: &'static [BlockField],
    /// The defaults of the fields after the last required one, as they are on the wire.
    pub defaults: &'static [u8],
}

/// The bytes of a block of `N` bytes, checked.
#[derive(Debug)]
pub enum Block<'a, const N: usize> {
    /// In place.
    Whole(&'a [u8; N]),
    /// The block of an older writer, with the defaults of the fields it lacks.
    Completed([u8; N]),
}

impl<const N: usize> Block<'_, N> {
    /// All the bytes.
    #[inline(always)]
    pub fn bytes(&self) -> &[u8; N] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Completed(bytes) => bytes,
        }
    }
}

impl<'a> Fields<'_, 'a> {
    /// Reads the block, which comes before every other field.
    ///
    /// # Errors
    /// Any offence in the block; `MISSING_FIELD` where it or one of its required fields is not there.
    #[inline]
    pub fn block<const N: usize>(
        &mut self,
        layout: &BlockLayout,
        check: impl Fn(&[u8; N]) -> Result<(), DecodeError>,
    ) -> Result<Block<'a, N>, DecodeError> {
        let (start, bytes) = self.block_bytes(layout)?;
        match bytes.first_chunk() {
            Some(whole) => {
                check(whole).map_err(|error| error.moved(start))?;
                Ok(Block::Whole(whole))
            }
            None => complete(layout, bytes, start, &check).map(Block::Completed),
        }
    }

    /// As [`block`](Self::block), in place: as much of the block as the writer knew, at most `N` bytes.
    ///
    /// # Errors
    /// Those of [`block`](Self::block).
    pub fn block_view<const N: usize>(
        &mut self,
        layout: &BlockLayout,
        check: impl Fn(&[u8; N]) -> Result<(), DecodeError>,
    ) -> Result<&'a [u8], DecodeError> {
        let (start, bytes) = self.block_bytes(layout)?;
        match bytes.first_chunk::<N>() {
            Some(whole) => {
                check(whole).map_err(|error| error.moved(start))?;
                Ok(whole)
            }
            None => complete(layout, bytes, start, &check).map(|_| bytes),
        }
    }

    /// The bytes of the block and where they start; none at all where there is no block and none is needed.
    #[inline]
    fn block_bytes(&mut self, layout: &BlockLayout) -> Result<(usize, &'a [u8]), DecodeError> {
        if self.reader.peek_byte() != Some(BLOCK_HEADER) {
            return self.without_block(layout);
        }
        self.previous = 0;
        self.reader.advance_to(self.reader.position() + 1);
        let length = self.reader.length()?;
        let start = self.reader.position();
        if length == 0 {
            return Err(self.reader.error_here(ErrorCode::BadLength));
        }
        Ok((start, self.reader.take(length)?))
    }

    #[cold]
    fn without_block(&mut self, layout: &BlockLayout) -> Result<(usize, &'a [u8]), DecodeError> {
        if self.reader.remaining() != 0 {
            let header = self.reader.peek_header()?;
            if header.tag == 0 {
                let reserved = header.kind == KIND_RESERVED;
                let code = if reserved {
                    ErrorCode::BadKind
                } else {
                    ErrorCode::KindMismatch
                };
                return Err(self.reader.error_here(code));
            }
        }
        match layout.fields.iter().find(|field| field.required) {
            Some(field) => Err(self.missing(field.name)),
            None => Ok((self.reader.position(), &[])),
        }
    }
}

/// The block of an older writer, completed with defaults.
#[cold]
fn complete<const N: usize>(
    layout: &BlockLayout,
    bytes: &[u8],
    start: usize,
    check: &impl Fn(&[u8; N]) -> Result<(), DecodeError>,
) -> Result<[u8; N], DecodeError> {
    let ends_with_a_field = layout.fields.iter().any(|field| field.end == bytes.len());
    if !bytes.is_empty() && !ends_with_a_field {
        return Err(DecodeError::new(ErrorCode::BadLength, start));
    }
    let mut completed = [0; N];
    let defaults_start = N.saturating_sub(layout.defaults.len());
    if let Some(place) = completed.get_mut(defaults_start..) {
        place.copy_from_slice(layout.defaults);
    }
    if let Some(place) = completed.get_mut(..bytes.len()) {
        place.copy_from_slice(bytes);
    }
    let checked = check(&completed);
    if let Err(error) = checked {
        // Beyond the writer's bytes there are only defaults and gaps, and a gap is reported as such below.
        if error.offset() < bytes.len() {
            return Err(error.moved(start));
        }
    }
    let missing = layout
        .fields
        .iter()
        .find(|field| field.required && field.end > bytes.len());
    match missing {
        Some(field) => {
            let end = start + bytes.len();
            Err(DecodeError::new(ErrorCode::MissingField, end).in_field(field.name))
        }
        None => Ok(completed),
    }
}
