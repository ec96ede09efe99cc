//! From one process to another and back.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;

use crate::end::{End, Wait, SIZES};
use crate::measuring::{answer, measure, pin, Samples, Script, CORES};
use crate::peers::bus_between_processes::{self, Route};
use crate::peers::{iceoryx2, lane, unix_socket};
use crate::results::{Row, Table};
use crate::threads::cells;

/// Opens one end, in a folder both know, for a payload of so many bytes; true for the end that measures.
type Open = fn(&Path, usize, bool) -> Box<dyn End>;

pub struct Contestant {
    pub name: &'static str,
    title: &'static str,
    wait: Wait,
    open: Open,
}

const fn spins(name: &'static str, title: &'static str, open: Open) -> Contestant {
    Contestant {
        name,
        title,
        wait: Wait::Spin,
        open,
    }
}

const fn sleeps(name: &'static str, title: &'static str, open: Open) -> Contestant {
    Contestant {
        name,
        title,
        wait: Wait::Sleep,
        open,
    }
}

fn iceoryx2_end(folder: &Path, size: usize, is_near: bool) -> Box<dyn End> {
    let name = folder.to_string_lossy().replace('/', "-");
    match size {
        64 => iceoryx2::process_end::<8>(&name, is_near),
        _ => iceoryx2::process_end::<128>(&name, is_near),
    }
}

pub const SPINNING: [Contestant; 7] = [
    spins(
        "mycelium_shm",
        "Mycelium, shared memory",
        |folder, size, is_near| {
            bus_between_processes::end(folder, size, is_near, Wait::Spin, Route::Shm)
        },
    ),
    spins(
        "mycelium_unix",
        "Mycelium, unix socket",
        |folder, size, is_near| {
            bus_between_processes::end(folder, size, is_near, Wait::Spin, Route::Unix)
        },
    ),
    spins(
        "mycelium_tcp",
        "Mycelium, tcp, loopback",
        |folder, size, is_near| {
            bus_between_processes::end(folder, size, is_near, Wait::Spin, Route::Tcp)
        },
    ),
    spins("lane", "bare lane", |folder, size, is_near| {
        lane::end(folder, size, is_near, Wait::Spin)
    }),
    spins("iceoryx2", "iceoryx2", iceoryx2_end),
    spins(
        "unix_socket",
        "bare unix socket",
        |folder, size, is_near| unix_socket::unix_end(folder, size, is_near, Wait::Spin),
    ),
    spins(
        "tcp_socket",
        "bare tcp socket, loopback",
        |folder, size, is_near| unix_socket::tcp_end(folder, size, is_near, Wait::Spin),
    ),
];

pub const SLEEPING: [Contestant; 6] = [
    sleeps(
        "mycelium_shm",
        "Mycelium, shared memory",
        |folder, size, is_near| {
            bus_between_processes::end(folder, size, is_near, Wait::Sleep, Route::Shm)
        },
    ),
    sleeps(
        "mycelium_unix",
        "Mycelium, unix socket",
        |folder, size, is_near| {
            bus_between_processes::end(folder, size, is_near, Wait::Sleep, Route::Unix)
        },
    ),
    sleeps(
        "mycelium_tcp",
        "Mycelium, tcp, loopback",
        |folder, size, is_near| {
            bus_between_processes::end(folder, size, is_near, Wait::Sleep, Route::Tcp)
        },
    ),
    sleeps("lane", "bare lane", |folder, size, is_near| {
        lane::end(folder, size, is_near, Wait::Sleep)
    }),
    sleeps(
        "unix_socket",
        "bare unix socket",
        |folder, size, is_near| unix_socket::unix_end(folder, size, is_near, Wait::Sleep),
    ),
    sleeps(
        "tcp_socket",
        "bare tcp socket, loopback",
        |folder, size, is_near| unix_socket::tcp_end(folder, size, is_near, Wait::Sleep),
    ),
];

/// All contestants, `rounds` turns each with each payload.
pub fn table(
    name: &'static str,
    title: &'static str,
    all: &[Contestant],
    rounds: usize,
    divisor: u64,
) -> Table {
    let mut found: Vec<Vec<Samples>> = all
        .iter()
        .map(|_| SIZES.map(|_| Samples::default()).into())
        .collect();
    for _ in 0..rounds {
        for (contestant, samples) in all.iter().zip(&mut found) {
            for (size, samples) in SIZES.into_iter().zip(samples) {
                samples.extend(turn(contestant, size, divisor));
            }
        }
    }
    let rows = all.iter().zip(found).map(|(contestant, samples)| Row {
        name: contestant.name,
        title: contestant.title,
        cells: cells(&samples, true),
    });
    Table {
        name,
        title,
        rows: rows.collect(),
    }
}

/// The median round trip of the contestants of these names, spinning, with the small payload.
pub fn medians<'a>(names: &[&'a str], rounds: u64) -> Vec<(&'a str, f64)> {
    let mut found: Vec<Samples> = names.iter().map(|_| Samples::default()).collect();
    for _ in 0..rounds {
        for (name, samples) in names.iter().zip(&mut found) {
            let mut all = SPINNING.iter();
            let contestant = all
                .find(|one| one.name == *name)
                .expect("a known contestant");
            samples.extend(turn(contestant, SIZES[0], 1));
        }
    }
    let medians = found.iter().map(|samples| samples.percentiles_ns()[0]);
    names.iter().copied().zip(medians).collect()
}

fn turn(contestant: &Contestant, size: usize, divisor: u64) -> Samples {
    let folder = Folder::new();
    let other = Other::start(contestant, size, divisor, &folder.0);
    // A thread of its own is pinned, when its end is open: the other process and threads of the contestant may choose, and a bus
    // that looks for processors to spin on sees both.
    let measured = thread::scope(|scope| {
        let near = scope.spawn(|| {
            let mut end = (contestant.open)(&folder.0, size, true);
            pin(CORES[0]);
            measure(end.as_mut(), Script::of(contestant.wait, divisor))
        });
        near.join()
    });
    other.join();
    measured.expect("the end that measures")
}

/// The other process: answers in a turn of this contestant.
pub fn answer_as(name: &str, wait: &str, size: usize, divisor: u64, folder: &Path) {
    let all: &[Contestant] = if wait == "spin" { &SPINNING } else { &SLEEPING };
    let contestant = all
        .iter()
        .find(|one| one.name == name)
        .expect("a known contestant");
    let mut end = (contestant.open)(folder, size, false);
    pin(CORES[1]);
    answer(end.as_mut(), Script::of(contestant.wait, divisor));
}

/// A fresh folder in shared memory for what the ends share, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path =
            Path::new("/dev/shm").join(format!("mycelium-bench-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).expect("a folder in shared memory");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The process of the other end; killed where this one fails.
struct Other(Child);

impl Other {
    fn start(contestant: &Contestant, size: usize, divisor: u64, folder: &Path) -> Self {
        let wait = if contestant.wait == Wait::Spin {
            "spin"
        } else {
            "sleep"
        };
        let program = std::env::current_exe().expect("this program");
        let child = Command::new(program)
            .args([
                "answer",
                contestant.name,
                wait,
                &size.to_string(),
                &divisor.to_string(),
            ])
            .arg(folder)
            .spawn()
            .expect("another process");
        Self(child)
    }

    fn join(mut self) {
        assert!(
            self.0.wait().expect("the other process").success(),
            "the other process failed"
        );
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
