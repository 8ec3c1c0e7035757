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
    /// `{{ range }} … {{ else }} … {{ end }}`
    Range(Range),
    Break,
    Continue,
    /// `{{ define "name" }} … {{ end }}`
    Define(String, Vec<Node>),
    /// `{{ block "name" pipeline }} … {{ end }}`: a definition, and its use in this place.
    Block(Position, String, Vec<Node>, Expr),
    /// `{{ template "name" pipeline }}`; without a pipeline it is given nothing.
    Template(Position, String, Option<Expr>),
}

/// `range`: over the items of a list, or the values of a map in the order of their keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The variable of the index or the key, where there are two; its place is that of the word.
    pub key: Option<Binding>,
    /// The variable of the item or the value.
    pub value: Option<Binding>,
    pub over: Expr,
    pub body: Vec<Node>,
    pub otherwise: Vec<Node>,
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
