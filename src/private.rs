//! Files and directories of our own, for this user alone, and the names that they get.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
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

/// The permission bits that let others than the owner do something.
pub(crate) const OTHERS: u32 = 0o077;

/// The permission bits of a file or a directory; where the system has none, those of one that is its owner's.
#[cfg(unix)]
pub(crate) fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o7777
}

#[cfg(not(unix))]
pub(crate) fn mode(_: &Metadata) -> u32 {
    0o700
}

/// Takes all permissions from group and others.
#[cfg(unix)]
pub(crate) fn close(path: &Path, metadata: &Metadata) -> std::io::Result<()> {
    let closed = std::os::unix::fs::PermissionsExt::from_mode(mode(metadata) & 0o700);
    std::fs::set_permissions(path, closed)
}

#[cfg(not(unix))]
pub(crate) fn close(_: &Path, _: &Metadata) -> std::io::Result<()> {
    Ok(())
}

/// Whether another user than this one and root can write a file or a directory.
///
/// The group of a person who has one for themselves (its number is the person's own, and it has no other
/// member) counts as the person: many systems make all files writable for it.
#[cfg(unix)]
pub(crate) fn writable_by_others(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    let is_of_me_alone = || {
        let me = rustix::process::geteuid().as_raw();
        metadata.gid() == me && me != 0 && is_private(metadata.gid())
    };
    metadata.mode() & 0o002 != 0 || metadata.mode() & 0o020 != 0 && !is_of_me_alone()
}

#[cfg(not(unix))]
pub(crate) fn writable_by_others(_: &Metadata) -> bool {
    false
}

/// Whether /etc/group names no members of a group. Not by the system's name service, which may ask a
/// network.
#[cfg(unix)]
fn is_private(group: u32) -> bool {
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    groups.lines().filter_map(|line| line.split_once(':')).all(|(name, rest)| {
        let mut fields = rest.split(':').skip(1);
        let (id, members) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        id.parse() != Ok(group) || members.is_empty() || members == name
    })
}

/// The first `bytes` of the SHA-256 of something, in hexadecimal digits: what tells it from others, as a
/// name or a note that says nothing about it.
pub(crate) fn fingerprint(of: impl AsRef<[u8]>, bytes: usize) -> String {
    Sha256::digest(of).iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}
