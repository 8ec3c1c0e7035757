//! What a check answers.

use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// Something does not work, or is not safe.
    Problem,
    /// Worth knowing.
    Note,
    /// As it should be.
    Ok,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// The subject, one word for a script to choose by.
    pub check: &'static str,
    pub status: Status,
    /// In one line.
    pub message: String,
    /// What to type.
    pub command: Option<String>,
}

impl Finding {
    pub fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, status: Status::Ok, message: message.into(), command: None }
    }

    pub fn note(check: &'static str, message: impl Into<String>) -> Self {
        Self { status: Status::Note, ..Self::ok(check, message) }
    }

    pub fn problem(check: &'static str, message: impl Into<String>) -> Self {
        Self { status: Status::Problem, ..Self::ok(check, message) }
    }

    /// The same with the command that mends it.
    pub fn mended_by(self, command: impl Into<String>) -> Self {
        Self { command: Some(command.into()), ..self }
    }

    /// An error as a problem; where its message says what to run, that is the command.
    pub fn of_error(check: &'static str, error: &dyn std::fmt::Display) -> Self {
        let message = error.to_string();
        let command = message.split_once("run '").and_then(|(_, rest)| Some(rest.split_once('\'')?.0.to_owned()));
        Self { command, ..Self::problem(check, message) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_of_an_error_is_the_one_in_its_words() {
        for (message, command) in [
            ("nobody is signed in: run 'aws-sso login'", Some("aws-sso login")),
            ("damaged: run 'aws-sso logout', then 'aws-sso login'", Some("aws-sso logout")),
            ("run 'half", None),
            ("nothing to run", None),
        ] {
            assert_eq!(Finding::of_error("x", &message).command.as_deref(), command, "{message}");
        }
    }
}
