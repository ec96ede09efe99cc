//! How messages lie in the queue of a subscriber: small ones themselves, where nobody else gets them.

use std::sync::Arc;

use super::publisher::Publishable;

/// The most bytes of a parcel that lies in a queue: with the word that queues keep beside it, two cache lines, which processors
/// fetch as a pair.
const LARGEST: usize = 120;

/// What waits for a receiver, and how it is put into a queue.
pub(crate) trait Queued: Sized {
    /// What lies in the queue itself, where that is what happens.
    type Parcel;

    /// Whether it lies there as a parcel.
    const IN_PLACE: bool;

    fn pack(self) -> Self::Parcel;

    fn unpack(parcel: Self::Parcel) -> Self;
}

/// What is only ever moved as it is.
macro_rules! queued_as_it_is {
    ($([$($parameter:ident)?] $type:ty),*) => {$(
        impl<$($parameter)?> $crate::local::Queued for $type {
            type Parcel = Self;

            const IN_PLACE: bool = false;

            fn pack(self) -> Self {
                self
            }

            fn unpack(parcel: Self) -> Self {
                parcel
            }
        }
    )*};
}
pub(crate) use queued_as_it_is;

/// A message for one receiver, or one that several share.
pub(crate) enum Parcel<M> {
    Here(M),
    Shared(Arc<M>),
}

impl<M> Parcel<M> {
    #[inline(always)]
    pub(super) fn of(message: impl Publishable<M>) -> Self {
        match message.unshared() {
            Ok(message) => Self::Here(message),
            Err(message) => Self::Shared(message),
        }
    }

    #[inline(always)]
    pub(super) fn message(&self) -> &M {
        match self {
            Self::Here(message) => message,
            Self::Shared(message) => message,
        }
    }
}

impl<M> Queued for Arc<M> {
    type Parcel = Parcel<M>;

    const IN_PLACE: bool = size_of::<Parcel<M>>() <= LARGEST;

    #[inline(always)]
    fn pack(self) -> Parcel<M> {
        Parcel::Shared(self)
    }

    #[inline(always)]
    fn unpack(parcel: Parcel<M>) -> Self {
        match parcel {
            Parcel::Here(message) => Arc::new(message),
            Parcel::Shared(message) => message,
        }
    }
}
