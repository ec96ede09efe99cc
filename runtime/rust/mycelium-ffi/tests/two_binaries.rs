//! A host, this program, and a guest in a library that it loads: two binaries with a core each, which share no Rust type.
#![cfg(target_os = "linux")]
#![allow(unsafe_code)]

mod support;

use std::ffi::{c_void, CStr, CString};
use std::mem::transmute;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use mycelium_bus::{LinkState, MessageBus, Node, RequestError};
use mycelium_ffi::{offer, NodeTable, Offer};
use mycelium_generated::conformance::{Texts, Tree};
use support::{tree, Folder, ENGINE, LONG};

type Join = unsafe extern "C" fn(*const NodeTable, bool) -> *mut c_void;
type Publish = unsafe extern "C" fn(*mut c_void, i64);
type Receive = unsafe extern "C" fn(*mut c_void, u64) -> i64;
type Lost = unsafe extern "C" fn(*const c_void) -> u64;
type Request = unsafe extern "C" fn(*const c_void, i64) -> i64;
type Close = unsafe extern "C" fn(*mut c_void);

/// The functions of the library.
#[derive(Clone, Copy)]
struct Library {
    join: Join,
    publish: Publish,
    receive: Receive,
    lost: Lost,
    request: Request,
    close: Close,
}

impl Library {
    fn load() -> Self {
        let path = CString::new(library().as_os_str().as_bytes()).unwrap();
        // SAFETY: the library does nothing when it is loaded; its functions are those of `guest_library/lib.rs`, with these
        // types but for what only it looks into.
        unsafe {
            let library = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
            assert!(!library.is_null(), "{:?}", CStr::from_ptr(libc::dlerror()));
            let find = |name: &CStr| {
                let found = libc::dlsym(library, name.as_ptr());
                assert!(!found.is_null(), "{name:?}");
                found
            };
            Self {
                join: transmute::<*mut c_void, Join>(find(c"guest_join")),
                publish: transmute::<*mut c_void, Publish>(find(c"guest_publish")),
                receive: transmute::<*mut c_void, Receive>(find(c"guest_receive")),
                lost: transmute::<*mut c_void, Lost>(find(c"guest_lost")),
                request: transmute::<*mut c_void, Request>(find(c"guest_request")),
                close: transmute::<*mut c_void, Close>(find(c"guest_close")),
            }
        }
    }
}

/// The library beside this program: `cargo test` builds it, but for a single test it does not.
fn library() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let folder = program.parent().and_then(Path::parent).unwrap();
    let path = folder.join("examples/libguest_library.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guest_library/lib.rs");
    let age = |path: &Path| path.metadata().and_then(|it| it.modified()).ok();
    assert!(
        age(&path) >= age(&source),
        "first build the library: cargo build --package mycelium-ffi --example guest_library"
    );
    path
}

/// A guest in the library. All calls are those of `guest_library/lib.rs`, with the pointer it gave and from one thread.
struct Guest(Library, *mut c_void);

impl Guest {
    fn join(library: Library, offer: &Offer, is_lossy: bool) -> Option<Self> {
        // SAFETY: the offer lives.
        let guest = unsafe { (library.join)(offer.as_ptr(), is_lossy) };
        (!guest.is_null()).then(|| Self(library, guest))
    }

    fn publish(&self, count: i64) {
        // SAFETY: see above.
        unsafe { (self.0.publish)(self.1, count) }
    }

    fn receive(&self, timeout: Duration) -> i64 {
        // SAFETY: see above.
        unsafe { (self.0.receive)(self.1, timeout.as_millis() as u64) }
    }

    fn lost(&self) -> u64 {
        // SAFETY: see above.
        unsafe { (self.0.lost)(self.1) }
    }

    fn request(&self, value: i64) -> i64 {
        // SAFETY: see above.
        unsafe { (self.0.request)(self.1, value) }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        // SAFETY: see above; the pointer is not used any more.
        unsafe { (self.0.close)(self.1) }
    }
}

struct Stage {
    guest: Option<Guest>,
    library: Library,
    offer: Offer,
    feed: MessageBus,
    host: Node,
    _folder: Folder,
}

impl Stage {
    fn new(is_lossy: bool) -> Self {
        let library = Library::load();
        let folder = Folder::new();
        let host = folder.host(ENGINE, &["strategy"]).unwrap();
        let offer = offer(&host).unwrap();
        let guest = Guest::join(library, &offer, is_lossy);
        host.wait_until_connected(LONG).unwrap();
        Self {
            guest,
            library,
            offer,
            feed: host.bus("feed").unwrap(),
            host,
            _folder: folder,
        }
    }

    fn guest(&self) -> &Guest {
        self.guest.as_ref().expect("it has joined")
    }
}

#[test]
fn messages_go_both_ways_and_none_is_lost() {
    const COUNT: i64 = 50_000;
    let stage = Stage::new(false);
    let mut texts = stage.feed.subscriber::<Texts>();
    let publisher = stage.feed.publisher::<Tree>();
    publisher.wait_until_wanted(LONG).unwrap();
    stage.guest().publish(COUNT);
    let sender = thread::spawn(move || {
        for number in 0..COUNT {
            publisher.publish(tree(number)).unwrap();
        }
    });
    for number in 0..COUNT {
        assert_eq!(stage.guest().receive(LONG), number);
        assert_eq!(texts.recv_timeout(LONG).unwrap().long, number.to_string());
    }
    sender.join().unwrap();
    assert_eq!(stage.guest().lost(), 0);
}

#[test]
fn what_a_lossy_guest_misses_is_counted_exactly() {
    let stage = Stage::new(true);
    let publisher = stage.feed.publisher::<Tree>();
    publisher.wait_until_wanted(LONG).unwrap();
    let mut sent = 0;
    for _ in 0..100_000 {
        sent += 1;
        publisher.publish(tree(sent)).unwrap();
    }
    let (mut received, mut last) = (0, 0);
    // Only what arrives tells of what was lost before it.
    while last < sent {
        sent += 1;
        publisher.publish(tree(sent)).unwrap();
        loop {
            match stage.guest().receive(Duration::from_millis(20)) {
                -1 => break,
                next => {
                    assert!(next > last);
                    last = next;
                    received += 1;
                }
            }
        }
    }
    assert_eq!(received + stage.guest().lost(), sent as u64);
}

#[test]
fn requests_are_answered_both_ways() {
    let stage = Stage::new(false);
    stage
        .feed
        .serve::<Tree, Tree>(|asked| Ok(tree(asked.value + 1)));
    for number in 0..1000 {
        let answer = loop {
            let to = Some("strategy");
            match stage
                .feed
                .request_to::<Tree, Tree>(&tree(number), to, Some(LONG))
            {
                // The first may come before the other side knows that somebody serves.
                Err(RequestError::NotServedBy { .. }) => {}
                other => break other.unwrap(),
            }
        };
        assert_eq!(answer.value, number * 2);
    }
    while stage.guest().request(0) == -1 {}
    for number in 0..1000 {
        assert_eq!(stage.guest().request(number), number + 1);
    }
}

#[test]
fn either_side_may_close_first() {
    let mut stage = Stage::new(false);
    let publisher = stage.feed.publisher::<Tree>();
    for life in 0..3 {
        publisher.wait_until_wanted(LONG).unwrap();
        publisher.publish(tree(life)).unwrap();
        assert_eq!(stage.guest().receive(LONG), life);
        stage.guest = None;
        while stage.host.links()[0].state == LinkState::Established {
            thread::yield_now();
        }
        stage.guest = Guest::join(stage.library, &stage.offer, false);
    }
    publisher.wait_until_wanted(LONG).unwrap();
    publisher.publish(tree(9)).unwrap();
    stage.host.close();
    assert_eq!(stage.guest().receive(LONG), 9);
    assert_eq!(stage.guest().receive(LONG), -2);
    assert!(Guest::join(stage.library, &stage.offer, false).is_none());
}
