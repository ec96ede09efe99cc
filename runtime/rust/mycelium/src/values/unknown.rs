//! Union variants of a newer schema.

use std::fmt;

/// A union variant this schema does not know, kept as it came so that it survives a round trip.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnknownVariant {
    /// The variant's tag, 1 or more, and none that this schema knows.
    pub tag: u16,
    /// The kind of its value, 0 to 6.
    pub kind: u8,
    /// Its value: as many bytes as the kind says (1, 2, 4, 8, 16 or 32), any number for kind 6.
    pub bytes: Vec<u8>,
}

/// An [`UnknownVariant`] in place.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnknownVariantView<'a> {
    /// The variant's tag.
    pub tag: u16,
    /// The kind of its value, 0 to 6.
    pub kind: u8,
    /// Its value.
    pub bytes: &'a [u8],
}

/// A view is shown as what it is a view of.
impl fmt::Debug for UnknownVariantView<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("UnknownVariant")
            .field("tag", &self.tag)
            .field("kind", &self.kind)
            .field("bytes", &self.bytes)
            .finish()
    }
}
