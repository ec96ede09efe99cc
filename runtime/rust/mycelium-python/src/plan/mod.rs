//! Compiled plans: what `mycelium.plan` says of a class, as offsets and numbers.
//!
//! Pointers to Python objects are borrowed: the codec that owns a layout holds every object it names.

pub mod compile;
pub mod currency;
pub mod limits;
pub mod reading;
pub mod shape;
pub mod types;

use crate::codec::CodecObject;
use limits::Limits;
use pyo3_ffi::{PyObject, PyTypeObject};
use shape::{Place, Shape};

/// A message: its block, and its tagged fields in the order of their tags.
pub struct MessageLayout {
    /// How its objects are made and read.
    pub shape: Shape,
    /// The untagged fields, packed one after the other.
    pub block: Vec<PackedField>,
    /// What each of those is where an older writer left it out, null where it is required.
    pub block_defaults: Vec<*mut PyObject>,
    /// Bytes of the block, 0 where there is none.
    pub block_size: usize,
    /// The tagged fields, ascending.
    pub tagged: Vec<TaggedField>,
    /// The unions that its fields, and theirs in turn, refer to by index.
    pub unions: Vec<UnionLayout>,
}

/// A field of a block or a struct.
pub struct PackedField {
    /// Bytes from the start of the block or struct.
    pub offset: usize,
    /// Where the object keeps it.
    pub place: Place,
    /// What it is.
    pub value: Fixed,
}

impl PackedField {
    /// Bytes from the start of the block or struct to the field's end.
    pub fn end(&self) -> usize {
        self.offset + self.value.size()
    }
}

/// A numbered field.
pub struct TaggedField {
    /// Its number.
    pub tag: u16,
    /// Its number and kind as they are written.
    pub header: Header,
    /// Where the object keeps it.
    pub place: Place,
    /// What it is.
    pub value: Value,
    /// What its absence means.
    pub absence: Absence,
}

/// The header of an element.
#[derive(Clone, Copy)]
pub struct Header {
    /// Its bytes, of which `size` count.
    pub bytes: [u8; 4],
    /// 1 or 3.
    pub size: usize,
    /// Its last three bits, the kind.
    pub kind: u8,
}

/// What it means that a tagged field is not there.
#[derive(Clone, Copy)]
pub enum Absence {
    /// An offence.
    Refused,
    /// It is None.
    Optional,
    /// It is this value; a dictionary is copied.
    Default(*mut PyObject),
}

/// A union: its variants in ascending order of tag.
pub struct UnionLayout {
    /// The variants that are known.
    pub variants: Vec<Variant>,
    /// The class that keeps the others: tag, kind and bytes.
    pub unknown: Shape,
    /// Where that class keeps them.
    pub unknown_places: [Place; 3],
}

/// One alternative of a union.
pub struct Variant {
    /// Its number.
    pub tag: u16,
    /// Its number and kind as they are written.
    pub header: Header,
    /// The class that holds its value.
    pub shape: Shape,
    /// Where that class keeps the value.
    pub place: Place,
    /// What the value is.
    pub value: Value,
}

/// A value of either sort.
pub enum Value {
    /// Its bytes are packed, and their number never changes.
    Fixed(Fixed),
    /// It takes as many bytes as it needs.
    Variable(Variable),
}

/// A type whose values all have the same size.
pub enum Fixed {
    /// One byte, 0 or 1.
    Boolean,
    /// An unsigned number of 8 bits.
    Unsigned8,
    /// An unsigned number of 16 bits.
    Unsigned16,
    /// An unsigned number of 32 bits.
    Unsigned32,
    /// An unsigned number of 64 bits.
    Unsigned64,
    /// A signed number of 8 bits.
    Signed8,
    /// A signed number of 16 bits.
    Signed16,
    /// A signed number of 32 bits.
    Signed32,
    /// A signed number of 64 bits; timestamps and durations, too.
    Signed64,
    /// A number of 16 or 32 bytes.
    Wide {
        /// Its bytes.
        bytes: u8,
        /// Whether it may be negative.
        signed: bool,
    },
    /// An IEEE number of 32 bits.
    Float32,
    /// An IEEE number of 64 bits.
    Float64,
    /// A mantissa of 64 bits over a power of ten.
    Decimal {
        /// Digits of fraction.
        scale: u8,
    },
    /// 16 bytes.
    Uuid,
    /// Printable characters, padded with NUL.
    Ascii {
        /// Most characters.
        length: u16,
        /// Whether equal texts may be one object that lingers.
        remember: bool,
    },
    /// Bytes as they are.
    Bytes {
        /// Their number.
        length: u16,
    },
    /// A number with names.
    Enum(Box<EnumLayout>),
    /// Packed fields.
    Struct(Box<StructLayout>),
    /// As many packed elements.
    Array(Box<ArrayLayout>),
    /// A number within limits.
    Limited(Box<Limited>),
}

impl Fixed {
    /// Bytes of a value.
    pub fn size(&self) -> usize {
        match self {
            Fixed::Boolean | Fixed::Unsigned8 | Fixed::Signed8 => 1,
            Fixed::Unsigned16 | Fixed::Signed16 => 2,
            Fixed::Unsigned32 | Fixed::Signed32 | Fixed::Float32 => 4,
            Fixed::Unsigned64 | Fixed::Signed64 | Fixed::Float64 | Fixed::Decimal { .. } => 8,
            Fixed::Wide { bytes, .. } => usize::from(*bytes),
            Fixed::Uuid => 16,
            Fixed::Ascii { length, .. } | Fixed::Bytes { length } => usize::from(*length),
            Fixed::Enum(layout) => layout.bytes,
            Fixed::Struct(layout) => layout.size,
            Fixed::Array(layout) => layout.element_size * layout.length,
            Fixed::Limited(limited) => limited.value.size(),
        }
    }
}

/// An enum and its members.
pub struct EnumLayout {
    /// The class, called for numbers without a name.
    pub class: *mut PyTypeObject,
    /// Bytes of a number.
    pub bytes: usize,
    /// Whether there are no numbers but the members'.
    pub closed: bool,
    /// The members below 256 by number, null where there is none; as long as the largest of them needs.
    pub small: Vec<*mut PyObject>,
    /// The other members, ascending by number.
    pub large: Vec<(u64, *mut PyObject)>,
}

impl EnumLayout {
    /// The member of that number, null where it has no name.
    #[inline(always)]
    pub fn member(&self, number: u64) -> *mut PyObject {
        if let Some(&member) = usize::try_from(number)
            .ok()
            .and_then(|index| self.small.get(index))
        {
            return member;
        }
        match self
            .large
            .binary_search_by_key(&number, |&(number, _)| number)
        {
            Ok(found) => self.large[found].1,
            Err(_) => std::ptr::null_mut(),
        }
    }
}

/// A struct and its packed fields.
pub struct StructLayout {
    /// How its objects are made and read.
    pub shape: Shape,
    /// Bytes of all fields.
    pub size: usize,
    /// The fields in wire order.
    pub fields: Vec<PackedField>,
    /// Where the object keeps each field if all of them are [`Fixed::Float64`], so that lists of such structs, most often
    /// prices and quantities, take no decisions; otherwise empty.
    pub float_places: Vec<Place>,
}

/// An array of packed elements.
pub struct ArrayLayout {
    /// What each is.
    pub element: Fixed,
    /// Bytes of each.
    pub element_size: usize,
    /// How many.
    pub length: usize,
}

/// A number, and the limits it must be within.
pub struct Limited {
    /// What it is.
    pub value: Fixed,
    /// Its limits, ends included.
    pub limits: Limits,
}

/// A type whose values differ in size.
pub enum Variable {
    /// UTF-8.
    Text {
        /// Fewest and most bytes.
        bounds: Bounds,
        /// Whether equal texts may be one object that lingers.
        remember: bool,
    },
    /// Bytes as they are.
    Bytes(Bounds),
    /// Fixed-size elements with nothing between them.
    PackedList(Box<PackedListLayout>),
    /// Variable elements, each with its length.
    List(Box<ListLayout>),
    /// Entries, ascending by key.
    Map(Box<MapLayout>),
    /// A body of another message.
    Message {
        /// The codec of its class.
        codec: *mut CodecObject,
        /// Its class.
        class: *mut PyTypeObject,
    },
    /// One variant of the union with this index in the message's layout.
    Union(usize),
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
    pub fn admit(self, count: usize) -> bool {
        self.minimum <= count && count <= self.maximum
    }
}

/// A list of fixed-size elements.
pub struct PackedListLayout {
    /// What each is.
    pub element: Fixed,
    /// Bytes of each.
    pub element_size: usize,
    /// How many there may be.
    pub bounds: Bounds,
}

/// A list of variable elements.
pub struct ListLayout {
    /// What each is.
    pub element: Variable,
    /// How many there may be.
    pub bounds: Bounds,
}

/// A map.
pub struct MapLayout {
    /// What a key is.
    pub key: Value,
    /// How keys ascend.
    pub order: KeyOrder,
    /// What a value is.
    pub value: Value,
    /// How many entries there may be.
    pub bounds: Bounds,
}

/// How the bytes of keys are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeyOrder {
    /// One after the other: text and bytes.
    Bytewise,
    /// As little-endian numbers.
    Unsigned,
    /// As little-endian two's complement.
    Signed,
}
