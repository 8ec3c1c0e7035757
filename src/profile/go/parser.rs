//! Tokens to tree.

use std::collections::VecDeque;
use std::vec::IntoIter;

use super::super::error::{Position, TemplateError};
use super::ast::{Branch, Expr, ExprKind, Node, Range};
use super::lexer::{Token, TokenKind};

type Result<T> = std::result::Result<T, TemplateError>;

/// How deep parentheses, pipelines and blocks may nest, together: what any sane name needs, and what
/// the recursive steps after this one can bear.
const MAX_DEPTH: usize = 40;

/// The tree of a template.
pub fn parse(tokens: Vec<Token>) -> Result<Vec<Node>> {
    let mut parser = Parser { tokens: tokens.into_iter(), next: VecDeque::new(), depth: 0, loops: 0 };
    let (nodes, end) = parser.nodes()?;
    match end {
        Stop::End => Ok(nodes),
        Stop::Word(at, word) => {
            Err(TemplateError::at(at, format!("unexpected {{{{ {word} }}}}: no if, with or range is open here")))
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
    next: VecDeque<Token>,
    pub(super) depth: usize,
    /// How many `range` are open.
    loops: usize,
}

impl Parser {
    pub(super) fn peek(&mut self) -> Token {
        self.peek_at(0)
    }

    pub(super) fn peek_second(&mut self) -> Token {
        self.peek_at(1)
    }

    fn peek_at(&mut self, place: usize) -> Token {
        while self.next.len() <= place {
            match self.tokens.next() {
                Some(token) => self.next.push_back(token),
                None => break,
            }
        }
        // The end is never consumed, so there is always a token.
        let end = Token { kind: TokenKind::End, at: Position::START, spaced: false };
        self.next.get(place).or(self.next.back()).cloned().unwrap_or(end)
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.peek();
        if token.kind != TokenKind::End {
            self.next.pop_front();
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
            TokenKind::Word(word) if word == "range" => {
                self.advance();
                self.range(token.at).map(Node::Range)
            }
            TokenKind::Word(word) if word == "break" || word == "continue" => {
                self.advance();
                if self.loops == 0 {
                    return Err(TemplateError::at(token.at, format!("{word} outside of a range")));
                }
                self.expect_close(word)?;
                Ok(if word == "break" { Node::Break } else { Node::Continue })
            }
            TokenKind::Word(word) if matches!(word.as_str(), "define" | "block" | "template") => {
                self.advance();
                self.named(token.at, word)
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

    /// `range` after its word, to its `end`.
    fn range(&mut self, at: Position) -> Result<Range> {
        self.descend(at)?;
        let (key, value, over) = self.range_clause()?;
        self.expect_close("range")?;
        self.loops += 1;
        let (body, stop) = self.nodes()?;
        self.loops -= 1;
        let otherwise = match Self::stop_word(at, "range", stop)?.as_str() {
            "end" => {
                self.expect_close("end")?;
                Vec::new()
            }
            _ => self.otherwise(at, "range")?,
        };
        self.depth -= 1;
        Ok(Range { key, value, over, body, otherwise })
    }

    /// `define`, `block` or `template` after its word.
    fn named(&mut self, at: Position, word: &str) -> Result<Node> {
        let token = self.advance();
        let TokenKind::Quoted(name) = token.kind else {
            return Err(TemplateError::at(
                token.at,
                format!("expected the name of a template after {word}, as in \"x\""),
            ));
        };
        let given = |parser: &mut Self| -> Result<Option<Expr>> {
            Ok(if parser.peek().kind == TokenKind::Close { None } else { Some(parser.pipeline()?) })
        };
        if word == "template" {
            let given = given(self)?;
            self.expect_close("a value")?;
            return Ok(Node::Template(at, name, given));
        }
        if self.depth > 0 && word == "define" {
            return Err(TemplateError::at(at, "a define inside of another block: write it before or after that"));
        }
        let given = if word == "block" { Some(given(self)?.unwrap_or(Expr { at, kind: ExprKind::Nil })) } else { None };
        self.expect_close(word)?;
        self.descend(at)?;
        let loops = std::mem::take(&mut self.loops);
        let (body, stop) = self.nodes()?;
        self.loops = loops;
        self.depth -= 1;
        if Self::stop_word(at, word, stop)? != "end" {
            return Err(TemplateError::at(at, format!("this {word} has an else: expected {{{{ end }}}}")));
        }
        self.expect_close("end")?;
        Ok(match given {
            // A block is the definition and the use in one.
            Some(given) => Node::Block(at, name, body, given),
            None => Node::Define(name, body),
        })
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
