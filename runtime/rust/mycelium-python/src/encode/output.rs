//! Bytes written so far.

use crate::interpreter::object::{Plain, Surprise};
use crate::interpreter::strings::copy;

/// The prefix of a length, and how many of its bytes count.
#[inline(always)]
pub fn length_prefix(size: usize) -> Plain<([u8; 8], usize)> {
    let word = (size as u64) << 8;
    match size {
        0..254 => Ok(((size as u64).to_le_bytes(), 1)),
        254..=0xFFFF => Ok(((word | 254).to_le_bytes(), 3)),
        0x1_0000..=0xFFFF_FFFF => Ok(((word | 255).to_le_bytes(), 5)),
        _ => Err(Surprise),
    }
}

/// Where the length of what follows will stand.
pub struct Open(usize);

/// A body on its way.
pub struct Output(Vec<u8>);

impl Output {
    /// An empty output, in memory that was used before.
    #[inline(always)]
    pub fn new(mut scratch: Vec<u8>) -> Self {
        scratch.clear();
        Output(scratch)
    }

    /// The memory, to be used again.
    #[inline(always)]
    pub fn into_scratch(self) -> Vec<u8> {
        self.0
    }

    /// What was written.
    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// How much was written.
    #[inline(always)]
    pub fn size(&self) -> usize {
        self.0.len()
    }

    /// Forget what was written after that many bytes.
    pub fn rewind(&mut self, size: usize) {
        self.0.truncate(size);
    }

    /// Write `size` bytes where the closure is told to; if it is refused, nothing counts as written.
    #[inline(always)]
    pub unsafe fn fill(
        &mut self,
        size: usize,
        write: impl FnOnce(*mut u8) -> Plain<()>,
    ) -> Plain<()> {
        self.0.reserve(size);
        let end = self.0.len();
        // SAFETY: there is room for that many bytes, and the caller vouches that all are written.
        unsafe {
            write(self.0.as_mut_ptr().add(end))?;
            self.0.set_len(end + size);
        }
        Ok(())
    }

    /// Append bytes.
    #[inline(always)]
    pub unsafe fn append(&mut self, start: *const u8, size: usize) {
        self.0.reserve(size);
        let end = self.0.len();
        // SAFETY: the caller vouches for the bytes; there is room for them.
        unsafe {
            copy(start, self.0.as_mut_ptr().add(end), size);
            self.0.set_len(end + size);
        }
    }

    /// Append up to four bytes at once, of which `size` count.
    #[inline(always)]
    pub fn header(&mut self, header: crate::plan::Header) {
        self.0.reserve(header.bytes.len());
        let end = self.0.len();
        // SAFETY: there is room for all four, of which the first `size` become part of the output.
        unsafe {
            self.0
                .as_mut_ptr()
                .add(end)
                .cast::<[u8; 4]>()
                .write_unaligned(header.bytes);
            self.0.set_len(end + header.size);
        }
    }

    /// Append the prefix of a length that is known.
    #[inline(always)]
    pub fn length(&mut self, size: usize) -> Plain<()> {
        let (prefix, prefix_size) = length_prefix(size)?;
        self.0.reserve(prefix.len());
        let end = self.0.len();
        // SAFETY: there is room for all eight, of which the first become part of the output.
        unsafe {
            self.0
                .as_mut_ptr()
                .add(end)
                .cast::<[u8; 8]>()
                .write_unaligned(prefix);
            self.0.set_len(end + prefix_size);
        }
        Ok(())
    }

    /// Leave room for the length of what follows, which most often fits a byte.
    #[inline(always)]
    pub fn open(&mut self) -> Open {
        self.0.push(0);
        Open(self.0.len())
    }

    /// Write the length of what followed, moving that where the length needs more than a byte.
    #[inline(always)]
    pub fn close(&mut self, open: Open) -> Plain<()> {
        let Open(start) = open;
        let size = self.0.len() - start;
        if size < 254 {
            self.0[start - 1] = size as u8;
            return Ok(());
        }
        self.close_long(start, size)
    }

    #[inline(never)]
    fn close_long(&mut self, start: usize, size: usize) -> Plain<()> {
        let (prefix, prefix_size) = length_prefix(size)?;
        self.0.resize(start + size + prefix_size - 1, 0);
        self.0
            .copy_within(start..start + size, start + prefix_size - 1);
        self.0[start - 1..start - 1 + prefix_size].copy_from_slice(&prefix[..prefix_size]);
        Ok(())
    }
}
