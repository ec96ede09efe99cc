//! Mutual TLS: both sides show a certificate of the same authority, which names them.

mod files;
mod identity;
mod session;
mod settings;

pub(super) use session::TlsSession;

pub(crate) use settings::{TlsConnector, TlsSettings};
