//! The shared-memory lane under the bus, a frame with the payload and nothing around it.

use std::path::Path;
use std::time::Duration;

use mycelium_lane::{Reader, ReaderOptions, Wait as LaneWait, Writer, WriterOptions};

use crate::end::{fill, number_of, End, Wait};

const HEADER_BYTES: usize = 8;
const PATIENCE: Option<Duration> = Some(Duration::from_secs(10));

struct Side {
    writer: Writer,
    reader: Reader,
    frame: Vec<u8>,
}

pub fn end(folder: &Path, size: usize, is_near: bool, wait: Wait) -> Box<dyn End> {
    let [out, into] = if is_near {
        ["there", "back"]
    } else {
        ["back", "there"]
    };
    let wait = match wait {
        Wait::Spin => LaneWait::Spin,
        Wait::Sleep => LaneWait::Block,
    };
    let options = ReaderOptions {
        wait,
        ..ReaderOptions::default()
    };
    let writer = Writer::open(folder.join(out), &WriterOptions::default()).expect("a lane");
    let reader = Reader::open_when_there(folder.join(into), &options, PATIENCE).expect("a lane");
    while writer.readers().expect("its readers") == 0 {
        std::thread::yield_now();
    }
    let mut frame = vec![0xe8, 3, 0, 1];
    frame.extend_from_slice(&(size as u32).to_le_bytes());
    frame.resize(HEADER_BYTES + size, 0);
    Box::new(Side {
        writer,
        reader,
        frame,
    })
}

impl End for Side {
    fn send(&mut self, number: u64) {
        fill(&mut self.frame[HEADER_BYTES..], number);
        self.writer
            .publish(&self.frame, PATIENCE)
            .expect("room in the lane");
    }

    fn receive(&mut self) -> u64 {
        let record = self
            .reader
            .read(PATIENCE)
            .expect("the lane")
            .expect("a record");
        number_of(record.payload())
    }
}
