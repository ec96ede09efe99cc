//! Errors of decoding and encoding: small to carry (one pointer), with the path gathered on the way up.

use std::fmt;

use crate::code::ErrorCode;
use crate::path::{Path, Step};

#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure {
    code: ErrorCode,
    offset: usize,
    path: Path,
}

/// Bytes that are not a valid encoding: what was wrong ([`code`](Self::code)), where in the bytes
/// ([`offset`](Self::offset)) and where in the message ([`path`](Self::path)).
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Failure>);

/// A value that has no valid encoding: what was wrong and where. The output is as long as it was before.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodeError(Box<Failure>);

impl DecodeError {
    /// An error `offset` bytes from the start of what is being read. Used by generated code.
    #[cold]
    pub fn new(code: ErrorCode, offset: usize) -> Self {
        Self(Box::new(Failure {
            code,
            offset,
            path: Path::default(),
        }))
    }

    /// What was wrong.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// How many bytes into the body (or, for a frame, into the frame) the offending header, length or value is.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The place in the message, such as `Order.legs[2].symbol`.
    pub fn path(&self) -> String {
        self.0.path.to_string()
    }

    /// The same error, its offset counted from `bytes` before.
    #[cold]
    pub(crate) fn moved(mut self, bytes: usize) -> Self {
        self.0.offset = self.0.offset.saturating_add(bytes);
        self
    }

    #[cold]
    pub(crate) fn inside(mut self, step: Step) -> Self {
        self.0.path.0.push(step);
        self
    }

    /// The same error, seen from the message or struct whose field it is in. Used by generated code.
    #[cold]
    pub fn in_field(self, name: &'static str) -> Self {
        self.inside(Step::Field(name))
    }

    /// The same error, seen from the union whose variant it is in. Used by generated code.
    #[cold]
    pub fn in_variant(self, name: &'static str) -> Self {
        self.inside(Step::Variant(name))
    }
}

impl EncodeError {
    /// An error in the value at hand. Used by generated code.
    #[cold]
    pub fn new(code: ErrorCode) -> Self {
        Self(Box::new(Failure {
            code,
            offset: 0,
            path: Path::default(),
        }))
    }

    /// `ENCODE_TYPE`: the required field `name` of the message `root` was never given. Used by builders.
    #[cold]
    pub fn missing(root: &'static str, name: &'static str) -> Self {
        Self::new(ErrorCode::EncodeType)
            .in_field(name)
            .inside(Step::Root(root))
    }

    /// What was wrong.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The place in the message, such as `Order.legs[2].symbol`.
    pub fn path(&self) -> String {
        self.0.path.to_string()
    }

    #[cold]
    pub(crate) fn inside(mut self, step: Step) -> Self {
        self.0.path.0.push(step);
        self
    }

    /// The same error, seen from the message or struct whose field it is in. Used by generated code.
    #[cold]
    pub fn in_field(self, name: &'static str) -> Self {
        self.inside(Step::Field(name))
    }

    /// The same error, seen from the union whose variant it is in. Used by generated code.
    #[cold]
    pub fn in_variant(self, name: &'static str) -> Self {
        self.inside(Step::Variant(name))
    }
}

/// ` in PATH`, or nothing where there is no path.
struct Place<'a>(&'a Path);

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 .0.is_empty() {
            return Ok(());
        }
        write!(formatter, " in {}", self.0)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { code, offset, path } = &*self.0;
        write!(
            formatter,
            "{code} at byte {offset}{}: {}",
            Place(path),
            code.meaning()
        )
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { code, path, .. } = &*self.0;
        write!(formatter, "{code}{}: {}", Place(path), code.meaning())
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DecodeError({self})")
    }
}

impl fmt::Debug for EncodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EncodeError({self})")
    }
}

impl std::error::Error for DecodeError {}
impl std::error::Error for EncodeError {}
