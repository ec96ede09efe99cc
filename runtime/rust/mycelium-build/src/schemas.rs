//! What the result of a compilation depends on.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::BuildError;

/// The history beside the schemas; generated code knows the released versions.
const LOCK: &str = "mycelium.lock";

/// Every folder, schema file and lock below a folder, sorted. A folder changes when a file comes or goes.
pub fn inputs(root: &Path) -> Result<Vec<PathBuf>, BuildError> {
    let mut found = vec![root.to_owned()];
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error| BuildError::Unreadable(folder.clone(), error);
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            if entry.file_type().map_err(unreadable)?.is_dir() {
                found.push(path.clone());
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "myc") || path.ends_with(LOCK)
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_schemas_and_locks_are_inputs() {
        let root = std::env::temp_dir().join(format!("mycelium-build-{}", std::process::id()));
        let deep = root.join("deep").join("er");
        fs::create_dir_all(&deep).unwrap();
        for name in ["b.myc", "a.myc", "mycelium.lock", "notes.txt"] {
            fs::write(root.join(name), "").unwrap();
        }
        fs::write(deep.join("c.myc"), "").unwrap();
        let found = inputs(&root).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "",
                "a.myc",
                "b.myc",
                "deep",
                "deep/er",
                "deep/er/c.myc",
                "mycelium.lock"
            ]
        );
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = inputs(Path::new("/nowhere/schemas")).unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/schemas: "));
    }
}
