//! How a command fails: one line for a person, one exit status for a script.

use std::fmt;

/// The exit statuses of every command, as documented in `aws-sso --help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 1: the command failed.
    Failed = 1,
    /// 2: the command line is wrong.
    Usage = 2,
    /// 3: nobody is signed in, and this command must not open a browser.
    SignInNeeded = 3,
    /// 4: no such role, or several that fit.
    NoSuchRole = 4,
    /// 5: the secure store is locked or out of reach.
    StoreUnavailable = 5,
    /// 130: the person pressed Ctrl-C, or left a choice.
    Interrupted = 130,
}

/// A failure that is ready to be shown: cause, place and next command in one line.
///
/// Modules whose callers branch on the kind of failure have an error type of their own and convert
/// it into this one where the message is final.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    exit: Exit,
    message: String,
}

/// What every command and most of the library return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure with the exit status `exit`.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// A general failure (exit status 1).
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// A wrong command line (exit status 2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// A command that needs a session found none (exit status 3).
    pub fn sign_in_needed(message: impl Into<String>) -> Self {
        Self::new(Exit::SignInNeeded, message)
    }

    /// No role fits, or several do (exit status 4).
    pub fn no_such_role(message: impl Into<String>) -> Self {
        Self::new(Exit::NoSuchRole, message)
    }

    /// The secure store could not be opened (exit status 5).
    pub fn store_unavailable(message: impl Into<String>) -> Self {
        Self::new(Exit::StoreUnavailable, message)
    }

    /// The person left a choice that was offered (exit status 130). They know: nothing is said.
    pub fn cancelled() -> Self {
        Self::new(Exit::Interrupted, "")
    }

    /// The status that the process ends with.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// The message as it was written, before it is made safe for a terminal.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same failure, told with its surroundings first: `could not X: <message>`.
    #[must_use]
    pub fn context(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }
}

impl fmt::Display for Error {
    /// One line: whatever a file name, a server or a YAML library put into the message, it can
    /// neither break the line nor move the cursor.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.message))
    }
}

impl std::error::Error for Error {}

/// `text` with line breaks folded to spaces and control or direction-changing characters replaced
/// by U+FFFD: what is safe to print on a terminal when other people chose the text.
pub fn one_line(text: &str) -> String {
    // Nearly every text: lists have tens of thousands of them.
    if text.bytes().all(|byte| matches!(byte, b'!'..=b'~')) {
        return text.to_owned();
    }
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => {
                if !line.ends_with(' ') {
                    line.push(' ');
                }
            }
            c if c.is_control() || is_format_control(c) => line.push('\u{fffd}'),
            c => line.push(c),
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// The invisible characters that reorder or hide text around them (Unicode's bidirectional
/// controls, zero-width characters and the line separators).
pub(crate) fn is_format_control(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_safe_line() {
        let error = Error::failed("could not read\n  a\u{1b}[31mb\u{202e}c\r\n");
        assert_eq!(error.to_string(), "could not read   a\u{fffd}[31mb\u{fffd}c");
    }
}
