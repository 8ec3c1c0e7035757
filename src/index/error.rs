//! What can be wrong with the state file, and what to say about it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::Error;
use crate::private::private_file;

use super::Index;
use super::open::beside;

/// A state file that could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Not an SQLite file, or one with broken pages.
    #[error("the state file {} is damaged ({reason})", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// Written by a later version of this program.
    #[error(
        "the state file {} has schema version {found}, this aws-sso {ours} knows versions up to {known}: update aws-sso, \
         or set AWS_SSO_STATE to another file", path.display(), ours = env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version found in it.
        found: i64,
        /// The latest version known here.
        known: i64,
    },
    /// Another process held the write lock for longer than the time we wait.
    #[error("the state file {} is locked by another process: try again, or see who holds it with lsof", .0.display())]
    Locked(PathBuf),
    /// The file or its directory cannot be written.
    #[error("could not write the state file {}: it is read-only; set AWS_SSO_STATE to a file that can be written", .0.display())]
    ReadOnly(PathBuf),
    /// The file or a directory on the way to it may not be opened.
    #[error(
        "the state file {} may not be opened: run 'chmod u+rwX' on it and on its directory, or set AWS_SSO_STATE to another \
         file", .0.display()
    )]
    Denied(PathBuf),
    /// A directory or a device lies there.
    #[error("{} is in the place of the state file and no file: move it away, or set AWS_SSO_STATE to a file", .0.display())]
    NoFile(PathBuf),
    /// Nothing can be locked where the file lies.
    #[error(
        "the state file {} cannot be locked, as on a network file system without locks: set AWS_SSO_STATE to a file on a \
         local disk", .0.display()
    )]
    NoLocks(PathBuf),
    /// No space is left.
    #[error("could not write the state file {}: the disk is full; free some space and try again", .0.display())]
    Full(PathBuf),
    /// Two roles of one instance would have the same profile name.
    #[error("{0}")]
    Names(String),
    /// Anything else.
    #[error("could not use the state file {}: {reason}; see what lies there, or set AWS_SSO_STATE to another file", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
}

impl IndexError {
    /// The meaning of an SQLite error in the file at `path`.
    pub(crate) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let reason = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { path, reason },
            Some(ErrorCode::DatabaseBusy | ErrorCode::SystemIoFailure) if !can_lock(&path) => Self::NoLocks(path),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(path),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(path),
            Some(ErrorCode::DiskFull) => Self::Full(path),
            // SQLite has no word for a disk that is too full for its shared memory file.
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) if is_disk_full(&path) => Self::Full(path),
            // Nor does it say why.
            Some(ErrorCode::CannotOpen) => match File::open(&path) {
                Err(error) => Self::io(&path, &error),
                Ok(_) => Self::Other { path, reason },
            },
            _ => Self::Other { path, reason },
        }
    }

    /// The meaning of an error of the file system at `path`.
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(path),
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full(path),
            std::io::ErrorKind::PermissionDenied => Self::Denied(path),
            std::io::ErrorKind::IsADirectory => Self::NoFile(path),
            _ => Self::Other { path, reason: error.to_string() },
        }
    }
}

/// Whether less is free beside `path` than SQLite needs to work.
#[cfg(unix)]
fn is_disk_full(path: &Path) -> bool {
    let free = path.parent().and_then(|directory| rustix::fs::statvfs(directory).ok());
    free.is_some_and(|free| free.f_bavail.saturating_mul(free.f_frsize) < 64 * 1024)
}

#[cfg(not(unix))]
fn is_disk_full(_: &Path) -> bool {
    false
}

/// Whether locks work where the file at `path` lies. SQLite takes a lock that cannot be had for one that
/// somebody holds.
pub(super) fn can_lock(path: &Path) -> bool {
    let file = private_file(&beside(path, ".lock"));
    !file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::Error(_))))
}

impl From<IndexError> for Error {
    /// The message of the failure. A damaged file is set aside here, where every command's failure
    /// passes, so that the next command finds the way free.
    fn from(error: IndexError) -> Self {
        let IndexError::Damaged { path, reason } = &error else { return Self::failed(error.to_string()) };
        let replaced = Index::replace_damaged(path);
        let path = path.display();
        match replaced {
            Ok(Some(aside)) => Self::failed(format!(
                "the state file {path} was damaged ({reason}) and now lies at {}: run 'aws-sso login' to build a new one",
                aside.display()
            )),
            Ok(None) => {
                Self::failed(format!("the state file {path} was damaged and has been replaced: run the command again"))
            }
            Err(other) => Self::failed(format!("{error}, and could not be set aside: {other}")),
        }
    }
}
