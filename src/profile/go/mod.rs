//! Go's `text/template`, compiled: tokens → tree → a template that minijinja runs.
//!
//! Done: text, actions, trim markers, comments, fields, literals, calls, parentheses, pipelines,
//! variables, `if`, `with`. The rest of the language is refused by name.

mod ast;
mod cursor;
mod emit;
mod lexer;
mod literal;
mod parser;

pub use emit::Program;

use super::error::TemplateError;

/// Compiles a Go template.
pub fn compile(source: &str) -> Result<Program, TemplateError> {
    let tokens = lexer::tokens(source)?;
    let nodes = parser::parse(tokens)?;
    // A text whose syntax is Go's with calls in it is hardly Jinja.
    let calls = ast::has_arguments(&nodes);
    emit::emit(&nodes).map_err(|error| if calls { error.only_go() } else { error })
}
