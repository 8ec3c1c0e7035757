//! Reading a role file: opened once, so that what is hashed is what is parsed.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::{FILE_NAME, Wish, access};

/// More than any role file has to say.
const MOST_BYTES: u64 = 16 * 1024;

/// A role file as it was at one moment.
#[derive(Debug)]
pub struct RoleFile {
    /// Physical path.
    pub path: String,
    /// SHA-256 of the content.
    pub hash: [u8; 32],
    /// User id of the owner; 0 where a system has none.
    pub owner: u32,
    /// When it was last modified, where that is known.
    pub modified: Option<SystemTime>,
    /// What it asks for, or what is wrong with it.
    pub wish: Result<Wish, Problem>,
}

/// Why a role file has no say. Written to follow its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It cannot be read, or is none.
    Unusable(String),
    /// Its path is not UTF-8: it could not be handed on to every shell.
    NotUtf8,
    /// Somebody else can write it, or a directory on its path.
    Exposed {
        /// The file or the directory.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// What is in it, by line from 1.
    Content(usize, String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable(why) | Self::Content(_, why) => f.write_str(why),
            Self::NotUtf8 => {
                f.write_str("its path is not UTF-8, which not every shell can carry: rename the directory")
            }
            Self::Exposed { path, why } => {
                write!(f, "it is not used, because {} {why}: see 'ls -ld {0}'", path.display())
            }
        }
    }
}

impl Problem {
    /// The problem with its place: `PATH: …` or `PATH:LINE: …`.
    pub fn at(&self, path: &Path) -> String {
        match self {
            Self::Content(line, _) => format!("{}:{line}: {self}", path.display()),
            _ => format!("{}: {self}", path.display()),
        }
    }
}

impl RoleFile {
    /// Reads the role file of a directory, given by its physical path.
    pub fn read(directory: &Path) -> Result<Self, Problem> {
        let path = directory.join(FILE_NAME);
        let text = path.to_str().ok_or(Problem::NotUtf8)?.to_owned();
        let (mut file, behind) = open(&path, directory)?;
        let metadata = file.metadata().map_err(|error| unusable(&error))?;
        if metadata.is_dir() {
            return Err(Problem::Unusable("it is a directory: a role file is wanted here".to_owned()));
        }
        if !metadata.is_file() {
            return Err(Problem::Unusable("it is not a regular file".to_owned()));
        }
        access::check(&path, &metadata)?;
        if behind != path {
            access::check(&behind, &metadata)?;
        }
        let mut content = Vec::new();
        file.by_ref().take(MOST_BYTES + 1).read_to_end(&mut content).map_err(|error| unusable(&error))?;
        if content.len() as u64 > MOST_BYTES {
            return Err(Problem::Unusable(format!("it is larger than {} KiB", MOST_BYTES / 1024)));
        }
        Ok(Self {
            path: text,
            hash: Sha256::digest(&content).into(),
            owner: owner(&metadata),
            modified: metadata.modified().ok(),
            wish: Wish::parse(&content),
        })
    }
}

/// Opens the file itself, or the one that a link in the same directory points to, and says where it lies.
/// Never waits: a pipe opens at once, and is refused afterwards.
fn open(path: &Path, directory: &Path) -> Result<(File, PathBuf), Problem> {
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if !is_link {
        return Ok((open_itself(path)?, path.to_path_buf()));
    }
    let behind = path.canonicalize().map_err(|error| unusable(&error))?;
    if !behind.starts_with(directory) {
        return Err(Problem::Unusable("it is a link that leaves its directory: put a file there".to_owned()));
    }
    Ok((open_itself(&behind)?, behind))
}

fn open_itself(path: &Path) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    }
    options.open(path).map_err(|error| unusable(&error))
}

fn unusable(error: &std::io::Error) -> Problem {
    Problem::Unusable(match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "it could not be read: permission denied".to_owned(),
        _ => format!("it could not be read: {error}"),
    })
}

#[cfg(unix)]
fn owner(metadata: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::uid(metadata)
}

#[cfg(not(unix))]
fn owner(_: &std::fs::Metadata) -> u32 {
    0
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    struct Place {
        _temporary: tempfile::TempDir,
        directory: PathBuf,
    }

    fn place() -> Place {
        let temporary = tempfile::tempdir().unwrap();
        let directory = temporary.path().canonicalize().unwrap().join("tree");
        fs::create_dir(&directory).unwrap();
        Place { _temporary: temporary, directory }
    }

    impl Place {
        fn file(&self) -> PathBuf {
            self.directory.join(FILE_NAME)
        }

        fn problem(&self) -> String {
            RoleFile::read(&self.directory).unwrap_err().at(&self.file())
        }
    }

    #[test]
    fn a_file_is_read_with_all_that_tells_it_from_another() {
        let place = place();
        fs::write(place.file(), "dev\n").unwrap();
        let read = RoleFile::read(&place.directory).unwrap();
        assert_eq!(Some(read.path.as_str()), place.file().to_str());
        assert_eq!(read.hash, <[u8; 32]>::from(Sha256::digest(b"dev\n")));
        assert!(read.wish.is_ok() && read.modified.is_some());
    }

    #[test]
    fn what_is_no_file_is_refused_at_once() {
        for (make, expected) in [
            (&(|path: &Path| fs::create_dir(path).unwrap()) as &dyn Fn(&Path), "it is a directory"),
            (
                &|path| {
                    let status = std::process::Command::new("mkfifo").arg(path).status().unwrap();
                    assert!(status.success());
                },
                "it is not a regular file",
            ),
            (&|path| symlink("/etc/passwd", path).unwrap(), "a link that leaves its directory"),
            (&|path| symlink("../beside", path).unwrap(), "a link that leaves its directory"),
            (&|path| symlink("nowhere", path).unwrap(), "there is no such file"),
            (&|path| symlink(FILE_NAME, path).unwrap(), "it could not be read"),
            (&|path| fs::write(path, vec![b'#'; 100_000]).unwrap(), "it is larger than 16 KiB"),
        ] {
            let place = place();
            fs::write(place.directory.with_file_name("beside"), "dev").unwrap();
            make(&place.file());
            let problem = place.problem();
            assert!(problem.contains(expected) && problem.contains(FILE_NAME), "{problem}");
        }
    }

    #[test]
    fn a_link_that_stays_is_followed() {
        let place = place();
        fs::create_dir(place.directory.join("roles")).unwrap();
        fs::write(place.directory.join("roles/dev"), "dev").unwrap();
        symlink("roles/dev", place.file()).unwrap();
        assert!(RoleFile::read(&place.directory).unwrap().wish.is_ok());
    }

    #[test]
    fn what_others_can_write_is_refused_wherever_it_is_on_the_path() {
        let place = place();
        fs::write(place.file(), "dev").unwrap();
        for (path, mode, expected) in [
            (place.file(), 0o666, Some(".aws-sso-role can be written by other users")),
            (place.file(), 0o664, Some(".aws-sso-role can be written by other users")),
            (place.directory.clone(), 0o777, Some("tree can be written by other users")),
            (place.directory.clone(), 0o1777, None),
        ] {
            let before = fs::metadata(&path).unwrap().permissions();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let own_group = mode == 0o664 && rustix::process::geteuid().as_raw() != 0;
            match expected.filter(|_| !own_group) {
                Some(expected) => assert!(place.problem().contains(expected), "{}", place.problem()),
                None => assert!(RoleFile::read(&place.directory).is_ok() || own_group),
            }
            fs::set_permissions(&path, before).unwrap();
        }
    }

    #[test]
    fn the_file_of_another_user_is_refused() {
        if rustix::process::geteuid().as_raw() != 0 {
            // Only root can give a file away; the check itself has no branch for root.
            assert!(access::check(Path::new("/etc/passwd"), &fs::metadata("/etc/passwd").unwrap()).is_ok());
            return;
        }
        let place = place();
        fs::write(place.file(), "dev").unwrap();
        std::os::unix::fs::chown(place.file(), Some(12345), None).unwrap();
        assert!(place.problem().contains(".aws-sso-role belongs to another user"), "{}", place.problem());
        std::os::unix::fs::chown(place.file(), Some(0), None).unwrap();
        std::os::unix::fs::chown(&place.directory, Some(12345), None).unwrap();
        assert!(place.problem().contains("tree belongs to another user"), "{}", place.problem());
    }
}
