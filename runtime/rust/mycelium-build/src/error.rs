//! Why a build cannot go on.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use crate::COMPILER_VARIABLE;

/// Why nothing was generated, and what to do. A build script may return it from `main`: it prints as a sentence.
pub enum BuildError {
    /// This variable, which cargo sets for build scripts, is not there.
    OutsideBuildScript(&'static str),
    /// No such command.
    NoCompiler(PathBuf),
    /// This file or folder cannot be read, run or written.
    Unreadable(PathBuf, io::Error),
    /// The compiler found mistakes in the schemas of this folder and printed them.
    Refused(PathBuf, ExitStatus),
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutsideBuildScript(variable) => {
                write!(formatter, "{variable} is not set: call this from a build script")
            }
            Self::NoCompiler(command) => write!(
                formatter,
                "{}: no such command; `pip install \"mycelium-bus[gen]\"` installs mycelium-gen, and the variable \
                 {COMPILER_VARIABLE} says where it is when it is not on PATH",
                command.display()
            ),
            Self::Unreadable(path, error) => write!(formatter, "{}: {error}", path.display()),
            Self::Refused(schemas, status) => write!(
                formatter,
                "{}: mycelium-gen found what it printed above ({status})",
                schemas.display()
            ),
        }
    }
}

impl fmt::Debug for BuildError {
    /// As `Display`: this is what people see when `main` returns the error.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable(_, error) => Some(error),
            _ => None,
        }
    }
}
