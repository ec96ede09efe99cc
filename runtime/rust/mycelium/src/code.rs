//! The error codes of the wire contract: the same word for the same offence in every language.

use std::fmt;

/// What was wrong. [`ErrorCode::name`] is the spelling every language shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// The bytes end before what they announce.
    Truncated,
    /// A valid value in a form that is not the one and only: a long length or tag, map keys out of order.
    NonCanonical,
    /// A tag that is not greater than the one before.
    FieldOrder,
    /// A required field is absent.
    MissingField,
    /// The reserved kind 7.
    BadKind,
    /// A known tag with the kind of another type.
    KindMismatch,
    /// More than 64 messages, unions, lists and maps inside one another.
    DepthExceeded,
    /// A size that the type cannot have.
    BadLength,
    /// Too many or too few bytes, elements or entries for the declared bound.
    BoundExceeded,
    /// More list elements and map entries in one body than allowed.
    BudgetExceeded,
    /// A boolean that is neither 0 nor 1.
    BadBool,
    /// A number that is no member of a closed enum.
    BadEnum,
    /// Text that is not UTF-8.
    BadUtf8,
    /// A byte that is not printable ASCII, or a NUL before a character.
    BadAscii,
    /// A number outside its declared range.
    OutOfRange,
    /// A wire version other than 1.
    BadVersion,
    /// Frame flags this version does not know.
    BadFlags,
    /// A frame longer than allowed.
    FrameTooLarge,
    /// A message type id that is not known here.
    UnknownType,
    /// Bytes after the frame where exactly one was expected.
    TrailingBytes,
    /// A missing required value, or a value of the wrong type.
    EncodeType,
    /// A number its type cannot hold.
    EncodeRange,
}

impl ErrorCode {
    /// The code as the contract spells it, for example `NON_CANONICAL`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Truncated => "TRUNCATED",
            Self::NonCanonical => "NON_CANONICAL",
            Self::FieldOrder => "FIELD_ORDER",
            Self::MissingField => "MISSING_FIELD",
            Self::BadKind => "BAD_KIND",
            Self::KindMismatch => "KIND_MISMATCH",
            Self::DepthExceeded => "DEPTH_EXCEEDED",
            Self::BadLength => "BAD_LENGTH",
            Self::BoundExceeded => "BOUND_EXCEEDED",
            Self::BudgetExceeded => "BUDGET_EXCEEDED",
            Self::BadBool => "BAD_BOOL",
            Self::BadEnum => "BAD_ENUM",
            Self::BadUtf8 => "BAD_UTF8",
            Self::BadAscii => "BAD_ASCII",
            Self::OutOfRange => "OUT_OF_RANGE",
            Self::BadVersion => "BAD_VERSION",
            Self::BadFlags => "BAD_FLAGS",
            Self::FrameTooLarge => "FRAME_TOO_LARGE",
            Self::UnknownType => "UNKNOWN_TYPE",
            Self::TrailingBytes => "TRAILING_BYTES",
            Self::EncodeType => "ENCODE_TYPE",
            Self::EncodeRange => "ENCODE_RANGE",
        }
    }

    /// What the code means, as the rest of a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Truncated => "the bytes end too early",
            Self::NonCanonical => "not the one valid encoding",
            Self::FieldOrder => "tag not greater than the one before",
            Self::MissingField => "required field is missing",
            Self::BadKind => "reserved kind 7",
            Self::KindMismatch => "kind does not fit the field's type",
            Self::DepthExceeded => "nested deeper than 64",
            Self::BadLength => "length does not fit the type",
            Self::BoundExceeded => "length is outside the declared bound",
            Self::BudgetExceeded => "too many list elements and map entries",
            Self::BadBool => "boolean is neither 0 nor 1",
            Self::BadEnum => "not a member of the closed enum",
            Self::BadUtf8 => "text is not UTF-8",
            Self::BadAscii => "text is not printable ASCII",
            Self::OutOfRange => "number is outside the declared range",
            Self::BadVersion => "wire version is not 1",
            Self::BadFlags => "unknown frame flags",
            Self::FrameTooLarge => "frame is larger than allowed",
            Self::UnknownType => "message type is not known here",
            Self::TrailingBytes => "bytes after the frame",
            Self::EncodeType => "required value is missing or of the wrong type",
            Self::EncodeRange => "number does not fit its type",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
