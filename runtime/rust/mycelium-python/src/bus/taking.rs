//! Taking what came out of an inbox, as messages.

use super::deadline::Deadline;
use super::inbox::{Entry, Inbox};
use super::item::{give_back, Item};
use crate::interpreter::cell::LockedCell;
use crate::interpreter::object::{Owned, Plain, Surprise};
use mycelium_bus::raw::{InboundFrame, ReplyTo, Taken};
use mycelium_bus::RecvError;
use std::rc::Rc;
use std::time::Duration;

/// How long to look with the interpreter's lock held before it is released: releasing and taking it costs about as much as
/// a message that follows soon.
const LOOKING: Duration = Duration::from_micros(2);

/// Most bytes that are kept from one message for the next.
const KEPT_BYTES: usize = 1 << 20;

static SCRATCH: LockedCell<Vec<u8>> = LockedCell::new(Vec::new());

/// A message that came out.
pub struct Received {
    /// The message.
    pub message: Owned,
    /// What it was received for, None for one of this process.
    pub entry: Option<Rc<Entry>>,
    /// Who asked, where it is a request.
    pub asker: Option<ReplyTo>,
}

/// Why no message came out.
pub enum Nothing {
    /// An exception is set.
    Raised,
    /// As the bus says.
    Because(RecvError),
}

impl From<Surprise> for Nothing {
    fn from(_: Surprise) -> Self {
        Self::Raised
    }
}

/// What came out, before it is a message; the bytes of a frame that was met in place are in the scratch.
type Arrived = Taken<Item, (u32, Option<ReplyTo>)>;

impl Inbox {
    /// The next message there is now.
    #[inline(always)]
    pub unsafe fn receive_now(&self) -> Result<Option<Received>, Nothing> {
        // SAFETY: the lock is held; the scratch is taken out while it is used.
        unsafe {
            self.waiting.process.check()?;
            let mut scratch = std::mem::take(&mut *SCRATCH.get());
            let received = loop {
                match self.look(Duration::ZERO, &mut scratch) {
                    Ok(Some(arrived)) => match self.message_of(arrived, &scratch) {
                        Ok(None) => {}
                        received => break received.map_err(Nothing::from),
                    },
                    Ok(None) => break Ok(None),
                    Err(error) => break Err(Nothing::Because(error)),
                }
            };
            keep(scratch);
            give_back();
            received
        }
    }

    /// The next message; waits for it.
    #[inline(always)]
    pub unsafe fn receive(&self, deadline: &Deadline) -> Result<Received, Nothing> {
        // SAFETY: as above.
        unsafe {
            self.waiting.process.check()?;
            let mut scratch = std::mem::take(&mut *SCRATCH.get());
            let received = loop {
                let arrived = match self.look(LOOKING, &mut scratch) {
                    Ok(Some(arrived)) => Ok(arrived),
                    Ok(None) => self.wait(deadline, &mut scratch),
                    Err(error) => Err(Nothing::Because(error)),
                };
                match arrived.and_then(|arrived| Ok(self.message_of(arrived, &scratch)?)) {
                    Ok(None) => {}
                    Ok(Some(received)) => break Ok(received),
                    Err(nothing) => break Err(nothing),
                }
            };
            keep(scratch);
            give_back();
            received
        }
    }

    /// Look for that long, with the interpreter's lock.
    #[inline(always)]
    fn look(&self, time: Duration, scratch: &mut Vec<u8>) -> Result<Option<Arrived>, RecvError> {
        self.raw.spin(time, |key, frame| copy(key, frame, scratch))
    }

    /// Wait without the interpreter's lock.
    #[inline(never)]
    unsafe fn wait(&self, deadline: &Deadline, scratch: &mut Vec<u8>) -> Result<Arrived, Nothing> {
        loop {
            let mut stop = || true;
            let patience = deadline.patience(&mut stop);
            // SAFETY: nothing of Python is touched without the lock.
            let arrived = unsafe {
                self.waiting.released(|| {
                    self.raw
                        .recv_with(patience, |key, frame| copy(key, frame, scratch))
                })
            };
            match arrived {
                Ok(arrived) => return Ok(arrived),
                Err(RecvError::TimedOut | RecvError::Interrupted) => {
                    // SAFETY: the lock is held again.
                    if unsafe { deadline.is_over()? } {
                        return Err(Nothing::Because(RecvError::TimedOut));
                    }
                }
                Err(error) => return Err(Nothing::Because(error)),
            }
        }
    }

    /// What came out as a message; None where it was no bytes of one, which is counted.
    #[inline(always)]
    unsafe fn message_of(&self, arrived: Arrived, scratch: &[u8]) -> Plain<Option<Received>> {
        // SAFETY: the lock is held.
        unsafe {
            match arrived {
                Taken::Direct((key, asker)) => self.decoded(key, scratch, asker),
                Taken::Item(key, Item::Frame(frame)) => self.decoded(key, &frame.body, frame.asker),
                Taken::Item(_, Item::Local(parked)) => {
                    Ok(parked.into_owned().map(|message| Received {
                        message,
                        entry: None,
                        asker: None,
                    }))
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn decoded(
        &self,
        key: u32,
        body: &[u8],
        asker: Option<ReplyTo>,
    ) -> Plain<Option<Received>> {
        // Held while it is used: decoding may run Python code, and that may change what is received.
        let entry = self.entry(key).ok_or(Surprise)?;
        // SAFETY: the lock is held.
        match unsafe { entry.kind.decode(body) } {
            Ok(message) => Ok(Some(Received {
                message,
                entry: Some(entry),
                asker,
            })),
            // SAFETY: as above.
            Err(Surprise) => unsafe { self.count_undecodable(&entry).map(|()| None) },
        }
    }
}

/// Copy a frame out of the driver's hands. A few nanoseconds for most, and then objects are made without the driver: the
/// collector may run meanwhile, and with it any code.
#[inline(always)]
fn copy(key: u32, frame: &InboundFrame<'_>, scratch: &mut Vec<u8>) -> (u32, Option<ReplyTo>) {
    scratch.clear();
    scratch.extend_from_slice(frame.body);
    (key, frame.reply_to())
}

unsafe fn keep(scratch: Vec<u8>) {
    if scratch.capacity() <= KEPT_BYTES {
        // SAFETY: the lock is held, and nobody else has the scratch: it is taken out while it is used.
        unsafe { *SCRATCH.get() = scratch };
    }
}
