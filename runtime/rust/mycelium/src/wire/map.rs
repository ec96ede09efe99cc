//! Maps: entries ascending by key.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use crate::code::ErrorCode;
use crate::error::DecodeError;
use crate::message::DecodeLimits;
use crate::path::{DescribeKey, Step};
use crate::wire::{Codec, Encoder, Output, Reader};

/// `map<K, V, MINIMUM..MAXIMUM>`, bounds in entries.
pub struct Map<K, V, const MINIMUM: usize = 0, const MAXIMUM: usize = { usize::MAX }>(
    PhantomData<(K, V)>,
);

/// Reads every entry, its key with `read_key` and its value with `read_value`; `last_key` tells the key before, and
/// `keep` takes the entry. Returns the number of entries.
fn read_each<'a, K: Codec, V: Codec, S, Key: Ord + DescribeKey, Value>(
    reader: &mut Reader<'a>,
    (minimum, maximum): (usize, usize),
    read_key: impl Fn(&mut Reader<'a>) -> Key,
    read_value: impl Fn(&mut Reader<'a>) -> Value,
    entries: &mut S,
    last_key: impl Fn(&S) -> Option<&Key>,
    keep: impl Fn(&mut S, Key, Value),
) -> usize {
    reader.enter();
    let mut count = 0;
    while reader.remaining() != 0 {
        reader.count_element(count, maximum);
        if reader.has_failed() {
            return count;
        }
        let (start, key) = reader.part::<K, Key>(&read_key);
        if !reader.has_failed() && last_key(entries).is_some_and(|last| *last >= key) {
            reader.fail(DecodeError::new(ErrorCode::NonCanonical, start));
        }
        if reader.has_failed() {
            reader.failed_inside(Step::Entry(count));
            return count;
        }
        let (_, value) = reader.part::<V, Value>(&read_value);
        if reader.has_failed() {
            reader.failed_inside(Step::Key(key.describe_key()));
            return count;
        }
        keep(entries, key, value);
        count += 1;
    }
    if count < minimum {
        reader.fail_here(ErrorCode::BoundExceeded);
    }
    reader.leave();
    count
}

impl<K: Codec, V: Codec, const MINIMUM: usize, const MAXIMUM: usize> Codec
    for Map<K, V, MINIMUM, MAXIMUM>
where
    K::Value: Ord + DescribeKey,
    for<'a> K::View<'a>: Ord + DescribeKey,
{
    type Value = BTreeMap<K::Value, V::Value>;
    type View<'a> = MapView<'a, K, V>;

    fn read(reader: &mut Reader<'_>) -> Self::Value {
        let mut entries: Vec<(K::Value, V::Value)> = Vec::new();
        read_each::<K, V, _, _, _>(
            reader,
            (MINIMUM, MAXIMUM),
            K::read,
            V::read,
            &mut entries,
            |entries| entries.last().map(|(key, _)| key),
            |entries, key, value| entries.push((key, value)),
        );
        entries.into_iter().collect()
    }

    fn read_view<'a>(reader: &mut Reader<'a>) -> MapView<'a, K, V> {
        let bytes = reader.rest();
        let mut last = None;
        let count = read_each::<K, V, _, _, _>(
            reader,
            (MINIMUM, MAXIMUM),
            K::read_view,
            V::read_view,
            &mut last,
            Option::as_ref,
            |last, key, _| *last = Some(key),
        );
        MapView {
            bytes,
            count,
            entry: PhantomData,
        }
    }

    fn write<O: Output>(value: &Self::Value, encoder: &mut Encoder<'_, O>) {
        encoder.enter();
        if value.len() < MINIMUM || value.len() > MAXIMUM {
            encoder.refuse(ErrorCode::BoundExceeded);
        }
        for (index, (key, value)) in value.iter().enumerate() {
            encoder.count_element();
            if encoder.has_failed() {
                return;
            }
            encoder.part::<K>(key);
            if encoder.has_failed() {
                return encoder.failed_inside(Step::Entry(index));
            }
            encoder.part::<V>(value);
            if encoder.has_failed() {
                return encoder.failed_inside(Step::Key(key.describe_key()));
            }
        }
        encoder.leave();
    }
}

/// A map in place. Entries are found by walking.
pub struct MapView<'a, K, V> {
    bytes: &'a [u8],
    count: usize,
    entry: PhantomData<(K, V)>,
}

impl<'a, K: Codec, V: Codec> MapView<'a, K, V> {
    /// The number of entries.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All entries, ascending by key.
    pub fn iter(&self) -> MapIterator<'a, K, V> {
        let reader = Reader::new(self.bytes, DecodeLimits::default());
        MapIterator {
            reader,
            left: self.count,
            entry: PhantomData,
        }
    }

    /// The value under a key.
    pub fn get(&self, key: &K::View<'a>) -> Option<V::View<'a>>
    where
        K::View<'a>: PartialEq,
    {
        self.iter()
            .find(|(found, _)| found == key)
            .map(|(_, value)| value)
    }
}

impl<K, V> Default for MapView<'_, K, V> {
    fn default() -> Self {
        Self {
            bytes: &[],
            count: 0,
            entry: PhantomData,
        }
    }
}

impl<K, V> Clone for MapView<'_, K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for MapView<'_, K, V> {}

impl<'a, K: Codec, V: Codec> fmt::Debug for MapView<'a, K, V>
where
    K::View<'a>: fmt::Debug,
    V::View<'a>: fmt::Debug,
{
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

impl<'a, K: Codec, V: Codec> IntoIterator for MapView<'a, K, V> {
    type Item = (K::View<'a>, V::View<'a>);
    type IntoIter = MapIterator<'a, K, V>;

    fn into_iter(self) -> MapIterator<'a, K, V> {
        self.iter()
    }
}

/// The entries of a [`MapView`].
pub struct MapIterator<'a, K, V> {
    reader: Reader<'a>,
    left: usize,
    entry: PhantomData<(K, V)>,
}

impl<'a, K: Codec, V: Codec> Iterator for MapIterator<'a, K, V> {
    type Item = (K::View<'a>, V::View<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        // Checked when the view was made, so this finds nothing wrong.
        let (_, key) = self.reader.part::<K, _>(K::read_view);
        let (_, value) = self.reader.part::<V, _>(V::read_view);
        (!self.reader.has_failed()).then_some((key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K: Codec, V: Codec> ExactSizeIterator for MapIterator<'_, K, V> {}
