//! What every contestant is reduced to: two ends, of which one sends what the other receives.

/// Payloads in bytes.
pub const SIZES: [usize; 2] = [64, 1024];

/// One end of a connection. A message is a payload whose every word is one number, so that a receiver that looks at the
/// first word has touched what was sent.
pub trait End: Send {
    /// Makes a payload and sends it; waits where there is no room.
    fn send(&mut self, number: u64);

    /// Waits for a message and reads its number.
    fn receive(&mut self) -> u64;
}

/// The payload of `WORDS * 8` bytes.
#[inline(always)]
pub fn filled<const WORDS: usize>(number: u64) -> [u64; WORDS] {
    [number; WORDS]
}

/// The payload as bytes.
#[inline(always)]
pub fn fill(payload: &mut [u8], number: u64) {
    for word in payload.chunks_exact_mut(8) {
        word.copy_from_slice(&number.to_le_bytes());
    }
}

/// The number of a payload.
#[inline(always)]
pub fn number_of(payload: &[u8]) -> u64 {
    payload
        .first_chunk()
        .map_or(0, |word| u64::from_le_bytes(*word))
}

/// How a contestant waits for a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Looks again and again, on a core of its own.
    Spin,
    /// Sleeps, and is woken by the kernel.
    Sleep,
}
