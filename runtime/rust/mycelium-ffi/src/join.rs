//! Joining the node of another core.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use mycelium_bus::guests::{Entrance, Host};
use mycelium_bus::topology::Topology;
use mycelium_bus::Node;

use crate::error::JoinError;
use crate::guest;
use crate::table::{code, item, Bytes, GuestTable, NodeTable, TextBuffer, MAGIC, VERSION_MAJOR};
use crate::text;

/// Joins a node that another library of this process offers, with these of the services that it leaves to guests, or without
/// any with all that are left. The node this gives has just these services; the table is not used any more when this returns.
///
/// # Errors
/// There is no table, or one of another version; a service is not for guests, or is taken, or none is left; the host was
/// closed, or was made before this process was forked; what a node needs cannot be had: see [`NodeError`](mycelium_bus::NodeError).
///
/// # Safety
/// `table` is null, or the table of an offer that lives for as long as this call, or that some other code of these versions
/// made with the same promises.
pub unsafe fn join(table: *const NodeTable, services: &[&str]) -> Result<Node, JoinError> {
    // SAFETY: the caller's promise.
    let functions = unsafe { Functions::read(table) }?;
    // SAFETY: the context lives for as long as the table is offered.
    let host = unsafe { Retained::new(functions) };
    let name = host.describe(item::NODE)?;
    let text = host.describe(item::TOPOLOGY)?;
    let text_name = host.describe(item::TOPOLOGY_NAME)?;
    let folder = host.describe(item::FOLDER)?;
    let guest_services = lines(&host.describe(item::GUEST_SERVICES)?);
    let topology = Topology::read(&text, &text_name).map_err(JoinError::Topology)?;
    let entrance = Arc::new(Entrance::default());
    let joined = Joined::attach(host, Arc::clone(&entrance), services)?;
    let services = joined.services.clone();
    let joined = Arc::new(joined);
    let node = entrance.start(
        topology,
        Path::new(&folder),
        &name,
        services,
        guest_services,
        joined,
    )?;
    Ok(node)
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// A host's table, whole.
#[derive(Clone, Copy)]
struct Functions {
    context: *mut c_void,
    retain: unsafe extern "C" fn(*mut c_void),
    release: unsafe extern "C" fn(*mut c_void),
    describe: unsafe extern "C" fn(*mut c_void, u32, *mut TextBuffer) -> i32,
    attach: unsafe extern "C" fn(
        *mut c_void,
        *const Bytes,
        usize,
        *const GuestTable,
        *mut TextBuffer,
    ) -> i64,
    detach: unsafe extern "C" fn(*mut c_void, i64),
    connect: unsafe extern "C" fn(*mut c_void, Bytes, Bytes, *mut TextBuffer) -> i32,
}

impl Functions {
    /// # Safety
    /// `table` is null or leads to a table, of as many bytes as it says.
    unsafe fn read(table: *const NodeTable) -> Result<Self, JoinError> {
        if table.is_null() {
            return Err(JoinError::NoTable("the pointer is null"));
        }
        if !table.is_aligned() {
            return Err(JoinError::NoTable("the pointer is not aligned"));
        }
        // SAFETY: every table begins with this.
        let magic = unsafe { (*table).magic };
        if magic != MAGIC {
            return Err(JoinError::NoTable("what is there does not begin like one"));
        }
        // SAFETY: and goes on with these two.
        let (size, version) = unsafe { ((*table).size, (*table).version) };
        let host = ((version >> 16) as u16, version as u16);
        if host.0 != VERSION_MAJOR {
            return Err(JoinError::Version { host });
        }
        if (size as usize) < size_of::<NodeTable>() {
            return Err(JoinError::NoTable("it is shorter than its version says"));
        }
        // SAFETY: it is long enough, as was just seen.
        let table = unsafe { table.read() };
        let lacking = || JoinError::NoTable("it lacks functions");
        Ok(Self {
            context: table.context,
            retain: table.retain.ok_or_else(lacking)?,
            release: table.release.ok_or_else(lacking)?,
            describe: table.describe.ok_or_else(lacking)?,
            attach: table.attach.ok_or_else(lacking)?,
            detach: table.detach.ok_or_else(lacking)?,
            connect: table.connect.ok_or_else(lacking)?,
        })
    }
}

/// A host whose context is kept alive.
struct Retained(Functions);

// SAFETY: a host promises that any thread may call its functions.
unsafe impl Send for Retained {}
// SAFETY: as above.
unsafe impl Sync for Retained {}

impl Retained {
    /// # Safety
    /// The context is alive.
    unsafe fn new(functions: Functions) -> Self {
        // SAFETY: the caller's promise.
        unsafe { (functions.retain)(functions.context) };
        Self(functions)
    }

    fn describe(&self, item: u32) -> Result<String, JoinError> {
        let describe = |buffer: *mut TextBuffer| {
            // SAFETY: the context is kept alive, and the buffer has the room it says.
            unsafe { (self.0.describe)(self.0.context, item, buffer) }
        };
        match text::read(true, describe) {
            (0.., text) => Ok(text),
            (code, reason) => Err(JoinError::Refused { code, reason }),
        }
    }
}

impl Drop for Retained {
    fn drop(&mut self) {
        // SAFETY: undoes `retain`, once.
        unsafe { (self.0.release)(self.0.context) };
    }
}

/// A host that this library has joined. The entrance lives until the host has let it go.
struct Joined {
    host: Retained,
    number: i64,
    services: Vec<String>,
    is_detached: AtomicBool,
    _entrance: Arc<Entrance>,
}

impl Joined {
    fn attach(
        host: Retained,
        entrance: Arc<Entrance>,
        services: &[&str],
    ) -> Result<Self, JoinError> {
        let names: Vec<_> = services
            .iter()
            .map(|name| Bytes::of(name.as_bytes()))
            .collect();
        let table = guest::table_of(&entrance);
        let attach = |buffer: *mut TextBuffer| {
            let (functions, count) = (&host.0, names.len());
            // SAFETY: the context is kept alive; names and table are there for the time of the call, and the buffer has the
            // room it says. The entrance lives until `detach`.
            unsafe { (functions.attach)(functions.context, names.as_ptr(), count, &table, buffer) }
        };
        // Once only: attaching twice would be refused.
        let (number, answer) = text::read(false, attach);
        if number < 0 {
            let code = i32::try_from(number).unwrap_or(code::FAILED);
            return Err(JoinError::Refused {
                code,
                reason: answer,
            });
        }
        Ok(Self {
            host,
            number,
            services: lines(&answer),
            is_detached: AtomicBool::new(false),
            _entrance: entrance,
        })
    }
}

impl Host for Joined {
    fn connect(&self, from: &str, to: &str) -> io::Result<OwnedFd> {
        let (from, to) = (Bytes::of(from.as_bytes()), Bytes::of(to.as_bytes()));
        let connect = |buffer: *mut TextBuffer| {
            let functions = &self.host.0;
            // SAFETY: the context is kept alive, the texts are there for the time of the call, the buffer has the room it says.
            unsafe { (functions.connect)(functions.context, from, to, buffer) }
        };
        match text::read(false, connect) {
            // SAFETY: the host gives it away.
            (descriptor @ 0.., _) => Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }),
            (_, reason) => Err(io::Error::other(reason)),
        }
    }

    fn detach(&self) {
        if !self.is_detached.swap(true, Ordering::AcqRel) {
            // SAFETY: the context is kept alive.
            unsafe { (self.host.0.detach)(self.host.0.context, self.number) };
        }
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.detach();
    }
}
