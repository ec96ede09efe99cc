//! What can be the value of a field, an element, a key or a variant.

use std::fmt;
use std::marker::PhantomData;

use crate::message::DecodeLimits;
use crate::wire::{Encoder, FixedSize, Output, Reader};

/// One type of the schema, bounds included: how its values are read, viewed and written.
pub trait Codec {
    /// The owned value.
    type Value;

    /// The value in place.
    type View<'a>;

    /// The size in bytes of a fixed-size type, 0 for a variable one.
    const SIZE: usize = 0;

    /// The kind of an element of this type.
    const KIND: u8 = kind_of_size(Self::SIZE);

    /// Reads a value: [`SIZE`](Self::SIZE) bytes, or, where that is 0, all the reader has. The reader keeps the first
    /// offence; the value is then of no use.
    fn read(reader: &mut Reader<'_>) -> Self::Value;

    /// As [`read`](Self::read), finding the same offences, but leaving everything in place.
    fn read_view<'a>(reader: &mut Reader<'a>) -> Self::View<'a>;

    /// Writes a value, without header or length. The encoder keeps the first thing it has to refuse.
    fn write<O: Output>(value: &Self::Value, encoder: &mut Encoder<'_, O>);

    /// The value at the start of these bytes, behind this header and its length, and how many bytes they have together.
    /// None, unless it can be told without a [`Reader`] to note an offence in, leaves all of it to [`read`](Self::read).
    #[inline]
    fn read_at_once(_bytes: &[u8], _header: u8) -> Option<(Self::Value, usize)> {
        None
    }

    /// How many bytes [`write`](Self::write) is going to write, where that is known without writing them.
    fn known_length(_: &Self::Value) -> Option<usize> {
        None
    }
}

const fn kind_of_size(size: usize) -> u8 {
    match size {
        1 => 0,
        2 => 1,
        4 => 2,
        8 => 3,
        16 => 4,
        32 => 5,
        _ => crate::wire::reader::KIND_VARIABLE,
    }
}

/// A value of the fixed-size type `T`.
pub struct Fixed<T>(PhantomData<T>);

impl<T: FixedSize> Codec for Fixed<T> {
    type Value = T::Value;
    type View<'a> = T::Value;
    const SIZE: usize = T::SIZE;

    #[inline]
    fn read(reader: &mut Reader<'_>) -> T::Value {
        let start = reader.position();
        let bytes = reader.take(T::SIZE);
        if let Err(error) = T::check(bytes) {
            reader.fail(error.moved(start));
        }
        T::get(bytes)
    }

    #[inline]
    fn read_view<'a>(reader: &mut Reader<'a>) -> T::Value {
        Self::read(reader)
    }

    #[inline]
    fn write<O: Output>(value: &T::Value, encoder: &mut Encoder<'_, O>) {
        encoder.allow(T::allow(value));
        T::put(value, encoder.extend(T::SIZE));
    }

    #[inline]
    fn known_length(_: &T::Value) -> Option<usize> {
        Some(T::SIZE)
    }
}

/// A value of the codec `C` that is boxed, because it could hold itself or is large; in place it is not looked into
/// before it is asked for.
pub struct Boxed<C>(PhantomData<C>);

impl<C: Codec> Codec for Boxed<C> {
    type Value = Box<C::Value>;
    type View<'a> = Deferred<'a, C>;
    const SIZE: usize = C::SIZE;

    fn read(reader: &mut Reader<'_>) -> Box<C::Value> {
        Box::new(C::read(reader))
    }

    fn read_view<'a>(reader: &mut Reader<'a>) -> Deferred<'a, C> {
        let bytes = reader.rest();
        C::read_view(reader);
        Deferred {
            bytes,
            codec: PhantomData,
        }
    }

    fn write<O: Output>(value: &Box<C::Value>, encoder: &mut Encoder<'_, O>) {
        C::write(value, encoder);
    }

    fn known_length(value: &Box<C::Value>) -> Option<usize> {
        C::known_length(value)
    }
}

/// A value that has been checked but is looked into only when asked for.
pub struct Deferred<'a, C> {
    bytes: &'a [u8],
    codec: PhantomData<C>,
}

impl<'a, C: Codec> Deferred<'a, C> {
    /// The value. It has been checked, so there is one; None is for the compiler.
    pub fn view(&self) -> Option<C::View<'a>> {
        let mut reader = Reader::new(self.bytes, DecodeLimits::default());
        let view = C::read_view(&mut reader);
        reader.finish().ok().map(|()| view)
    }

    /// The bytes of the value: for a message, its body.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl<C> Clone for Deferred<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Deferred<'_, C> {}

impl<'a, C: Codec> fmt::Debug for Deferred<'a, C>
where
    C::View<'a>: fmt::Debug,
{
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.view() {
            Some(view) => fmt::Debug::fmt(&view, formatter),
            None => formatter.write_str("?"),
        }
    }
}
