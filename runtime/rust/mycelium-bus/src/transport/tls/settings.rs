//! What a node needs for TLS, from its files.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::ring::default_provider;
use rustls::crypto::CryptoProvider;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::version::TLS13;
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use super::files::PemFile;
use super::identity::{NodeNames, NodeVerifier};
use super::session::TlsSession;
use crate::node::NodeError;
use crate::topology::{Node, TlsFiles, Topology};

/// The certificate and key of a node, and the authority it trusts. TLS 1.3 only, and nobody without a certificate.
#[derive(Debug)]
pub(crate) struct TlsSettings {
    accepting: Arc<ServerConfig>,
    authority: Arc<WebPkiServerVerifier>,
    provider: Arc<CryptoProvider>,
    certificates: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// TLS with one peer, as the side that dials.
#[derive(Debug)]
pub(crate) struct TlsConnector {
    config: Arc<ClientConfig>,
    names: NodeNames,
    name: ServerName<'static>,
}

impl TlsSettings {
    /// Reads the files that a node names, which are beside the topology's; None where it names none.
    ///
    /// # Errors
    /// [`NodeError::Tls`] says which file, where it is named, and what is wrong with it.
    pub(crate) fn load(
        topology: &Topology,
        folder: &Path,
        node: &Node,
    ) -> Result<Option<Arc<Self>>, NodeError> {
        let Some(files) = &node.tls else {
            return Ok(None);
        };
        let settings = Self::read(topology, folder, node, files).map_err(NodeError::Tls)?;
        Ok(Some(Arc::new(settings)))
    }

    fn read(
        topology: &Topology,
        folder: &Path,
        node: &Node,
        files: &TlsFiles,
    ) -> Result<Self, String> {
        let file = |key: &str, path: &Path| {
            let place = format!(
                "{}:{}: `{key}` of `{}`",
                topology.name, node.line, node.name
            );
            PemFile::new(place, folder, path)
        };
        let (cert, key, ca) = (
            file("cert", &files.cert),
            file("key", &files.key),
            file("ca", &files.ca),
        );
        let (certificates, private_key) = (cert.certificates()?, key.key()?);
        let mut roots = RootCertStore::empty();
        for certificate in ca.certificates()? {
            roots
                .add(certificate)
                .map_err(|error| ca.problem(format_args!("cannot be an authority: {error}")))?;
        }
        let (roots, provider) = (Arc::new(roots), Arc::new(default_provider()));
        let no_authority =
            |error: &dyn std::fmt::Display| ca.problem(format_args!("cannot be used: {error}"));
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider))
                .build()
                .map_err(|error| no_authority(&error))?;
        let authority = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
            .build()
            .map_err(|error| no_authority(&error))?;
        let mut accepting = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13])
            .map_err(|error| error.to_string())?
            .with_client_cert_verifier(clients)
            .with_single_cert(certificates.clone(), private_key.clone_key())
            .map_err(|error| key.problem(format_args!("does not fit the certificate: {error}")))?;
        // Every connection proves itself anew.
        accepting.session_storage = Arc::new(NoServerSessionStorage {});
        accepting.send_tls13_tickets = 0;
        Ok(Self {
            accepting: Arc::new(accepting),
            authority,
            provider,
            certificates,
            key: private_key,
        })
    }

    /// How to dial a node.
    pub(crate) fn connector(&self, node: &Node) -> Result<TlsConnector, NodeError> {
        let names = NodeNames::of(node);
        let Some(name) = names.first() else {
            let message = format!(
                "neither `{}` nor its host can be the name in a certificate; rename the node",
                node.name
            );
            return Err(NodeError::Tls(message));
        };
        let verifier = NodeVerifier {
            authority: Arc::clone(&self.authority),
            names: names.clone(),
        };
        let refused = |error: rustls::Error| NodeError::Tls(error.to_string());
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&[&TLS13])
            .map_err(refused)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_client_auth_cert(self.certificates.clone(), self.key.clone_key())
            .map_err(refused)?;
        config.resumption = Resumption::disabled();
        Ok(TlsConnector {
            config: Arc::new(config),
            names,
            name,
        })
    }

    pub(in crate::transport) fn accept(&self) -> io::Result<TlsSession> {
        let connection = ServerConnection::new(Arc::clone(&self.accepting));
        let connection = connection.map_err(io::Error::other)?;
        Ok(TlsSession::new(connection.into(), None))
    }
}

impl TlsConnector {
    pub(in crate::transport) fn connect(&self) -> io::Result<TlsSession> {
        let connection = ClientConnection::new(Arc::clone(&self.config), self.name.clone());
        let connection = connection.map_err(io::Error::other)?;
        Ok(TlsSession::new(connection.into(), Some(self.names.clone())))
    }
}
