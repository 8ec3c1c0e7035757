//! What is wrong with a format, and where.

use std::fmt;

use crate::error::one_line;

/// A place in a format; line and column count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place of the byte `offset` of `text`.
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

/// A format that cannot be compiled, or that cannot be rendered for a role. Displayed as one line:
/// `LINE:COLUMN: what is wrong and what was expected`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct TemplateError {
    at: Option<Position>,
    message: String,
}

impl TemplateError {
    pub(super) fn at(at: Position, message: impl Into<String>) -> Self {
        Self { at: Some(at), message: message.into() }
    }

    pub(super) fn nowhere(message: impl Into<String>) -> Self {
        Self { at: None, message: message.into() }
    }

    /// The line of the error, from 1; none for an error that concerns the whole result.
    pub fn line(&self) -> Option<usize> {
        self.at.map(|at| at.line)
    }

    /// The column of the error in characters, from 1; none for an error that concerns the whole result.
    pub fn column(&self) -> Option<usize> {
        self.at.map(|at| at.column)
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Position { line, column }) = self.at {
            write!(f, "{line}:{column}: ")?;
        }
        f.write_str(&one_line(&self.message))
    }
}

/// A text that cannot be the name of a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or nothing but white space.
    #[error("the profile's name is empty")]
    Empty,
    /// A line break or another control character.
    #[error("the profile's name '{}' has a control character (U+{code:04X})", one_line(name))]
    Control {
        /// The whole name.
        name: String,
        /// Code point of the first control character.
        code: u32,
    },
}
