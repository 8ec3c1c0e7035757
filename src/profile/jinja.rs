//! A format that came as Jinja: minijinja reads it, we say what it may name.

use minijinja::ErrorKind;

use super::engine::Engine;
use super::error::{Position, TemplateError};
use super::explain::error_in;
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
