//! Compiles Mycelium schemas in a build script, again whenever one of them changes.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), mycelium_build::BuildError> {
//!     mycelium_build::generate("schemas")
//! }
//! ```
//!
//! ```text
//! // src/lib.rs or src/main.rs: the modules of the schemas stand at the root of the crate.
//! include!(concat!(env!("OUT_DIR"), "/rust/src/all-modules.rs"));
//! ```
//!
//! The compiler is the command `mycelium-gen`, found on `PATH`, or where the variable `MYCELIUM_GEN` says.

#![forbid(unsafe_code)]

mod error;
mod modules;
mod schemas;

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use error::BuildError;

/// The variable that names the compiler, where it is not `mycelium-gen` on `PATH`.
pub const COMPILER_VARIABLE: &str = "MYCELIUM_GEN";

const COMPILER: &str = "mycelium-gen";

/// Compiles the schemas of a folder, given relative to the package, into the build's output folder.
///
/// Cargo is told to run the build script again when a file or folder of the schemas changes, and not otherwise.
/// Files whose text is the same are left alone.
///
/// # Errors
///
/// When the folder cannot be read, when the compiler is not there, and when it finds mistakes, which it has then
/// printed to standard error.
pub fn generate(schemas: impl AsRef<Path>) -> Result<(), BuildError> {
    let schemas = schemas.as_ref();
    let out = PathBuf::from(variable("OUT_DIR")?);
    println!("cargo:rerun-if-env-changed={COMPILER_VARIABLE}");
    for path in schemas::inputs(schemas)? {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    compile(schemas, &out)?;
    modules::list(&out.join("rust").join("src"))
}

fn variable(name: &'static str) -> Result<OsString, BuildError> {
    env::var_os(name).ok_or(BuildError::OutsideBuildScript(name))
}

fn compile(schemas: &Path, out: &Path) -> Result<(), BuildError> {
    let compiler = env::var_os(COMPILER_VARIABLE).unwrap_or_else(|| COMPILER.into());
    // Standard output speaks to cargo.
    let status = Command::new(&compiler)
        .arg("generate")
        .arg(schemas)
        .args(["--quiet", "--lang", "rust", "--out"])
        .arg(out)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => BuildError::NoCompiler(compiler.clone().into()),
            _ => BuildError::Unreadable(compiler.clone().into(), error),
        })?;
    if status.success() {
        Ok(())
    } else {
        Err(BuildError::Refused(schemas.to_owned(), status))
    }
}
