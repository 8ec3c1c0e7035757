//! From a path to a configuration.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::private::{mode, writable_by_others};

use super::report::{Report, at_line};
use super::{Config, ConfigError, FileIdentity, document, parse as top_level};

/// The longest file that is read. Ten thousand roles with tags fit several times over.
pub(super) const MAX_BYTES: u64 = 16 << 20;

/// A configuration that can be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// What the file says.
    pub config: Config,
    /// What is odd about it, each as `PATH:LINE: what to write`, in the order of lines.
    pub warnings: Vec<String>,
}

/// Reads the file at `path`.
pub fn load(path: &Path) -> Result<Loaded, ConfigError> {
    let unreadable = |why: &str| ConfigError::Unreadable(path.to_path_buf(), why.to_owned());
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => ConfigError::Missing(path.to_path_buf()),
        ErrorKind::IsADirectory => unreadable("it is a directory, name the file in it"),
        ErrorKind::PermissionDenied => unreadable("permission denied, make it readable for you"),
        _ => unreadable(&error.to_string()),
    };
    let mut file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(ErrorKind::IsADirectory.into()));
    }
    let mut content = Vec::new();
    file.by_ref().take(MAX_BYTES + 1).read_to_end(&mut content).map_err(failed)?;
    if content.len() as u64 > MAX_BYTES {
        return Err(unreadable("it is longer than 16 MiB, which no configuration is"));
    }
    let text = std::str::from_utf8(&content).map_err(|error| {
        let line = content[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        invalid(path, Some(line), "this is not UTF-8: save the file in that encoding")
    })?;
    let mut loaded = parse(text, path)?;
    loaded.config.identity = FileIdentity::new(&content, Some(&metadata));
    loaded.warnings.extend(exposed(path, &metadata));
    Ok(loaded)
}

/// Whoever can write the file, or put another one in its place, chooses which programs we run.
fn exposed(path: &Path, metadata: &Metadata) -> Option<String> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = std::fs::metadata(directory).ok();
    let place = match beside {
        // What is no file comes from whoever called us.
        _ if !metadata.is_file() => return None,
        _ if writable_by_others(metadata) => path,
        // In a sticky directory nobody can take away what is there.
        Some(beside) if writable_by_others(&beside) && mode(&beside) & 0o1000 == 0 => directory,
        _ => return None,
    };
    let place = place.display();
    Some(format!("other users can write {place} and choose what aws-sso runs for you: run 'chmod go-w {place}'"))
}

/// Interprets `text`; `path` is only for messages and for [`Config::path`].
pub fn parse(text: &str, path: &Path) -> Result<Loaded, ConfigError> {
    let identity = FileIdentity::new(text.as_bytes(), None);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = document::read(text).map_err(|error| invalid(path, error.line, &error.message))?;
    let report = Report::new(text);
    let config = top_level::read(&document, &report);
    let (problems, warnings) = report.finish(path);
    if problems.is_empty() {
        Ok(Loaded { config: Config { path: path.to_path_buf(), identity, ..config }, warnings })
    } else {
        Err(ConfigError::Invalid { path: path.to_path_buf(), problems })
    }
}

fn invalid(path: &Path, line: Option<usize>, message: &str) -> ConfigError {
    ConfigError::Invalid { path: path.to_path_buf(), problems: vec![at_line(path, line, message)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str =
        "SSOConfig:\n  Default:\n    SSORegion: us-east-1\n    StartUrl: https://d-1.awsapps.com/start\n";

    fn written(content: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.yaml");
        std::fs::write(&path, content).unwrap();
        (directory, path)
    }

    #[test]
    fn a_file_is_loaded_with_its_identity() {
        let crlf = format!("\u{feff}{}", MINIMAL.replace('\n', "\r\n"));
        let (_directory, path) = written(crlf.as_bytes());
        let loaded = load(&path).unwrap();
        assert_eq!(loaded.config.path, path);
        assert_eq!(loaded.config.identity, FileIdentity::new(crlf.as_bytes(), std::fs::metadata(&path).ok().as_ref()));
        assert_eq!(loaded.config.instances["Default"].start_url, "https://d-1.awsapps.com/start");
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    }

    #[test]
    fn a_missing_file_is_told_from_a_bad_one() {
        let directory = tempfile::tempdir().unwrap();
        let missing = load(&directory.path().join("none.yaml")).unwrap_err();
        assert!(
            matches!(missing, ConfigError::Missing(_)) && missing.to_string().contains("create the file"),
            "{missing}"
        );

        let error = load(directory.path()).unwrap_err();
        assert!(
            matches!(error, ConfigError::Unreadable(..)) && error.to_string().contains("is a directory"),
            "{error}"
        );
    }

    #[test]
    fn what_is_no_configuration_is_one_line() {
        for (content, expected) in [
            (&b""[..], "SSOConfig is missing"),
            (b"# only a comment\n", "SSOConfig is missing"),
            (b"\n\nName: \xff\n", ":3: this is not UTF-8"),
            (b"\xff\xfea\0", ":1: this is not UTF-8"),
            (b"text", "must be a mapping of keys, not a text"),
            (b"- a\n- b", "must be a mapping of keys, not a list"),
            (b"a: 1\n---\nb: 2\n", "more than one YAML document"),
            (b"SSOConfig:\n\tDefault:\n", ":2: this line is indented with a tab"),
        ] {
            let (_directory, path) = written(content);
            let error = load(&path).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains('\n'), "{content:?}: {error}");
        }
        let (_directory, path) = written(&vec![b'#'; usize::try_from(MAX_BYTES).unwrap() + 1]);
        assert!(load(&path).unwrap_err().to_string().contains("16 MiB"));
    }
}
