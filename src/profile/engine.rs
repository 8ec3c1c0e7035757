//! minijinja, set up so that a template stays within bounds.

use std::collections::HashSet;

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind};

use super::error::{Position, TemplateError};
use super::fields::{FIELDS, Field, ProfileFields};
use super::go::{self, Program};
use super::{explain, functions};

/// The longest profile name, in bytes.
const MAX_OUTPUT: usize = 4 * 1024;

/// What one rendering may cost: an instruction is 1, and so are 64 bytes of text. The longest format
/// has some thousands of instructions; no loop gets far beyond that, and memory stays near 1 MiB.
const FUEL: u64 = 20_000;

/// Keeps nested calls of Jinja's macros well inside the stack of any thread.
const MAX_RECURSION: usize = 60;

/// The template's name inside its environment.
const NAME: &str = "profile";

/// A compiled template with the environment that it runs in.
#[derive(Debug)]
pub struct Engine {
    environment: Environment<'static>,
    fields: Vec<&'static Field>,
    source: Source,
}

/// What places in error messages refer to.
#[derive(Debug)]
enum Source {
    /// The places of the actions that the lines after the first one were made from.
    Go(Vec<Position>),
    Jinja(String),
}

impl Engine {
    /// Loads the output of Go's compiler.
    pub fn go(program: Program) -> Result<Self, TemplateError> {
        let mut environment = bounded(Environment::empty());
        functions::add_functions(&mut environment, &program.template);
        environment.add_function("namespace", minijinja::functions::namespace);
        environment.add_function(go::PAIRS, functions::pairs);
        environment.set_formatter(|out, _, value| {
            if value.is_undefined() || value.is_none() {
                return out.write_str("<no value>").map_err(Error::from);
            }
            refuse_function(value)?;
            functions::check_size(value)?;
            out.write_str(&functions::show(value)).map_err(Error::from)
        });
        Self::load(environment, program.template, Source::Go(program.lines))
    }

    /// Loads a template that is Jinja already.
    pub fn jinja(format: &str) -> Result<Self, TemplateError> {
        let mut environment = bounded(Environment::new());
        // It would show the program's own state in a name.
        environment.remove_global("debug");
        functions::add_functions(&mut environment, format);
        functions::add_filters(&mut environment, format);
        environment.set_formatter(|out, state, value| {
            refuse_function(value)?;
            functions::check_size(value)?;
            minijinja::escape_formatter(out, state, value)
        });
        Self::load(environment, format.to_owned(), Source::Jinja(format.to_owned()))
    }

    fn load(mut environment: Environment<'static>, template: String, source: Source) -> Result<Self, TemplateError> {
        // A field whose name is in the text may be meant; copying one too many does no harm.
        let fields = FIELDS.iter().filter(|field| template.contains(field.name)).collect();
        match environment.add_template_owned(NAME, template) {
            Ok(()) => Ok(Self { environment, fields, source }),
            Err(error) => Err(source.locate(&error)),
        }
    }

    /// The result for one role.
    pub fn render(&self, fields: ProfileFields<'_>) -> Result<String, TemplateError> {
        let name = self.render_raw(fields).map_err(|error| self.source.locate(&error))?;
        if name.len() > MAX_OUTPUT {
            let message =
                format!("the profile's name would have {} bytes, at most {MAX_OUTPUT} are allowed", name.len());
            return Err(TemplateError::nowhere(message));
        }
        Ok(name)
    }

    /// The result for one role, or the engine's own error.
    pub fn render_raw(&self, fields: ProfileFields<'_>) -> Result<String, Error> {
        self.environment.get_template(NAME)?.render(fields.record(&self.fields))
    }

    /// The names that the template uses and does not define.
    pub fn free_names(&self) -> HashSet<String> {
        self.environment.get_template(NAME).map(|template| template.undeclared_variables(false)).unwrap_or_default()
    }

    /// Whether a template may use `name` as a function.
    pub fn has_global(&self, name: &str) -> bool {
        self.environment.globals().any(|(global, _)| global == name)
    }
}

impl Source {
    fn locate(&self, error: &Error) -> TemplateError {
        let error = innermost(error);
        match self {
            Self::Jinja(format) => explain::error_in(format, error),
            Self::Go(lines) => {
                let place = error.line().and_then(|line| lines.get(line.checked_sub(2)?));
                match place {
                    Some(at) => TemplateError::at(*at, explain::explain(error)),
                    None => TemplateError::nowhere(explain::explain(error)),
                }
            }
        }
    }
}

/// A function that is named and not called would print what it is called in here.
fn refuse_function(value: &Value) -> Result<(), Error> {
    if value.kind() == ValueKind::Plain {
        let message = "a function has no text: call it, with what it works on in parentheses or piped into it";
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    Ok(())
}

/// The first cause of an error: the engine wraps those of called blocks.
fn innermost(error: &Error) -> &Error {
    let mut cause = error;
    while let Some(next) = std::error::Error::source(cause).and_then(|source| source.downcast_ref()) {
        cause = next;
    }
    cause
}

fn bounded(mut environment: Environment<'static>) -> Environment<'static> {
    environment.set_debug(false);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(MAX_RECURSION);
    environment
}
