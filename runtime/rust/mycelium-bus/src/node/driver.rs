//! Who does the node's input and output.

use crate::raw::InboundFrame;

/// Where the driving thread takes frames in place that it would otherwise have to queue for itself.
pub(crate) struct Direct<'a> {
    /// Whose frames: the identity of a receiver's queue.
    pub(crate) identity: usize,
    /// Takes one, or says that it cannot now.
    pub(crate) take: &'a mut dyn FnMut(u32, &InboundFrame<'_>) -> bool,
}

impl<'a> Direct<'a> {
    pub(crate) fn new(
        identity: usize,
        take: &'a mut dyn FnMut(u32, &InboundFrame<'_>) -> bool,
    ) -> Self {
        Self { identity, take }
    }
}
