//! How a shell sees without a process that a role file, or the trust in it, has changed.
//!
//! No shell can read the time of a file without starting a program, but each can compare the times of
//! two. So a file of ours keeps the time of the role file as it was looked at; what is newer or older
//! than it has changed. Where trust changes the mark is removed, and every shell looks again.

use std::fs::{self, FileTimes};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::private::{fingerprint, private_directory, private_file};

/// The marks of one role file. The time is in the name as well: a shell that has looked earlier must not
/// take the mark of today for its own.
#[derive(Debug)]
pub struct Mark {
    directory: PathBuf,
    prefix: String,
}

impl Mark {
    /// The marks of the role file at `role_file`, in a directory beside the state file.
    pub fn of(state: &Path, role_file: &Path) -> Self {
        let prefix = fingerprint(role_file.as_os_str().as_encoded_bytes(), 8);
        Self { directory: state.with_file_name("directories"), prefix }
    }

    /// The mark for a role file that was modified at `modified`; none where there can be none.
    pub fn leave(&self, modified: SystemTime) -> Option<String> {
        let nanos = match modified.duration_since(UNIX_EPOCH) {
            Ok(since) => since.as_nanos().to_string(),
            Err(before) => format!("before{}", before.duration().as_nanos()),
        };
        let path = self.directory.join(format!("{}-{nanos}", self.prefix));
        let text = path.to_str()?.to_owned();
        if !is_of(&path, modified) {
            self.make(&path, modified).ok()?;
            if !is_of(&path, modified) {
                // This file system counts in coarser steps: every look would find a difference.
                return None;
            }
        }
        Some(text)
    }

    fn make(&self, path: &Path, modified: SystemTime) -> std::io::Result<()> {
        if !self.directory.exists() {
            private_directory(&self.directory)?;
        }
        // The file has no other time any more; a shell that still knows one looks again.
        self.remove();
        private_file(path)?.set_times(FileTimes::new().set_modified(modified))
    }

    /// Removes the marks, so that every shell that stands in the directory looks again.
    pub fn remove(&self) {
        // Without the directory there is no mark either, and who cannot remove one only learns later.
        for entry in fs::read_dir(&self.directory).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name.to_str().and_then(|name| name.strip_prefix(&self.prefix)).is_some_and(|rest| rest.starts_with('-'))
            {
                match fs::remove_file(entry.path()) {
                    Err(error) if error.kind() != ErrorKind::NotFound => {
                        tracing::debug!("{} could not be removed: {error}", entry.path().display());
                    }
                    _ => {}
                }
            }
        }
    }
}

fn is_of(path: &Path, modified: SystemTime) -> bool {
    fs::metadata(path).and_then(|metadata| metadata.modified()).is_ok_and(|time| time == modified)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_has_the_time_of_its_file_and_goes_with_the_trust() {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("state.db");
        let (one, other) = (Mark::of(&state, Path::new("/a/b")), Mark::of(&state, Path::new("/a/c")));
        let time = UNIX_EPOCH + std::time::Duration::new(1_700_000_000, 123_456_789);
        let mark = one.leave(time).unwrap();
        assert_eq!(fs::metadata(&mark).unwrap().modified().unwrap(), time);
        assert_eq!(one.leave(time), Some(mark.clone()));
        let later = one.leave(time + std::time::Duration::from_nanos(1)).unwrap();
        let beside = other.leave(time).unwrap();
        let there = || [&mark, &later, &beside].map(|path| Path::new(path).exists());
        assert_eq!(there(), [false, true, true], "one is enough");
        one.remove();
        assert_eq!(there(), [false, false, true]);
    }
}
