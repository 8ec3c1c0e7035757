//! Where `config.yaml` and the state file are: pure functions over what surrounds the process.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// What path discovery may know of the world.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// An environment variable's value, none when it is not set.
    pub env: &'a dyn Fn(&str) -> Option<OsString>,
    /// The person's home directory, none when it is unknown.
    pub home: Option<&'a Path>,
    /// Whether a directory exists at a path.
    pub is_dir: &'a dyn Fn(&Path) -> bool,
}

impl Surroundings<'_> {
    /// A variable's value as a path; an empty variable counts as unset.
    pub(crate) fn path(&self, variable: &str) -> Option<PathBuf> {
        (self.env)(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// The home directory; where it is unknown, an error that says what to do `instead`.
    pub(crate) fn home(&self, instead: &str) -> Result<&Path> {
        self.home.filter(|home| !home.as_os_str().is_empty()).ok_or_else(|| {
            Error::failed(format!("the home directory is unknown because HOME is not set: set HOME, or {instead}"))
        })
    }

    /// `$VARIABLE`, or the default below the home directory.
    pub(crate) fn xdg(&self, variable: &str, default: &str, instead: &str) -> Result<PathBuf> {
        // The XDG Base Directory Specification: a relative path is invalid and to be ignored.
        match self.path(variable).filter(|path| path.is_absolute()) {
            Some(path) => Ok(path),
            None => Ok(self.home(instead)?.join(default)),
        }
    }

    fn legacy(&self) -> Option<PathBuf> {
        let legacy = self.home("").ok()?.join(".aws-sso");
        (self.is_dir)(&legacy).then_some(legacy)
    }
}

/// The path of `config.yaml`, whether or not it exists: `--config`, `$AWS_SSO_CONFIG`,
/// `~/.aws-sso/config.yaml` where that directory exists, `$XDG_CONFIG_HOME/aws-sso/config.yaml`.
pub fn config_path(flag: Option<&Path>, around: &Surroundings<'_>) -> Result<PathBuf> {
    let instead = "name the file with --config or AWS_SSO_CONFIG";
    if let Some(path) = flag.map(Path::to_path_buf).or_else(|| around.path("AWS_SSO_CONFIG")) {
        return expand_tilde_or(&path, around, instead);
    }
    match around.legacy() {
        Some(directory) => Ok(directory.join("config.yaml")),
        None => Ok(around.xdg("XDG_CONFIG_HOME", ".config", instead)?.join("aws-sso").join("config.yaml")),
    }
}

/// The path of the state file, whether or not it exists: `$AWS_SSO_STATE`, `~/.aws-sso/state.db`
/// where that directory exists, `$XDG_STATE_HOME/aws-sso/state.db`.
pub fn state_path(around: &Surroundings<'_>) -> Result<PathBuf> {
    let instead = "name the state file with AWS_SSO_STATE";
    if let Some(path) = around.path("AWS_SSO_STATE") {
        return expand_tilde_or(&path, around, instead);
    }
    match around.legacy() {
        Some(directory) => Ok(directory.join("state.db")),
        None => Ok(around.xdg("XDG_STATE_HOME", ".local/state", instead)?.join("aws-sso").join("state.db")),
    }
}

/// `~` and `~/rest` with the home directory in place of the tilde; every other path as it is.
pub fn expand_tilde(path: &Path, around: &Surroundings<'_>) -> Result<PathBuf> {
    expand_tilde_or(path, around, "write the path without ~")
}

fn expand_tilde_or(path: &Path, around: &Surroundings<'_>, instead: &str) -> Result<PathBuf> {
    match path.strip_prefix("~") {
        Ok(rest) if rest.as_os_str().is_empty() => Ok(around.home(instead)?.to_path_buf()),
        Ok(rest) => Ok(around.home(instead)?.join(rest)),
        Err(_) => Ok(path.to_path_buf()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs `find` in a world with `variables` (as `NAME=value` words), a home, and the directories.
    fn within<T>(
        variables: &str,
        home: Option<&str>,
        directories: &[&str],
        find: impl Fn(&Surroundings<'_>) -> T,
    ) -> T {
        let env = |name: &str| {
            variables.split_whitespace().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(OsString::from)
        };
        let is_dir = |path: &Path| directories.iter().any(|directory| path == Path::new(directory));
        find(&Surroundings { env: &env, home: home.map(Path::new), is_dir: &is_dir })
    }

    #[test]
    fn the_config_file_is_found_in_order() {
        let legacy = &["/home/me/.aws-sso"][..];
        for (flag, variables, directories, expected) in [
            (Some("/a/b.yaml"), "AWS_SSO_CONFIG=/env.yaml", legacy, "/a/b.yaml"),
            (Some("b.yaml"), "", legacy, "b.yaml"),
            (Some("~/b.yaml"), "", legacy, "/home/me/b.yaml"),
            (None, "AWS_SSO_CONFIG=/env.yaml", legacy, "/env.yaml"),
            (None, "AWS_SSO_CONFIG=~/x/env.yaml", &[], "/home/me/x/env.yaml"),
            (None, "AWS_SSO_CONFIG= XDG_CONFIG_HOME=/xdg", legacy, "/home/me/.aws-sso/config.yaml"),
            (None, "XDG_CONFIG_HOME=/xdg", &[], "/xdg/aws-sso/config.yaml"),
            (None, "XDG_CONFIG_HOME=relative", &[], "/home/me/.config/aws-sso/config.yaml"),
            (None, "", &[], "/home/me/.config/aws-sso/config.yaml"),
        ] {
            let found = within(variables, Some("/home/me"), directories, |s| config_path(flag.map(Path::new), s));
            assert_eq!(found.unwrap(), Path::new(expected), "{flag:?} {variables}");
        }
    }

    #[test]
    fn the_state_file_is_found_in_order() {
        let legacy = &["/home/me/.aws-sso"][..];
        for (variables, directories, expected) in [
            ("AWS_SSO_STATE=/env.db", legacy, "/env.db"),
            ("AWS_SSO_STATE=~", legacy, "/home/me"),
            ("XDG_STATE_HOME=/xdg", legacy, "/home/me/.aws-sso/state.db"),
            ("XDG_STATE_HOME=/xdg", &[], "/xdg/aws-sso/state.db"),
            ("XDG_STATE_HOME=./xdg", &[], "/home/me/.local/state/aws-sso/state.db"),
            ("", &[], "/home/me/.local/state/aws-sso/state.db"),
        ] {
            let found = within(variables, Some("/home/me"), directories, state_path);
            assert_eq!(found.unwrap(), Path::new(expected), "{variables}");
        }
    }

    #[test]
    fn without_a_home_what_needs_one_says_what_to_set() {
        for home in [None, Some("")] {
            let error = within("", home, &[], |s| config_path(None, s)).unwrap_err().to_string();
            assert!(error.contains("set HOME") && error.contains("--config"), "{error}");
            let error = within("", home, &[], state_path).unwrap_err().to_string();
            assert!(error.contains("AWS_SSO_STATE"), "{error}");
            assert!(within("", home, &[], |s| config_path(Some(Path::new("~/x")), s)).is_err());

            assert!(within("", home, &[], |s| config_path(Some(Path::new("/x")), s)).is_ok());
            assert!(within("XDG_CONFIG_HOME=/x", home, &[], |s| config_path(None, s)).is_ok());
        }
    }

    #[test]
    fn only_a_leading_tilde_of_ones_own_is_expanded() {
        for (path, expected) in [("~", "/h"), ("~/a", "/h/a"), ("~other/a", "~other/a"), ("/a/~", "/a/~"), ("", "")] {
            let expanded = within("", Some("/h"), &[], |s| expand_tilde(Path::new(path), s));
            assert_eq!(expanded.unwrap(), Path::new(expected));
        }
    }
}
