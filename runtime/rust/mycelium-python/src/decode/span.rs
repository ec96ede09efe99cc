//! Bytes still to be read.

use crate::interpreter::object::{Plain, Surprise};

/// Kind of a value preceded by its length.
pub const VARIABLE_KIND: u8 = 6;

/// Header tag that says that the tag follows.
const LONG_TAG: u8 = 31;

/// From here to the end of a body or value.
#[derive(Clone, Copy)]
pub struct Span {
    /// The next byte.
    pub at: *const u8,
    /// Just past the last one.
    pub end: *const u8,
}

impl Span {
    /// That many bytes.
    #[inline(always)]
    pub unsafe fn new(at: *const u8, size: usize) -> Self {
        // SAFETY: the caller vouches for the bytes.
        let end = unsafe { at.add(size) };
        Span { at, end }
    }

    /// The bytes of a slice.
    pub fn of(bytes: &[u8]) -> Self {
        // SAFETY: a slice has as many bytes as it says. Whoever keeps the span longer than the slice is told by `new`.
        unsafe { Span::new(bytes.as_ptr(), bytes.len()) }
    }

    /// Put a copy of the bytes at the end of others.
    #[inline(always)]
    pub fn append_to(self, others: &mut Vec<u8>) {
        let size = self.size();
        others.reserve(size);
        // SAFETY: there is room for as many, and they are written before they count.
        unsafe {
            copy(self.at, others.as_mut_ptr().add(others.len()), size);
            others.set_len(others.len() + size);
        }
    }

    /// A copy of the bytes, which are as many as that.
    #[inline(always)]
    pub fn array<const SIZE: usize>(self) -> Plain<[u8; SIZE]> {
        if self.size() != SIZE {
            return Err(Surprise);
        }
        // SAFETY: as many bytes are there.
        Ok(unsafe { self.at.cast::<[u8; SIZE]>().read() })
    }

    /// How many bytes are left.
    #[inline(always)]
    pub fn size(self) -> usize {
        self.end as usize - self.at as usize
    }

    /// Whether none is left.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.at == self.end
    }

    /// The next byte.
    #[inline(always)]
    pub fn byte(&mut self) -> Plain<u8> {
        if self.at == self.end {
            return Err(Surprise);
        }
        // SAFETY: there is a byte before the end.
        unsafe {
            let byte = *self.at;
            self.at = self.at.add(1);
            Ok(byte)
        }
    }

    /// The next `size` bytes, passed over here.
    #[inline(always)]
    pub fn take(&mut self, size: usize) -> Plain<Span> {
        if self.size() < size {
            return Err(Surprise);
        }
        // SAFETY: that many bytes are there.
        unsafe {
            let taken = Span::new(self.at, size);
            self.at = taken.end;
            Ok(taken)
        }
    }

    /// The bytes from one place in it to another.
    #[inline(always)]
    pub fn part(mut self, start: usize, end: usize) -> Plain<Span> {
        self.take(start)?;
        self.take(end.checked_sub(start).ok_or(Surprise)?)
    }

    /// A length in its shortest form.
    #[inline(always)]
    pub fn length(&mut self) -> Plain<usize> {
        match self.byte()? {
            short @ 0..254 => Ok(usize::from(short)),
            form => self.long_length(form),
        }
    }

    #[inline(never)]
    fn long_length(&mut self, form: u8) -> Plain<usize> {
        // SAFETY: the bytes were taken.
        let (length, shortest_from) = unsafe {
            if form == 254 {
                (
                    u32::from(u16::from_le(
                        self.take(2)?.at.cast::<u16>().read_unaligned(),
                    )),
                    254,
                )
            } else {
                (
                    u32::from_le(self.take(4)?.at.cast::<u32>().read_unaligned()),
                    65_536,
                )
            }
        };
        if length < shortest_from {
            Err(Surprise)
        } else {
            Ok(length as usize)
        }
    }

    /// A value preceded by its length.
    #[inline(always)]
    pub fn prefixed(&mut self) -> Plain<Span> {
        let size = self.length()?;
        self.take(size)
    }

    /// A value of that kind.
    #[inline(always)]
    pub fn of_kind(&mut self, kind: u8) -> Plain<Span> {
        match kind {
            0..VARIABLE_KIND => self.take(1 << kind),
            VARIABLE_KIND => self.prefixed(),
            _ => Err(Surprise),
        }
    }

    /// A header: tag and kind.
    #[inline(always)]
    pub fn header(&mut self) -> Plain<(u16, u8)> {
        let header = self.byte()?;
        let (tag, kind) = (header >> 3, header & 7);
        if tag == LONG_TAG {
            self.long_tag().map(|tag| (tag, kind))
        } else {
            Ok((u16::from(tag), kind))
        }
    }

    #[inline(never)]
    fn long_tag(&mut self) -> Plain<u16> {
        // SAFETY: the bytes were taken.
        let tag = unsafe { u16::from_le(self.take(2)?.at.cast::<u16>().read_unaligned()) };
        if tag < u16::from(LONG_TAG) {
            Err(Surprise)
        } else {
            Ok(tag)
        }
    }
}

/// Copies bytes; few of them, as most values have, without calling anything.
#[inline(always)]
unsafe fn copy(from: *const u8, to: *mut u8, size: usize) {
    // SAFETY: the caller vouches for both ranges, which do not overlap; two halves that may share bytes cover them.
    unsafe {
        match size {
            8..=16 => copy_halves::<u64>(from, to, size),
            17..=32 => copy_halves::<u128>(from, to, size),
            33..=64 => copy_halves::<[u128; 2]>(from, to, size),
            4..8 => copy_halves::<u32>(from, to, size),
            2..4 => copy_halves::<u16>(from, to, size),
            1 => *to = *from,
            _ => std::ptr::copy_nonoverlapping(from, to, size),
        }
    }
}

#[inline(always)]
unsafe fn copy_halves<Half: Copy>(from: *const u8, to: *mut u8, size: usize) {
    let second = size - size_of::<Half>();
    // SAFETY: as in `copy`; no half is larger than the whole.
    unsafe {
        let first = from.cast::<Half>().read_unaligned();
        let last = from.add(second).cast::<Half>().read_unaligned();
        to.cast::<Half>().write_unaligned(first);
        to.add(second).cast::<Half>().write_unaligned(last);
    }
}
