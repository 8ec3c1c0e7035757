//! Who could have written a role file: the owner and the modes of the file and of every directory on its
//! path.

use std::fs::Metadata;
use std::path::Path;

#[cfg(unix)]
use crate::private::writable_by_others;

use super::read::Problem;

/// Refuses a file that somebody else than this person and root can write, or can put another one in the
/// place of. `metadata` is that of the open file, `path` is physical.
#[cfg(unix)]
pub(super) fn check(path: &Path, metadata: &Metadata) -> Result<(), Problem> {
    use std::os::unix::fs::MetadataExt;

    let me = rustix::process::geteuid().as_raw();
    let ours = |metadata: &Metadata| metadata.uid() == me || metadata.uid() == 0;
    let refused = |path: &Path, why: &str| Err(Problem::Exposed { path: path.to_path_buf(), why: why.to_owned() });
    if !ours(metadata) {
        return refused(path, "belongs to another user");
    }
    if writable_by_others(metadata) {
        return refused(path, "can be written by other users");
    }
    for directory in path.ancestors().skip(1) {
        let Ok(metadata) = std::fs::symlink_metadata(directory) else {
            return refused(directory, "could not be looked at");
        };
        if !ours(&metadata) {
            return refused(directory, "belongs to another user");
        }
        // In a sticky directory nobody can take away what is ours, and what lies in it was looked at.
        if writable_by_others(&metadata) && metadata.mode() & 0o1000 == 0 {
            return refused(directory, "can be written by other users");
        }
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn check(_: &Path, _: &Metadata) -> Result<(), Problem> {
    Ok(())
}
