//! Go's `text/template`, compiled: tokens → tree → a template that minijinja runs.
//!
//! Done: text, actions, trim markers, comments, fields, literals, calls, parentheses, pipelines,
//! variables, `if`, `with`. The rest of the language is refused by name.

mod ast;
mod cursor;
mod emit;
mod expression;
mod lexer;
mod literal;
mod parser;

pub use emit::{Program, emit};

use super::error::TemplateError;

/// Reads a Go template; its names are not looked up yet.
pub fn parse(source: &str) -> Result<Vec<ast::Node>, TemplateError> {
    parser::parse(lexer::tokens(source)?)
}

/// Compiles a Go template.
pub fn compile(source: &str) -> Result<Program, TemplateError> {
    emit(&parse(source)?)
}
