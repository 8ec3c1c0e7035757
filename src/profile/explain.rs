//! minijinja's errors, in words for the person who wrote the format.

use minijinja::{Error, ErrorKind};

use super::error::{Position, TemplateError};
use super::{functions, near_miss};

/// An error of minijinja with its place in the format that it comes from.
pub fn error_in(format: &str, error: &Error) -> TemplateError {
    let at = match (error.range(), error.line()) {
        (Some(range), _) => Position::of(format, range.start),
        (None, Some(line)) => Position { line, column: 1 },
        (None, None) => return TemplateError::nowhere(explain(error)),
    };
    TemplateError::at(at, explain(error))
}

/// The message of an error, without the name that the template has in the engine.
pub fn explain(error: &Error) -> String {
    match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => "the format does too much work for a name".to_owned(),
        (ErrorKind::InvalidOperation, Some(detail)) => detail.to_owned(),
        (ErrorKind::UnknownFilter, Some(detail)) => with_near_miss(detail),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    }
}

fn with_near_miss(detail: &str) -> String {
    let name = detail.split_whitespace().nth(1).unwrap_or_default();
    match near_miss(name, functions::names()) {
        Some(near) => format!("no filter {name}; did you mean {near}?"),
        None => detail.to_owned(),
    }
}
