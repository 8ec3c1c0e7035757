//! What a function gives back.

use minijinja::value::Value;
use minijinja::{Error, ErrorKind};

/// A value, or why the arguments are wrong.
pub type Answer = Result<Value, String>;

/// The engine's form of a message that one of our functions gave.
pub fn refusal(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}
