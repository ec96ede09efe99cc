//! Lanes in files: what [`protocol`](crate::protocol) and the operating system make together.

mod opening;
mod patience;
mod reader;
mod stale;
mod writer;

pub use crate::system::{EventBell, Process, Unshared};
pub use reader::{Peeked, Reader, Record};
pub use stale::remove_stale;
pub use writer::{Writer, WriterCounts};

/// Whether this platform has lanes.
pub const IS_SUPPORTED: bool = true;
