//! Whether a file is still the one that was read.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

/// What tells one state of `config.yaml` from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileIdentity {
    /// Length in bytes.
    pub size: u64,
    /// Time of the last modification in nanoseconds since 1970, 0 when it proves nothing.
    pub mtime_ns: i64,
    /// SHA-256 of the content.
    pub hash: [u8; 32],
}

impl FileIdentity {
    /// The identity of a file with this content.
    ///
    /// A file that was written less than two seconds before it was read may be written once more
    /// without its time moving, because file systems count in coarse steps: its time proves nothing.
    pub(super) fn new(content: &[u8], metadata: Option<&Metadata>) -> Self {
        let settled = |metadata: &&Metadata| {
            let age = metadata.modified().ok().and_then(|time| SystemTime::now().duration_since(time).ok());
            age.is_some_and(|age| age >= Duration::from_secs(2))
        };
        Self {
            size: content.len() as u64,
            mtime_ns: metadata.filter(settled).map_or(0, mtime_ns),
            hash: Sha256::digest(content).into(),
        }
    }

    /// Whether the file at `path` is still this one. Its content is read only where its time proves
    /// nothing.
    pub fn is_of(&self, path: &Path) -> bool {
        let Ok(metadata) = std::fs::metadata(path) else { return false };
        if metadata.len() != self.size {
            return false;
        }
        if self.mtime_ns != 0 && mtime_ns(&metadata) == self.mtime_ns {
            return true;
        }
        std::fs::read(path).is_ok_and(|content| <[u8; 32]>::from(Sha256::digest(&content)) == self.hash)
    }
}

fn mtime_ns(metadata: &Metadata) -> i64 {
    let since_1970 = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since_1970.and_then(|time| i64::try_from(time.as_nanos()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn the_time_of_a_file_that_was_just_written_proves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.yaml");
        std::fs::write(&path, "a: 1").unwrap();
        let identity = || FileIdentity::new(b"a: 1", Some(&std::fs::metadata(&path).unwrap()));
        assert_eq!(identity().mtime_ns, 0);
        let hour_ago = SystemTime::now() - Duration::from_hours(1);
        File::options().write(true).open(&path).unwrap().set_modified(hour_ago).unwrap();
        assert_ne!(identity().mtime_ns, 0);
        assert_ne!(identity().hash, FileIdentity::new(b"a: 2", None).hash);

        let known = identity();
        assert!(known.is_of(&path));
        std::fs::write(&path, "a: 2").unwrap();
        assert!(!known.is_of(&path), "as long, but of another time and content");
        std::fs::write(&path, "a: 1").unwrap();
        assert!(known.is_of(&path), "of another time, with the same content");
        assert!(!known.is_of(&directory.path().join("gone")));
    }
}
