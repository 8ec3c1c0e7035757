//! Go's `text/template`, compiled: tokens → tree → a template that minijinja runs.
//!
//! All of the language: text, actions, trim markers, comments, fields, literals, calls, parentheses, pipelines,
//! variables, `if`, `with`, `range`, `define`, `template`, `block`. Fractions and complex numbers are refused.

mod ast;
mod cursor;
mod emit;
mod expression;
mod lexer;
mod literal;
mod parser;

pub use emit::{PAIRS, Program, emit};

use super::error::TemplateError;

/// Reads a Go template; its names are not looked up yet.
pub fn parse(source: &str) -> Result<Vec<ast::Node>, TemplateError> {
    parser::parse(lexer::tokens(source)?)
}

/// Compiles a Go template.
pub fn compile(source: &str) -> Result<Program, TemplateError> {
    emit(&parse(source)?)
}
