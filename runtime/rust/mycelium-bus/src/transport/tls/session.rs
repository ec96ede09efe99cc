//! One connection protected by TLS.

use std::io::{self, IoSlice, Read, Write};

use mio::net::TcpStream;
use rustls::{AlertDescription, CertificateError, Connection, Error};

use super::identity::{presented_names, NodeNames};
use crate::topology::Node;

/// The state of TLS beside the socket that carries it.
#[derive(Debug)]
pub(in crate::transport) struct TlsSession {
    connection: Connection,
    /// Who it must be, where this side dialled.
    expected: Option<NodeNames>,
}

impl TlsSession {
    pub(super) fn new(connection: Connection, expected: Option<NodeNames>) -> Self {
        Self {
            connection,
            expected,
        }
    }

    pub(in crate::transport) fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    pub(in crate::transport) fn wants_write(&self) -> bool {
        self.connection.wants_write()
    }

    /// True once the handshake is done.
    pub(in crate::transport) fn advance(&mut self, socket: &TcpStream) -> io::Result<bool> {
        loop {
            if !self.flush(socket)? {
                return Ok(false);
            }
            if !self.connection.is_handshaking() {
                return Ok(true);
            }
            match self.take_in(socket) {
                Ok(true) => {}
                Ok(false) => {
                    let message = "the peer hung up in the middle of the TLS handshake";
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(in crate::transport) fn check_peer(&self, node: &Node) -> Result<(), String> {
        let certificate = self.connection.peer_certificates();
        match certificate.and_then(<[_]>::first) {
            Some(certificate) => NodeNames::of(node).check(certificate),
            None => Err("the peer showed no certificate".to_owned()),
        }
    }

    pub(in crate::transport) fn read(
        &mut self,
        socket: &TcpStream,
        bytes: &mut [u8],
    ) -> io::Result<usize> {
        loop {
            match self.connection.reader().read(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // Whoever died could not say that it was the end; frames tell whether it was.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                other => return other,
            }
            self.take_in(socket)?;
            if self.connection.wants_write() {
                self.flush(socket)?;
            }
        }
    }

    /// Takes as much as fits into what rustls holds before it is written.
    pub(in crate::transport) fn write(
        &mut self,
        socket: &TcpStream,
        parts: &[IoSlice<'_>],
    ) -> io::Result<usize> {
        if !self.flush(socket)? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let taken = self.connection.writer().write_vectored(parts)?;
        self.flush(socket)?;
        Ok(taken)
    }

    /// Writes what is encrypted; true once that is nothing.
    pub(in crate::transport) fn flush(&mut self, socket: &TcpStream) -> io::Result<bool> {
        while self.connection.wants_write() {
            match self.connection.write_tls(&mut &*socket) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Tells the peer that this is the end.
    pub(in crate::transport) fn end(&mut self, socket: &TcpStream) {
        self.connection.send_close_notify();
        // Whoever is gone need not be told.
        let _ = self.flush(socket);
    }

    /// Reads once from the socket and takes in what came; false at its end.
    fn take_in(&mut self, socket: &TcpStream) -> io::Result<bool> {
        let count = self.connection.read_tls(&mut &*socket)?;
        if let Err(error) = self.connection.process_new_packets() {
            // The peer is told why.
            let _ = self.flush(socket);
            return Err(self.explained(error));
        }
        Ok(count > 0)
    }

    /// What went wrong, in the words of a topology.
    fn explained(&self, error: Error) -> io::Error {
        let words = match &error {
            Error::InvalidCertificate(certificate) => match certificate {
                CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                    "the peer's certificate is not signed by this node's `ca`".to_owned()
                }
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                    "the peer's certificate has expired".to_owned()
                }
                CertificateError::NotValidForName
                | CertificateError::NotValidForNameContext { .. } => {
                    let presented = presented_names(error.clone()).unwrap_or_default();
                    let expected = self.expected.as_ref();
                    expected.map_or_else(String::new, |names| names.refusal(&presented))
                }
                other => format!("the peer's certificate cannot be used: {other}"),
            },
            Error::NoCertificatesPresented => {
                "the peer showed no certificate; its node needs `tls`".to_owned()
            }
            Error::AlertReceived(
                alert @ (AlertDescription::UnknownCA
                | AlertDescription::BadCertificate
                | AlertDescription::CertificateExpired
                | AlertDescription::CertificateRequired
                | AlertDescription::CertificateUnknown
                | AlertDescription::DecryptError),
            ) => format!(
                "the peer refuses this node's certificate ({alert:?}); see its `ca` and the names in `cert`"
            ),
            Error::InvalidMessage(_) => {
                "the peer does not speak TLS; does its node have `tls`?".to_owned()
            }
            other => format!("TLS: {other}"),
        };
        io::Error::new(io::ErrorKind::InvalidData, words)
    }
}
