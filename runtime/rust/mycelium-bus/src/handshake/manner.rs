//! How a side wants to receive a message type.

/// A combination of ways, as the bits of `mycelium.control.Want` say it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Manner(u8);

impl Manner {
    /// Not at all.
    pub(crate) const NOT: Self = Self(0);
    /// As it is published.
    pub(crate) const PUBLISHED: Self = Self(1);
    /// As the answer to a request.
    pub(crate) const REPLIES: Self = Self(2);
    /// As a request.
    pub(crate) const REQUESTS: Self = Self(4);
    /// The sender drops rather than waits, and always sends an envelope.
    pub(crate) const LOSSY: Self = Self(8);
    /// Always with an envelope.
    pub(crate) const ENVELOPE: Self = Self(16);

    const ALL: u8 = 31;
    const PURPOSES: u8 = 7;

    /// The ways of these bits; None where a bit has no meaning, or nothing is wanted.
    pub(crate) fn from_bits(bits: u8) -> Option<Self> {
        (bits & !Self::ALL == 0 && bits & Self::PURPOSES != 0).then_some(Self(bits))
    }

    /// The bits on the wire.
    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    /// All ways of both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all ways of `other` are among these.
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether anything is wanted.
    pub(crate) fn is_wanted(self) -> bool {
        self.0 & Self::PURPOSES != 0
    }
}
