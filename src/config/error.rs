//! Why there is no configuration: callers stay silent about a missing file, never about a wrong one.

use std::fmt;
use std::path::PathBuf;

use crate::Error;
use crate::error::one_line;

/// The least that a configuration says, on one line, to follow "create the file with".
pub const EXAMPLE: &str = "at least this line, and your values in it: SSOConfig: {Default: {SSORegion: us-east-1, StartUrl: \
                           'https://d-1234567890.awsapps.com/start'}}";

/// What kept `config.yaml` from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigError {
    /// There is no file at that path.
    Missing(PathBuf),
    /// The file could not be read; why not.
    Unreadable(PathBuf, String),
    /// The file says something wrong.
    Invalid {
        /// The file.
        path: PathBuf,
        /// Each as `PATH:LINE: what is wrong`, in the order of lines, at least one.
        problems: Vec<String>,
    },
}

impl ConfigError {
    /// Every problem, one line each.
    pub fn problems(&self) -> Vec<String> {
        match self {
            Self::Invalid { problems, .. } => problems.iter().map(|problem| one_line(problem)).collect(),
            _ => vec![self.to_string()],
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Missing(path) => format!(
                "no configuration at {}: run 'aws-sso setup wizard', or create the file with {EXAMPLE}",
                path.display()
            ),
            Self::Unreadable(path, why) => format!("could not read {}: {why}", path.display()),
            Self::Invalid { problems, .. } => match problems.as_slice() {
                [] => "the configuration is wrong".to_owned(),
                [only] => only.clone(),
                [first, _] => format!("{first} (and 1 more problem)"),
                [first, more @ ..] => format!("{first} (and {} more problems)", more.len()),
            },
        }
    }
}

impl fmt::Display for ConfigError {
    /// One line: the first problem, and how many follow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.message()))
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::failed(error.message())
    }
}
