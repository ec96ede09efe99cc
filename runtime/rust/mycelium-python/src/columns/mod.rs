//! Many rows at once: values copied into columns, or checked where they stand.
//!
//! A [`program`], made in Python from the plan of a message, says what to expect. No Python object is made for a value.
//! As everywhere here, an offence is only noticed: Python then finds which it is.

pub mod buffer;
mod checks;
mod column;
pub mod entry;
mod gather;
mod memory;
mod message;
mod packed;
mod program;
mod rows;
mod texts;
