//! The other process in tests of lanes. Another language joins these tests by a program that understands the same words:
//!
//! ```text
//! lane-peer LANE write FROM COUNT LONGEST END     publish COUNT frames, numbered from FROM
//!                                                 END: close | hold (until standard input ends) | hand-over
//! lane-peer LANE read POLICY COUNT                read COUNT frames, or to the end of the lane
//! lane-peer LANE nap POLICY                       as read, but sleep a little after each frame
//! lane-peer LANE hold POLICY                      join, and hold the slot until standard input ends
//! lane-peer LANE remove                           remove the lane if it is stale
//! ```
//!
//! Where frames are and what is in them is in `frames.rs`. A reader checks each byte, and that numbers ascend, and
//! says `joined`, then `received lost first last`; a writer says how many frames the lane has carried.

mod frames;

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use mycelium_lane::{
    remove_stale, LaneError, LaneErrorKind, Policy, Reader, ReaderOptions, Wait, Writer,
    WriterOptions,
};

const PATIENCE: Option<Duration> = Some(Duration::from_secs(20));
const CAPACITY: u64 = 4096;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("lane-peer {}: {reason}", words.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<String, String> {
    match *words {
        [lane, "write", from, count, longest, end] => write(
            lane,
            number(from)?,
            number(count)?,
            number(longest)? as usize,
            end,
        )
        .map_err(|error| error.to_string()),
        [lane, "read", policy, count] => read(lane, policy, number(count)?, Duration::ZERO),
        [lane, "nap", policy] => read(lane, policy, u64::MAX, Duration::from_millis(1)),
        [lane, "hold", policy] => hold(lane, policy),
        [lane, "remove"] => remove_stale(lane)
            .map(|removed| removed.to_string())
            .map_err(|error| error.to_string()),
        _ => Err("no such words; see peer/main.rs".to_owned()),
    }
}

fn number(word: &str) -> Result<u64, String> {
    word.parse().map_err(|_| format!("{word} is no number"))
}

fn write(
    lane: &str,
    from: u64,
    count: u64,
    longest: usize,
    end: &str,
) -> Result<String, LaneError> {
    let options = WriterOptions {
        wait: Wait::Block,
        ..WriterOptions::default().with_capacity(CAPACITY)
    };
    let mut writer = Writer::open(lane, &options)?;
    for number in from..from + count {
        let length = frames::length_for(number, longest);
        writer.publish(&frames::frame(1, number, length), PATIENCE)?;
    }
    let carried = writer.counts().frames;
    match end {
        "hold" => until_input_ends(),
        "hand-over" => writer.hand_over(),
        _ => writer.close()?,
    }
    Ok(carried.to_string())
}

fn options(policy: &str) -> ReaderOptions {
    let policy = if policy == "lossy" {
        Policy::Lossy
    } else {
        Policy::Reliable
    };
    ReaderOptions {
        policy,
        wait: Wait::Block,
        ..ReaderOptions::default()
    }
}

fn read(lane: &str, policy: &str, count: u64, nap: Duration) -> Result<String, String> {
    let text = |error: LaneError| error.to_string();
    let mut reader = Reader::open_when_there(lane, &options(policy), PATIENCE).map_err(text)?;
    println!("joined");
    let (mut first, mut last) = (None, None);
    while reader.counts().received < count {
        match reader.read(PATIENCE) {
            Ok(None) => return Err("nothing came".to_owned()),
            Ok(Some(record)) => {
                let number = frames::number_of(record.payload());
                if last.is_some_and(|last| last >= number) {
                    return Err(format!("{number} came after {last:?}"));
                }
                first.get_or_insert(number);
                last = Some(number);
            }
            Err(error) if matches!(error.kind(), LaneErrorKind::Closed) => break,
            Err(error) => return Err(error.to_string()),
        }
        if !nap.is_zero() {
            std::thread::sleep(nap);
        }
    }
    let counts = reader.counts();
    if reader.missed_bells() > 0 {
        return Err("nobody rang".to_owned());
    }
    let place = |number: Option<u64>| number.map_or("none".to_owned(), |number| number.to_string());
    Ok(format!(
        "{} {} {} {}",
        counts.received,
        counts.lost,
        place(first),
        place(last)
    ))
}

fn hold(lane: &str, policy: &str) -> Result<String, String> {
    let reader = Reader::open_when_there(lane, &options(policy), PATIENCE)
        .map_err(|error| error.to_string())?;
    println!("{}", reader.slot());
    until_input_ends();
    Ok(String::new())
}

fn until_input_ends() {
    let mut rest = Vec::new();
    // An error is an end as well.
    let _ = std::io::stdin().read_to_end(&mut rest);
}
