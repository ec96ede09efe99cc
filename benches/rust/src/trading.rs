//! The reference schemas' generated code, as modules: a lock file cannot name two crates `mycelium-generated`.

#![allow(dead_code, reason = "one message of many is measured")]

#[path = "../../../generated/rust/src/trading/instrument.rs"]
pub mod instrument;
#[path = "../../../generated/rust/src/trading/market.rs"]
pub mod market;
