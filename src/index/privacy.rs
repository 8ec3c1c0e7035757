//! Who else can reach the state file: it is closed to other users, with what lies beside it.

use std::ffi::OsStr;
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::Path;

use crate::private::{OTHERS, close, mode, writable_by_others};

use super::open::beside;

/// The names of our directory in its usual places.
const USUAL: [&str; 2] = ["aws-sso", ".aws-sso"];

/// What we put into a directory, beside the state file. Copies of a file have its name with more behind it.
const OURS: [&str; 5] = ["locks", "directories", "shell", "store", "config.yaml"];

/// Closes the state file at `path`, its directory and what lies there to other users, and says once what
/// was open to them. A directory that is not ours alone stays as it is.
pub(super) fn close_to_others(path: &Path) -> io::Result<()> {
    let mut closed = Vec::new();
    let mut close_one = |path: &Path, metadata: &Metadata| {
        let was = mode(metadata);
        if was & OTHERS != 0 {
            close(path, metadata)?;
            closed.push(format!("{} (mode {was:04o})", path.display()));
        }
        Ok(())
    };
    close_one(path, &fs::metadata(path)?)?;
    // Beside the file, what cannot be closed is not worth failing for: the secrets are sealed.
    let ours = close_directory(path, &mut close_one);
    let logs = ["-wal", "-shm"].map(|suffix| beside(path, suffix));
    let directories = ["locks", "directories"].map(|name| path.with_file_name(name));
    for path in logs.into_iter().chain(directories.into_iter().filter(|_| ours)) {
        let metadata = fs::symlink_metadata(&path).ok().filter(|metadata| !metadata.is_symlink());
        let _ = metadata.map(|metadata| close_one(&path, &metadata));
    }
    if !closed.is_empty() {
        tracing::warn!("other users could reach {}: closed to them, nothing is left to do", closed.join(", "));
    }
    Ok(())
}

/// Closes the directory of the state file where it is ours, and tells whether it is.
fn close_directory(state: &Path, close_one: &mut impl FnMut(&Path, &Metadata) -> io::Result<()>) -> bool {
    let Some(directory) = state.parent() else { return false };
    let Ok(metadata) = fs::metadata(directory) else { return false };
    if mode(&metadata) & OTHERS == 0 {
        return true;
    }
    let ours = is_ours(directory, &metadata, state);
    if ours {
        let _ = close_one(directory, &metadata);
    } else if writable_by_others(&metadata) {
        tracing::warn!(
            "other users can put files beside the state file, for {} can be written by them: set AWS_SSO_STATE to a file in a \
             directory of your own",
            directory.display()
        );
    }
    ours
}

/// Whether a directory is there for us alone: nobody else has anything in it, and it has one of our
/// usual names or holds nothing but what is ours.
fn is_ours(directory: &Path, metadata: &Metadata, state: &Path) -> bool {
    let usual = directory.file_name().is_some_and(|name| USUAL.iter().any(|usual| name == *usual));
    let ours = |entry: &DirEntry| {
        entry.metadata().is_ok_and(|metadata| belongs_to_me(&metadata))
            && (usual || named_by_us(&entry.file_name(), state))
    };
    belongs_to_me(metadata)
        && mode(metadata) & 0o1000 == 0
        && fs::read_dir(directory).is_ok_and(|mut entries| entries.all(|entry| entry.is_ok_and(|entry| ours(&entry))))
}

fn named_by_us(name: &OsStr, state: &Path) -> bool {
    let is_of = |ours: &OsStr| {
        let more = name.as_encoded_bytes().strip_prefix(ours.as_encoded_bytes());
        more.is_some_and(|more| matches!(more, [] | [b'.' | b'-', ..]))
    };
    state.file_name().is_some_and(is_of) || OURS.iter().any(|ours| is_of(OsStr::new(ours)))
}

#[cfg(unix)]
fn belongs_to_me(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn belongs_to_me(_: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_after_ours_is_ours() {
        let ours = |name: &str| named_by_us(OsStr::new(name), Path::new("/x/s.db"));
        for name in ["s.db", "s.db-wal", "s.db.damaged-1", "locks", "store.json", "config.yaml.aws-sso-backup"] {
            assert!(ours(name), "{name}");
        }
        for name in ["s", "s.dbx", "locksmith", "stores", "config", ".bashrc", "shell2"] {
            assert!(!ours(name), "{name}");
        }
    }
}
