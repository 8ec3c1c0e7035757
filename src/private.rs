//! Files and directories of our own, for this user alone, and the names that they get.

use std::fs::{DirBuilder, File, OpenOptions};
use std::path::Path;

use sha2::{Digest, Sha256};

/// Creates a directory and its parents for this user alone.
pub(crate) fn private_directory(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file, and creates it for this user alone.
pub(crate) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The first `bytes` of the SHA-256 of something, in hexadecimal digits: what tells it from others, as a
/// name or a note that says nothing about it.
pub(crate) fn fingerprint(of: impl AsRef<[u8]>, bytes: usize) -> String {
    Sha256::digest(of).iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}
