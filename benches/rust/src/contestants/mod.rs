//! One file per contestant, each at its best settings.

pub mod bincode;
pub mod capnp;
pub mod flatbuffers;
pub mod mycelium;
pub mod packed;
mod packed_text;
pub mod prost;
pub mod rkyv;
mod trading;
