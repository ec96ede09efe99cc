//! The slots of a queue, in memory that nobody touches before a value lies there.

use std::mem::MaybeUninit;

use crate::synchronization::{AtomicUsize, UnsafeCell};

/// A place for a value, and whose turn it is. A position is that of the slot in its *lap*, the first position of which is a multiple of
/// the capacity. With `lap` as of any position that lands on this slot: at `lap` it waits for the writer, at `lap + 1` it holds a
/// value, and the reader sets it to `lap + capacity`, the next lap. All slots start at 0.
pub(crate) struct Slot<T> {
    pub(crate) turn: AtomicUsize,
    pub(crate) value: UnsafeCell<MaybeUninit<T>>,
}

#[cfg(not(loom))]
mod memory {
    use std::alloc::{alloc_zeroed, dealloc, handle_alloc_error, Layout};
    use std::marker::PhantomData;
    use std::ptr::NonNull;

    use super::Slot;

    /// What processors move between cores as one.
    const LINE: usize = 64;

    /// Slots no larger than this lie side by side: four or more on a line. Larger ones have lines of their own, because two
    /// cores that use neighbours would wait for each other's half.
    const SMALL: usize = 16;

    /// Slots that have lines of their own are used in an order that jumps within blocks of so many, a power of two: few enough to lie on
    /// two or three pages of memory. Processors fetch ahead what seems to follow: the writer's core would take the line that the reader
    /// waits for before it writes there, lose it to the reader again, and pay for it twice.
    const BLOCK: usize = 64;

    /// How far it jumps: odd, so that all slots of a block are used, and further than processors look ahead.
    const STEP: usize = 35;

    /// As many slots as a queue has, a power of two.
    pub(crate) struct Slots<T> {
        memory: NonNull<u8>,
        /// The first slot: where the memory begins, or the next line.
        first: NonNull<u8>,
        mask: usize,
        slots: PhantomData<Slot<T>>,
    }

    impl<T> Slots<T> {
        const ALIGNMENT: usize = match size_of::<Slot<T>>() <= SMALL || align_of::<Slot<T>>() > LINE
        {
            true => align_of::<Slot<T>>(),
            false => LINE,
        };

        /// From one slot to the next.
        const STRIDE: usize = size_of::<Slot<T>>().next_multiple_of(Self::ALIGNMENT);

        /// # Panics
        /// Where so many slots do not fit into the address space; where there is no memory, it ends as [`Vec`] does.
        pub(crate) fn new(capacity: usize) -> Self {
            debug_assert!(capacity.is_power_of_two());
            let layout = Self::layout(capacity);
            // SAFETY: the layout is not empty: a slot has a word, and a capacity is at least 1.
            let memory = unsafe { alloc_zeroed(layout) };
            let Some(memory) = NonNull::new(memory) else {
                handle_alloc_error(layout);
            };
            let unaligned = memory.as_ptr().align_offset(Self::ALIGNMENT);
            debug_assert!(unaligned < Self::ALIGNMENT);
            Self {
                memory,
                // SAFETY: the layout has room for an alignment more than the slots need.
                first: unsafe { memory.add(unaligned) },
                mask: capacity - 1,
                slots: PhantomData,
            }
        }

        /// Aligned to no more than a word, which is what systems have zeroed memory for that they need not write.
        fn layout(capacity: usize) -> Layout {
            let size = Self::STRIDE.checked_mul(capacity);
            let size = size.and_then(|size| size.checked_add(Self::ALIGNMENT));
            size.and_then(|size| Layout::from_size_align(size, align_of::<usize>()).ok())
                .unwrap_or_else(|| panic!("a queue of {capacity} values does not fit into memory"))
        }

        #[inline]
        pub(crate) fn capacity(&self) -> usize {
            self.mask + 1
        }

        /// The slot of a position, and the first position of its lap.
        #[inline]
        pub(crate) fn at(&self, position: usize) -> (&Slot<T>, usize) {
            let index = match size_of::<Slot<T>>() <= SMALL {
                true => position & self.mask,
                false => {
                    let within = position.wrapping_mul(STEP) % BLOCK;
                    (position - position % BLOCK + within) & self.mask
                }
            };
            // SAFETY: the slot lies within the memory and is aligned, as `new` has made both. Its bytes were zero at first, which
            // a word and a value that is not there may be, and are written only as those. References to it are shared ones.
            let slot = unsafe { self.first.add(index * Self::STRIDE).cast().as_ref() };
            (slot, position & !self.mask)
        }
    }

    impl<T> Drop for Slots<T> {
        fn drop(&mut self) {
            // SAFETY: it came from the same layout, and the slots in it, which nobody refers to any more, need no drop: values
            // in them belong to the queue.
            unsafe { dealloc(self.memory.as_ptr(), Self::layout(self.capacity())) };
        }
    }
}

#[cfg(loom)]
mod memory {
    use std::mem::MaybeUninit;

    use super::Slot;
    use crate::synchronization::{AtomicUsize, UnsafeCell};

    /// As many slots as a queue has: what loom watches cannot be made of zeroes.
    pub(crate) struct Slots<T>(Box<[Slot<T>]>);

    impl<T> Slots<T> {
        pub(crate) fn new(capacity: usize) -> Self {
            let slot = |_| Slot {
                turn: AtomicUsize::new(0),
                value: UnsafeCell::new(MaybeUninit::uninit()),
            };
            Self((0..capacity).map(slot).collect())
        }

        pub(crate) fn capacity(&self) -> usize {
            self.0.len()
        }

        pub(crate) fn at(&self, position: usize) -> (&Slot<T>, usize) {
            let index = position & (self.capacity() - 1);
            (&self.0[index], position - index)
        }
    }
}

pub(crate) use memory::Slots;
