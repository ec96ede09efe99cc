//! Lists of fixed-size elements: one run of bytes.

use std::fmt;
use std::marker::PhantomData;

use crate::code::ErrorCode;
use crate::wire::fixed_size::{allow_elements, check_elements};
use crate::wire::reader::LENGTH_U16;
use crate::wire::{Codec, Encoder, FixedSize, Output, Reader};

/// `list<T, MINIMUM..MAXIMUM>` of a fixed-size type `T`, bounds in elements.
pub struct Packed<T, const MINIMUM: usize = 0, const MAXIMUM: usize = { usize::MAX }>(
    PhantomData<T>,
);

impl<T: FixedSize, const MINIMUM: usize, const MAXIMUM: usize> Packed<T, MINIMUM, MAXIMUM> {
    /// The bytes of the list, all checked.
    #[inline]
    fn checked<'a>(reader: &mut Reader<'a>) -> &'a [u8] {
        let bytes = reader.rest();
        if !T::CHECKED && Self::is_counted(bytes.len()) && reader.may_enter() {
            return reader.take_rest();
        }
        Self::checked_carefully(reader)
    }

    /// Whether so many bytes are a list that may be.
    #[inline]
    fn is_counted(length: usize) -> bool {
        let size = T::SIZE.max(1);
        length.is_multiple_of(size) && (MINIMUM..=MAXIMUM).contains(&(length / size))
    }

    /// As [`checked`](Self::checked), element by element, and saying what is wrong.
    #[inline(never)]
    fn checked_carefully<'a>(reader: &mut Reader<'a>) -> &'a [u8] {
        reader.enter();
        let size = T::SIZE.max(1);
        let length = reader.remaining();
        let count = length / size;
        if !length.is_multiple_of(size) {
            reader.fail_here(ErrorCode::BadLength);
        } else if count < MINIMUM || count > MAXIMUM {
            reader.fail_here(ErrorCode::BoundExceeded);
        }
        let start = reader.position();
        let bytes = reader.take_rest();
        if let Err(error) = check_elements::<T>(bytes) {
            reader.fail(error.moved(start));
            return &[];
        }
        reader.leave();
        bytes
    }
}

impl<T: FixedSize, const MINIMUM: usize, const MAXIMUM: usize> Codec
    for Packed<T, MINIMUM, MAXIMUM>
{
    type Value = Vec<T::Value>;
    type View<'a> = PackedView<'a, T>;

    fn read(reader: &mut Reader<'_>) -> Vec<T::Value> {
        T::get_all(Self::checked(reader))
    }

    fn read_view<'a>(reader: &mut Reader<'a>) -> PackedView<'a, T> {
        PackedView::new(Self::checked(reader))
    }

    #[inline]
    fn read_at_once(bytes: &[u8], header: u8) -> Option<(Vec<T::Value>, usize)> {
        let (start, length) = match *bytes {
            [found, length, ..] if found == header && length < LENGTH_U16 => {
                (2, usize::from(length))
            }
            [found, LENGTH_U16, low, high, ..] if found == header => {
                (4, usize::from(u16::from_le_bytes([low, high])))
            }
            _ => return None,
        };
        let is_shortest = start == 2 || length >= usize::from(LENGTH_U16);
        if T::CHECKED || !is_shortest || !Self::is_counted(length) {
            return None;
        }
        let elements = bytes.get(start..start + length)?;
        Some((T::get_all(elements), start + length))
    }

    fn write<O: Output>(value: &Vec<T::Value>, encoder: &mut Encoder<'_, O>) {
        encoder.enter();
        if value.len() < MINIMUM || value.len() > MAXIMUM {
            encoder.refuse(ErrorCode::BoundExceeded);
        }
        encoder.allow(allow_elements::<T>(value));
        T::put_all(value, encoder.extend(value.len() * T::SIZE));
        encoder.leave();
    }

    #[inline]
    fn known_length(value: &Vec<T::Value>) -> Option<usize> {
        Some(value.len() * T::SIZE)
    }
}

/// A list of fixed-size elements in place.
pub struct PackedView<'a, T> {
    bytes: &'a [u8],
    element: PhantomData<T>,
}

impl<'a, T: FixedSize> PackedView<'a, T> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            element: PhantomData,
        }
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.bytes.len() / T::SIZE.max(1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The element number `index`, counted from 0.
    pub fn get(&self, index: usize) -> Option<T::Value> {
        let start = index.checked_mul(T::SIZE)?;
        self.bytes.get(start..)?.get(..T::SIZE).map(T::get)
    }

    /// All elements in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T::Value> + use<'a, T> {
        self.bytes.chunks_exact(T::SIZE.max(1)).map(T::get)
    }

    /// The bytes of the elements, as they are on the wire.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl<T: FixedSize> Default for PackedView<'_, T> {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl<T> Clone for PackedView<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for PackedView<'_, T> {}

impl<T: FixedSize> fmt::Debug for PackedView<'_, T>
where
    T::Value: fmt::Debug,
{
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}
