//! The pieces generated code is made of: how each type of the schema language is read, viewed and written.
//!
//! A **fixed-size type** implements [`FixedSize`]: it is checked, read and written at constant offsets. Anything that
//! can be the value of a field, an element, a key or a variant implements [`Codec`]; [`Fixed`] makes a codec of a
//! fixed-size type. Codecs are types without values, so that a field's whole type, bounds included, is spelled
//! once: `Map<Text<1, 32>, Packed<Point, 0, 4>>`.
//!
//! Applications need nothing from here but the view types.

mod block;
mod bytes;
mod codec;
mod companions;
mod encoder;
mod enumeration;
mod fields;
mod fixed_size;
mod list;
mod map;
mod output;
mod packed;
mod range;
mod reader;
mod text;
mod union;

pub use crate::path::DescribeKey;
pub use crate::{closed_enum, describe_enum_key, open_enum};
pub use block::{block_alone, decode_other, view_other, Block, BlockField, BlockLayout};
pub use bytes::{allow, check, chunk, get, get_at, get_boxed, get_or, is_valid, put};
pub use codec::{Boxed, Codec, Deferred, Fixed};
pub use companions::{given, show_variant};
pub use encoder::{write, write_optional, Encoder, MAXIMUM_BUDGET, MAXIMUM_DEPTH};
pub use fields::{
    defaulted, defaulted_owned, defaulted_view, optional, optional_view, required, required_view,
    Fields,
};
pub use fixed_size::{get_elements, put_elements, FixedSize};
pub use list::{Sequence, SequenceIterator, SequenceView};
pub use map::{Map, MapIterator, MapView};
pub use output::{Measure, Output, SliceOutput};
pub use packed::{Packed, PackedView};
pub use range::{Range, Within};
pub use reader::Reader;
pub use text::{Bytes, Text};
pub use union::{
    unknown_variant, unknown_variant_view, variant, variant_view, write_unknown_variant,
    write_variant, Variant,
};
