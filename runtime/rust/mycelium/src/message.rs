//! What every message can do.

use crate::error::{DecodeError, EncodeError};
use crate::path::Step;
use crate::versions::{self, Direction, PeerVersion, VersionHistory, VersionVerdict};
use crate::wire::{Codec, Encoder, Measure, Output, Reader, SliceOutput};
use crate::wire::{MAXIMUM_BUDGET, MAXIMUM_DEPTH};

/// How much a decoder takes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeLimits {
    /// How deep messages, unions, lists and maps may lie inside one another; the body itself is the first. 64.
    pub depth: u32,
    /// How many variable list elements and map entries a body may have, all together. 262,144.
    pub elements: u32,
}

/// Those of the wire contract.
impl Default for DecodeLimits {
    fn default() -> Self {
        Self {
            depth: MAXIMUM_DEPTH,
            elements: MAXIMUM_BUDGET,
        }
    }
}

/// A message of a schema. Generated code implements it; applications call it.
pub trait Message: Codec<Value = Self> + Sized {
    /// The qualified name, such as `trading.market.Quote`.
    const NAME: &'static str;

    /// The last part of the name, with which the paths of errors begin.
    const SHORT_NAME: &'static str;

    /// The number that names the message in frames; None for one that only lives inside others.
    const TYPE_ID: Option<u16>;

    /// The topic it is published on.
    const TOPIC: Option<&'static str>;

    /// Stands for everything that decides bytes and validity.
    const WIRE_DIGEST: u64;

    /// Stands for that, and for all names, topics and deprecations.
    const FULL_DIGEST: u64;

    /// What the lock of the schemas knows of its versions.
    const VERSIONS: VersionHistory = VersionHistory::EMPTY;

    /// All of the above, for registries.
    const INFORMATION: MessageInformation = MessageInformation {
        type_id: Self::TYPE_ID,
        name: Self::NAME,
        topic: Self::TOPIC,
        wire_digest: Self::WIRE_DIGEST,
        full_digest: Self::FULL_DIGEST,
        versions: Self::VERSIONS,
    };

    /// Whether data can flow between this version and a peer's; see [`versions::version_verdict`].
    fn version_verdict(peer: PeerVersion<'_>, flow: Direction) -> VersionVerdict<'_> {
        Self::INFORMATION.version_verdict(peer, flow)
    }

    /// Adds the body to the end of `output`.
    ///
    /// # Errors
    /// A value the schema does not allow. `output` is then as long as before.
    #[inline]
    fn encode(&self, output: &mut Vec<u8>) -> Result<(), EncodeError> {
        let start = output.len();
        write_body(self, output).inspect_err(|_| output.truncate(start))
    }

    /// The body, in a vector of its own.
    ///
    /// # Errors
    /// A value the schema does not allow.
    fn encode_to_vec(&self) -> Result<Vec<u8>, EncodeError> {
        let mut output = Vec::new();
        write_body(self, &mut output)?;
        Ok(output)
    }

    /// Writes the body to the start of `buffer` and returns its length in bytes.
    ///
    /// # Errors
    /// A value the schema does not allow; `TRUNCATED` where the buffer is shorter than the body. The buffer's content is
    /// then unspecified.
    #[inline]
    fn encode_to_slice(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        let mut output = SliceOutput::new(buffer);
        write_body(self, &mut output)?;
        Ok(output.position())
    }

    /// The length of the body in bytes. As much work as encoding.
    ///
    /// # Errors
    /// A value the schema does not allow.
    fn encoded_length(&self) -> Result<usize, EncodeError> {
        let mut output = Measure::default();
        write_body(self, &mut output)?;
        Ok(output.position())
    }

    /// Reads a body.
    ///
    /// # Errors
    /// The first offence against the wire contract or the schema.
    #[inline]
    fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        Self::decode_with(body, DecodeLimits::default())
    }

    /// Reads a body with limits other than the contract's.
    ///
    /// # Errors
    /// The first offence against the wire contract, the schema or the limits.
    #[inline]
    fn decode_with(body: &[u8], limits: DecodeLimits) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(body, limits);
        let message = Self::read(&mut reader);
        at_root::<Self, _>(reader, message)
    }

    /// Checks a body and gives a view that reads it in place.
    ///
    /// # Errors
    /// Exactly those of [`decode`](Self::decode).
    #[inline]
    fn view(body: &[u8]) -> Result<Self::View<'_>, DecodeError> {
        Self::view_with(body, DecodeLimits::default())
    }

    /// As [`view`](Self::view), with limits other than the contract's.
    ///
    /// # Errors
    /// Exactly those of [`decode_with`](Self::decode_with).
    #[inline]
    fn view_with(body: &[u8], limits: DecodeLimits) -> Result<Self::View<'_>, DecodeError> {
        let mut reader = Reader::new(body, limits);
        let view = Self::read_view(&mut reader);
        at_root::<Self, _>(reader, view)
    }
}

#[inline]
fn write_body<M: Message, O: Output>(message: &M, output: &mut O) -> Result<(), EncodeError> {
    let mut encoder = Encoder::new(output);
    M::write(message, &mut encoder);
    let written = encoder.finish();
    written.map_err(|error| error.inside(Step::Root(M::SHORT_NAME)))
}

/// What was read, where nothing was wrong with it.
#[inline]
fn at_root<M: Message, T>(reader: Reader<'_>, value: T) -> Result<T, DecodeError> {
    match reader.finish() {
        Ok(()) => Ok(value),
        Err(error) => Err(error.inside(Step::Root(M::SHORT_NAME))),
    }
}

/// What a registry knows of a message without having one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageInformation {
    /// See [`Message::TYPE_ID`].
    pub type_id: Option<u16>,
    /// See [`Message::NAME`].
    pub name: &'static str,
    /// See [`Message::TOPIC`].
    pub topic: Option<&'static str>,
    /// See [`Message::WIRE_DIGEST`].
    pub wire_digest: u64,
    /// See [`Message::FULL_DIGEST`].
    pub full_digest: u64,
    /// See [`Message::VERSIONS`].
    pub versions: VersionHistory,
}

impl MessageInformation {
    /// As [`Message::version_verdict`].
    pub fn version_verdict<'a>(
        &self,
        peer: PeerVersion<'a>,
        flow: Direction,
    ) -> VersionVerdict<'a> {
        versions::version_verdict(self.name, self.wire_digest, self.versions, peer, flow)
    }
}
