//! A bounded queue between threads: many writers, many readers, no locks.
//!
//! The algorithm is Dmitry Vyukov's bounded MPMC queue: every slot carries whose turn it is, so a reader that
//! waits polls the slot's own cache line and nothing else, and learns of a message with the one transfer that also
//! brings it. (Queues that compare head and tail pay for a second line.) Values larger than a word have slots of whole lines, and
//! can be read where they lie. Memory is touched as values first lie in it.
//!
//! ```
//! let queue = mycelium_queue::BoundedQueue::new(2);
//! assert_eq!(queue.push(1), Ok(()));
//! assert_eq!(queue.push(2), Ok(()));
//! assert_eq!(queue.push(3), Err(3));
//! assert_eq!(queue.pop(), Some(1));
//! ```

mod padding;
mod queue;
mod slots;
mod synchronization;
mod taken;
mod vacant;

pub use queue::BoundedQueue;
pub use taken::Taken;
pub use vacant::Vacant;
