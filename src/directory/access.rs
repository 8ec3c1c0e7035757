//! Who could have written a role file: the owner and the modes of the file and of every directory on its
//! path.

use std::fs::Metadata;
use std::path::Path;

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
    if writable_by_others(metadata, me) {
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
        if writable_by_others(&metadata, me) && metadata.mode() & 0o1000 == 0 {
            return refused(directory, "can be written by other users");
        }
    }
    Ok(())
}

/// The group of a person who has one for themselves (its number is the person's own, and it has no other
/// member) counts as the person: many systems make all files writable for it.
#[cfg(unix)]
fn writable_by_others(metadata: &Metadata, me: u32) -> bool {
    use std::os::unix::fs::MetadataExt;

    let mode = metadata.mode();
    let by_group = mode & 0o020 != 0 && !(metadata.gid() == me && me != 0 && is_private(metadata.gid()));
    mode & 0o002 != 0 || by_group
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

#[cfg(not(unix))]
pub(super) fn check(_: &Path, _: &Metadata) -> Result<(), Problem> {
    Ok(())
}
