//! What can be wrong with the contents of a lane.

use std::fmt;

/// A value in a lane that no honest writer or reader puts there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which value, in words.
    pub what: &'static str,
    /// Where it is: bytes from the start of the file.
    pub offset: u64,
    /// What was found there.
    pub found: u64,
    /// What is allowed.
    pub allowed: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} at offset {:#x} is {} ({:#x}), but must be {}",
            self.what, self.offset, self.found, self.found, self.allowed
        )
    }
}
