//! The Rust side of the Mycelium wire contract.
//!
//! - [`Message`]: what every generated message can do: encode into a caller's buffer, decode from a slice, be
//!   viewed in place, and tell its name, type id, topic and digests.
//! - [`frame`]: whole frames, with or without an [`Envelope`](frame::Envelope), one at a time or from a stream.
//! - The value types Rust has no word for: [`U256`], [`Decimal`], [`Timestamp`], [`Duration`], [`Uuid`], [`Ascii`].
//! - [`DecodeError`] and [`EncodeError`]: a code of the contract, a place, and a path such as
//!   `Order.legs[2].symbol`.
//! - [`versions`]: whether this side and a peer, of another version perhaps, read each other's messages.
//! - [`wire`]: the pieces generated code is made of.
//!
//! Decoding never panics, never reads out of bounds, and allocates in proportion to the bytes it was given,
//! whatever those bytes are.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod code;
pub mod control;
mod error;
pub mod frame;
mod message;
mod path;
mod values;
pub mod versions;
pub mod wire;

pub use code::ErrorCode;
pub use error::{DecodeError, EncodeError};
pub use message::{DecodeLimits, Message, MessageInformation};
pub use values::{
    Ascii, Decimal, Duration, ParseNumberError, Timestamp, UnknownVariant, UnknownVariantView,
    Uuid, U256,
};
