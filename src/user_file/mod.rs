//! Files that belong to the person (start-up files of shells, `~/.aws/config`): what is ours in them is
//! one block between two markers, and they are never written but whole, with a backup beside.
//!
//! [`block`] is pure and says what the new content is; [`UserFile`] reads the file, and
//! [`UserFile::stage`] replaces it.

pub mod aws_config;
pub mod block;
pub mod sections;
mod write;

use std::path::{Path, PathBuf};
use std::{fmt, fs};

pub use write::Staged;

use crate::{Error, Result};

/// As many links as Linux follows before it gives up.
const MAX_LINKS: usize = 40;

/// A file of the person as it was read, or a place where one can be made.
pub struct UserFile {
    path: PathBuf,
    target: PathBuf,
    content: Option<Vec<u8>>,
    /// Whether it is nobody else's to read, where it is made.
    private: bool,
}

impl fmt::Debug for UserFile {
    /// Without the content: `~/.aws/credentials` holds keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl UserFile {
    /// Reads the file at `path`; none there is no error. Links are followed, dangling ones too: what they
    /// point at is what will be written. Anything but a file is refused before it is opened, for to open a
    /// pipe is to wait.
    pub fn read(path: &Path) -> Result<Self> {
        let failed = |why: &dyn std::fmt::Display| Error::failed(format!("could not read {}: {why}", path.display()));
        let target = follow(path).map_err(|error| failed(&error))?;
        let content = match fs::metadata(&target) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(&error)),
            Ok(metadata) if metadata.is_dir() => return Err(failed(&"it is a directory")),
            Ok(metadata) if !metadata.is_file() => return Err(failed(&"it is not a regular file")),
            Ok(_) => Some(fs::read(&target).map_err(|error| failed(&error))?),
        };
        // What PowerShell 5.1 writes with '>>': a line of ours would be garbage in it, and it in ours.
        if content.as_ref().is_some_and(|text| text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff")) {
            return Err(failed(&"it is in UTF-16; save it as UTF-8"));
        }
        Ok(Self { path: path.to_path_buf(), target, content, private: false })
    }

    /// The same, but where there is no file or no directory, one for this user alone will be made.
    #[must_use]
    pub fn made_private(self) -> Self {
        Self { private: true, ..self }
    }

    /// The path that the person knows it by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file itself, behind all links.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// What is in it; none where there is no file.
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// What [`block`] found wrong with this file, and in which line.
    pub fn damaged(&self, damage: block::Damage) -> Error {
        Error::failed(format!("{}:{}: {damage}", self.path.display(), damage.line()))
    }
}

/// The path behind all links, whether or not there is something at it.
fn follow(path: &Path) -> std::io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        if !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
            return Ok(path);
        }
        let target = fs::read_link(&path)?;
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    Err(std::io::Error::other("too many links"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_file_is_in_no_message_of_a_programmer() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("credentials");
        fs::write(&path, "aws_secret_access_key = s3cr3t").unwrap();
        let file = UserFile::read(&path).unwrap();
        let shown = format!("{file:?} {:?}", file.stage_private(b"n3w").unwrap());
        assert!(shown.contains("credentials") && !shown.contains("97, 119, 115"), "{shown}");
    }
}
