//! The one thread of a node that drives while nobody else does.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::core::NodeCore;
use super::error::NodeError;
use super::waiting::DrivingLinks;

/// Starts it. It ends when the node is closed.
pub(crate) fn start(core: &Arc<NodeCore>) -> Result<JoinHandle<()>, NodeError> {
    let core = Arc::clone(core);
    thread::Builder::new()
        .name("mycelium-node".to_owned())
        .spawn(move || {
            if let Some(seat) = core.seat() {
                let mut driving = DrivingLinks {
                    core: &core,
                    direct: None,
                };
                seat.drive_when_nobody_does(&mut driving, || core.is_closed());
            }
        })
        .map_err(|error| NodeError::system("starting the node's thread", error))
}
