//! A small generator of random numbers, so that a seed gives the same run everywhere.

/// xorshift64*, by Vigna (2014): fast, and good enough to choose mutations.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// The generator of that seed.
    pub fn new(seed: u64) -> Self {
        // The state must not be 0; mixing makes neighbouring seeds differ from the start.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.number() >> 16).checked_rem(end as u64).unwrap_or(0) as usize
    }

    /// Any byte, the ones at the edges of ranges more often than others.
    pub fn byte(&mut self) -> u8 {
        const EDGES: [u8; 12] = [0, 1, 2, 6, 7, 0x1F, 0x20, 0x7F, 0x80, 253, 254, 255];
        match self.below(3) {
            0 => EDGES[self.below(EDGES.len())],
            _ => self.number() as u8,
        }
    }
}
