//! The envelope: what the bus knows about a message, in 56 bytes before its body.

/// The size of an envelope in bytes; with the header it makes the body start on a 64-byte boundary.
pub const ENVELOPE_SIZE: usize = 56;

/// Where a message comes from and what it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Envelope {
    /// Counts the messages of one type by one node, from 1: a gap tells how many were lost.
    pub sequence: u64,
    /// When it was published, in nanoseconds since 1970-01-01 UTC.
    pub published_at: i64,
    /// The trace the message is part of.
    pub trace_id: [u8; 16],
    /// The span that published it.
    pub span_id: [u8; 8],
    /// Ties a reply to its request.
    pub correlation_id: u64,
    /// The number of the publishing node, 0 where unset.
    pub source: u32,
    /// The number of the node it is meant for, 0 where unset.
    pub destination: u32,
}

impl Envelope {
    /// The envelope of these bytes; every value is one.
    pub fn from_bytes(bytes: &[u8; ENVELOPE_SIZE]) -> Self {
        Self {
            sequence: u64::from_le_bytes(part(bytes, 0)),
            published_at: i64::from_le_bytes(part(bytes, 8)),
            trace_id: part(bytes, 16),
            span_id: part(bytes, 32),
            correlation_id: u64::from_le_bytes(part(bytes, 40)),
            source: u32::from_le_bytes(part(bytes, 48)),
            destination: u32::from_le_bytes(part(bytes, 52)),
        }
    }

    /// The envelope's bytes.
    pub fn to_bytes(self) -> [u8; ENVELOPE_SIZE] {
        let mut bytes = [0; ENVELOPE_SIZE];
        bytes[0..8].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.published_at.to_le_bytes());
        bytes[16..32].copy_from_slice(&self.trace_id);
        bytes[32..40].copy_from_slice(&self.span_id);
        bytes[40..48].copy_from_slice(&self.correlation_id.to_le_bytes());
        bytes[48..52].copy_from_slice(&self.source.to_le_bytes());
        bytes[52..56].copy_from_slice(&self.destination.to_le_bytes());
        bytes
    }
}

/// `N` bytes from `start` on, which the callers know to be there.
fn part<const N: usize>(bytes: &[u8; ENVELOPE_SIZE], start: usize) -> [u8; N] {
    bytes[start..].first_chunk().copied().unwrap_or([0; N])
}
