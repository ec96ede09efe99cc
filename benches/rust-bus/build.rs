//! Notes which versions are measured.

use std::env;
use std::fs;
use std::process::Command;

const PEERS: [&str; 4] = ["crossbeam-channel", "disruptor", "iceoryx2", "tokio"];

fn main() {
    println!("cargo::rerun-if-changed=Cargo.lock");
    println!("cargo::rustc-env=BENCH_VERSIONS={}", versions().join(","));
    let compiler = Command::new(env::var("RUSTC").expect("cargo names the compiler"))
        .arg("--version")
        .output()
        .expect("the compiler tells its version");
    let version = String::from_utf8_lossy(&compiler.stdout);
    println!("cargo::rustc-env=BENCH_RUSTC={}", version.trim());
}

/// The peers and their versions, as members of a JSON object.
fn versions() -> Vec<String> {
    let lock = fs::read_to_string("Cargo.lock").expect("there is a Cargo.lock");
    let mut found = Vec::new();
    for package in lock.split("[[package]]") {
        let value = |key: &str| {
            let line = package.lines().find(|line| line.starts_with(key))?;
            line.split('"').nth(1)
        };
        if let (Some(name), Some(version)) = (value("name = "), value("version = ")) {
            if PEERS.contains(&name) {
                found.push(format!(r#""{name}":"{version}""#));
            }
        }
    }
    found
}
