//! The one file a crate includes.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::BuildError;

/// No module has this name, for it is none. The file stands beside the modules, where `mod` looks for them.
const FILE: &str = "all-modules.rs";

/// The root of a crate of its own, which cannot be included.
const CRATE_ROOT: &str = "lib";

/// A program hardly ever uses all that its schemas say.
const DECLARED: &str = "#[allow(dead_code)]\n";

/// Writes the file that declares every generated module of a folder, where it is not there yet.
pub fn list(folder: &Path) -> Result<(), BuildError> {
    let path = folder.join(FILE);
    let declare = || -> io::Result<()> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            let file = entry?.path();
            let name = file
                .file_stem()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let is_module =
                file.extension().is_some_and(|ending| ending == "rs") && !name.contains('-');
            if is_module && name != CRATE_ROOT {
                names.push(name.to_owned());
            }
        }
        names.sort();
        let text: String = names
            .iter()
            .map(|name| format!("{DECLARED}pub mod {name};\n"))
            .collect();
        if fs::read_to_string(&path).is_ok_and(|current| current == text) {
            return Ok(());
        }
        fs::write(&path, text)
    };
    declare().map_err(|error| BuildError::Unreadable(path.clone(), error))
}
