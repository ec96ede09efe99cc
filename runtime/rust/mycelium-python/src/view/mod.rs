//! Views: bodies that stay bytes, whose fields become objects when they are asked for.
//!
//! Making one checks every header and notes where each field is ([`headers`]); a [`field`] reads its value from there as decoding
//! would. The classes of views are made in Python, by `mycelium.views`.

mod field;
mod headers;
mod maker;
mod object;

pub use field::{make_field, prepare_type as prepare_field_type};
pub use maker::{make_function, prepare_type as prepare_maker_type};
pub use object::prepare_type as prepare_view_type;
