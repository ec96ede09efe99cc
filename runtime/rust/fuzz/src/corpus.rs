//! The bodies to start from: the conformance vectors.

use std::fs;
use std::io;
use std::path::Path;

/// A body and the message it is of.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The message's short name.
    pub message: String,
    /// The body.
    pub body: Vec<u8>,
}

/// The longest body worth mutating, in bytes: longer ones only cost time.
const LENGTH_MAX: usize = 4096;

/// Reads the `.jsonl` files at `path`, a file or a folder of them.
///
/// # Errors
/// Those of the file system.
pub fn read(path: &Path) -> io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    if path.is_dir() {
        let mut files: Vec<_> = fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|file| {
            file.extension()
                .is_some_and(|extension| extension == "jsonl")
        });
        files.sort();
        for file in files {
            seeds.extend(read(&file)?);
        }
    } else {
        seeds.extend(fs::read_to_string(path)?.lines().filter_map(seed_of_line));
    }
    Ok(seeds)
}

/// The seed of a line `{"message": "Name", "bytes": "hex", ...}`; None for lines of other kinds.
fn seed_of_line(line: &str) -> Option<Seed> {
    let message = text_after(line, "\"message\": \"")?.to_owned();
    let digits = text_after(line, "\"bytes\": \"")?.as_bytes();
    let digit = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    let body: Option<Vec<u8>> = digits
        .chunks_exact(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect();
    let body = body.filter(|body| body.len() <= LENGTH_MAX)?;
    Some(Seed { message, body })
}

fn text_after<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let start = line.find(label)? + label.len();
    let rest = &line[start..];
    rest.find('"').map(|end| &rest[..end])
}
