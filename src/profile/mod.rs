//! Profile names: `ProfileFormat` as a Go template (`text/template` with sprig's functions) or as
//! Jinja, compiled once and rendered for every role.
//!
//! ```text
//! language  → which of the two a format is
//! go        → lexer, parser and code generator: a Go template becomes a Jinja template
//! jinja     → checks of a template that came as Jinja
//! functions → what both languages may call
//! engine    → the only file that knows how minijinja is set up and bounded
//! ```
//!
//! A format is somebody's text: it can neither run for long, nor take much memory, nor panic.

mod engine;
mod error;
mod explain;
mod fields;
mod functions;
#[cfg(test)]
mod fuzz;
mod go;
mod jinja;
mod language;
#[cfg(test)]
mod tests;

pub use error::{NameError, TemplateError};
pub use fields::{LEFT, ProfileFields};

use engine::Engine;
use error::Position;
use fields::LEFT_FIELD;
use language::Language;

/// The `ProfileFormat` that is used where none is configured.
pub const DEFAULT_FORMAT: &str = "{{ .AccountIdPad }}:{{ .RoleName }}";

/// The `PromptFormat` that is used where none is configured.
pub const DEFAULT_PROMPT: &str = "☁ {{ .Profile }} {{ .Left }}";

/// The longest format that is read, in bytes.
const MAX_FORMAT: usize = 8 * 1024;

/// A `ProfileFormat`, compiled.
#[derive(Debug)]
pub struct ProfileTemplate {
    engine: Engine,
}

impl ProfileTemplate {
    /// Compiles a Go template or a Jinja template; a blank one stands for [`DEFAULT_FORMAT`].
    ///
    /// Fails with line and column for a syntax error, an unknown field or function, and for the parts
    /// of Go's language that are not supported yet.
    pub fn parse(format: &str) -> Result<Self, TemplateError> {
        let format = if format.trim().is_empty() { DEFAULT_FORMAT } else { format };
        let engine = compile(format)?;
        if engine.free_names().contains(LEFT_FIELD) {
            let message = format!("the field {LEFT_FIELD} changes by the minute: it is for PromptFormat alone");
            return Err(TemplateError::at(Position::START, message));
        }
        Ok(Self { engine })
    }

    /// Compiles a `PromptFormat`: the same languages, fields and functions, and `Left`, for which
    /// [`LEFT`] is rendered. A blank one stands for [`DEFAULT_PROMPT`].
    pub fn parse_prompt(format: &str) -> Result<Self, TemplateError> {
        let format = if format.trim().is_empty() { DEFAULT_PROMPT } else { format };
        Ok(Self { engine: compile(format)? })
    }

    /// The profile's name for one role, as the format has it; see [`check_name`].
    ///
    /// Fails where a function refuses its arguments, or where the result is longer than 4 KiB.
    pub fn render(&self, fields: &ProfileFields<'_>) -> Result<String, TemplateError> {
        self.engine.render(*fields)
    }
}

/// The engine for a format, in the language that it is in.
fn compile(format: &str) -> Result<Engine, TemplateError> {
    if format.len() > MAX_FORMAT {
        let message = format!("the format has {} bytes, at most {MAX_FORMAT} are allowed", format.len());
        return Err(TemplateError::at(Position::START, message));
    }
    match Language::of(format) {
        Language::Go => Engine::go(go::compile(format)?),
        Language::Jinja => jinja::compile(format),
        Language::Either => either(format),
    }
}

/// The engine for a format that has no sign of one language or the other. Where it is right in neither,
/// the error is that of the language whose syntax it has.
fn either(format: &str) -> Result<Engine, TemplateError> {
    let Ok(tree) = go::parse(format) else { return jinja::compile(format) };
    match (go::emit(&tree), Engine::jinja(format)) {
        (Ok(program), _) => Engine::go(program),
        (Err(_), Ok(engine)) => jinja::checked(format, engine),
        (Err(error), Err(_)) => Err(error),
    }
}

/// Whether a text can be the name of a profile: not blank, and no control character, which would
/// break the lines of `~/.aws/config` or a shell's prompt. Spaces inside are allowed.
pub fn check_name(name: &str) -> Result<(), NameError> {
    if name.trim().is_empty() {
        return Err(NameError::Empty);
    }
    match name.chars().find(|c| c.is_control()) {
        Some(c) => Err(NameError::Control { name: name.to_owned(), code: c.into() }),
        None => Ok(()),
    }
}

/// The candidate that somebody who wrote `name` most likely meant, if any is near.
fn near_miss<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance <= 2.max(candidate.len() / 4) && *distance < candidate.len())
        .map(|(_, candidate)| candidate)
}
