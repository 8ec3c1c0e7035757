//! The tokens of a Go template.

use std::fmt;

use super::super::error::{Position, TemplateError};
use super::cursor::Cursor;
use super::literal;

type Result<T> = std::result::Result<T, TemplateError>;

/// A token with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub kind: TokenKind,
    pub at: Position,
    /// Whether white space stands before it: `(f x).Name` is a field, `(f x) .Name` two values.
    pub spaced: bool,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub enum TokenKind {
    /// What is outside of actions, trimmed as its neighbours ask.
    Text(String),
    /// `{{`
    Open,
    /// `}}`
    Close,
    /// A function, a keyword or a constant.
    Word(String),
    /// `.Name`
    Field(String),
    /// `.`
    Dot,
    /// `$Name`, or `$` with an empty name.
    Variable(String),
    /// A string literal.
    Quoted(String),
    Number(i64),
    LeftParen,
    RightParen,
    Pipe,
    /// `:=`
    Declare,
    /// `=`
    Assign,
    /// `,` between the two variables of a `range`.
    Comma,
    /// The end of the template.
    End,
}

impl fmt::Display for TokenKind {
    /// The token as a message names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) | Self::Open => f.write_str("{{"),
            Self::Close => f.write_str("}}"),
            Self::Word(word) => f.write_str(word),
            Self::Field(field) => write!(f, ".{field}"),
            Self::Dot => f.write_str("."),
            Self::Variable(name) => write!(f, "${name}"),
            Self::Quoted(_) => f.write_str("a string"),
            Self::Number(number) => write!(f, "{number}"),
            Self::LeftParen => f.write_str("("),
            Self::RightParen => f.write_str(")"),
            Self::Pipe => f.write_str("|"),
            Self::Declare => f.write_str(":="),
            Self::Assign => f.write_str("="),
            Self::Comma => f.write_str(","),
            Self::End => f.write_str("the end"),
        }
    }
}

/// All tokens of `source`; the last one is [`TokenKind::End`].
pub fn tokens(source: &str) -> Result<Vec<Token>> {
    let mut lexer = Lexer { cursor: Cursor::new(source), tokens: Vec::new() };
    let mut trim_start = false;
    while !lexer.cursor.rest().is_empty() {
        lexer.text(trim_start);
        trim_start = !lexer.cursor.rest().is_empty() && lexer.action()?;
    }
    let at = lexer.cursor.position();
    lexer.push(TokenKind::End, at, false);
    Ok(lexer.tokens)
}

struct Lexer<'s> {
    cursor: Cursor<'s>,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn push(&mut self, kind: TokenKind, at: Position, spaced: bool) {
        self.tokens.push(Token { kind, at, spaced });
    }

    /// The text up to the next action.
    fn text(&mut self, trim_start: bool) {
        let at = self.cursor.position();
        let rest = self.cursor.rest();
        let length = rest.find("{{").unwrap_or(rest.len());
        let mut text = self.cursor.take(length);
        if trim_start {
            text = text.trim_start_matches(is_space);
        }
        if trims(&self.cursor.rest()[2.min(self.cursor.rest().len())..]) {
            text = text.trim_end_matches(is_space);
        }
        if !text.is_empty() {
            self.push(TokenKind::Text(text.to_owned()), at, false);
        }
    }

    /// One action with its braces; answers whether the text after it is to be trimmed.
    fn action(&mut self) -> Result<bool> {
        let opened = self.cursor.position();
        self.cursor.take(2);
        if trims(self.cursor.rest()) {
            self.cursor.take(1);
            self.cursor.take_while(is_space);
        }
        if self.cursor.rest().starts_with("/*") {
            return self.comment(opened);
        }
        self.push(TokenKind::Open, opened, false);
        loop {
            let spaced = !self.cursor.take_while(is_space).is_empty();
            let at = self.cursor.position();
            if spaced && self.cursor.accept("-}}") {
                self.push(TokenKind::Close, at, spaced);
                return Ok(true);
            }
            if self.cursor.accept("}}") {
                self.push(TokenKind::Close, at, spaced);
                return Ok(false);
            }
            if self.cursor.rest().is_empty() {
                return Err(TemplateError::at(opened, "this action has no end: expected }}"));
            }
            let kind = self.token(at)?;
            self.push(kind, at, spaced);
        }
    }

    /// `/* … */` and the braces after it.
    fn comment(&mut self, opened: Position) -> Result<bool> {
        let Some(length) = self.cursor.rest().find("*/") else {
            return Err(TemplateError::at(opened, "this comment has no end: expected */}}"));
        };
        self.cursor.take(length + 2);
        let spaced = !self.cursor.take_while(is_space).is_empty();
        let trim = spaced && self.cursor.accept("-}}");
        if trim || (!spaced && self.cursor.accept("}}")) {
            return Ok(trim);
        }
        Err(TemplateError::at(self.cursor.position(), "expected }} right after a comment's */"))
    }

    fn token(&mut self, at: Position) -> Result<TokenKind> {
        let rest = self.cursor.rest();
        let second = rest.chars().nth(1).unwrap_or(' ');
        let kind = match self.cursor.peek().unwrap_or(' ') {
            '"' => return self.after_quote(at, literal::quoted).map(TokenKind::Quoted),
            '`' => return self.after_quote(at, literal::raw).map(TokenKind::Quoted),
            '\'' => return self.after_quote(at, literal::character).map(TokenKind::Number),
            c if c.is_ascii_digit() || (matches!(c, '-' | '+' | '.') && second.is_ascii_digit()) => {
                return literal::number(&mut self.cursor).map(TokenKind::Number);
            }
            c if is_letter(c) => return Ok(TokenKind::Word(self.cursor.take_while(is_word).to_owned())),
            '.' if is_letter(second) => {
                self.cursor.take(1);
                return Ok(TokenKind::Field(self.cursor.take_while(is_word).to_owned()));
            }
            '$' => {
                self.cursor.take(1);
                return Ok(TokenKind::Variable(self.cursor.take_while(is_word).to_owned()));
            }
            '.' => TokenKind::Dot,
            '(' => TokenKind::LeftParen,
            ')' => TokenKind::RightParen,
            '|' => TokenKind::Pipe,
            '=' => TokenKind::Assign,
            ',' => TokenKind::Comma,
            ':' if second == '=' => TokenKind::Declare,
            c => {
                let message = format!("unexpected '{c}': expected a field such as .RoleName, a function or a string");
                return Err(TemplateError::at(at, message));
            }
        };
        self.cursor.take(if kind == TokenKind::Declare { 2 } else { 1 });
        Ok(kind)
    }

    fn after_quote<T>(&mut self, at: Position, read: impl Fn(&mut Cursor<'_>, Position) -> Result<T>) -> Result<T> {
        self.cursor.take(1);
        read(&mut self.cursor, at)
    }
}

/// Whether what follows `{{` is a trim marker: `{{-3}}` is a number.
fn trims(action: &str) -> bool {
    action.strip_prefix('-').is_some_and(|rest| rest.starts_with(is_space))
}

/// What Go's templates trim and skip.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
