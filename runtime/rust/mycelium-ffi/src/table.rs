//! What two cores of one process have in common: plain C, described in `include/mycelium_node.h`.
//!
//! Neither side frees what the other allocated. A later version with the same major number only appends to the tables, and
//! counts the minor number up; readers look at no more than `size` bytes of a table.

use std::ffi::c_void;

/// What a table of a node begins with: `MYCENODE`.
pub const MAGIC: u64 = u64::from_le_bytes(*b"MYCENODE");

/// Both sides must have the same.
pub const VERSION_MAJOR: u16 = 1;

/// Counts what was appended.
pub const VERSION_MINOR: u16 = 0;

/// Both in one number: the major one in the upper 16 bits.
pub const VERSION: u32 = (VERSION_MAJOR as u32) << 16 | VERSION_MINOR as u32;

/// What functions of the tables return where they fail; success is 0 or more.
pub mod code {
    /// The host does not leave this service to guests.
    pub const NOT_FOR_GUESTS: i32 = -1;
    /// Another guest runs this service.
    pub const TAKEN: i32 = -2;
    /// All services of guests are taken.
    pub const NONE_LEFT: i32 = -3;
    /// No guest runs this service yet.
    pub const NOT_JOINED: i32 = -4;
    /// The host was closed.
    pub const CLOSED: i32 = -5;
    /// The process was forked after the host was made.
    pub const FORKED: i32 = -6;
    /// The operating system refused.
    pub const SYSTEM: i32 = -7;
    /// An argument is not what it should be.
    pub const INVALID: i32 = -8;
    /// Something that should not happen did; the node may go on.
    pub const FAILED: i32 = -9;
}

/// What [`NodeTable::describe`] tells.
pub mod item {
    /// The node's name.
    pub const NODE: u32 = 1;
    /// The text of its topology.
    pub const TOPOLOGY: u32 = 2;
    /// The file it was read from, or what stands for that.
    pub const TOPOLOGY_NAME: u32 = 3;
    /// Where paths in the topology start from.
    pub const FOLDER: u32 = 4;
    /// All services that the host leaves to guests, one in a line.
    pub const GUEST_SERVICES: u32 = 5;
}

/// What a connection was accepted as.
pub mod kind {
    /// Within the process.
    pub const FFI: u32 = 1;
    /// Beside shared memory.
    pub const SHM: u32 = 2;
    /// By a unix socket.
    pub const UNIX: u32 = 3;
    /// By TCP.
    pub const TCP: u32 = 4;
}

/// Bytes that the callee only reads, during the call. A text is UTF-8, without a zero at its end.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    /// The first of them; may be null where there are none.
    pub bytes: *const u8,
    /// How many.
    pub length: usize,
}

/// Room for a text, which belongs to the caller.
#[repr(C)]
#[derive(Debug)]
pub struct TextBuffer {
    /// The first byte; may be null where there is no room.
    pub bytes: *mut u8,
    /// How many there are.
    pub capacity: usize,
    /// Written by the callee: the length of the text, of which as much was written as there is room for.
    pub length: usize,
}

/// What a host gives its guests. All functions may be called from any thread, and none throws.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct NodeTable {
    /// [`MAGIC`].
    pub magic: u64,
    /// Bytes of the table.
    pub size: u32,
    /// [`VERSION`].
    pub version: u32,
    /// The first argument of every function. It lives while the table is offered, and while somebody retains it.
    pub context: *mut c_void,
    /// Keeps the context alive.
    pub retain: Option<unsafe extern "C" fn(context: *mut c_void)>,
    /// The opposite: once for each `retain`.
    pub release: Option<unsafe extern "C" fn(context: *mut c_void)>,
    /// Writes one of the [items](item); 0, or a [code].
    pub describe: Option<
        unsafe extern "C" fn(context: *mut c_void, item: u32, answer: *mut TextBuffer) -> i32,
    >,
    /// Joins with these services, or without any with all that are left; the number to detach by, and in `answer` the
    /// services, one in a line; or a [code], and in `answer` a sentence. The guest's table is copied, its context must live
    /// until `detach` returns.
    pub attach: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            services: *const Bytes,
            count: usize,
            guest: *const GuestTable,
            answer: *mut TextBuffer,
        ) -> i64,
    >,
    /// Leaves. When it returns, no function of the guest's table runs, and none is called any more.
    pub detach: Option<unsafe extern "C" fn(context: *mut c_void, number: i64)>,
    /// A descriptor, which is the caller's from then on, of a connection from a service of the guest to another of the node
    /// outside the guest; or a [code], and in `answer` a sentence.
    pub connect: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            from: Bytes,
            to: Bytes,
            answer: *mut TextBuffer,
        ) -> i32,
    >,
}

/// What a guest gives its host. The functions may be called from any thread; they return at once, throw nothing, and call
/// no function of the host.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct GuestTable {
    /// Bytes of the table.
    pub size: u32,
    /// [`VERSION`].
    pub version: u32,
    /// The first argument of every function.
    pub context: *mut c_void,
    /// Takes a connection for one of the guest's services: the descriptor, which is the guest's from then on, what it was
    /// accepted [as](kind), and what was read of it already.
    pub adopt:
        Option<unsafe extern "C" fn(context: *mut c_void, descriptor: i32, kind: u32, read: Bytes)>,
    /// The host was closed, and so the guest is to close.
    pub host_closed: Option<unsafe extern "C" fn(context: *mut c_void)>,
}
