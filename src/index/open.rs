//! Opening the state file: permissions, migrations, and what is done about a file that cannot be used.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};

use crate::private::{OTHERS, mode, private_directory, private_file};

use super::error::can_lock;
use super::privacy::close_to_others;
use super::{Index, IndexError};

/// How long a writer waits for another one.
const BUSY: Duration = Duration::from_secs(10);

/// How long a reader waits that somebody presses TAB for.
const HURRY: Duration = Duration::from_millis(50);

const MIGRATION_LIST: &[M<'static>] = &[
    M::up(include_str!("../../migrations/0001_state.sql")),
    M::up(include_str!("../../migrations/0002_shell.sql")),
    M::up(include_str!("../../migrations/0003_directories.sql")),
    M::up(include_str!("../../migrations/0004_choosing.sql")),
    M::up(include_str!("../../migrations/0005_tag_choices.sql")),
    M::up(include_str!("../../migrations/0006_account_names.sql")),
    M::up(include_str!("../../migrations/0007_role_fingerprints.sql")),
];
const MIGRATIONS: Migrations<'static> = Migrations::from_slice(MIGRATION_LIST);

/// The schema version that this program writes.
#[expect(clippy::cast_possible_wrap)]
pub(super) const SCHEMA: i64 = MIGRATION_LIST.len() as i64;

/// How a state file came to be open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It was there, or was made anew where none was.
    Whole,
    /// It was damaged: it lies under the new name, and an empty one took its place.
    Rebuilt(PathBuf),
}

impl Opened {
    /// What to say of it, if anything. `path` is the state file.
    pub fn sentence(&self, path: &Path) -> Option<String> {
        let Self::Rebuilt(aside) = self else { return None };
        Some(format!(
            "the state file {} was damaged and now lies at {}; a new one takes its place: run 'aws-sso login'",
            path.display(),
            aside.display()
        ))
    }
}

/// What a look at the state file found.
pub enum Look {
    /// There is none yet.
    Missing,
    /// It has an older schema: the next command that writes brings it up to date.
    Older,
    /// It can be read.
    Whole(Index),
}

impl Index {
    /// Looks at the state file and leaves everything as it is: no migration, no lock, no file beside it, no
    /// change of modes. For whoever explains what is wrong before anything is done about it.
    pub fn look(path: &Path) -> Result<Look, IndexError> {
        let Ok(metadata) = fs::metadata(path) else { return Ok(Look::Missing) };
        let found = Self::open_as_it_is(path, &metadata, HURRY, !has_log(path))?;
        Ok(found.map_or(Look::Older, Look::Whole))
    }

    /// What a check of the whole file finds wrong; none: it is sound.
    pub fn damage(&self) -> Result<Option<String>, IndexError> {
        let answer: String =
            self.read(|connection| connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)))?;
        Ok((answer != "ok").then_some(answer))
    }

    /// Opens the state file for reading and writing, creates it, brings it up to the current schema,
    /// and replaces a damaged one.
    pub fn open(path: &Path) -> Result<(Self, Opened), IndexError> {
        prepare_file(path)?;
        match Self::open_prepared(path) {
            Err(IndexError::Damaged { .. }) => {
                let aside = set_aside(path)?;
                prepare_file(path)?;
                Ok((Self::open_prepared(path)?, aside.map_or(Opened::Whole, Opened::Rebuilt)))
            }
            other => Ok((other?, Opened::Whole)),
        }
    }

    /// Opens the state file for reading only: no migration, no lock, no write. None where there is no
    /// file yet, or one of an older schema that a writer has to bring up to date first.
    pub fn open_read_only(path: &Path) -> Result<Option<Self>, IndexError> {
        Self::open_patiently(path, BUSY, false)
    }

    /// The same for a caller that waits for nobody: completion. Where no writer has left a log, the file
    /// is read as it is, without the shared memory that readers and writers agree by, which takes longer
    /// to set up than the answer does. A writer that comes in between spoils one TAB.
    pub fn open_at_once(path: &Path) -> Result<Option<Self>, IndexError> {
        Self::open_patiently(path, HURRY, !has_log(path))
    }

    fn open_patiently(path: &Path, patience: Duration, unchanging: bool) -> Result<Option<Self>, IndexError> {
        let Ok(metadata) = fs::metadata(path) else { return Ok(None) };
        if metadata.is_file() && mode(&metadata) & OTHERS != 0 {
            // Where that is forbidden, the next command that writes says so.
            let _ = close_to_others(path);
        }
        Self::open_as_it_is(path, &metadata, patience, unchanging)
    }

    fn open_as_it_is(
        path: &Path,
        metadata: &fs::Metadata,
        patience: Duration,
        unchanging: bool,
    ) -> Result<Option<Self>, IndexError> {
        if !metadata.is_file() {
            return Err(IndexError::NoFile(path.to_owned()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let open = |uri: &str| -> Result<(Connection, i64), rusqlite::Error> {
            let connection = Connection::open_with_flags(uri, flags)?;
            let version = first_look(path, &connection, patience)?;
            Ok((connection, version))
        };
        // SQLite wants to write beside a WAL file even to read it. Where the directory forbids that,
        // nobody else writes either, and the file can be read as it is.
        let uri = file_uri(path);
        let forbidden = |error: &rusqlite::Error| {
            matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
        };
        let immutable = || open(&format!("{uri}?immutable=1"));
        let opened = match if unchanging { immutable() } else { open(&uri) } {
            Err(error) if forbidden(&error) && !unchanging => immutable().map_err(|_| error),
            other => other,
        };
        let (connection, version) = opened.map_err(|error| IndexError::sqlite(path, &error))?;
        if version > SCHEMA {
            return Err(newer(path, version));
        }
        Ok((version == SCHEMA).then(|| Self { connection, path: path.to_owned() }))
    }

    /// Whether it was opened for reading only.
    pub fn is_read_only(&self) -> Result<bool, IndexError> {
        self.read(|connection| connection.is_readonly("main"))
    }

    fn open_prepared(path: &Path) -> Result<Self, IndexError> {
        let wrong = |error: &rusqlite::Error| IndexError::sqlite(path, error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(|e| wrong(&e))?;
        let version = first_look(path, &connection, BUSY).map_err(|e| wrong(&e))?;
        if version > SCHEMA {
            return Err(newer(path, version));
        }
        if version < SCHEMA {
            migrate(path, &mut connection)?;
        }
        connection
            .execute_batch("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;")
            .map_err(|e| wrong(&e))?;
        Ok(Self { connection, path: path.to_owned() })
    }
}

/// Whether a writer has left a log beside the state file.
fn has_log(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

/// Brings the schema up to date, one process at a time.
fn migrate(path: &Path, connection: &mut Connection) -> Result<(), IndexError> {
    let _lock = lock(path)?;
    connection.pragma_update(None, "journal_mode", "wal").map_err(|e| IndexError::sqlite(path, &e))?;
    MIGRATIONS.to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => IndexError::sqlite(path, &err),
        other => IndexError::Other { path: path.to_owned(), reason: other.to_string() },
    })
}

/// Reads the schema version, and has all that follows wait for others as long as `patience` says. Nobody
/// waits where locks cannot be had at all.
fn first_look(path: &Path, connection: &Connection, patience: Duration) -> Result<i64, rusqlite::Error> {
    connection.busy_timeout(Duration::ZERO)?;
    let version = user_version(connection);
    connection.busy_timeout(patience)?;
    match version {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && can_lock(path) => {
            user_version(connection)
        }
        version => version,
    }
}

fn user_version(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn newer(path: &Path, found: i64) -> IndexError {
    IndexError::Newer { path: path.to_owned(), found, known: SCHEMA }
}

/// Makes the directory (0700) and the file (0600) before SQLite can make them readable to others:
/// the WAL takes its mode from the file.
fn prepare_file(path: &Path) -> Result<(), IndexError> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(IndexError::NoFile(path.to_owned()));
    }
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty() && !directory.exists())
    {
        private_directory(directory).map_err(|e| IndexError::io(directory, &e))?;
    }
    private_file(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied if path.exists() => IndexError::ReadOnly(path.to_owned()),
        _ => IndexError::io(path, &error),
    })?;
    close_to_others(path).map_err(|e| IndexError::io(path, &e))
}

/// Holds the lock beside the state file: for what SQLite's own locks cannot cover.
fn lock(path: &Path) -> Result<File, IndexError> {
    let path = beside(path, ".lock");
    let file = private_file(&path).map_err(|e| IndexError::io(&path, &e))?;
    file.lock().map_err(|e| IndexError::io(&path, &e))?;
    Ok(file)
}

/// Renames a damaged state file and its WAL. None where another process did it first: what lies there
/// now is whole again.
fn set_aside(path: &Path) -> Result<Option<PathBuf>, IndexError> {
    let _lock = lock(path)?;
    if !is_damaged(path) {
        return Ok(None);
    }
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let name = |n: u32| if n == 0 { format!(".damaged-{now}") } else { format!(".damaged-{now}-{n}") };
    let aside = (0..1000).map(|n| beside(path, &name(n))).find(|aside| !aside.exists());
    let aside = aside.unwrap_or_else(|| beside(path, ".damaged"));
    fs::rename(path, &aside).map_err(|e| IndexError::io(path, &e))?;
    for suffix in ["-wal", "-shm"] {
        // They are not there after a clean end, and useless without their file.
        let _ = fs::rename(beside(path, suffix), beside(&aside, suffix));
    }
    Ok(Some(aside))
}

fn is_damaged(path: &Path) -> bool {
    let checked = Connection::open(path)
        .and_then(|connection| connection.pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0)));
    match checked {
        Ok(answer) => answer != "ok",
        // A file that cannot be looked at is not damaged by that.
        Err(error) => matches!(IndexError::sqlite(path, &error), IndexError::Damaged { .. }),
    }
}

impl Index {
    /// Sets the file aside where a full check finds it damaged; for callers that met an error in the
    /// middle of their work.
    pub fn replace_damaged(path: &Path) -> Result<Option<PathBuf>, IndexError> {
        set_aside(path)
    }
}

pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// `path` as SQLite's `file:` URI: its `?`, `#` and `%` are no syntax.
fn file_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b':' => {
                uri.push(char::from(*byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_apply_in_order_and_are_valid() {
        MIGRATIONS.validate().unwrap();
    }

    #[test]
    fn a_damaged_file_is_set_aside_once_and_rebuilt() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state.db");
        fs::write(&path, "this is no database, and long enough to be read as a header of one".repeat(40)).unwrap();
        let (_, opened) = Index::open(&path).unwrap();
        let Opened::Rebuilt(aside) = opened else { panic!("{opened:?}") };
        assert!(fs::read_to_string(aside).unwrap().starts_with("this is no database"));
        assert_eq!(Index::open(&path).unwrap().1, Opened::Whole);
    }

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state.db");
        drop(Index::open(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let before = fs::read(&path).unwrap();
        let message = Index::open(&path).err().unwrap().to_string();
        assert!(message.contains("schema version 99"), "{message}");
        assert!(Index::open_read_only(&path).is_err());
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[cfg(unix)]
    #[test]
    fn the_file_and_its_directory_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deep/er/state.db");
        drop(Index::open(&path).unwrap());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        drop(Index::open(&path).unwrap());
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn any_path_can_be_read() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a?b#c%20d é.db");
        drop(Index::open(&path).unwrap());
        assert!(Index::open_read_only(&path).unwrap().is_some());
        assert!(Index::open_read_only(&home.path().join("none")).unwrap().is_none());
    }
}
