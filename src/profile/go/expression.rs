//! The values in a Go template: operands, calls, pipelines.

use super::super::error::{Position, TemplateError};
use super::ast::{Binding, Expr, ExprKind};
use super::lexer::{Token, TokenKind};
use super::parser::Parser;

type Result<T> = std::result::Result<T, TemplateError>;

impl Parser {
    /// What a `range` goes over, after its word: `pipeline`, `$x := pipeline` or `$i, $x := pipeline`.
    pub(super) fn range_clause(&mut self) -> Result<(Option<Binding>, Option<Binding>, Expr)> {
        let first = self.peek();
        let (binding, value) = match first.kind.clone() {
            TokenKind::Variable(name) if !name.is_empty() && self.peek_second().kind == TokenKind::Comma => {
                self.advance();
                self.advance();
                (Some(Binding { at: first.at, name, is_new: true }), self.bound_pipeline()?)
            }
            _ => (None, self.bound_pipeline()?),
        };
        match (binding, value) {
            (Some(key), (Some(item), over)) => {
                let key = Binding { is_new: item.is_new, ..key };
                Ok((Some(key), Some(item), over))
            }
            (Some(_), (None, over)) => {
                Err(TemplateError::at(over.at, "expected a second variable and := after the comma"))
            }
            (None, (item, over)) => Ok((None, item, over)),
        }
    }

    /// `pipeline`, `$x := pipeline` or `$x = pipeline`.
    pub(super) fn bound_pipeline(&mut self) -> Result<(Option<Binding>, Expr)> {
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

    pub(super) fn pipeline(&mut self) -> Result<Expr> {
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
                self.no_chain()?;
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
                if value.kind == ExprKind::Nil {
                    return Err(TemplateError::at(value.at, "nil alone is no value: it can only be an argument"));
                }
                Ok(value)
            }
        }
    }

    /// Two values side by side where the first is no function.
    fn refuse_operand(&mut self) -> Result<()> {
        if self.starts_operand() {
            let token = self.peek();
            let message = format!("unexpected {}: only a function takes arguments; expected | or }}}}", token.kind);
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
                let message = format!("unexpected {kind}: expected a field such as .RoleName, a function or a string");
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
