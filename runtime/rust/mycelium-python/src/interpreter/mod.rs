//! What is known of the interpreter beyond its public interface, one fact per module.
//!
//! Facts that could change with a version are probed when the module is imported ([`support`]); where one does not
//! hold, the module cannot be imported and the pure-Python codec runs.

pub mod bytes;
pub mod cell;
pub mod classes;
pub mod decimals;
pub mod export;
pub mod holding;
pub mod integers;
pub mod object;
pub mod spares;
pub mod strings;
pub mod support;
pub mod uuids;
