//! Which node a certificate is for.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_name, WebPkiServerVerifier};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use crate::topology::Node;

/// The names of a node that its certificate may have: its own and its host's.
#[derive(Clone, Debug)]
pub(super) struct NodeNames {
    names: Vec<ServerName<'static>>,
    shown: String,
}

impl NodeNames {
    pub(super) fn of(node: &Node) -> Self {
        let mut shown = format!("node `{}`", node.name);
        if let Some(host) = &node.host {
            shown.push_str(&format!(" or its host `{host}`"));
        }
        let names = [Some(&node.name), node.host.as_ref()];
        let names = names.into_iter().flatten();
        Self {
            names: names
                .filter_map(|name| ServerName::try_from(name.clone()).ok())
                .collect(),
            shown,
        }
    }

    /// One of them, for the peer to see.
    pub(super) fn first(&self) -> Option<ServerName<'static>> {
        self.names.first().cloned()
    }

    /// Refuses a certificate with none of the names.
    pub(super) fn check(&self, certificate: &CertificateDer<'_>) -> Result<(), String> {
        let parsed = ParsedCertificate::try_from(certificate)
            .map_err(|error| format!("the peer's certificate cannot be used: {error}"))?;
        let mut presented = Vec::new();
        for name in &self.names {
            match verify_server_name(&parsed, name) {
                Ok(()) => return Ok(()),
                Err(error) => presented = presented_names(error).unwrap_or(presented),
            }
        }
        Err(self.refusal(&presented))
    }

    pub(super) fn refusal(&self, presented: &[String]) -> String {
        let presented = match presented {
            [] => "nobody".to_owned(),
            names => names.join(", "),
        };
        format!(
            "the peer's certificate is for {presented}, not for {}; its `cert` needs that as a subject alternative name",
            self.shown
        )
    }
}

/// The names in a certificate that was refused for them.
pub(super) fn presented_names(error: Error) -> Option<Vec<String>> {
    match error {
        Error::InvalidCertificate(CertificateError::NotValidForNameContext {
            presented, ..
        }) => Some(presented),
        _ => None,
    }
}

/// Accepts the certificates of one node, signed by the authority.
#[derive(Debug)]
pub(super) struct NodeVerifier {
    pub(super) authority: Arc<WebPkiServerVerifier>,
    pub(super) names: NodeNames,
}

impl ServerCertVerifier for NodeVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut refused = None;
        for name in self.names.names.iter().chain([server_name]) {
            let verified = self.authority.verify_server_cert(
                end_entity,
                intermediates,
                name,
                ocsp_response,
                now,
            );
            match verified {
                Err(Error::InvalidCertificate(
                    error @ (CertificateError::NotValidForName
                    | CertificateError::NotValidForNameContext { .. }),
                )) => refused = Some(error),
                other => return other,
            }
        }
        let error = refused.unwrap_or(CertificateError::NotValidForName);
        Err(Error::InvalidCertificate(error))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authority
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authority
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authority.supported_verify_schemes()
    }
}
