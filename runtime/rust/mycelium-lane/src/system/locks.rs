//! Open-file-description locks: one byte says that its holder lives. The kernel drops them when the last descriptor of
//! the open file is gone, however its process ends; process numbers, which are used again, play no part.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// The byte of the writer; reader i has byte 1 + i.
pub(crate) const WRITER_BYTE: i64 = 0;

fn request(kind: libc::c_int, first: i64, count: i64) -> libc::flock {
    // SAFETY: flock is plain numbers, for which zeros are valid.
    let mut request: libc::flock = unsafe { std::mem::zeroed() };
    request.l_type = kind as libc::c_short;
    request.l_whence = libc::SEEK_SET as libc::c_short;
    request.l_start = first;
    request.l_len = count;
    request
}

fn control(
    file: BorrowedFd<'_>,
    command: libc::c_int,
    request: &mut libc::flock,
) -> io::Result<()> {
    // SAFETY: the descriptor is open for the call, and `request` outlives it.
    match unsafe { libc::fcntl(file.as_raw_fd(), command, std::ptr::from_mut(request)) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Takes `count` bytes from `first`; `false` if another open file has one of them.
pub(crate) fn try_lock(file: BorrowedFd<'_>, first: i64, count: i64) -> io::Result<bool> {
    match control(
        file,
        libc::F_OFD_SETLK,
        &mut request(libc::F_WRLCK, first, count),
    ) {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EACCES)) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Gives `count` bytes from `first` back.
pub(crate) fn unlock(file: BorrowedFd<'_>, first: i64, count: i64) -> io::Result<()> {
    control(
        file,
        libc::F_OFD_SETLK,
        &mut request(libc::F_UNLCK, first, count),
    )
}

/// Whether another open file has the byte.
pub(crate) fn is_held(file: BorrowedFd<'_>, byte: i64) -> io::Result<bool> {
    let mut asked = request(libc::F_WRLCK, byte, 1);
    control(file, libc::F_OFD_GETLK, &mut asked)?;
    Ok(asked.l_type != libc::F_UNLCK as libc::c_short)
}
