//! The tree of a Go template.

use super::super::error::Position;

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// What is outside of actions.
    Text(String),
    /// `{{ pipeline }}`: its value is printed.
    Print(Expr),
    /// `{{ $x := pipeline }}` or `{{ $x = pipeline }}`.
    Set(Binding, Expr),
    /// `{{ if }} … {{ else if }} … {{ else }} … {{ end }}` and the same with `with`.
    Branch(Branch),
}

/// A variable that takes a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    pub at: Position,
    pub name: String,
    /// `:=` rather than `=`.
    pub is_new: bool,
}

/// `if` or `with`.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// `with`: the value becomes the dot of its body.
    pub sets_dot: bool,
    pub binding: Option<Binding>,
    pub condition: Expr,
    pub then: Vec<Node>,
    /// What follows `else`; an `else if` is a branch of its own in here.
    pub otherwise: Vec<Node>,
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub at: Position,
    pub kind: ExprKind,
}

/// What a value is made from.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    Text(String),
    Number(i64),
    Bool(bool),
    Nil,
    /// `.` alone.
    Dot,
    /// `$` alone.
    Root,
    /// `$x`
    Variable(String),
    /// `base.Name`
    Field(Box<Expr>, String),
    /// `name argument …`, with what was piped into it as the last argument.
    Call(String, Vec<Expr>),
}
