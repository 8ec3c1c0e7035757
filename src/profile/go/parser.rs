//! Tokens to tree.

use std::vec::IntoIter;

use super::super::error::{Position, TemplateError};
use super::ast::{Branch, Node};
use super::lexer::{Token, TokenKind};

type Result<T> = std::result::Result<T, TemplateError>;

/// How deep parentheses, pipelines and blocks may nest, together: what any sane name needs, and what
/// the recursive steps after this one can bear.
const MAX_DEPTH: usize = 40;

/// The words of Go that stand for something not done yet, and are no functions either.
const NOT_YET: [&str; 6] = ["range", "define", "template", "block", "break", "continue"];

/// The tree of a template.
pub fn parse(tokens: Vec<Token>) -> Result<Vec<Node>> {
    let mut parser = Parser { tokens: tokens.into_iter(), next: None, depth: 0 };
    let (nodes, end) = parser.nodes()?;
    match end {
        Stop::End => Ok(nodes),
        Stop::Word(at, word) => {
            Err(TemplateError::at(at, format!("unexpected {{{{ {word} }}}}: no if or with is open here")))
        }
    }
}

/// What ended a list of nodes.
enum Stop {
    End,
    /// `else` or `end`; its action is read up to after the word.
    Word(Position, String),
}

/// What reads the tokens; its other half is in `expression`.
pub(super) struct Parser {
    tokens: IntoIter<Token>,
    next: Option<Token>,
    pub(super) depth: usize,
}

impl Parser {
    pub(super) fn peek(&mut self) -> Token {
        if self.next.is_none() {
            self.next = self.tokens.next();
        }
        // The end is never consumed, so there is always a token.
        self.next.clone().unwrap_or(Token { kind: TokenKind::End, at: Position::START, spaced: false })
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.peek();
        if token.kind != TokenKind::End {
            self.next = None;
        }
        token
    }

    fn peek_word(&mut self, word: &str) -> bool {
        matches!(self.peek().kind, TokenKind::Word(next) if next == word)
    }

    fn expect_close(&mut self, after: &str) -> Result<()> {
        let token = self.advance();
        match token.kind {
            TokenKind::Close => Ok(()),
            kind => Err(TemplateError::at(token.at, format!("unexpected {kind}: expected }}}} after {after}"))),
        }
    }

    pub(super) fn descend(&mut self, at: Position) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(TemplateError::at(at, format!("nested too deeply: at most {MAX_DEPTH} levels are allowed")));
        }
        Ok(())
    }

    fn nodes(&mut self) -> Result<(Vec<Node>, Stop)> {
        let mut nodes = Vec::new();
        loop {
            let token = self.advance();
            match token.kind {
                TokenKind::Text(text) => nodes.push(Node::Text(text)),
                TokenKind::End => return Ok((nodes, Stop::End)),
                _ => match self.peek().kind {
                    TokenKind::Word(word) if word == "else" || word == "end" => {
                        let at = self.advance().at;
                        return Ok((nodes, Stop::Word(at, word)));
                    }
                    _ => nodes.push(self.action(token.at)?),
                },
            }
        }
    }

    /// An action after its opening braces.
    fn action(&mut self, opened: Position) -> Result<Node> {
        let token = self.peek();
        match &token.kind {
            TokenKind::Close => {
                Err(TemplateError::at(opened, "this action is empty: expected a value such as .RoleName"))
            }
            TokenKind::Word(word) if word == "if" || word == "with" => {
                self.advance();
                self.branch(token.at, word == "with").map(Node::Branch)
            }
            TokenKind::Word(word) if NOT_YET.contains(&word.as_str()) => {
                Err(TemplateError::at(token.at, format!("{word} is not supported yet")))
            }
            _ => {
                let (binding, value) = self.bound_pipeline()?;
                self.expect_close("a value")?;
                Ok(match binding {
                    Some(binding) => Node::Set(binding, value),
                    None => Node::Print(value),
                })
            }
        }
    }

    /// `if` or `with` after its word, to its `end`.
    fn branch(&mut self, at: Position, sets_dot: bool) -> Result<Branch> {
        self.descend(at)?;
        let word = if sets_dot { "with" } else { "if" };
        let (binding, condition) = self.bound_pipeline()?;
        self.expect_close(word)?;
        let (then, stop) = self.nodes()?;
        let otherwise = match Self::stop_word(at, word, stop)?.as_str() {
            "end" => {
                self.expect_close("end")?;
                Vec::new()
            }
            _ => self.otherwise(at, word)?,
        };
        self.depth -= 1;
        Ok(Branch { sets_dot, binding, condition, then, otherwise })
    }

    /// What follows the word `else`, to the `end` of the whole chain.
    fn otherwise(&mut self, at: Position, word: &str) -> Result<Vec<Node>> {
        for (next, sets_dot) in [("if", false), ("with", true)] {
            if self.peek_word(next) {
                let at = self.advance().at;
                return Ok(vec![Node::Branch(self.branch(at, sets_dot)?)]);
            }
        }
        self.expect_close("else")?;
        let (nodes, stop) = self.nodes()?;
        let ended = Self::stop_word(at, word, stop)?;
        if ended != "end" {
            return Err(TemplateError::at(at, format!("this {word} has a second else: expected {{{{ end }}}}")));
        }
        self.expect_close("end")?;
        Ok(nodes)
    }

    fn stop_word(at: Position, word: &str, stop: Stop) -> Result<String> {
        match stop {
            Stop::Word(_, stop) => Ok(stop),
            Stop::End => Err(TemplateError::at(at, format!("this {word} has no end: expected {{{{ end }}}}"))),
        }
    }
}
