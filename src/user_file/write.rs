//! Replacing a file of the person: whole or not at all, with its mode and owner, and with what was in it
//! in a backup beside.

use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::UserFile;
use crate::private::private_directory;
use crate::{Error, Result};

const BACKUP: &str = ".aws-sso-backup";

/// A change that lacks only its rename: all that can fail for want of rights or space has been done.
/// Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Staged<'a> {
    file: &'a UserFile,
    new: Option<NamedTempFile>,
    backup: Option<NamedTempFile>,
}

impl UserFile {
    /// Prepares to replace the content by `new`, or to remove the file. `with_backup` keeps what was in it.
    pub fn stage(&self, new: Option<&[u8]>, with_backup: bool) -> Result<Staged<'_>> {
        self.prepare(new, with_backup).map_err(|error| self.not_written(&error))
    }

    fn prepare(&self, new: Option<&[u8]>, with_backup: bool) -> std::io::Result<Staged<'_>> {
        let directory = self.directory();
        let metadata = match &self.content {
            Some(_) => Some(writable(&self.target)?),
            None => None,
        };
        if metadata.is_none() && new.is_some() {
            match self.private {
                true => private_directory(directory)?,
                false => fs::create_dir_all(directory)?,
            }
        }
        let mode = if self.private { 0o600 } else { 0o644 };
        let temporary = |content: &[u8]| temporary(directory, content, metadata.as_ref(), mode);
        let new = new.map(temporary).transpose()?;
        let backup = self.content.as_deref().filter(|_| with_backup).map(temporary).transpose()?;
        Ok(Staged { file: self, new, backup })
    }

    fn directory(&self) -> &Path {
        self.target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    fn not_written(&self, why: &dyn std::fmt::Display) -> Error {
        let behind = match self.target == self.path {
            true => String::new(),
            false => format!(" (a link to {})", self.target.display()),
        };
        Error::failed(format!("could not write {}{behind}: {why}", self.path.display()))
    }
}

impl Staged<'_> {
    /// Makes the change, unless somebody else changed the file since it was read. The path of the backup,
    /// if there is one.
    pub fn commit(self) -> Result<Option<PathBuf>> {
        let file = self.file;
        self.rename().map_err(|error| file.not_written(&error))
    }

    fn rename(self) -> std::io::Result<Option<PathBuf>> {
        let target = &self.file.target;
        let now = match fs::read(target) {
            Ok(content) => Some(content),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if now != self.file.content {
            return Err(std::io::Error::other("somebody changed it just now; run this again"));
        }
        let backup = match self.backup {
            Some(backup) => {
                let mut path = target.clone().into_os_string();
                path.push(BACKUP);
                backup.persist(&path)?;
                Some(PathBuf::from(path))
            }
            None => None,
        };
        match self.new {
            Some(new) if now.is_none() => drop(new.persist_noclobber(target)?),
            Some(new) => drop(new.persist(target)?),
            None => fs::remove_file(target)?,
        }
        // A directory cannot be synced everywhere, and the change itself is done.
        let _ = File::open(self.file.directory()).and_then(|directory| directory.sync_all());
        Ok(backup)
    }
}

/// What is known of a file that may be written. To replace one takes no right to write it, but who made it
/// read-only (a manager of dotfiles, say) meant it.
fn writable(path: &Path) -> std::io::Result<Metadata> {
    let metadata = fs::metadata(path)?;
    if metadata.permissions().readonly() {
        return Err(std::io::Error::new(ErrorKind::PermissionDenied, "it is read-only"));
    }
    File::options().write(true).open(path)?;
    Ok(metadata)
}

/// A file with `content` on the disk of `directory`, with the mode and owner of the one it will replace; else with
/// `mode`.
fn temporary(
    directory: &Path,
    content: &[u8],
    replaced: Option<&Metadata>,
    mode: u32,
) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".aws-sso-");
    #[cfg(unix)]
    if replaced.is_none() {
        // Less the umask; what replaces a file is nobody else's to read until it has that file's mode.
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(content)?;
    if let Some(replaced) = replaced {
        keep_owner(file.as_file(), replaced);
        file.as_file().set_permissions(replaced.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// Gives `file` the owner and group of the one it replaces, as far as this person may.
#[cfg(unix)]
fn keep_owner(file: &File, replaced: &Metadata) {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let Ok(own) = file.metadata() else { return };
    if own.gid() != replaced.gid() {
        let _ = fchown(file, None, Some(replaced.gid()));
    }
    if own.uid() != replaced.uid() {
        let _ = fchown(file, Some(replaced.uid()), None);
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_is_not_made_leaves_nothing() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("rc");
        fs::write(&path, "old").unwrap();
        let file = UserFile::read(&path).unwrap();
        drop(file.stage(Some(b"new"), true).unwrap());
        let entries: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(entries, ["rc"]);
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }

    #[test]
    fn what_somebody_else_wrote_meanwhile_is_kept() {
        let home = tempfile::tempdir().unwrap();
        for before in [None, Some("old")] {
            let path = home.path().join(before.unwrap_or("none"));
            if let Some(before) = before {
                fs::write(&path, before).unwrap();
            }
            let file = UserFile::read(&path).unwrap();
            let staged = file.stage(Some(b"ours"), true).unwrap();
            fs::write(&path, "theirs").unwrap();
            let error = staged.commit().unwrap_err().to_string();
            assert!(error.contains(&*path.to_string_lossy()) && error.contains("run this again"), "{error}");
            assert_eq!(fs::read(&path).unwrap(), b"theirs");
            assert!(!path.with_extension("aws-sso-backup").exists());
        }
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "no temporary file is left");
    }

    #[test]
    fn the_second_change_replaces_the_backup_of_the_first() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("rc");
        fs::write(&path, "1").unwrap();
        let change = |new: Option<&[u8]>| UserFile::read(&path).unwrap().stage(new, true).unwrap().commit().unwrap();
        assert_eq!(change(Some(b"2")), Some(home.path().join("rc.aws-sso-backup")));
        let backup = change(Some(b"3")).unwrap();
        assert_eq!((fs::read(&backup).unwrap(), fs::read(&path).unwrap()), (b"2".to_vec(), b"3".to_vec()));
        change(None);
        assert!(!path.exists());
        assert_eq!(fs::read(&backup).unwrap(), b"3");
        assert_eq!(change(Some(b"4")), None, "there was nothing to back up");
    }
}
