//! The contestants, one a file.

pub mod bus_between_processes;
pub mod bus_between_threads;
pub mod cache_line;
pub mod crossbeam;
pub mod disruptor;
pub mod iceoryx2;
pub mod lane;
pub mod tokio_broadcast;
pub mod unix_socket;
