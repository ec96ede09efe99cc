//! PEM files, with errors that say which and what to do.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// Bytes of a PEM file; one that is larger is none.
const FILE_SIZE_MAX: u64 = 1 << 20;

/// One of the files that a node of a topology names.
pub(super) struct PemFile {
    /// Where the topology names it, for errors.
    place: String,
    path: PathBuf,
}

impl PemFile {
    pub(super) fn new(place: String, folder: &Path, path: &Path) -> Self {
        Self {
            place,
            path: folder.join(path),
        }
    }

    /// An error about this file.
    pub(super) fn problem(&self, problem: impl std::fmt::Display) -> String {
        format!("{}: {} {problem}", self.place, self.path.display())
    }

    /// All certificates in it, at least one.
    pub(super) fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        let bytes = self.read(|_| Ok(()))?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
        let found = found.map_err(|error| self.problem(format_args!("is no PEM file: {error}")))?;
        match found.is_empty() {
            false => Ok(found),
            true => Err(self.problem("holds no certificate (BEGIN CERTIFICATE)")),
        }
    }

    /// The key in it. Nobody else may be able to read the file.
    pub(super) fn key(&self) -> Result<PrivateKeyDer<'static>, String> {
        let bytes = self.read(|file| {
            let mode = file.metadata().map(|metadata| metadata.mode() & 0o777);
            match mode {
                Ok(mode) if mode & 0o077 == 0 => Ok(()),
                Ok(mode) => {
                    let path = self.path.display();
                    let message = format!("is open to others (mode {mode:03o}); chmod 600 {path}");
                    Err(self.problem(message))
                }
                Err(error) => Err(self.problem(format_args!("cannot be read: {error}"))),
            }
        })?;
        PrivateKeyDer::from_pem_slice(&bytes)
            .map_err(|_| self.problem("holds no private key that can be used (BEGIN PRIVATE KEY)"))
    }

    fn read(&self, check: impl FnOnce(&File) -> Result<(), String>) -> Result<Vec<u8>, String> {
        let cannot = |error| self.problem(format_args!("cannot be read: {error}"));
        let file = File::open(&self.path).map_err(cannot)?;
        check(&file)?;
        let mut bytes = Vec::new();
        file.take(FILE_SIZE_MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(cannot)?;
        match bytes.len() as u64 > FILE_SIZE_MAX {
            false => Ok(bytes),
            true => Err(self.problem(format_args!("is larger than {FILE_SIZE_MAX} bytes"))),
        }
    }
}
