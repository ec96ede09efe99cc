//! Handing a doorbell to another process, over a unix socket (SCM_RIGHTS).
#![allow(unsafe_code)]

use std::io;
use std::mem::{size_of, zeroed};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use super::eventfd::EventBell;

/// Room for one descriptor with its header, aligned as the kernel wants it.
type Control = [u64; 4];

impl EventBell {
    /// Sends the bell to another process, with one byte `tag` that the receiver gets as well.
    pub fn send(&self, socket: &UnixStream, tag: u8) -> io::Result<()> {
        let mut payload = [tag];
        let mut part = libc::iovec {
            iov_base: payload.as_mut_ptr().cast(),
            iov_len: 1,
        };
        let mut control: Control = [0; 4];
        let descriptor: RawFd = self.as_fd().as_raw_fd();
        // SAFETY: the message points at locals that outlive the call; CMSG_FIRSTHDR gives the start of `control`, which has room
        // for a header and one descriptor.
        let sent = unsafe {
            let mut message: libc::msghdr = zeroed();
            message.msg_iov = &mut part;
            message.msg_iovlen = 1;
            message.msg_control = control.as_mut_ptr().cast();
            message.msg_controllen = libc::CMSG_SPACE(size_of::<RawFd>() as u32) as _;
            let header = libc::CMSG_FIRSTHDR(&message);
            (*header).cmsg_level = libc::SOL_SOCKET;
            (*header).cmsg_type = libc::SCM_RIGHTS;
            (*header).cmsg_len = libc::CMSG_LEN(size_of::<RawFd>() as u32) as _;
            libc::CMSG_DATA(header)
                .cast::<RawFd>()
                .write_unaligned(descriptor);
            libc::sendmsg(socket.as_raw_fd(), &message, libc::MSG_NOSIGNAL)
        };
        match sent {
            1 => Ok(()),
            -1 => Err(io::Error::last_os_error()),
            _ => Err(io::Error::new(
                io::ErrorKind::WriteZero,
                "the doorbell was not sent",
            )),
        }
    }

    /// Receives what [`send`](Self::send) sent: the bell and the tag. A message without exactly one descriptor is an error.
    pub fn receive(socket: &UnixStream) -> io::Result<(EventBell, u8)> {
        let mut payload = [0u8];
        let mut part = libc::iovec {
            iov_base: payload.as_mut_ptr().cast(),
            iov_len: 1,
        };
        let mut control: Control = [0; 4];
        // SAFETY: as in `send`; the kernel writes at most `msg_controllen` bytes, of which it says how many, and
        // a descriptor it delivered belongs to this process and to nobody else.
        let (received, descriptor) = unsafe {
            let mut message: libc::msghdr = zeroed();
            message.msg_iov = &mut part;
            message.msg_iovlen = 1;
            message.msg_control = control.as_mut_ptr().cast();
            // Room for exactly one: the kernel closes any others that were sent.
            message.msg_controllen = libc::CMSG_LEN(size_of::<RawFd>() as u32) as _;
            let received = libc::recvmsg(socket.as_raw_fd(), &mut message, libc::MSG_CMSG_CLOEXEC);
            let header = if received == 1 {
                libc::CMSG_FIRSTHDR(&message)
            } else {
                std::ptr::null_mut()
            };
            let one = libc::CMSG_LEN(size_of::<RawFd>() as u32) as usize;
            let holds_one = !header.is_null()
                && (*header).cmsg_level == libc::SOL_SOCKET
                && (*header).cmsg_type == libc::SCM_RIGHTS
                && (*header).cmsg_len as usize == one;
            let descriptor = holds_one.then(|| {
                OwnedFd::from_raw_fd(libc::CMSG_DATA(header).cast::<RawFd>().read_unaligned())
            });
            (received, descriptor)
        };
        match (received, descriptor) {
            (-1, _) => Err(io::Error::last_os_error()),
            (0, _) => Err(io::ErrorKind::UnexpectedEof.into()),
            (_, Some(descriptor)) => Ok((EventBell::from_descriptor(descriptor), payload[0])),
            (_, None) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a byte came without its doorbell",
            )),
        }
    }
}
