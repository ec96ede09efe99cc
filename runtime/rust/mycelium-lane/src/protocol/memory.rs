//! What the algorithm needs of memory: 64-bit atomic words, and fences.

use std::sync::atomic::Ordering;

/// Shared memory as a row of 64-bit atomic words, little-endian. Offsets are in bytes and multiples of 8; the caller
/// keeps them inside the memory.
///
/// Payloads are copied as relaxed words as well: a lossy reader may copy what the writer is overwriting, which
/// with plain reads would be undefined behaviour, and with these only gives bytes that are then thrown away.
pub trait Memory {
    /// Reads the word at `offset`.
    fn load(&self, offset: usize, ordering: Ordering) -> u64;

    /// Writes the word at `offset`.
    fn store(&self, offset: usize, value: u64, ordering: Ordering);

    /// Sets `bits` in the word at `offset`, in one sequentially consistent step.
    fn set_bits(&self, offset: usize, bits: u64);

    /// Clears `bits` in the word at `offset`, in one sequentially consistent step; gives what the word was.
    fn clear_bits(&self, offset: usize, bits: u64) -> u64;

    /// Orders what comes before against what comes after.
    fn fence(&self, ordering: Ordering);

    /// Copies `bytes` to `offset`; a last word that they do not fill ends in zeros.
    fn copy_in(&self, offset: usize, bytes: &[u8]) {
        for (index, chunk) in bytes.chunks(8).enumerate() {
            self.store(offset + 8 * index, word_of(chunk), Ordering::Relaxed);
        }
    }

    /// Appends `length` bytes from `offset` to `bytes`.
    fn copy_out(&self, offset: usize, length: usize, bytes: &mut Vec<u8>) {
        let end = bytes.len() + length;
        for index in 0..length.div_ceil(8) {
            let word = self.load(offset + 8 * index, Ordering::Relaxed);
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.truncate(end);
    }
}

/// Up to 8 bytes as a word, zeros after the last.
pub(crate) fn word_of(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

impl<M: Memory + ?Sized> Memory for &M {
    #[inline(always)]
    fn load(&self, offset: usize, ordering: Ordering) -> u64 {
        (**self).load(offset, ordering)
    }
    #[inline(always)]
    fn store(&self, offset: usize, value: u64, ordering: Ordering) {
        (**self).store(offset, value, ordering)
    }
    #[inline(always)]
    fn set_bits(&self, offset: usize, bits: u64) {
        (**self).set_bits(offset, bits)
    }
    #[inline(always)]
    fn clear_bits(&self, offset: usize, bits: u64) -> u64 {
        (**self).clear_bits(offset, bits)
    }
    #[inline(always)]
    fn fence(&self, ordering: Ordering) {
        (**self).fence(ordering)
    }
    #[inline(always)]
    fn copy_in(&self, offset: usize, bytes: &[u8]) {
        (**self).copy_in(offset, bytes)
    }
    #[inline(always)]
    fn copy_out(&self, offset: usize, length: usize, bytes: &mut Vec<u8>) {
        (**self).copy_out(offset, length, bytes)
    }
}

impl<M: Memory + ?Sized> Memory for std::sync::Arc<M> {
    #[inline(always)]
    fn load(&self, offset: usize, ordering: Ordering) -> u64 {
        (**self).load(offset, ordering)
    }
    #[inline(always)]
    fn store(&self, offset: usize, value: u64, ordering: Ordering) {
        (**self).store(offset, value, ordering)
    }
    #[inline(always)]
    fn set_bits(&self, offset: usize, bits: u64) {
        (**self).set_bits(offset, bits)
    }
    #[inline(always)]
    fn clear_bits(&self, offset: usize, bits: u64) -> u64 {
        (**self).clear_bits(offset, bits)
    }
    #[inline(always)]
    fn fence(&self, ordering: Ordering) {
        (**self).fence(ordering)
    }
    #[inline(always)]
    fn copy_in(&self, offset: usize, bytes: &[u8]) {
        (**self).copy_in(offset, bytes)
    }
    #[inline(always)]
    fn copy_out(&self, offset: usize, length: usize, bytes: &mut Vec<u8>) {
        (**self).copy_out(offset, length, bytes)
    }
}
