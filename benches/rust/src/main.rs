//! The codec benchmark in Rust: prints its results as JSON, which `python -m benches.codec rust` turns into tables.
//!
//! With an argument, the number of rounds. With `loop SUBJECT CONTESTANT COLUMN COUNT`, runs one loop and nothing
//! else, for a profiler.

mod contestant;
mod contestants;
mod rounds;
mod trading;
mod values;

use std::env;

use contestant::{enter, enter_reader, Entry};
use contestants::{bincode, capnp, flatbuffers, mycelium, packed, prost, rkyv};
use rounds::{take_turns, Timing};
use values::{BookValues, OrderValues, QuoteValues, Subject, TradingQuoteValues};

const DEFAULT_ROUNDS: usize = 120;

fn quotes() -> Vec<Entry> {
    vec![
        enter::<QuoteValues, mycelium::Eager>(),
        enter_reader::<QuoteValues, mycelium::View>(),
        enter::<QuoteValues, packed::Checked>(),
        enter::<QuoteValues, packed::Unchecked>(),
        enter::<QuoteValues, prost::Prost>(),
        enter::<QuoteValues, bincode::Bincode>(),
        enter::<QuoteValues, rkyv::Owned>(),
        enter_reader::<QuoteValues, rkyv::Archived>(),
        enter::<QuoteValues, capnp::Capnp>(),
        enter::<QuoteValues, flatbuffers::Flatbuffers>(),
    ]
}

fn books() -> Vec<Entry> {
    vec![
        enter::<BookValues, mycelium::Eager>(),
        enter_reader::<BookValues, mycelium::View>(),
        enter::<BookValues, packed::Checked>(),
        enter::<BookValues, packed::Unchecked>(),
        enter::<BookValues, prost::Prost>(),
        enter::<BookValues, bincode::Bincode>(),
        enter::<BookValues, rkyv::Owned>(),
        enter_reader::<BookValues, rkyv::Archived>(),
        enter::<BookValues, capnp::Capnp>(),
        enter::<BookValues, flatbuffers::Flatbuffers>(),
    ]
}

fn orders() -> Vec<Entry> {
    vec![
        enter::<OrderValues, mycelium::Eager>(),
        enter_reader::<OrderValues, mycelium::View>(),
        enter::<OrderValues, packed::Checked>(),
        enter::<OrderValues, prost::Prost>(),
        enter::<OrderValues, bincode::Bincode>(),
        enter::<OrderValues, rkyv::Owned>(),
        enter_reader::<OrderValues, rkyv::Archived>(),
        enter::<OrderValues, capnp::Capnp>(),
        enter::<OrderValues, flatbuffers::Flatbuffers>(),
    ]
}

fn trading_quotes() -> Vec<Entry> {
    vec![
        enter::<TradingQuoteValues, mycelium::Eager>(),
        enter_reader::<TradingQuoteValues, mycelium::View>(),
        enter::<TradingQuoteValues, packed::Checked>(),
        enter::<TradingQuoteValues, prost::Prost>(),
        enter::<TradingQuoteValues, bincode::Bincode>(),
        enter::<TradingQuoteValues, rkyv::Owned>(),
        enter_reader::<TradingQuoteValues, rkyv::Archived>(),
        enter::<TradingQuoteValues, capnp::Capnp>(),
        enter::<TradingQuoteValues, flatbuffers::Flatbuffers>(),
    ]
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [word, subject, contestant, column, count] = arguments.as_slice() {
        assert_eq!(word, "loop");
        let entries = match subject.as_str() {
            "quote" => quotes(),
            "book" => books(),
            "trading_quote" => trading_quotes(),
            _ => orders(),
        };
        run_one(entries, contestant, column, count.parse().expect("a count"));
        return;
    }
    let rounds = arguments.first().map_or(DEFAULT_ROUNDS, |given| {
        given.parse().expect("a number of rounds")
    });
    let tables = [
        table::<QuoteValues>(quotes(), rounds),
        table::<BookValues>(books(), rounds),
        table::<OrderValues>(orders(), rounds),
        table::<TradingQuoteValues>(trading_quotes(), rounds),
    ];
    println!(
        r#"{{"language":"rust","toolchain":"{}, release profile with link-time optimisation","rounds":{rounds},"versions":{{{}}},"tables":[{}]}}"#,
        env!("BENCH_RUSTC"),
        env!("BENCH_VERSIONS"),
        tables.join(",")
    );
}

fn run_one(entries: Vec<Entry>, contestant: &str, column: &str, count: u64) {
    for entry in entries.into_iter().filter(|entry| entry.name == contestant) {
        for (name, mut body) in entry.columns {
            if name == column {
                body(count);
            }
        }
    }
}

/// Measures column by column, all contestants in turn.
fn table<S: Subject>(mut entries: Vec<Entry>, rounds: usize) -> String {
    let mut cells: Vec<Vec<String>> = entries.iter().map(|_| Vec::new()).collect();
    for column in [
        "construct",
        "encode",
        "build_and_encode",
        "decode",
        "decode_and_read",
    ] {
        let mut owners = Vec::new();
        let mut loops = Vec::new();
        for (place, entry) in entries.iter_mut().enumerate() {
            for (name, body) in &mut entry.columns {
                if *name == column {
                    owners.push(place);
                    loops.push(body);
                }
            }
        }
        for (owner, Timing { median_ns, p99_ns }) in
            owners.iter().zip(take_turns(&mut loops, rounds))
        {
            cells[*owner].push(format!(
                r#""{column}":{{"median_ns":{median_ns:.2},"p99_ns":{p99_ns:.2}}}"#
            ));
        }
    }
    let rows: Vec<String> = entries
        .iter()
        .zip(cells)
        .map(
            |(
                Entry {
                    name, title, size, ..
                },
                cells,
            )| {
                let columns = cells.join(",");
                format!(
                    r#"{{"name":"{name}","title":"{title}","size":{size},"columns":{{{columns}}}}}"#
                )
            },
        )
        .collect();
    format!(
        r#"{{"name":"{}","title":"{}","rows":[{}]}}"#,
        S::NAME,
        S::TITLE,
        rows.join(",")
    )
}
