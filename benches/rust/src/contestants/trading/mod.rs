//! The trading schema's quote, peer by peer: decimals as most carry them, an integer and an agreed scale.

mod bincode;
mod capnp;
mod flatbuffers;
mod mycelium;
mod packed;
mod prost;
mod rkyv;
