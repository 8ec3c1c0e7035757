//! Tree to template: what minijinja runs, with fields, functions and variables checked.

use std::collections::HashMap;

use super::super::error::{Position, TemplateError};
use super::super::fields::{self, Kind};
use super::super::{functions, near_miss};
use super::ast::{Binding, Branch, Expr, ExprKind, Node, Range};

type Result<T> = std::result::Result<T, TemplateError>;

/// A template for minijinja that was a Go template.
#[derive(Debug)]
pub struct Program {
    /// The text of the template. Each value starts a line of its own.
    pub template: String,
    /// The places in the Go template that the second and all later lines come from.
    pub lines: Vec<Position>,
}

/// How deep templates may use each other.
const MAX_USES: usize = 10;

/// The longest template that is made, in bytes: templates that use each other twice grow fast.
const MAX_TEMPLATE: usize = 64 * 1024;

/// Writes the template that does what `nodes` say.
pub fn emit(nodes: &[Node]) -> Result<Program> {
    let program = Program { template: String::new(), lines: Vec::new() };
    let mut defined = HashMap::new();
    find_definitions(nodes, &mut defined);
    let outlive = has_loop(nodes);
    let mut emitter =
        Emitter { program, defined, outlive, scope: Vec::new(), root: None, dot: None, names: 0, uses: 0 };
    if outlive {
        emitter.program.template.push_str(&format!("{{% set {KEEPER} = namespace() %}}"));
    }
    emitter.nodes(nodes)?;
    Ok(emitter.program)
}

/// The templates that are defined anywhere, the last one of each name.
fn find_definitions<'a>(nodes: &'a [Node], defined: &mut HashMap<&'a str, &'a [Node]>) {
    for node in nodes {
        match node {
            Node::Define(name, body) | Node::Block(_, name, body, _) => {
                defined.insert(name, body);
                find_definitions(body, defined);
            }
            Node::Branch(branch) => {
                find_definitions(&branch.then, defined);
                find_definitions(&branch.otherwise, defined);
            }
            Node::Range(range) => {
                find_definitions(&range.body, defined);
                find_definitions(&range.otherwise, defined);
            }
            _ => {}
        }
    }
}

fn has_loop(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Range(_) => true,
        Node::Define(_, body) | Node::Block(_, _, body, _) => has_loop(body),
        Node::Branch(branch) => has_loop(&branch.then) || has_loop(&branch.otherwise),
        _ => false,
    })
}

/// What keeps variables in a template that has a loop: in minijinja, what is set in a loop is gone after it.
const KEEPER: &str = "_kept";

/// What a loop goes over as pairs: see [`functions::pairs`].
pub const PAIRS: &str = "_pairs";

/// A Go variable and the name that it has in the template: every declaration has one of its own, so
/// that minijinja's scopes, which are wider than Go's, never matter.
#[derive(Debug, Clone)]
struct Variable {
    go_name: String,
    name: String,
    kind: Kind,
}

struct Emitter<'a> {
    program: Program,
    defined: HashMap<&'a str, &'a [Node]>,
    /// Whether variables have to outlive a loop that sets them.
    outlive: bool,
    scope: Vec<Variable>,
    /// What `$` is inside of a template that was given a value; none while it is the whole record.
    root: Option<Variable>,
    /// The innermost `with` or `range`; none while the dot is the whole record.
    dot: Option<Variable>,
    names: usize,
    /// How many templates that are used are being written.
    uses: usize,
}

impl Emitter<'_> {
    fn nodes(&mut self, nodes: &[Node]) -> Result<()> {
        for node in nodes {
            match node {
                Node::Text(text) => self.text(text),
                Node::Print(value) => self.tag("{{", value, "}}")?,
                Node::Set(binding, value) => self.set(binding, value)?,
                Node::Branch(branch) => self.branch(branch)?,
                Node::Range(range) => self.range(range)?,
                Node::Break => self.program.template.push_str("{% break %}"),
                Node::Continue => self.program.template.push_str("{% continue %}"),
                Node::Define(..) => {}
                Node::Block(at, name, _, given) => self.used(*at, name, Some(given))?,
                Node::Template(at, name, given) => self.used(*at, name, given.as_ref())?,
            }
        }
        Ok(())
    }

    /// Text as it is where minijinja would read nothing into it, and as a string literal elsewhere.
    fn text(&mut self, text: &str) {
        if text.contains(['{', '}', '#', '%', '\r', '\n']) {
            self.program.template.push_str(&format!("{{{{{}}}}}", literal(text)));
        } else {
            self.program.template.push_str(text);
        }
    }

    fn tag(&mut self, open: &str, value: &Expr, close: &str) -> Result<()> {
        let value_text = self.value(value)?;
        self.program.lines.push(value.at);
        self.program.template.push_str(&format!("{open}\n{value_text} {close}"));
        Ok(())
    }

    fn set(&mut self, binding: &Binding, value: &Expr) -> Result<()> {
        let kind = self.kind(value);
        if binding.is_new {
            let name = self.fresh_name();
            self.tag(&format!("{{% set {name} ="), value, "%}")?;
            self.scope.push(Variable { go_name: binding.name.clone(), name, kind });
            return Ok(());
        }
        let name = self.variable(binding.at, &binding.name)?.name.clone();
        self.tag(&format!("{{% set {name} ="), value, "%}")?;
        // Whether a branch that assigns is taken is not known here.
        for variable in self.scope.iter_mut().filter(|variable| variable.name == name) {
            variable.kind = Kind::Unknown;
        }
        Ok(())
    }

    fn branch(&mut self, branch: &Branch) -> Result<()> {
        let declared = self.scope.len();
        let dot = self.dot.clone();
        if branch.sets_dot || branch.binding.is_some() {
            let at = branch.condition.at;
            let hidden = Binding { at, name: String::new(), is_new: true };
            let binding = branch.binding.as_ref().unwrap_or(&hidden);
            self.set(binding, &branch.condition)?;
            let value = self.variable(at, &binding.name)?.clone();
            self.program.template.push_str(&format!("{{% if {} %}}", value.name));
            if branch.sets_dot {
                self.dot = Some(value);
            }
        } else {
            self.tag("{% if", &branch.condition, "%}")?;
        }
        let bound = self.scope.len();
        self.nodes(&branch.then)?;
        self.dot = dot;
        self.scope.truncate(bound);
        if !branch.otherwise.is_empty() {
            self.program.template.push_str("{% else %}");
            self.nodes(&branch.otherwise)?;
        }
        self.scope.truncate(declared);
        self.program.template.push_str("{% endif %}");
        Ok(())
    }

    fn range(&mut self, range: &Range) -> Result<()> {
        let (declared, dot) = (self.scope.len(), self.dot.clone());
        self.names += 1;
        let pair = format!("_p{}", self.names);
        let over = self.value(&range.over)?;
        self.program.lines.push(range.over.at);
        self.program.template.push_str(&format!("{{% for {pair} in\n{PAIRS}({over}) %}}"));
        let item = self.item(range.value.as_ref(), range.over.at, &format!("{pair}[1]"))?;
        if let Some(key) = &range.key {
            self.item(Some(key), key.at, &format!("{pair}[0]"))?;
        }
        self.dot = Some(item);
        self.nodes(&range.body)?;
        self.dot = dot;
        self.scope.truncate(declared);
        if !range.otherwise.is_empty() {
            self.program.template.push_str("{% else %}");
            self.nodes(&range.otherwise)?;
            self.scope.truncate(declared);
        }
        self.program.template.push_str("{% endfor %}");
        Ok(())
    }

    /// Gives a part of a loop's pair to its variable, or to a hidden one.
    fn item(&mut self, binding: Option<&Binding>, at: Position, part: &str) -> Result<Variable> {
        let variable = match binding {
            Some(binding) if !binding.is_new => self.variable(at, &binding.name)?.clone(),
            binding => {
                let go_name = binding.map(|binding| binding.name.clone()).unwrap_or_default();
                Variable { go_name, name: self.fresh_name(), kind: Kind::Unknown }
            }
        };
        self.program.template.push_str(&format!("{{% set {} = {part} %}}", variable.name));
        self.scope.push(variable.clone());
        Ok(variable)
    }

    /// A defined template in the place where it is used, with what it is given as its dot.
    fn used(&mut self, at: Position, name: &str, given: Option<&Expr>) -> Result<()> {
        let Some(body) = self.defined.get(name).copied() else {
            let near = near_miss(name, self.defined.keys().copied());
            let hint = near
                .map_or_else(|| "expected {{ define … }} for it".to_owned(), |near| format!("did you mean {near}?"));
            return Err(TemplateError::at(at, format!("no template \"{name}\"; {hint}")));
        };
        if self.uses == MAX_USES || self.program.template.len() > MAX_TEMPLATE {
            return Err(TemplateError::at(at, "the templates use each other too often"));
        }
        let nothing = Expr { at, kind: ExprKind::Nil };
        let given = given.unwrap_or(&nothing);
        let inner = if self.is_record(given) {
            None
        } else {
            let kind = self.kind(given);
            let variable = Variable { go_name: String::new(), name: self.fresh_name(), kind };
            self.tag(&format!("{{% set {} =", variable.name), given, "%}")?;
            Some(variable)
        };
        let outer = (std::mem::take(&mut self.scope), self.root.clone(), self.dot.clone());
        (self.root, self.dot) = (inner.clone(), inner);
        self.uses += 1;
        self.nodes(body)?;
        self.uses -= 1;
        (self.scope, self.root, self.dot) = outer;
        Ok(())
    }

    fn fresh_name(&mut self) -> String {
        self.names += 1;
        if self.outlive { format!("{KEEPER}.v{}", self.names) } else { format!("_v{}", self.names) }
    }

    fn variable(&self, at: Position, go_name: &str) -> Result<&Variable> {
        let found = self.scope.iter().rev().find(|variable| variable.go_name == go_name);
        found
            .ok_or_else(|| TemplateError::at(at, format!("no variable ${go_name}: expected ${go_name} := … before it")))
    }

    /// The expression that has the value of `value`.
    fn value(&self, value: &Expr) -> Result<String> {
        Ok(match &value.kind {
            ExprKind::Text(text) => literal(text),
            ExprKind::Number(number) => format!("({number})"),
            ExprKind::Bool(truth) => truth.to_string(),
            ExprKind::Nil => "none".to_owned(),
            ExprKind::Variable(name) => self.variable(value.at, name)?.name.clone(),
            ExprKind::Root => match &self.root {
                Some(root) => root.name.clone(),
                None => return Err(whole_record(value.at)),
            },
            ExprKind::Dot => match &self.dot {
                Some(dot) => dot.name.clone(),
                None => return Err(whole_record(value.at)),
            },
            ExprKind::Field(base, name) => self.field(value.at, base, name)?,
            ExprKind::Call(name, arguments) => self.call(value.at, name, arguments)?,
        })
    }

    /// Whether a value is the record of all fields.
    fn is_record(&self, value: &Expr) -> bool {
        match value.kind {
            ExprKind::Root => self.root.is_none(),
            ExprKind::Dot => self.dot.is_none(),
            _ => false,
        }
    }

    fn field(&self, at: Position, base: &Expr, name: &str) -> Result<String> {
        if self.is_record(base) {
            return fields::find(name).map(|field| field.name.to_owned()).ok_or_else(|| unknown_field(at, name));
        }
        if matches!(self.kind(base), Kind::Text | Kind::Number) {
            return Err(TemplateError::at(at, format!("no field .{name} here: only the record and .Tags have fields")));
        }
        Ok(format!("{}[{}]", self.value(base)?, literal(name)))
    }

    fn kind(&self, value: &Expr) -> Kind {
        match &value.kind {
            ExprKind::Text(_) => Kind::Text,
            ExprKind::Number(_) => Kind::Number,
            ExprKind::Dot => self.dot.as_ref().map_or(Kind::Unknown, |dot| dot.kind),
            ExprKind::Root => self.root.as_ref().map_or(Kind::Unknown, |root| root.kind),
            ExprKind::Variable(name) => self.variable(value.at, name).map_or(Kind::Unknown, |variable| variable.kind),
            ExprKind::Field(base, name) if self.is_record(base) => {
                fields::find(name).map_or(Kind::Unknown, |field| field.kind)
            }
            ExprKind::Field(base, _) if self.kind(base) == Kind::Map => Kind::Text,
            _ => Kind::Unknown,
        }
    }

    fn call(&self, at: Position, name: &str, arguments: &[Expr]) -> Result<String> {
        let values = arguments.iter().map(|argument| self.value(argument)).collect::<Result<Vec<_>>>()?;
        functions::check_call(name, values.len()).map_err(|message| TemplateError::at(at, message))?;
        Ok(match name {
            "and" | "or" => format!("({})", values.join(&format!(" {name} "))),
            "not" => format!("(not {})", values.join("")),
            _ => format!("{name}({})", values.join(", ")),
        })
    }
}

fn unknown_field(at: Position, name: &str) -> TemplateError {
    let message = match near_miss(name, fields::FIELDS.iter().map(|field| field.name)) {
        Some(near) => format!("no field .{name}; did you mean .{near}?"),
        None => format!("no field .{name}; expected one such as .AccountIdPad, .AccountAlias or .RoleName"),
    };
    TemplateError::at(at, message)
}

fn whole_record(at: Position) -> TemplateError {
    TemplateError::at(at, "the whole record has no text: expected a field such as .RoleName")
}

/// A string literal of minijinja, without a line break.
fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
