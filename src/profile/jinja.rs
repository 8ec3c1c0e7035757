//! A format that came as Jinja: minijinja reads it, we say what it may name.

use minijinja::{Error, ErrorKind};

use super::engine::Engine;
use super::error::{Position, TemplateError};
use super::fields::{self, ProfileFields};
use super::{functions, near_miss};
use crate::role::Role;

/// Compiles a Jinja template and refuses names that no role could ever give a value.
pub fn compile(format: &str) -> Result<Engine, TemplateError> {
    checked(format, Engine::jinja(format)?)
}

/// `engine`, which runs `format`, unless it asks for what there is not.
pub fn checked(format: &str, engine: Engine) -> Result<Engine, TemplateError> {
    let mut unknown: Vec<(usize, String)> = engine
        .free_names()
        .into_iter()
        .filter(|name| fields::find(name).is_none() && !engine.has_global(name))
        .map(|name| (offset_of(format, &name), name))
        .collect();
    unknown.sort();
    if let Some((offset, name)) = unknown.first() {
        return Err(TemplateError::at(Position::of(format, *offset), unknown_name(name)));
    }
    probe(format, &engine)?;
    Ok(engine)
}

/// minijinja looks filters and tests up when it renders: a role of no content finds the misspelt ones.
fn probe(format: &str, engine: &Engine) -> Result<(), TemplateError> {
    let Err(error) = engine.render_raw(ProfileFields::of(&Role::default())) else { return Ok(()) };
    match error.kind() {
        ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownTest | ErrorKind::UnknownMethod => {
            Err(error_in(format, &error))
        }
        _ => Ok(()),
    }
}

fn unknown_name(name: &str) -> String {
    let known = fields::FIELDS.iter().map(|field| field.name).chain(functions::names());
    match near_miss(name, known) {
        Some(near) => format!("no field or function {name}; did you mean {near}?"),
        None => format!("no field or function {name}; expected a field such as RoleName"),
    }
}

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

/// Where `name` stands as a word inside braces; the start where it cannot be told.
fn offset_of(format: &str, name: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '\'' | '"');
    let inside = |before: &str| {
        let opened = before.rfind("{{").max(before.rfind("{%"));
        opened.is_some() && opened > before.rfind("}}").max(before.rfind("%}"))
    };
    let stands_alone = |offset: &usize| {
        let (before, after) = (&format[..*offset], &format[offset + name.len()..]);
        !before.ends_with(is_word) && !after.starts_with(|c| is_word(c) && c != '.') && inside(before)
    };
    format.match_indices(name).map(|(offset, _)| offset).find(stands_alone).unwrap_or(0)
}
