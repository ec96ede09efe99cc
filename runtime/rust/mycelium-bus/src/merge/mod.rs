//! Messages of several sources in the order of their publication, whatever way they came.
//!
//! Pure: no clock, no thread, no I/O. Whoever owns a [`Merger`] tells it what came and what time it is.

mod merger;
mod source;
#[cfg(test)]
mod tests;

pub use merger::{MergeOptions, Merger, Next, Refused};
pub use source::Stamp;
