//! The file of a lane: made without a name and linked to it when it is complete; opened, locked, compared with its name.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::forks::{Guarded, Process};
use super::locks::{is_held, try_lock, unlock, WRITER_BYTE};
use crate::protocol::{ReaderLocks, HEADER_BYTES, READERS_MAX};

/// The open file of a lane, and with it the locks that say who lives.
#[derive(Debug)]
pub(crate) struct LaneFile {
    descriptor: Guarded,
}

/// What identifies a file for as long as it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

impl LaneFile {
    pub(crate) fn descriptor(&self) -> io::Result<BorrowedFd<'_>> {
        self.descriptor.descriptor()
    }

    pub(crate) fn process(&self) -> Process {
        self.descriptor.process()
    }

    /// Lends the descriptor as a `File`, without a second one that a fork could carry off.
    fn with_file<R>(&self, job: impl FnOnce(&File) -> io::Result<R>) -> io::Result<R> {
        // SAFETY: the descriptor is open for as long as self, and `ManuallyDrop` does not close it.
        let file = ManuallyDrop::new(unsafe { File::from_raw_fd(self.descriptor()?.as_raw_fd()) });
        job(&file)
    }

    /// The same file, opened once more, to be mapped. A mapping keeps its open file alive, also in a forked child; were it the
    /// one that holds the locks, they would outlive their owner there.
    pub(crate) fn reopened(&self) -> io::Result<OwnedFd> {
        let name = format!("/proc/self/fd/{}", self.descriptor()?.as_raw_fd());
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(libc::O_CLOEXEC);
        Ok(options.open(name)?.into())
    }

    pub(crate) fn size(&self) -> io::Result<u64> {
        Ok(self.with_file(File::metadata)?.len())
    }

    fn identity(&self) -> io::Result<Identity> {
        Ok(identity_of(&self.with_file(File::metadata)?))
    }

    pub(crate) fn header(&self) -> io::Result<[u8; HEADER_BYTES]> {
        let mut bytes = [0; HEADER_BYTES];
        self.with_file(|file| file.read_exact_at(&mut bytes, 0))?;
        Ok(bytes)
    }

    pub(crate) fn write_header(&self, bytes: &[u8; HEADER_BYTES]) -> io::Result<()> {
        self.with_file(|file| file.write_all_at(bytes, 0))
    }

    /// Takes real memory for the whole file, so that there is an error now instead of a SIGBUS later.
    pub(crate) fn allocate(&self, bytes: u64) -> io::Result<()> {
        // SAFETY: no memory is involved.
        match unsafe {
            libc::posix_fallocate(self.descriptor()?.as_raw_fd(), 0, bytes as libc::off_t)
        } {
            0 => Ok(()),
            error => Err(io::Error::from_raw_os_error(error)),
        }
    }

    pub(crate) fn try_lock_writer(&self) -> io::Result<bool> {
        try_lock(self.descriptor()?, WRITER_BYTE, 1)
    }

    pub(crate) fn is_writer_alive(&self) -> io::Result<bool> {
        is_held(self.descriptor()?, WRITER_BYTE)
    }

    pub(crate) fn try_lock_all_readers(&self) -> io::Result<bool> {
        try_lock(self.descriptor()?, WRITER_BYTE + 1, READERS_MAX.into())
    }

    pub(crate) fn is_reader_alive(&self, slot: usize) -> io::Result<bool> {
        is_held(self.descriptor()?, WRITER_BYTE + 1 + slot as i64)
    }
}

impl ReaderLocks for LaneFile {
    fn try_lock_reader(&self, slot: usize) -> io::Result<bool> {
        try_lock(self.descriptor()?, WRITER_BYTE + 1 + slot as i64, 1)
    }

    fn unlock_reader(&self, slot: usize) -> io::Result<()> {
        unlock(self.descriptor()?, WRITER_BYTE + 1 + slot as i64, 1)
    }
}

/// Makes a file that has no name yet, in the folder of `path`, for its user alone. Whoever dies before naming it leaves nothing.
pub(crate) fn create_unnamed(path: &Path) -> io::Result<LaneFile> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .mode(0o600)
        .custom_flags(libc::O_TMPFILE | libc::O_CLOEXEC);
    Ok(LaneFile {
        descriptor: Guarded::open(|| options.open(folder).map(Into::into))?,
    })
}

/// Makes a file in memory that never has a name, for its user alone.
pub(crate) fn create_in_memory() -> io::Result<LaneFile> {
    let descriptor = Guarded::open(|| {
        // SAFETY: the name is a string that outlives the call.
        match unsafe { libc::memfd_create(c"mycelium-lane".as_ptr(), libc::MFD_CLOEXEC) } {
            -1 => Err(io::Error::last_os_error()),
            // SAFETY: the call has just opened it, so that nobody else owns it.
            descriptor => Ok(unsafe { OwnedFd::from_raw_fd(descriptor) }),
        }
    })?;
    let file = LaneFile { descriptor };
    file.with_file(|file| file.set_permissions(fs::Permissions::from_mode(0o600)))?;
    Ok(file)
}

/// Opens a file in memory of this process once more, by the number of its descriptor: locks tell the two apart.
pub(crate) fn open_in_memory(number: u32) -> io::Result<LaneFile> {
    // The name is a link by nature.
    open_with(
        Path::new(&format!("/proc/self/fd/{number}")),
        libc::O_CLOEXEC | libc::O_NONBLOCK,
    )
}

/// Gives a file its name; fails with `AlreadyExists` if there is one of that name.
pub(crate) fn give_name(file: &LaneFile, path: &Path) -> io::Result<()> {
    let source = CString::new(format!("/proc/self/fd/{}", file.descriptor()?.as_raw_fd()))?;
    let target = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: both paths are strings that outlive the call.
    let result = unsafe {
        libc::linkat(
            libc::AT_FDCWD,
            source.as_ptr(),
            libc::AT_FDCWD,
            target.as_ptr(),
            libc::AT_SYMLINK_FOLLOW,
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Opens a lane's file; not through a symbolic link, and nothing but a regular file.
pub(crate) fn open_existing(path: &Path) -> io::Result<LaneFile> {
    open_with(path, libc::O_CLOEXEC | libc::O_NOFOLLOW | libc::O_NONBLOCK)
}

fn open_with(path: &Path, flags: libc::c_int) -> io::Result<LaneFile> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags(flags);
    let descriptor = Guarded::open(|| options.open(path).map(Into::into))?;
    let opened = LaneFile { descriptor };
    let metadata = opened.with_file(File::metadata)?;
    // SAFETY: no memory is involved.
    let own = metadata.uid() == unsafe { libc::geteuid() } && metadata.mode() & 0o077 == 0;
    match (metadata.is_file(), own) {
        (true, true) => Ok(opened),
        (false, _) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        )),
        (true, false) => {
            let message = "it must belong to this user, and be closed to others (mode 0600)";
            Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
        }
    }
}

/// Whether `path` still is the name of the open file.
pub(crate) fn path_names(path: &Path, file: &LaneFile) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(identity_of(&metadata) == file.identity()?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes the name of a file whose locks the caller holds.
pub(crate) fn remove_name(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn identity_of(metadata: &fs::Metadata) -> Identity {
    Identity {
        device: metadata.dev(),
        inode: metadata.ino(),
    }
}
