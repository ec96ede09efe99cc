//! Types of fixed size: numbers, booleans, times, enums, ascii, arrays and structs.

use std::array;

use crate::code::ErrorCode;
use crate::error::{DecodeError, EncodeError};
use crate::path::Step;
use crate::values::{Ascii, Decimal, Duration, Timestamp, Uuid, U256};
use crate::wire::chunk;

/// A type whose every value takes [`SIZE`](Self::SIZE) bytes. Checking is apart from reading, so that a block or a
/// packed list is checked once and then read without a branch.
pub trait FixedSize {
    /// The Rust type of a value.
    type Value: Clone;

    /// The size in bytes, at least 1.
    const SIZE: usize;

    /// Whether some bytes are no value of this type.
    const CHECKED: bool;

    /// Looks for the first offence in [`SIZE`](Self::SIZE) bytes; its offset counts from their start.
    ///
    /// # Errors
    /// `BAD_BOOL`, `BAD_ENUM`, `BAD_ASCII` or `OUT_OF_RANGE`.
    fn check(bytes: &[u8]) -> Result<(), DecodeError>;

    /// Whether [`check`](Self::check) would find nothing; cheaper, as there is no error to make.
    #[inline]
    fn is_valid(bytes: &[u8]) -> bool {
        Self::check(bytes).is_ok()
    }

    /// The value of bytes that have been checked. Of other bytes: some value, never a panic.
    fn get(bytes: &[u8]) -> Self::Value;

    /// Whether the value may be written.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`.
    #[inline]
    fn allow(_: &Self::Value) -> Result<(), EncodeError> {
        Ok(())
    }

    /// Writes the value to [`SIZE`](Self::SIZE) bytes; nothing where there are fewer.
    fn put(value: &Self::Value, bytes: &mut [u8]);

    /// The values of packed elements that have been checked. Types whose size is a literal read them with
    /// [`get_elements`](crate::wire::get_elements), several at a time.
    fn get_all(bytes: &[u8]) -> Vec<Self::Value> {
        bytes
            .chunks_exact(Self::SIZE.max(1))
            .map(Self::get)
            .collect()
    }

    /// Writes packed elements. Types whose size is a literal write them with
    /// [`put_elements`](crate::wire::put_elements), several at a time.
    fn put_all(values: &[Self::Value], bytes: &mut [u8]) {
        let places = bytes.chunks_exact_mut(Self::SIZE.max(1));
        values
            .iter()
            .zip(places)
            .for_each(|(value, place)| Self::put(value, place));
    }
}

/// The values of packed elements of `N` bytes each, which have been checked.
#[inline]
pub fn get_elements<T: FixedSize, const N: usize>(bytes: &[u8]) -> Vec<T::Value> {
    bytes
        .as_chunks::<N>()
        .0
        .iter()
        .map(|element| T::get(element))
        .collect()
}

/// Writes packed elements of `N` bytes each.
#[inline]
pub fn put_elements<T: FixedSize, const N: usize>(values: &[T::Value], bytes: &mut [u8]) {
    let places = bytes.as_chunks_mut::<N>().0;
    values
        .iter()
        .zip(places)
        .for_each(|(value, place)| T::put(value, place));
}

/// Numbers, and newtypes of numbers: `read` from and `written` to little-endian bytes.
macro_rules! unchecked {
    ([$($generics:tt)*] $type:ty, $size:expr, $read:expr, $written:expr) => {
        impl<$($generics)*> FixedSize for $type {
            type Value = Self;
            const SIZE: usize = $size;
            const CHECKED: bool = false;

            #[inline(always)]
            fn check(_: &[u8]) -> Result<(), DecodeError> {
                Ok(())
            }

            #[inline(always)]
            fn get(bytes: &[u8]) -> Self {
                $read(*chunk(bytes))
            }

            #[inline(always)]
            fn put(value: &Self, bytes: &mut [u8]) {
                if let Some(place) = bytes.first_chunk_mut() {
                    *place = $written(*value);
                }
            }

            #[inline]
            fn get_all(bytes: &[u8]) -> Vec<Self> {
                get_elements::<Self, { $size }>(bytes)
            }

            #[inline]
            fn put_all(values: &[Self], bytes: &mut [u8]) {
                put_elements::<Self, { $size }>(values, bytes);
            }
        }
    };
}

macro_rules! unchecked_numbers {
    ($($number:ty),*) => {
        $(unchecked!([] $number, size_of::<$number>(), <$number>::from_le_bytes, <$number>::to_le_bytes);)*
    };
}

unchecked_numbers!(u8, u16, u32, u64, u128, U256, i8, i16, i32, i64, i128, f32, f64);
unchecked!([] Uuid, 16, Uuid::from_bytes, <[u8; 16]>::from);
unchecked!(
    [] Timestamp,
    8,
    |bytes| Timestamp::from_nanoseconds(i64::from_le_bytes(bytes)),
    |value: Timestamp| value.nanoseconds().to_le_bytes()
);
unchecked!(
    [] Duration,
    8,
    |bytes| Duration::from_nanoseconds(i64::from_le_bytes(bytes)),
    |value: Duration| value.nanoseconds().to_le_bytes()
);
unchecked!(
    [const S: u32] Decimal<S>,
    8,
    |bytes| Decimal::from_mantissa(i64::from_le_bytes(bytes)),
    |value: Decimal<S>| value.mantissa().to_le_bytes()
);

impl FixedSize for bool {
    type Value = Self;
    const SIZE: usize = 1;
    const CHECKED: bool = true;

    #[inline]
    fn check(bytes: &[u8]) -> Result<(), DecodeError> {
        match chunk(bytes) {
            [0 | 1] => Ok(()),
            _ => Err(DecodeError::new(ErrorCode::BadBool, 0)),
        }
    }

    #[inline]
    fn get(bytes: &[u8]) -> Self {
        *chunk(bytes) != [0]
    }

    #[inline]
    fn put(value: &Self, bytes: &mut [u8]) {
        if let Some(place) = bytes.first_chunk_mut() {
            *place = [u8::from(*value)];
        }
    }
}

impl<const N: usize> FixedSize for Ascii<N> {
    type Value = Self;
    const SIZE: usize = N;
    const CHECKED: bool = true;

    #[inline]
    fn check(bytes: &[u8]) -> Result<(), DecodeError> {
        if Self::is_valid(bytes) {
            Ok(())
        } else {
            Err(DecodeError::new(ErrorCode::BadAscii, 0))
        }
    }

    #[inline]
    fn is_valid(bytes: &[u8]) -> bool {
        crate::values::is_padded_ascii(chunk::<N>(bytes))
    }

    #[inline]
    fn get(bytes: &[u8]) -> Self {
        Self::from_checked(*chunk(bytes))
    }

    #[inline]
    fn put(value: &Self, bytes: &mut [u8]) {
        if let Some(place) = bytes.first_chunk_mut() {
            *place = *value.as_padded_bytes();
        }
    }
}

/// `T[N]`, and `bytes[N]` as `[u8; N]`.
impl<T: FixedSize, const N: usize> FixedSize for [T; N] {
    type Value = [T::Value; N];
    const SIZE: usize = T::SIZE * N;
    const CHECKED: bool = T::CHECKED;

    #[inline]
    fn check(bytes: &[u8]) -> Result<(), DecodeError> {
        check_elements::<T>(bytes)
    }

    #[inline]
    fn get(bytes: &[u8]) -> Self::Value {
        array::from_fn(|index| {
            let start = index * T::SIZE;
            T::get(bytes.get(start..start + T::SIZE).unwrap_or(&[]))
        })
    }

    #[inline]
    fn allow(value: &Self::Value) -> Result<(), EncodeError> {
        allow_elements::<T>(value)
    }

    #[inline]
    fn put(value: &Self::Value, bytes: &mut [u8]) {
        T::put_all(value, bytes);
    }
}

/// Checks packed elements, one after the other.
#[inline]
pub(crate) fn check_elements<T: FixedSize>(bytes: &[u8]) -> Result<(), DecodeError> {
    if !T::CHECKED {
        return Ok(());
    }
    for (index, element) in bytes.chunks_exact(T::SIZE.max(1)).enumerate() {
        T::check(element)
            .map_err(|error| error.moved(index * T::SIZE).inside(Step::Element(index)))?;
    }
    Ok(())
}

/// Whether all elements may be written.
#[inline]
pub(crate) fn allow_elements<T: FixedSize>(values: &[T::Value]) -> Result<(), EncodeError> {
    for (index, value) in values.iter().enumerate() {
        T::allow(value).map_err(|error| error.inside(Step::Element(index)))?;
    }
    Ok(())
}
