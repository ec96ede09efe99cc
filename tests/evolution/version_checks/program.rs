//! Answers each line of standard input, a question about versions, with a verdict and its message.
//!
//! A question is fields between tabs: where the history comes from ("given" or "generated"), name, wire digest, version,
//! same, known, and of the peer wire digest, version in hex or "-", accepted; and the direction of the flow. Entries of
//! lists stand between U+001E, their fields between U+001F.

use std::io::{BufRead, Write};

use mycelium::versions::{
    version_verdict, Direction, KnownVersion, PeerVersion, VersionHistory, VersionVerdict,
};
use mycelium_generated::registry;

fn main() -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line: &'static str = Box::leak(line?.into_boxed_str());
        let fields: Vec<&'static str> = line.split('\t').collect();
        let version = text(fields[7]);
        let accepted: Vec<_> = entries(fields[8]).map(|entry| (digest(entry[0]), direction(entry[1]))).collect();
        let peer = PeerVersion { wire_digest: digest(fields[6]), version: version.as_deref(), accepted: &accepted };
        let verdict = judge(&fields, peer, direction(fields[9]));
        writeln!(output, "{:?}\t{verdict}", verdict.compatibility)?;
    }
    Ok(())
}

fn judge<'a>(fields: &[&'static str], peer: PeerVersion<'a>, flow: Direction) -> VersionVerdict<'a> {
    if fields[0] == "given" {
        return version_verdict(fields[1], digest(fields[2]), history(fields), peer, flow);
    }
    let found = registry::MESSAGES.iter().find(|message| message.name == fields[1]);
    found.expect("a message of the registry").version_verdict(peer, flow)
}

fn history(fields: &[&'static str]) -> VersionHistory {
    let known = entries(fields[5]).map(|entry| KnownVersion {
        version: entry[0],
        wire_digest: digest(entry[1]),
        direction: direction(entry[2]),
        differences: entry[3],
    });
    VersionHistory { version: fields[3], same: fields[4], known: Box::leak(known.collect()) }
}

fn entries(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.split('\u{1e}').filter(|entry| !entry.is_empty()).map(|entry| entry.split('\u{1f}').collect())
}

fn digest(digits: &str) -> u64 {
    u64::from_str_radix(digits, 16).expect("a digest")
}

fn text(digits: &str) -> Option<String> {
    let byte = |index| u8::from_str_radix(&digits[index..index + 2], 16).expect("a byte");
    let bytes = || (0..digits.len()).step_by(2).map(byte).collect();
    (digits != "-").then(|| String::from_utf8(bytes()).expect("text"))
}

fn direction(name: &str) -> Direction {
    match name {
        "NEITHER" => Direction::Neither,
        "READS" => Direction::Reads,
        "IS_READ_BY" => Direction::IsReadBy,
        "BOTH" => Direction::Both,
        _ => panic!("no direction: {name}"),
    }
}
