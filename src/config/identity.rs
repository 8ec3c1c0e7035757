//! Whether a file is still the one that was read.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use super::load::MAX_BYTES;

/// What tells one state of `config.yaml` from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileIdentity {
    /// Length in bytes.
    pub size: u64,
    /// Time of the last modification in nanoseconds since 1970, 0 when it proves nothing (see
    /// [`Self::compare`]).
    pub mtime_ns: i64,
    /// SHA-256 of the content.
    pub hash: [u8; 32],
}

/// How a file compares with an identity that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// Size and time are the same; the file was not read.
    Same,
    /// The content is the same, the time is not: keep this identity and the next check is cheap again.
    Touched(FileIdentity),
    /// The content is another one.
    Changed(FileIdentity),
}

impl FileIdentity {
    /// The identity of the file at `path`, which is read.
    pub fn of(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        let mut content = Vec::new();
        file.by_ref().take(MAX_BYTES + 1).read_to_end(&mut content)?;
        Ok(Self::new(&content, Some(&metadata)))
    }

    /// Looks at size and time only, and at the content where those do not answer.
    ///
    /// A file that was written less than two seconds before it was read may be written once more
    /// without its time moving, because file systems count in coarse steps. Its time is kept as 0, so
    /// that the next check compares content.
    pub fn compare(&self, path: &Path) -> io::Result<Drift> {
        let metadata = std::fs::metadata(path)?;
        if self.mtime_ns != 0 && metadata.len() == self.size && mtime_ns(&metadata) == self.mtime_ns {
            return Ok(Drift::Same);
        }
        let now = Self::of(path)?;
        Ok(if now.hash == self.hash { Drift::Touched(now) } else { Drift::Changed(now) })
    }

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
}

fn mtime_ns(metadata: &Metadata) -> i64 {
    let since_1970 = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since_1970.and_then(|time| i64::try_from(time.as_nanos()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, content: &str, age: u64) {
        std::fs::write(path, content).unwrap();
        let time = SystemTime::now() - Duration::from_secs(age);
        File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }

    #[test]
    fn a_change_is_seen_and_a_touch_is_told_from_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.yaml");
        write(&path, "a: 1", 100);
        let first = FileIdentity::of(&path).unwrap();
        assert_eq!(first.compare(&path).unwrap(), Drift::Same);

        write(&path, "a: 1", 50);
        let Drift::Touched(touched) = first.compare(&path).unwrap() else { panic!("same content") };
        assert_eq!((touched.size, touched.hash), (first.size, first.hash));
        assert_eq!(touched.compare(&path).unwrap(), Drift::Same);

        write(&path, "a: 2", 20);
        assert!(matches!(touched.compare(&path).unwrap(), Drift::Changed(now) if now.hash != first.hash));
        assert!(touched.compare(&directory.path().join("none")).is_err());
    }

    #[test]
    fn a_file_that_was_just_written_is_compared_by_content() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.yaml");
        write(&path, "a: 1", 0);
        let fresh = FileIdentity::of(&path).unwrap();
        assert_eq!(fresh.mtime_ns, 0);

        let time = std::fs::metadata(&path).unwrap().modified().unwrap();
        std::fs::write(&path, "a: 2").unwrap();
        File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        assert!(matches!(fresh.compare(&path).unwrap(), Drift::Changed(_)), "same size and time, another content");
    }
}
