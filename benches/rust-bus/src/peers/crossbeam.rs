//! crossbeam's bounded channel, the payload by value.

use crossbeam_channel::{bounded, Receiver, Sender};

use crate::end::{filled, End, Wait};

/// It is slower there and back with the 64 that others have.
const CAPACITY: usize = 1024;

struct Side<const WORDS: usize> {
    sender: Sender<[u64; WORDS]>,
    receiver: Receiver<[u64; WORDS]>,
    wait: Wait,
}

pub fn ends<const WORDS: usize>(wait: Wait) -> (Box<dyn End>, Box<dyn End>) {
    let (there, from_there) = bounded(CAPACITY);
    let (back, from_back) = bounded(CAPACITY);
    let near = Side::<WORDS> {
        sender: there,
        receiver: from_back,
        wait,
    };
    (
        Box::new(near),
        Box::new(Side::<WORDS> {
            sender: back,
            receiver: from_there,
            wait,
        }),
    )
}

impl<const WORDS: usize> End for Side<WORDS> {
    fn send(&mut self, number: u64) {
        self.sender
            .send(filled(number))
            .expect("the other end lives");
    }

    fn receive(&mut self) -> u64 {
        if self.wait == Wait::Sleep {
            return self.receiver.recv().expect("the other end lives")[0];
        }
        loop {
            if let Ok(message) = self.receiver.try_recv() {
                return message[0];
            }
            std::hint::spin_loop();
        }
    }
}
