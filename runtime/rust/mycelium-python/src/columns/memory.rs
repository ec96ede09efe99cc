//! Memory of columns that ended, kept for those to come: the kernel takes longer to give fresh pages than filling them takes.

use crate::interpreter::cell::LockedCell;

/// So many pieces of either sort are kept at most.
const MOST_PIECES: usize = 16;

/// So many bytes of either sort are kept at most.
const MOST_BYTES: usize = 16 << 20;

/// Smaller ones are left to the allocator, which keeps them itself.
const FEWEST_BYTES: usize = 64 << 10;

/// Pieces of memory that hold nothing.
pub struct Kept<T> {
    pieces: Vec<Vec<T>>,
    bytes: usize,
}

static BYTES: LockedCell<Kept<u8>> = LockedCell::new(Kept::none());
static OFFSETS: LockedCell<Kept<i64>> = LockedCell::new(Kept::none());

/// What columns are made of.
pub trait Kind: Copy + Sized + 'static {
    /// Where memory for it is kept.
    fn kept() -> &'static LockedCell<Kept<Self>>;
}

impl Kind for u8 {
    fn kept() -> &'static LockedCell<Kept<u8>> {
        &BYTES
    }
}

impl Kind for i64 {
    fn kept() -> &'static LockedCell<Kept<i64>> {
        &OFFSETS
    }
}

impl<T> Kept<T> {
    const fn none() -> Self {
        Kept {
            pieces: Vec::new(),
            bytes: 0,
        }
    }

    /// A piece with room for as many, not much larger than that.
    fn take(&mut self, room: usize) -> Option<Vec<T>> {
        let fits = |piece: &Vec<T>| (room..=room.saturating_mul(2)).contains(&piece.capacity());
        let found = self.pieces.iter().position(fits)?;
        let piece = self.pieces.swap_remove(found);
        self.bytes -= piece.capacity() * size_of::<T>();
        Some(piece)
    }

    fn keep(&mut self, mut piece: Vec<T>) {
        let bytes = piece.capacity() * size_of::<T>();
        let is_wanted = bytes >= FEWEST_BYTES
            && self.pieces.len() < MOST_PIECES
            && self.bytes + bytes <= MOST_BYTES;
        if is_wanted {
            piece.clear();
            self.bytes += bytes;
            self.pieces.push(piece);
        }
    }
}

/// Make room for so many values more. Where there is not as much memory, they find it one by one.
pub fn make_room<T: Kind>(values: &mut Vec<T>, more: usize) {
    let room = values.len().saturating_add(more);
    if room <= values.capacity() {
        return;
    }
    if room.saturating_mul(size_of::<T>()) >= FEWEST_BYTES {
        // SAFETY: the lock is held, and nothing in here runs Python code.
        let kept = unsafe { &mut *T::kept().get() };
        if let Some(mut piece) = kept.take(room) {
            piece.extend_from_slice(values);
            *values = piece;
            return;
        }
    }
    let _ = values.try_reserve(more);
}

/// Keep memory that is not needed any more, within limits.
pub fn give_back<T: Kind>(values: Vec<T>) {
    // SAFETY: the lock is held, and nothing in here runs Python code.
    unsafe { &mut *T::kept().get() }.keep(values);
}
