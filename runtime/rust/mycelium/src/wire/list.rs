//! Lists of variable elements: each a length and its bytes.

use std::fmt;
use std::marker::PhantomData;

use crate::code::ErrorCode;
use crate::message::DecodeLimits;
use crate::path::Step;
use crate::wire::{Codec, Encoder, Output, Reader};

/// `list<C, MINIMUM..MAXIMUM>` of a variable type, bounds in elements.
pub struct Sequence<C, const MINIMUM: usize = 0, const MAXIMUM: usize = { usize::MAX }>(
    PhantomData<C>,
);

impl<C: Codec, const MINIMUM: usize, const MAXIMUM: usize> Sequence<C, MINIMUM, MAXIMUM> {
    /// Reads every element with `read` and hands it to `keep`; returns their number.
    fn read_each<'a, T>(
        reader: &mut Reader<'a>,
        read: impl Fn(&mut Reader<'a>) -> T,
        mut keep: impl FnMut(T),
    ) -> usize {
        reader.enter();
        let mut count = 0;
        while reader.remaining() != 0 {
            reader.count_element(count, MAXIMUM);
            if reader.has_failed() {
                return count;
            }
            let (_, element) = reader.part::<C, T>(&read);
            if reader.has_failed() {
                reader.failed_inside(Step::Element(count));
                return count;
            }
            keep(element);
            count += 1;
        }
        if count < MINIMUM {
            reader.fail_here(ErrorCode::BoundExceeded);
        }
        reader.leave();
        count
    }
}

impl<C: Codec, const MINIMUM: usize, const MAXIMUM: usize> Codec for Sequence<C, MINIMUM, MAXIMUM> {
    type Value = Vec<C::Value>;
    type View<'a> = SequenceView<'a, C>;

    fn read(reader: &mut Reader<'_>) -> Vec<C::Value> {
        // Grows with the elements that have really been read: nothing is reserved for what is only announced.
        let mut elements = Vec::new();
        Self::read_each(reader, C::read, |element| elements.push(element));
        elements
    }

    fn read_view<'a>(reader: &mut Reader<'a>) -> SequenceView<'a, C> {
        let bytes = reader.rest();
        let count = Self::read_each(reader, C::read_view, |_| ());
        SequenceView {
            bytes,
            count,
            element: PhantomData,
        }
    }

    fn write<O: Output>(value: &Vec<C::Value>, encoder: &mut Encoder<'_, O>) {
        encoder.enter();
        if value.len() < MINIMUM || value.len() > MAXIMUM {
            encoder.refuse(ErrorCode::BoundExceeded);
        }
        for (index, element) in value.iter().enumerate() {
            encoder.count_element();
            if encoder.has_failed() {
                return;
            }
            encoder.part::<C>(element);
            if encoder.has_failed() {
                encoder.failed_inside(Step::Element(index));
            }
        }
        encoder.leave();
    }
}

/// A list of variable elements in place. Elements are found by walking.
pub struct SequenceView<'a, C> {
    bytes: &'a [u8],
    count: usize,
    element: PhantomData<C>,
}

impl<'a, C: Codec> SequenceView<'a, C> {
    /// The number of elements.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All elements in order.
    pub fn iter(&self) -> SequenceIterator<'a, C> {
        let reader = Reader::new(self.bytes, DecodeLimits::default());
        SequenceIterator {
            reader,
            left: self.count,
            element: PhantomData,
        }
    }
}

impl<C> Default for SequenceView<'_, C> {
    fn default() -> Self {
        Self {
            bytes: &[],
            count: 0,
            element: PhantomData,
        }
    }
}

impl<C> Clone for SequenceView<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for SequenceView<'_, C> {}

impl<'a, C: Codec> fmt::Debug for SequenceView<'a, C>
where
    C::View<'a>: fmt::Debug,
{
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, C: Codec> IntoIterator for SequenceView<'a, C> {
    type Item = C::View<'a>;
    type IntoIter = SequenceIterator<'a, C>;

    fn into_iter(self) -> SequenceIterator<'a, C> {
        self.iter()
    }
}

/// The elements of a [`SequenceView`].
pub struct SequenceIterator<'a, C> {
    reader: Reader<'a>,
    left: usize,
    element: PhantomData<C>,
}

impl<'a, C: Codec> Iterator for SequenceIterator<'a, C> {
    type Item = C::View<'a>;

    fn next(&mut self) -> Option<C::View<'a>> {
        self.left = self.left.checked_sub(1)?;
        // Checked when the view was made, so this finds nothing wrong.
        let (_, element) = self.reader.part::<C, _>(C::read_view);
        (!self.reader.has_failed()).then_some(element)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<C: Codec> ExactSizeIterator for SequenceIterator<'_, C> {}
