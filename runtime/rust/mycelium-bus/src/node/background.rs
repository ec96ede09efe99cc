//! The one thread of a node that drives while nobody else does.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::core::NodeCore;
use super::error::NodeError;
use super::seat::Seat;

/// Starts it. It ends when the node is closed.
pub(crate) fn start(core: &Arc<NodeCore>) -> Result<JoinHandle<()>, NodeError> {
    let core = Arc::clone(core);
    thread::Builder::new()
        .name("mycelium-node".to_owned())
        .spawn(move || {
            if let Some(seat) = core.seat() {
                drive_when_nobody_does(&core, seat);
            }
        })
        .map_err(|error| NodeError::system("starting the node's thread", error))
}

fn drive_when_nobody_does(core: &NodeCore, seat: &Seat) {
    while !core.is_closed() {
        let Some(mut driver) = seat.wait_in_background(|| core.is_closed()) else {
            continue;
        };
        seat.sit_in_background();
        while !seat.is_awaited() && !core.is_closed() {
            driver.turn(core, &mut None, false);
            if seat.is_awaited() {
                break;
            }
            driver.sleep(core, None);
        }
        seat.get_up_in_background(driver);
    }
}
