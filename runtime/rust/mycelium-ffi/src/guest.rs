//! The functions of a guest's table.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::os::fd::{FromRawFd, OwnedFd};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;

use mycelium_bus::guests::{AcceptedConnection, Entrance, Guest};
use mycelium_bus::topology::RouteKind;

use crate::table::{kind, Bytes, GuestTable, VERSION};

/// The table of a guest; whoever keeps the entrance alive until the host has let it go keeps the table's promise.
pub(crate) fn table_of(entrance: &Arc<Entrance>) -> GuestTable {
    GuestTable {
        size: size_of::<GuestTable>() as u32,
        version: VERSION,
        context: Arc::as_ptr(entrance).cast_mut().cast(),
        adopt: Some(adopt),
        host_closed: Some(host_closed),
    }
}

/// # Safety
/// `context` is that of a table above, and alive.
unsafe fn guarded(context: *mut c_void, call: impl FnOnce(&Entrance)) {
    // SAFETY: the caller's promise.
    let Some(entrance) = (unsafe { context.cast::<Entrance>().as_ref() }) else {
        return;
    };
    // The host cannot do anything about a panic of its guest; the connection at hand is lost, and made anew.
    let _ = catch_unwind(AssertUnwindSafe(|| call(entrance)));
}

unsafe extern "C" fn adopt(context: *mut c_void, descriptor: i32, kind: u32, read: Bytes) {
    if descriptor < 0 {
        return;
    }
    // SAFETY: the host gives it away.
    let descriptor = unsafe { OwnedFd::from_raw_fd(descriptor) };
    let kind = match kind {
        kind::FFI => RouteKind::Ffi,
        kind::SHM => RouteKind::Shm,
        kind::UNIX => RouteKind::Unix,
        kind::TCP => RouteKind::Tcp,
        // A kind that this guest does not know: its end tells the peer.
        _ => return,
    };
    // SAFETY: the host promises them for the time of the call.
    let read = unsafe { read.as_slice() }.to_vec();
    let connection = AcceptedConnection {
        descriptor,
        kind,
        read,
    };
    // SAFETY: the host calls with the context it was given, and not after the guest has detached.
    unsafe { guarded(context, |entrance| entrance.adopt(connection)) };
}

unsafe extern "C" fn host_closed(context: *mut c_void) {
    // SAFETY: as above.
    unsafe { guarded(context, Entrance::host_closed) };
}
