//! A reading position in a text that knows its line and column.

use super::super::error::Position;

/// What is left to read, and where that is.
#[derive(Debug, Clone)]
pub struct Cursor<'s> {
    rest: &'s str,
    position: Position,
}

impl<'s> Cursor<'s> {
    pub fn new(source: &'s str) -> Self {
        Self { rest: source, position: Position::START }
    }

    pub fn rest(&self) -> &'s str {
        self.rest
    }

    pub fn position(&self) -> Position {
        self.position
    }

    pub fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.position = Position { line: self.position.line + 1, column: 1 };
        } else {
            self.position.column += 1;
        }
        Some(c)
    }

    /// Reads `length` bytes, which end at the end of a character.
    pub fn take(&mut self, length: usize) -> &'s str {
        let taken = &self.rest[..length];
        for _ in taken.chars() {
            self.next();
        }
        taken
    }

    pub fn take_while(&mut self, accepts: impl Fn(char) -> bool) -> &'s str {
        self.take(self.rest.find(|c| !accepts(c)).unwrap_or(self.rest.len()))
    }

    /// Reads `text` if it comes next.
    pub fn accept(&mut self, text: &str) -> bool {
        let found = self.rest.starts_with(text);
        if found {
            self.take(text.len());
        }
        found
    }
}
