//! The Rust program as host: a Python interpreter, or a library with a core of its own, runs the other services in this process.
//!
//! Run as `conformance_host TOPOLOGY NODE GUESTS INPUT OUTPUT VERSION KIND LIBRARY GUEST...`: the services that are the guest's, with
//! commas; the descriptors through which the guest is asked and answers; the version of `Changed` spoken here, `current` or `other`;
//! then `library FILE VERSION`, or `python LIBPYTHON PYTHON PROGRAM [ARGUMENT...]`.

#![allow(missing_docs, reason = "a program")]
#![allow(unsafe_code, reason = "what meets by a table of C functions")]
#![allow(
    dead_code,
    clippy::wrong_self_convention,
    reason = "generated messages are the face of a library, not parts of a program"
)]

mod answer;
mod asking;
mod conversation;
#[rustfmt::skip]
mod current;
mod number;
mod observing;
#[rustfmt::skip]
mod other;
mod peer;
mod publishing;
mod receiving;
mod tasks;

use std::env;
use std::error::Error;
use std::ffi::{c_char, c_int, c_void, CStr, CString};
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::thread::{self, JoinHandle};

use mycelium_bus::topology::Topology;
use mycelium_bus::{Node, NodeOptions};
use mycelium_ffi::{offer, NodeTable, Offer};

use conversation::converse;
use peer::Version;

/// What the guest's library is asked for.
type ConformanceGuest = unsafe extern "C" fn(*const NodeTable, c_int, c_int, bool);
/// The program `python`, as a function of the interpreter's library.
type PythonMain = unsafe extern "C" fn(c_int, *mut *mut c_char) -> c_int;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("conformance_host: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<bool, Box<dyn Error>> {
    let [topology, name, guests, input, output, version, guest @ ..] = arguments else {
        return Err("see the head of host.rs for what it is run with".into());
    };
    let path = Path::new(topology);
    let guests: Vec<&str> = guests.split(',').collect();
    let options = NodeOptions::default().with_guests(guests);
    let folder = path.parent().unwrap_or(Path::new("."));
    let node = Node::with_options(Topology::load(path)?, folder, name, options)?;
    let offer = offer(&node)?;
    let descriptors = (input.parse()?, output.parse()?);
    let attending = attend(&offer, guest, descriptors)?;
    let lines = &mut io::stdin().lines();
    let is_opened = converse(Ok(node), version_of(version), lines, &mut io::stdout());
    attending.join().map_err(|_| "the guest panicked")??;
    drop(offer);
    Ok(is_opened)
}

fn version_of(word: &str) -> Version {
    match word {
        "other" => Version::Other,
        _ => Version::Current,
    }
}

type Attending = JoinHandle<Result<(), String>>;

/// A thread in which the guest joins and answers, until the end of its input.
fn attend(
    offer: &Offer,
    guest: &[String],
    (input, output): (c_int, c_int),
) -> Result<Attending, Box<dyn Error>> {
    let address = offer.as_ptr() as usize;
    match guest {
        [kind, file, version] if kind == "library" => {
            let (file, version) = (file.clone(), version_of(version));
            Ok(thread::spawn(move || {
                let function = function_of(&file, c"conformance_guest")?;
                // SAFETY: the library is our own, and stays; the table outlives the guest, whose descriptors these are.
                unsafe {
                    let attend = std::mem::transmute::<*mut c_void, ConformanceGuest>(function);
                    let table = address as *const NodeTable;
                    attend(table, input, output, version == Version::Other);
                }
                Ok(())
            }))
        }
        [kind, file, python, program, rest @ ..] if kind == "python" => {
            let numbers = [address.to_string(), input.to_string(), output.to_string()];
            let words = [python, program].into_iter().chain(&numbers).chain(rest);
            let words = words.map(|word| CString::new(word.as_str()));
            let words: Vec<CString> = words.collect::<Result<_, _>>()?;
            let file = file.clone();
            Ok(thread::spawn(move || run_python(&file, &words)))
        }
        _ => Err(format!("no such guest: {guest:?}").into()),
    }
}

/// Runs the interpreter from start to end in this thread.
fn run_python(file: &str, words: &[CString]) -> Result<(), String> {
    let mut pointers: Vec<*mut c_char> =
        words.iter().map(|word| word.as_ptr().cast_mut()).collect();
    let count = c_int::try_from(pointers.len()).unwrap_or(0);
    pointers.push(std::ptr::null_mut());
    let function = function_of(file, c"Py_BytesMain")?;
    // SAFETY: the interpreter's library stays; the words outlive the call, and the last of them is null.
    unsafe {
        let main = std::mem::transmute::<*mut c_void, PythonMain>(function);
        main(count, pointers.as_mut_ptr());
    }
    Ok(())
}

/// A function of a library that stays in memory; its symbols are for all, since extension modules look for the interpreter's.
fn function_of(file: &str, name: &CStr) -> Result<*mut c_void, String> {
    let path = CString::new(file).map_err(|error| error.to_string())?;
    // SAFETY: both names end with a zero; what went wrong is told in a text that lives until the next call of this thread.
    unsafe {
        let library = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL);
        let function = match library.is_null() {
            true => library,
            false => libc::dlsym(library, name.as_ptr()),
        };
        match function.is_null() {
            true => Err(CStr::from_ptr(libc::dlerror())
                .to_string_lossy()
                .into_owned()),
            false => Ok(function),
        }
    }
}
