//! The header in C describes what Rust has: a C compiler is asked.

mod support;

use std::fmt::Write;
use std::mem::offset_of;
use std::path::Path;
use std::process::Command;

use mycelium_ffi::{
    code, item, kind, Bytes, GuestTable, NodeTable, TextBuffer, MAGIC, VERSION, VERSION_MAJOR,
    VERSION_MINOR,
};
use support::Folder;

macro_rules! layout {
    ($facts:ident, $c:literal = $rust:ty { $($field:ident),* }) => {
        $facts.push((format!("sizeof({})", $c), size_of::<$rust>() as i128));
        $facts.push((format!("_Alignof({})", $c), align_of::<$rust>() as i128));
        $($facts.push((
            format!("offsetof({}, {})", $c, stringify!($field)),
            offset_of!($rust, $field) as i128,
        ));)*
    };
}

/// Expressions in C, and their values.
fn facts() -> Vec<(String, i128)> {
    let mut facts: Vec<(String, i128)> = Vec::new();
    layout!(facts, "mycelium_bytes" = Bytes { bytes, length });
    layout!(
        facts,
        "mycelium_text_buffer" = TextBuffer {
            bytes,
            capacity,
            length
        }
    );
    layout!(
        facts,
        "mycelium_guest_table" = GuestTable {
            size,
            version,
            context,
            adopt,
            host_closed
        }
    );
    layout!(
        facts,
        "mycelium_node_table" = NodeTable {
            magic,
            size,
            version,
            context,
            retain,
            release,
            describe,
            attach,
            detach,
            connect
        }
    );
    let names: [(&str, i128); 22] = [
        ("MAGIC", MAGIC.into()),
        ("VERSION", VERSION.into()),
        ("VERSION_MAJOR", VERSION_MAJOR.into()),
        ("VERSION_MINOR", VERSION_MINOR.into()),
        ("NOT_FOR_GUESTS", code::NOT_FOR_GUESTS.into()),
        ("TAKEN", code::TAKEN.into()),
        ("NONE_LEFT", code::NONE_LEFT.into()),
        ("NOT_JOINED", code::NOT_JOINED.into()),
        ("CLOSED", code::CLOSED.into()),
        ("FORKED", code::FORKED.into()),
        ("SYSTEM", code::SYSTEM.into()),
        ("INVALID", code::INVALID.into()),
        ("FAILED", code::FAILED.into()),
        ("NAME", item::NODE.into()),
        ("TOPOLOGY", item::TOPOLOGY.into()),
        ("TOPOLOGY_NAME", item::TOPOLOGY_NAME.into()),
        ("FOLDER", item::FOLDER.into()),
        ("GUEST_SERVICES", item::GUEST_SERVICES.into()),
        ("FFI", kind::FFI.into()),
        ("SHM", kind::SHM.into()),
        ("UNIX", kind::UNIX.into()),
        ("TCP", kind::TCP.into()),
    ];
    let names = names.map(|(name, value)| (format!("MYCELIUM_NODE_{name}"), value));
    facts.extend(names);
    facts
}

#[test]
fn the_header_and_the_tables_are_the_same() {
    let mut program = "#include \"mycelium_node.h\"\n".to_owned();
    for (expression, value) in facts() {
        let value = match value > i128::from(i64::MAX) {
            true => format!("UINT64_C({value})"),
            false => value.to_string(),
        };
        writeln!(
            program,
            "_Static_assert({expression} == {value}, \"{expression} is not {value}\");"
        )
        .unwrap();
    }
    let folder = Folder::new();
    let source = folder.path().join("facts.c");
    std::fs::write(&source, program).unwrap();
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let compiled = Command::new("cc")
        .args([
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pedantic",
            "-fsyntax-only",
            "-I",
        ])
        .arg(include)
        .arg(source)
        .output()
        .expect("a C compiler, as `cc`");
    let said = String::from_utf8_lossy(&compiled.stderr);
    assert!(compiled.status.success(), "{said}");
}
