//! How the threads of a node hand its links over: files of `mycelium-bus` as they ship, without the links themselves, for the
//! models in `models`. There is nothing here unless loom runs it, by `scripts/test-loom`.
#![cfg(all(test, loom))]
#![allow(dead_code, reason = "the files come with what only the bus needs")]

#[path = "../../mycelium-bus/src/overflow.rs"]
mod overflow;
#[path = "../../mycelium-bus/src/patience.rs"]
mod patience;
#[path = "../../mycelium-bus/src/synchronization.rs"]
mod synchronization;

#[path = "../../mycelium-bus/src/local"]
mod local {
    pub(crate) use bell::{sleeper, Bell};

    mod bell;
}

#[path = "../../mycelium-bus/src/node"]
mod node {
    pub(crate) mod hand_over;
    pub(crate) mod nudge;
    pub(crate) mod seat;
}

mod models;
