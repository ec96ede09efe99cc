//! Numbers limited to a range.

use std::marker::PhantomData;

use crate::code::ErrorCode;
use crate::error::{DecodeError, EncodeError};
use crate::wire::FixedSize;

/// The declared range of a number, ends included. Each range of a schema is a type of its own.
pub trait Range<T> {
    /// Whether the number is within the range.
    fn contains(number: &T) -> bool;
}

/// A number of type `T` within the range `R`.
pub struct Within<T, R>(PhantomData<(T, R)>);

impl<T: FixedSize, R: Range<T::Value>> FixedSize for Within<T, R> {
    type Value = T::Value;
    const SIZE: usize = T::SIZE;
    const CHECKED: bool = true;

    #[inline]
    fn check(bytes: &[u8]) -> Result<(), DecodeError> {
        if R::contains(&T::get(bytes)) {
            Ok(())
        } else {
            Err(DecodeError::new(ErrorCode::OutOfRange, 0))
        }
    }

    #[inline]
    fn get(bytes: &[u8]) -> Self::Value {
        T::get(bytes)
    }

    #[inline]
    fn allow(value: &Self::Value) -> Result<(), EncodeError> {
        if R::contains(value) {
            Ok(())
        } else {
            Err(EncodeError::new(ErrorCode::OutOfRange))
        }
    }

    #[inline]
    fn put(value: &Self::Value, bytes: &mut [u8]) {
        T::put(value, bytes);
    }
}
