//! The shared topology files beside what must come of them: the same routes and the same errors as in every language.

use std::fs;
use std::path::{Path, PathBuf};

use mycelium_bus::topology::Topology;

fn cases(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/topology/cases");
    let mut found: Vec<_> = fs::read_dir(root.join(folder))
        .expect("the shared cases")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn read(case: &Path) -> Result<Topology, String> {
    let name = case.file_name().expect("a name").to_string_lossy();
    let text = fs::read_to_string(case).expect("UTF-8");
    Topology::read(&text, &name).map_err(|error| error.to_string())
}

#[test]
fn valid_files_have_the_routes_they_should() {
    for case in cases("valid") {
        let topology = read(&case).expect("a valid topology");
        let mut routes = Vec::new();
        for source in topology.services() {
            for target in topology.services() {
                routes.push(
                    topology
                        .route(source, target)
                        .expect("both run")
                        .to_string(),
                );
            }
        }
        let expected = fs::read_to_string(case.with_extension("explained")).expect("its routes");
        // The first line is what `check` says.
        assert!(
            routes
                .iter()
                .map(String::as_str)
                .eq(expected.lines().skip(1)),
            "{case:?}"
        );
    }
}

#[test]
fn invalid_files_have_the_errors_they_should() {
    for case in cases("invalid") {
        let errors = read(&case).expect_err("an invalid topology");
        let expected = fs::read_to_string(case.with_extension("errors")).expect("its errors");
        let (place, is_syntax) = match expected.split_once(": this is not TOML: ") {
            Some((place, _)) => (place, true),
            None => (expected.trim_end(), false),
        };
        // What exactly is wrong with the syntax, each language's reader of TOML says in its own words.
        let found = if is_syntax {
            errors.split(": ").next().unwrap_or_default()
        } else {
            &errors
        };
        assert_eq!(found, place, "{case:?}");
    }
}

#[test]
fn files_that_cannot_be_used_say_why() {
    let folder = std::env::temp_dir().join(format!("mycelium-topology-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("topology.toml");
    let load = || Topology::load(&file).expect_err("no topology").to_string();
    assert!(load().contains("cannot be read"));
    fs::write(&file, b"a = 1\nb = '\xff'").expect("a file");
    assert!(load().ends_with(":2: this is not UTF-8"));
    fs::write(&file, vec![b'#'; (1 << 20) + 1]).expect("a file");
    assert!(load().contains("larger than"));
    fs::remove_dir_all(&folder).expect("it was there");
}
