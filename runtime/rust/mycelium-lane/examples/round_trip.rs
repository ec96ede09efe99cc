//! How long a message takes to another process and back, spinning, beside the least that the machine can do:
//! a word in one cache line, handed to and fro. Run it on a quiet machine with two processors at least:
//!
//! ```text
//! cargo run --release -p mycelium-lane --example round_trip
//! ```
#![allow(unsafe_code)]

use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mycelium_lane::{Reader, ReaderOptions, Wait, Writer, WriterOptions};

const ROUND_TRIPS: usize = 300_000;
const WARM_UP: usize = 20_000;
/// One cache line with the commit word, two, and many.
const PAYLOADS_BYTES: [usize; 3] = [56, 64, 1024];
const PATIENCE: Option<Duration> = Some(Duration::from_secs(10));

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first() {
        Some(folder) => echo(Path::new(folder)),
        None => measure(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("round_trip: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), Failure> {
    report("one cache line, two threads", cache_line()?);
    let folder = Path::new("/dev/shm").join(format!("mycelium-round-trip-{}", std::process::id()));
    for payload_bytes in PAYLOADS_BYTES {
        std::fs::create_dir(&folder)?;
        let measured = lanes(&folder, payload_bytes);
        std::fs::remove_dir_all(&folder)?;
        report(&format!("lanes, {payload_bytes} bytes"), measured?);
    }
    Ok(())
}

/// Round trips through two lanes and another process.
fn lanes(folder: &Path, payload_bytes: usize) -> Result<Vec<u64>, Failure> {
    pin(0)?;
    let mut there = Writer::open(folder.join("there"), &WriterOptions::default())?;
    let mut other = Command::new(std::env::current_exe()?).arg(folder).spawn()?;
    let mut back = Reader::open_when_there(folder.join("back"), &spinning(), PATIENCE)?;
    while there.readers()? == 0 {
        std::thread::yield_now();
    }
    let frame = frame(payload_bytes);
    let mut times = Vec::with_capacity(ROUND_TRIPS);
    for _ in 0..WARM_UP + ROUND_TRIPS {
        let before = Instant::now();
        there.try_publish(&frame)?;
        let record = back.read(PATIENCE)?.ok_or("no answer")?;
        times.push(before.elapsed().as_nanos() as u64);
        assert_eq!(record.payload().len(), payload_bytes);
    }
    there.close()?;
    other.wait()?;
    Ok(times.split_off(WARM_UP))
}

/// The other process: sends each frame back.
fn echo(folder: &Path) -> Result<(), Failure> {
    pin(1)?;
    let mut back = Writer::open(folder.join("back"), &WriterOptions::default())?;
    let mut there = Reader::open_when_there(folder.join("there"), &spinning(), PATIENCE)?;
    let mut frame = Vec::new();
    for _ in 0..WARM_UP + ROUND_TRIPS {
        frame.clear();
        there
            .read(PATIENCE)?
            .ok_or("no question")?
            .append_frame_to(&mut frame);
        back.try_publish(&frame)?;
    }
    Ok(())
}

/// The floor: a number that two threads increment in turn.
fn cache_line() -> Result<Vec<u64>, Failure> {
    #[repr(align(128))]
    struct Line(AtomicU64);
    let line = Line(AtomicU64::new(0));
    let turns = 2 * (WARM_UP + ROUND_TRIPS) as u64;
    let wait_for = |turn| {
        while line.0.load(Ordering::Acquire) != turn {
            std::hint::spin_loop();
        }
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            pin(1)?;
            for turn in (1..turns).step_by(2) {
                wait_for(turn);
                line.0.store(turn + 1, Ordering::Release);
            }
            Ok::<(), std::io::Error>(())
        });
        pin(0)?;
        let mut times = Vec::with_capacity(ROUND_TRIPS);
        for turn in (0..turns).step_by(2) {
            let before = Instant::now();
            line.0.store(turn + 1, Ordering::Release);
            wait_for(turn + 2);
            times.push(before.elapsed().as_nanos() as u64);
        }
        other.join().map_err(|_| "the other thread failed")??;
        Ok(times.split_off(WARM_UP))
    })
}

fn spinning() -> ReaderOptions {
    ReaderOptions {
        wait: Wait::Spin,
        ..ReaderOptions::default()
    }
}

fn frame(payload_bytes: usize) -> Vec<u8> {
    let mut frame = vec![0xe8, 3, 0, 1];
    frame.extend_from_slice(&(payload_bytes as u32).to_le_bytes());
    frame.resize(8 + payload_bytes, 0x5a);
    frame
}

fn report(what: &str, mut times: Vec<u64>) {
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    let (p50, p99, p999) = (at(0.5), at(0.99), at(0.999));
    println!(
        "{what:<30} p50 {p50:>6} ns   p99 {p99:>6} ns   p99.9 {p999:>6} ns   round trips {}",
        times.len()
    );
}

/// Keeps this thread on one processor.
#[cfg(target_os = "linux")]
fn pin(processor: usize) -> std::io::Result<()> {
    // SAFETY: cpu_set_t is plain bits, and the kernel only reads it.
    let result = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(processor, &mut set);
        libc::sched_setaffinity(0, std::mem::size_of::<libc::cpu_set_t>(), &set)
    };
    match result {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

#[cfg(not(target_os = "linux"))]
fn pin(_processor: usize) -> std::io::Result<()> {
    Ok(())
}
