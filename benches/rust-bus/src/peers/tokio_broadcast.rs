//! tokio's broadcast channel, which like the bus has any number of receivers, and unlike it forgets what they are slow to read.

use tokio::sync::broadcast::{channel, error::RecvError, Receiver, Sender};

use crate::end::{filled, End, Wait};

/// Above what one turn sends one way, so that nothing is forgotten in the measurement.
const CAPACITY: usize = 1 << 16;

struct Side<const WORDS: usize> {
    sender: Sender<[u64; WORDS]>,
    receiver: Receiver<[u64; WORDS]>,
    wait: Wait,
}

pub fn ends<const WORDS: usize>(wait: Wait) -> (Box<dyn End>, Box<dyn End>) {
    let (there, from_there) = channel(CAPACITY);
    let (back, from_back) = channel(CAPACITY);
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
            return match self.receiver.blocking_recv() {
                Ok(message) => message[0],
                Err(RecvError::Lagged(_) | RecvError::Closed) => panic!("messages were lost"),
            };
        }
        loop {
            if let Ok(message) = self.receiver.try_recv() {
                return message[0];
            }
            std::hint::spin_loop();
        }
    }
}
