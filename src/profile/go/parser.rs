//! Tokens to tree.

use std::vec::IntoIter;

use super::super::error::{Position, TemplateError};
use super::ast::{Binding, Branch, Expr, ExprKind, Node};
use super::lexer::{Token, TokenKind};

type Result<T> = std::result::Result<T, TemplateError>;

/// How deep parentheses, pipelines and blocks may nest, together: what any sane name needs, and what
/// the recursive steps after this one can bear.
const MAX_DEPTH: usize = 40;

/// Go's words that are refused for now, each with the reason to name it.
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

struct Parser {
    tokens: IntoIter<Token>,
    next: Option<Token>,
    depth: usize,
}

impl Parser {
    fn peek(&mut self) -> Token {
        if self.next.is_none() {
            self.next = self.tokens.next();
        }
        // The end is never consumed, so there is always a token.
        self.next.clone().unwrap_or(Token { kind: TokenKind::End, at: Position::START, spaced: false })
    }

    fn advance(&mut self) -> Token {
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
            kind => {
                Err(TemplateError::at(token.at, format!("unexpected {}: expected }}}} after {after}", name(&kind))))
            }
        }
    }

    fn descend(&mut self, at: Position) -> Result<()> {
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

    /// `pipeline`, `$x := pipeline` or `$x = pipeline`.
    fn bound_pipeline(&mut self) -> Result<(Option<Binding>, Expr)> {
        let token = self.peek();
        let TokenKind::Variable(name) = token.kind.clone() else { return Ok((None, self.pipeline()?)) };
        self.advance();
        match self.peek().kind {
            TokenKind::Declare | TokenKind::Assign if !name.is_empty() => {
                let is_new = self.advance().kind == TokenKind::Declare;
                let binding = Binding { at: token.at, name, is_new };
                Ok((Some(binding), self.pipeline()?))
            }
            _ => {
                let first = self.chain(variable(token.at, name))?;
                Ok((None, self.pipeline_after(first)?))
            }
        }
    }

    fn pipeline(&mut self) -> Result<Expr> {
        let first = self.command(None)?;
        self.pipes(first)
    }

    /// A pipeline whose first operand is read already.
    fn pipeline_after(&mut self, first: Expr) -> Result<Expr> {
        self.refuse_operand()?;
        self.pipes(first)
    }

    fn pipes(&mut self, first: Expr) -> Result<Expr> {
        let mut value = first;
        let depth = self.depth;
        while self.peek().kind == TokenKind::Pipe {
            let at = self.advance().at;
            self.descend(at)?;
            value = self.command(Some(value))?;
        }
        self.depth = depth;
        Ok(value)
    }

    /// One stage of a pipeline: an operand, or a function with arguments and what is piped into it.
    fn command(&mut self, piped: Option<Expr>) -> Result<Expr> {
        let token = self.peek();
        match token.kind {
            TokenKind::Word(name) if !is_constant(&name) => {
                self.advance();
                let mut arguments = Vec::new();
                while self.starts_operand() {
                    arguments.push(self.operand()?);
                }
                arguments.extend(piped);
                Ok(Expr { at: token.at, kind: ExprKind::Call(name, arguments) })
            }
            _ if piped.is_some() => Err(TemplateError::at(token.at, "expected a function after |")),
            _ => {
                let value = self.operand()?;
                self.refuse_operand()?;
                Ok(value)
            }
        }
    }

    /// Two values side by side where the first is no function.
    fn refuse_operand(&mut self) -> Result<()> {
        if self.starts_operand() {
            let token = self.peek();
            let message =
                format!("unexpected {}: only a function takes arguments; expected | or }}}}", name(&token.kind));
            return Err(TemplateError::at(token.at, message));
        }
        Ok(())
    }

    fn starts_operand(&mut self) -> bool {
        use TokenKind::{Dot, Field, LeftParen, Number, Quoted, Variable, Word};
        matches!(self.peek().kind, Word(_) | Field(_) | Dot | Variable(_) | Quoted(_) | Number(_) | LeftParen)
    }

    fn operand(&mut self) -> Result<Expr> {
        let token = self.advance();
        let at = token.at;
        let kind = match token.kind {
            TokenKind::Quoted(text) => ExprKind::Text(text),
            TokenKind::Number(number) => ExprKind::Number(number),
            TokenKind::Dot => ExprKind::Dot,
            TokenKind::Variable(name) => return self.chain(variable(at, name)),
            TokenKind::Field(name) => {
                let dot = Expr { at, kind: ExprKind::Dot };
                return self.chain(Expr { at, kind: ExprKind::Field(Box::new(dot), name) });
            }
            TokenKind::Word(word) => match word.as_str() {
                "true" => ExprKind::Bool(true),
                "false" => ExprKind::Bool(false),
                "nil" => ExprKind::Nil,
                _ => ExprKind::Call(word, Vec::new()),
            },
            TokenKind::LeftParen => return self.parenthesis(at),
            kind => {
                let message =
                    format!("unexpected {}: expected a field such as .RoleName, a function or a string", name(&kind));
                return Err(TemplateError::at(at, message));
            }
        };
        self.no_chain()?;
        Ok(Expr { at, kind })
    }

    fn parenthesis(&mut self, at: Position) -> Result<Expr> {
        self.descend(at)?;
        let value = self.pipeline()?;
        self.depth -= 1;
        if self.advance().kind != TokenKind::RightParen {
            return Err(TemplateError::at(at, "this parenthesis has no end: expected )"));
        }
        self.chain(value)
    }

    /// The fields that follow a value without a space.
    fn chain(&mut self, base: Expr) -> Result<Expr> {
        let mut value = base;
        let depth = self.depth;
        while let Token { kind: TokenKind::Field(name), at, spaced: false } = self.peek() {
            self.advance();
            self.descend(at)?;
            value = Expr { at, kind: ExprKind::Field(Box::new(value), name) };
        }
        self.depth = depth;
        Ok(value)
    }

    fn no_chain(&mut self) -> Result<()> {
        match self.peek() {
            Token { kind: TokenKind::Field(name), at, spaced: false } => {
                Err(TemplateError::at(at, format!("unexpected .{name}: expected a space before it")))
            }
            _ => Ok(()),
        }
    }
}

fn is_constant(word: &str) -> bool {
    matches!(word, "true" | "false" | "nil")
}

fn variable(at: Position, name: String) -> Expr {
    Expr { at, kind: if name.is_empty() { ExprKind::Root } else { ExprKind::Variable(name) } }
}

/// A token as a message names it.
fn name(kind: &TokenKind) -> String {
    match kind {
        TokenKind::Text(_) | TokenKind::Open => "{{".to_owned(),
        TokenKind::Close => "}}".to_owned(),
        TokenKind::Word(word) => word.clone(),
        TokenKind::Field(field) => format!(".{field}"),
        TokenKind::Dot => ".".to_owned(),
        TokenKind::Variable(name) => format!("${name}"),
        TokenKind::Quoted(_) => "a string".to_owned(),
        TokenKind::Number(number) => number.to_string(),
        TokenKind::LeftParen => "(".to_owned(),
        TokenKind::RightParen => ")".to_owned(),
        TokenKind::Pipe => "|".to_owned(),
        TokenKind::Declare => ":=".to_owned(),
        TokenKind::Assign => "=".to_owned(),
        TokenKind::End => "the end".to_owned(),
    }
}
