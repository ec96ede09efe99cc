//! Streams of bytes between processes, and frames over them: unix sockets, TCP, TLS over TCP. Nothing here waits, and nothing
//! has a thread, but for the lookup of a host's name.

mod address;
mod backoff;
mod claim;
mod credentials;
mod dialling;
mod incoming;
mod listener;
mod outgoing;
mod stream;
mod tls;

#[cfg(test)]
mod tests;

pub(crate) use address::Address;
pub(crate) use backoff::Backoff;
pub(crate) use claim::Claim;
pub(crate) use dialling::Dialler;
pub(crate) use incoming::{Filled, Incoming};
pub(crate) use listener::Listener;
pub(crate) use outgoing::Outgoing;
pub(crate) use stream::Stream;
#[cfg(test)]
pub(crate) use tls::TlsConnector;
pub(crate) use tls::TlsSettings;
