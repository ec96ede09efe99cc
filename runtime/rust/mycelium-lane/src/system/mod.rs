//! What a lane asks of Linux; all `unsafe` of this crate is in here, one concern in each file.

mod eventfd;
mod files;
mod forks;
mod futex;
mod locks;
mod mapping;
mod passing;

pub use eventfd::EventBell;
pub use forks::{Process, Unshared};

pub(crate) use files::{
    create_in_memory, create_unnamed, give_name, open_existing, open_in_memory, path_names,
    remove_name, LaneFile,
};
pub(crate) use futex::FutexBell;
pub(crate) use mapping::Mapping;

/// Dies as by `kill -9`.
#[cfg(feature = "failpoints")]
#[allow(unsafe_code)]
pub(crate) fn kill_this_process() -> ! {
    // SAFETY: no memory is involved; the signal cannot be caught, so that the loop is never left nor run.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    loop {
        std::hint::spin_loop();
    }
}

/// Stops until somebody sends SIGCONT.
#[cfg(feature = "failpoints")]
#[allow(unsafe_code)]
pub(crate) fn stop_this_process() {
    // SAFETY: no memory is involved.
    unsafe { libc::kill(libc::getpid(), libc::SIGSTOP) };
}
