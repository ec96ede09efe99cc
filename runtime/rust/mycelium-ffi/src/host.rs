//! The functions of a host's table.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::os::fd::{IntoRawFd, OwnedFd};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;

use mycelium_bus::guests::{AcceptedConnection, Guest, GuestError};
use mycelium_bus::topology::RouteKind;

use crate::offer::Shared;
use crate::table::{
    code, item, kind, Bytes, GuestTable, NodeTable, TextBuffer, MAGIC, VERSION, VERSION_MAJOR,
};
use crate::text;

/// The table of an offer; `context` is what its Arc points to.
pub(crate) fn table_of(context: *const Shared) -> NodeTable {
    NodeTable {
        magic: MAGIC,
        size: size_of::<NodeTable>() as u32,
        version: VERSION,
        context: context.cast_mut().cast(),
        retain: Some(retain),
        release: Some(release),
        describe: Some(describe),
        attach: Some(attach),
        detach: Some(detach),
        connect: Some(connect),
    }
}

/// What a call came to where it failed: a code and a sentence.
type Failure = (i32, String);

fn failure(error: &GuestError) -> Failure {
    let code = match error {
        GuestError::NotForGuests { .. } => code::NOT_FOR_GUESTS,
        GuestError::Taken { .. } => code::TAKEN,
        GuestError::NoneLeft { .. } => code::NONE_LEFT,
        GuestError::NotJoined { .. } => code::NOT_JOINED,
        GuestError::Closed { .. } => code::CLOSED,
        GuestError::Forked => code::FORKED,
        GuestError::System(_) => code::SYSTEM,
        _ => code::FAILED,
    };
    (code, error.to_string())
}

fn invalid(problem: &str) -> Failure {
    (code::INVALID, format!("the guest asks for {problem}"))
}

/// Calls, and writes what a guest is to know.
///
/// # Safety
/// `context` is alive, and `answer` is null or a buffer with as much room as it says.
unsafe fn guarded(
    context: *mut c_void,
    answer: *mut TextBuffer,
    call: impl FnOnce(&Shared) -> Result<(i64, String), Failure>,
) -> i64 {
    // SAFETY: the caller's promise; contexts of this table are nothing else.
    let Some(shared) = (unsafe { context.cast::<Shared>().as_ref() }) else {
        return code::INVALID.into();
    };
    let called = catch_unwind(AssertUnwindSafe(|| call(shared)));
    let (returned, words) = match called {
        Ok(Ok(done)) => done,
        Ok(Err((code, words))) => (code.into(), words),
        Err(_) => {
            let words = "the host came upon an error of its own".to_owned();
            (code::FAILED.into(), words)
        }
    };
    // SAFETY: the caller's promise.
    unsafe { text::write(answer, &words) };
    returned
}

unsafe extern "C" fn retain(context: *mut c_void) {
    // SAFETY: the context is what an Arc points to, and alive.
    unsafe { Arc::increment_strong_count(context.cast::<Shared>().cast_const()) };
}

unsafe extern "C" fn release(context: *mut c_void) {
    // Dropping the last one frees memory, which does not panic; if it did, nobody could be told.
    let _ = catch_unwind(|| {
        // SAFETY: undoes one `retain`.
        unsafe { Arc::decrement_strong_count(context.cast::<Shared>().cast_const()) };
    });
}

unsafe extern "C" fn describe(context: *mut c_void, item: u32, answer: *mut TextBuffer) -> i32 {
    let describe = |shared: &Shared| {
        let host = &shared.host;
        let words = match item {
            item::NODE => host.name().to_owned(),
            item::TOPOLOGY => host.topology().text().to_owned(),
            item::TOPOLOGY_NAME => host.topology().name.clone(),
            item::FOLDER => match host.folder().to_str() {
                Some(folder) => folder.to_owned(),
                None => {
                    let shown = host.folder().display();
                    return Err((code::INVALID, format!("the folder {shown} is not UTF-8")));
                }
            },
            item::GUEST_SERVICES => host.guest_services().join("\n"),
            _ => return Err(invalid("an item that this host does not know")),
        };
        Ok((0, words))
    };
    // SAFETY: the caller's promise is the same.
    (unsafe { guarded(context, answer, describe) }) as i32
}

unsafe extern "C" fn attach(
    context: *mut c_void,
    services: *const Bytes,
    count: usize,
    guest: *const GuestTable,
    answer: *mut TextBuffer,
) -> i64 {
    let attach = |shared: &Shared| {
        let mut names = Vec::new();
        if !services.is_null() {
            // SAFETY: the caller promises that many texts.
            for each in unsafe { std::slice::from_raw_parts(services, count) } {
                // SAFETY: as above; it is copied at once.
                let Some(name) = (unsafe { each.as_text() }) else {
                    return Err(invalid("a service whose name is not UTF-8"));
                };
                names.push(name.to_owned());
            }
        }
        // SAFETY: the caller promises a table of the size that it begins with.
        let guest = unsafe { ForeignGuest::read(guest) }?;
        let attached = shared.host.attach(&names, Arc::new(guest));
        let attached = attached.map_err(|error| failure(&error))?;
        let number = i64::try_from(attached.number).unwrap_or(i64::MAX);
        Ok((number, attached.services.join("\n")))
    };
    // SAFETY: the caller's promise is the same.
    unsafe { guarded(context, answer, attach) }
}

unsafe extern "C" fn detach(context: *mut c_void, number: i64) {
    let detach = |shared: &Shared| {
        shared.host.detach(number.unsigned_abs());
        Ok((0, String::new()))
    };
    // SAFETY: the caller's promise is the same.
    unsafe { guarded(context, std::ptr::null_mut(), detach) };
}

unsafe extern "C" fn connect(
    context: *mut c_void,
    _from: Bytes,
    to: Bytes,
    answer: *mut TextBuffer,
) -> i32 {
    let connect = |shared: &Shared| {
        // SAFETY: the caller promises a text for the time of the call.
        let Some(to) = (unsafe { to.as_text() }) else {
            return Err(invalid("a service whose name is not UTF-8"));
        };
        let connected = shared.host.connect(to).map_err(|error| failure(&error))?;
        Ok((connected.into_raw_fd().into(), String::new()))
    };
    // SAFETY: the caller's promise is the same.
    (unsafe { guarded(context, answer, connect) }) as i32
}

/// A guest, by its table.
struct ForeignGuest {
    context: *mut c_void,
    adopt: unsafe extern "C" fn(*mut c_void, i32, u32, Bytes),
    host_closed: unsafe extern "C" fn(*mut c_void),
}

// SAFETY: whoever gives the table promises that any thread may call its functions.
unsafe impl Send for ForeignGuest {}
// SAFETY: as above.
unsafe impl Sync for ForeignGuest {}

impl ForeignGuest {
    /// # Safety
    /// `table` is null or leads to a table of as many bytes as it says.
    unsafe fn read(table: *const GuestTable) -> Result<Self, Failure> {
        if table.is_null() || !table.is_aligned() {
            return Err(invalid("being joined without a table of its own"));
        }
        // SAFETY: every table has at least these two.
        let (size, version) = unsafe { ((*table).size, (*table).version) };
        if version >> 16 != u32::from(VERSION_MAJOR) {
            let (major, minor) = (version >> 16, version & 0xffff);
            return Err(invalid(&format!(
                "version {major}.{minor} of the tables, and this host speaks {VERSION_MAJOR}.{}; use versions of Mycelium in both \
                 whose first number agrees",
                crate::VERSION_MINOR
            )));
        }
        if (size as usize) < size_of::<GuestTable>() {
            return Err(invalid("being joined with a table that is too short"));
        }
        // SAFETY: it is long enough, as was just seen.
        let table = unsafe { table.read() };
        match (table.adopt, table.host_closed) {
            (Some(adopt), Some(host_closed)) => Ok(Self {
                context: table.context,
                adopt,
                host_closed,
            }),
            _ => Err(invalid("being joined with a table that lacks functions")),
        }
    }
}

impl Guest for ForeignGuest {
    fn adopt(&self, connection: AcceptedConnection) {
        let kind = match connection.kind {
            RouteKind::Ffi => kind::FFI,
            RouteKind::Shm => kind::SHM,
            RouteKind::Unix => kind::UNIX,
            RouteKind::Tcp => kind::TCP,
            // Nothing else is ever accepted.
            RouteKind::Local | RouteKind::None => return,
        };
        let descriptor: OwnedFd = connection.descriptor;
        // SAFETY: the guest's context lives until it has detached, and who detaches waits for this call.
        unsafe {
            (self.adopt)(
                self.context,
                descriptor.into_raw_fd(),
                kind,
                Bytes::of(&connection.read),
            );
        }
    }

    fn host_closed(&self) {
        // SAFETY: as above.
        unsafe { (self.host_closed)(self.context) };
    }
}
