"""The driver program of Rust: the generated crate, and a loop over requests that calls it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from mycelium.codegen.rust import generate
from mycelium.codegen.rust.literals import text_literal
from mycelium.codegen.rust.scope import crate_of, is_runtime_package
from mycelium.codegen.target import GenerationOptions, RenderedFile
from mycelium.idl.schema import Schema

REPOSITORY = Path(__file__).resolve().parents[3]
RUNTIME = REPOSITORY / "runtime" / "rust" / "mycelium"
CACHE = REPOSITORY / ".cache" / "rust-drivers"

MANIFEST = """\
[package]
name = "{name}"
version = "0.1.0"
edition = "2021"

[dependencies]
mycelium = {{ path = "{runtime}" }}
mycelium-generated = {{ path = "{generated}" }}

[workspace]

# Quick to build, and an overflow anywhere in the codecs is a crash.
[profile.release]
opt-level = {optimisation}
overflow-checks = true
debug-assertions = true
"""

MAIN = """\
// Types may nest as deep as they like.
#![recursion_limit = "131072"]

use std::io::{BufRead, Write};

use mycelium::Message;

fn main() -> std::io::Result<()> {
    let mut input = std::io::stdin().lock();
    let mut output = std::io::stdout().lock();
    let mut line = String::new();
    while input.read_line(&mut line)? != 0 {
        let (name, digits) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
        writeln!(output, "{}", answer(name, digits.trim()))?;
        output.flush()?;
        line.clear();
    }
    Ok(())
}

fn decode_and_encode<M: Message>(digits: &str) -> String {
    let Some(body) = from_hex(digits) else {
        return "error BAD_REQUEST 0 -".to_owned();
    };
    let decoded = M::decode(&body);
    // The view must find what the decoder finds; this is no answer any test expects.
    if M::view(&body).err() != decoded.as_ref().err().cloned() {
        return "error VIEW_DISAGREES 0 -".to_owned();
    }
    let message = match decoded {
        Ok(message) => message,
        Err(error) => return format!("error {} {} {}", error.code(), error.offset(), error.path()),
    };
    match message.encode_to_vec() {
        Ok(encoded) => format!("ok {}", to_hex(&encoded)),
        Err(error) => format!("error {} 0 {}", error.code(), error.path()),
    }
}

/// A whole frame, of any message.
fn decode_and_encode_frame(digits: &str) -> String {
    use mycelium::frame::{Frame, DEFAULT_LENGTH_MAX};
    use mycelium_generated::registry;
    let Some(bytes) = from_hex(digits) else {
        return "error BAD_REQUEST 0 -".to_owned();
    };
    let refused = |error: mycelium::DecodeError| {
        format!("error {} {} {}", error.code(), error.offset(), error.path())
    };
    let frame = match Frame::decode(&bytes, DEFAULT_LENGTH_MAX, registry::is_known) {
        Ok(frame) => frame,
        Err(error) => return refused(error),
    };
    let message = match registry::decode(frame.type_id, frame.body) {
        Ok(message) => message,
        Err(error) => return refused(error),
    };
    let (mut body, mut again) = (Vec::new(), Vec::new());
    let encoded = message.encode(&mut body).and_then(|()| {
        let frame = Frame { type_id: message.type_id(), envelope: None, body: &body };
        frame.encode(DEFAULT_LENGTH_MAX, &mut again)
    });
    match encoded {
        Ok(()) => format!("ok {}", to_hex(&again)),
        Err(error) => format!("error {} 0 {}", error.code(), error.path()),
    }
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?)).collect()
}

fn to_hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('?');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn answer(name: &str, digits: &str) -> String {
    match name {
"""

UNKNOWN = """\
        "*" => decode_and_encode_frame(digits),
        _ => format!("error UNKNOWN_TYPE 0 {name}"),
    }
}
"""


def build(schema: Schema, work: Path, *, optimisation: int = 1) -> list[str]:
    """Generate and build; the command answers requests line by line, as the testee says.

    The crate lives in a folder named after its content, so that a schema built before is not built again; the
    program itself is copied into ``work``. The generated crate is named after it as well: cargo tells crates that
    share a target folder apart by their path within the workspace alone.
    """
    generated = list(generate(schema, GenerationOptions(rust_runtime=str(RUNTIME))))
    main = RenderedFile(PurePosixPath("src/main.rs"), "".join(_main(schema)))
    content = f"{optimisation}\n" + "".join(f"{file.path}\n{file.text}" for file in [*generated, main])
    digest = hashlib.sha256(content.encode()).hexdigest()[:16]
    name, crate = f"driver-{digest}", f"generated-{digest}"
    manifest = MANIFEST.format(name=name, generated=crate, runtime=RUNTIME, optimisation=optimisation)
    files = [main, RenderedFile(PurePosixPath("Cargo.toml"), manifest)]
    files += [_below(crate, file) for file in generated]
    folder = _home(work) / name
    _write(folder, files)
    target = folder.parent / "target"
    command = ["cargo", "build", "--release", "--offline", "--quiet", "--jobs", "2"]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stderr}")
    work.mkdir(parents=True, exist_ok=True)
    return [str(shutil.copy2(target / "release" / name, work / "driver"))]


def _home(work: Path) -> Path:
    """Where crates are built: the checkout's cache, or below ``work`` where that cannot be written."""
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
    except OSError:
        return work
    return CACHE if os.access(CACHE, os.W_OK) else work


def _below(folder: str, file: RenderedFile) -> RenderedFile:
    return RenderedFile(PurePosixPath(folder) / file.path, file.text)


def _write(folder: Path, files: Sequence[RenderedFile]) -> None:
    for file in files:
        path = folder / file.path
        if not path.exists() or path.read_text(encoding="utf-8") != file.text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")


def _main(schema: Schema) -> Iterator[str]:
    crate = crate_of(schema, inside_runtime=False)
    messages = list(schema.messages())
    uses = Counter(message.name for message in messages if not is_runtime_package(message.package))
    yield MAIN
    for message in messages:
        path = crate.path(message.package).replace("crate::", "::mycelium_generated::", 1)
        names = [message.qualified_name]
        if uses[message.name] == 1 and not is_runtime_package(message.package):
            names.insert(0, message.name)
        patterns = " | ".join(text_literal(name) for name in names)
        rust_type = f"{path}::{crate.types[message.qualified_name]}"
        yield f"        {patterns} => decode_and_encode::<{rust_type}>(digits),\n"
    yield UNKNOWN
