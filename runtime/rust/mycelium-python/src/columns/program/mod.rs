//! Programs, as `mycelium.columns.program` writes them.

mod reader;

pub use reader::Reader;

use super::checks::{Check, Number};
use crate::interpreter::object::{Plain, Surprise};

/// A message: its block, and its tagged fields in the order of their tags.
pub struct Message {
    /// Its untagged fields, if it has any.
    pub block: Option<Block>,
    /// The others.
    pub tagged: Vec<Tagged>,
}

/// Packed fields.
pub struct Block {
    /// A block with the defaults of the fields that have any.
    pub template: Vec<u8>,
    /// Whether an older writer may have had none at all.
    pub may_be_absent: bool,
    /// Sizes at which an older writer's may end.
    pub shorter_sizes: Vec<usize>,
    /// What its values must fulfil.
    pub checks: Vec<Check>,
}

/// A numbered field.
pub struct Tagged {
    /// Its number.
    pub tag: u16,
    /// The kind of its value.
    pub kind: u8,
    /// What its absence means.
    pub absence: Absence,
    /// What it is.
    pub shape: Shape,
}

/// What it means that a tagged field is not there.
pub enum Absence {
    /// An offence.
    Refused,
    /// It has these bytes.
    Default(Vec<u8>),
    /// The row has none.
    Optional,
}

/// A type of values.
pub enum Shape {
    /// Always as many bytes.
    Fixed { size: usize, checks: Vec<Check> },
    /// Text or bytes.
    Bytes { is_text: bool, bounds: Bounds },
    /// Items of `size` bytes with nothing between them.
    PackedList {
        bounds: Bounds,
        size: usize,
        checks: Vec<Check>,
    },
    /// Items with their lengths.
    List { bounds: Bounds, item: Box<Shape> },
    /// Entries, ascending.
    Map {
        bounds: Bounds,
        order: KeyOrder,
        key: Box<Shape>,
        value: Box<Shape>,
    },
    /// A body.
    Message(Message),
}

/// Fewest and most of something, ends included.
#[derive(Clone, Copy)]
pub struct Bounds {
    /// Fewest.
    pub minimum: usize,
    /// Most.
    pub maximum: usize,
}

impl Bounds {
    /// Whether so many are within the bounds.
    #[inline(always)]
    pub fn admit(self, count: usize) -> Plain<()> {
        if self.minimum <= count && count <= self.maximum {
            Ok(())
        } else {
            Err(Surprise)
        }
    }
}

/// How the bytes of keys are compared.
#[derive(Clone, Copy)]
pub enum KeyOrder {
    /// One after the other: text and bytes.
    Bytewise,
    /// As little-endian numbers.
    Number { signed: bool },
}

impl KeyOrder {
    /// Whether the second key comes after the first.
    pub fn ascends(self, first: &[u8], second: &[u8]) -> Plain<()> {
        let ascends = match self {
            KeyOrder::Bytewise => first < second,
            KeyOrder::Number { signed } => Number::of(first, signed) < Number::of(second, signed),
        };
        if ascends {
            Ok(())
        } else {
            Err(Surprise)
        }
    }
}
