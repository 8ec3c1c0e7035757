//! PowerShell source text, read with a grammar in the place of PowerShell: which statements it has, what they say, and
//! what a rule of ours finds wrong with it.

use std::collections::BTreeSet;

use tree_sitter::{Node, Parser, Tree};

/// Source text and its syntax tree.
pub struct Source {
    pub text: String,
    tree: Tree,
}

/// What a statement of an answer does to the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// `$Env:NAME = value` or `$global:name = value`, with the variable as it is written.
    Set(String, String),
    /// `Remove-Item Env:\NAME …`, silent.
    Remove(String),
    /// `Write-Output value`
    Print(String),
}

impl Source {
    /// Reads `text`; what the grammar cannot read is an error that names the line.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_powershell::LANGUAGE.into()).expect("the grammar fits the parser");
        let tree = parser.parse(text, None).expect("a tree");
        let source = Self { text: text.to_owned(), tree };
        match source.nodes().into_iter().find(|node| node.is_error() || node.is_missing()) {
            Some(node) => Err(format!("{} in line {}", node, node.start_position().row + 1)),
            None => Ok(source),
        }
    }

    pub fn text(&self, node: Node<'_>) -> &str {
        &self.text[node.byte_range()]
    }

    /// Every node, in the order of the text.
    pub fn nodes(&self) -> Vec<Node<'_>> {
        let (mut found, mut cursor) = (Vec::new(), self.tree.walk());
        loop {
            found.push(cursor.node());
            if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return found;
                }
            }
        }
    }

    pub fn of_kind(&self, kind: &str) -> Vec<Node<'_>> {
        self.nodes().into_iter().filter(|node| node.kind() == kind).collect()
    }

    /// The statements, where there are none but those that an answer may have.
    pub fn statements(&self) -> Result<Vec<Statement>, String> {
        self.outermost().into_iter().map(|node| self.statement(node)).collect()
    }

    /// The variables that get a plain value outside of any block, with their values, in order.
    pub fn settings(&self) -> Vec<(String, String)> {
        let statements = self.outermost().into_iter().filter_map(|node| self.statement(node).ok());
        let settings = statements.filter_map(|statement| match statement {
            Statement::Set(name, value) => Some((name, value)),
            _ => None,
        });
        settings.collect()
    }

    fn outermost(&self) -> Vec<Node<'_>> {
        let lists = children(self.tree.root_node()).into_iter().filter(|node| node.kind() == "statement_list");
        let statements = lists.flat_map(children);
        statements.filter(|node| !["empty_statement", "comment"].contains(&node.kind())).collect()
    }

    fn statement(&self, node: Node<'_>) -> Result<Statement, String> {
        let strange = || format!("no statement of an answer: {}", self.text(node));
        let inner = innermost(node);
        match (inner.kind(), children(inner).as_slice()) {
            ("assignment_expression", [variable, sign, value]) if self.text(*sign) == "=" => {
                let name = self.text(*variable);
                let ours = name.strip_prefix("$Env:").or_else(|| name.strip_prefix("$global:").filter(|n| is_ours(n)));
                ours.filter(|name| is_plain(name)).ok_or_else(strange)?;
                Ok(Statement::Set(name.to_owned(), self.value(*value)?))
            }
            ("command", [name, elements]) => {
                let words: Vec<&str> = children(*elements).iter().map(|word| self.text(*word).trim()).collect();
                let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
                match (self.text(*name), words.as_slice()) {
                    ("Remove-Item", [variable, "-ErrorAction", "SilentlyContinue"]) => {
                        let name = variable.strip_prefix(r"Env:\").filter(|name| is_plain(name)).ok_or_else(strange)?;
                        Ok(Statement::Remove(name.to_owned()))
                    }
                    (r"Microsoft.PowerShell.Utility\Write-Output", [_]) => {
                        let value = children(*elements).into_iter().next_back().ok_or_else(strange)?;
                        Ok(Statement::Print(self.value(value)?))
                    }
                    _ => Err(strange()),
                }
            }
            _ => Err(strange()),
        }
    }

    /// The value of an expression of literals: `'…'`, `[char]N`, and sums of them in parentheses.
    fn value(&self, node: Node<'_>) -> Result<String, String> {
        let mut node = innermost(node);
        if let ("parenthesized_expression", [_, inner, _]) = (node.kind(), children(node).as_slice()) {
            node = innermost(*inner);
        }
        // A sum leans to the left, and may be long.
        let mut terms = Vec::new();
        while let ("additive_expression", [left, sign, right]) = (node.kind(), children(node).as_slice()) {
            if self.text(*sign) != "+" {
                return Err(format!("no sum: {}", self.text(node)));
            }
            terms.push(innermost(*right));
            node = innermost(*left);
        }
        terms.push(node);
        let mut units: Vec<u16> = Vec::new();
        for term in terms.into_iter().rev() {
            let text = self.text(term);
            match (term.kind(), text.strip_prefix("[char]")) {
                ("verbatim_string_characters", _) => units.extend(unquoted(text)?.encode_utf16()),
                ("cast_expression", Some(number)) => {
                    units.push(number.parse().map_err(|_| format!("no character: {text}"))?);
                }
                (kind, _) => return Err(format!("no literal but {kind}: {text}")),
            }
        }
        String::from_utf16(&units).map_err(|error| error.to_string())
    }
}

/// A variable of the suite's own, as it is set by the program.
fn is_ours(name: &str) -> bool {
    name.starts_with("__aws_sso_")
}

fn is_plain(name: &str) -> bool {
    aws_sso::shell::is_variable_name(name)
}

fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.children(&mut node.walk()).collect()
}

/// The node itself, without those around it that hold nothing else.
fn innermost(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    while node.child_count() == 1 && node.kind() != "command" {
        node = node.child(0).expect("the only child");
    }
    node
}

/// What a string in single quotes says to PowerShell, for which U+2018 to U+201B are single quotes too: a pair of
/// them is the first one, a lone one is the end.
fn unquoted(literal: &str) -> Result<String, String> {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    let mut chars = literal.chars().peekable();
    chars.next().filter(|c| is_quote(*c)).ok_or("a string begins with a quote")?;
    let mut value = String::new();
    loop {
        match chars.next() {
            None => return Err(format!("no end: {literal}")),
            Some(c) if !is_quote(c) => value.push(c),
            Some(c) if chars.next_if(|next| is_quote(*next)).is_some() => value.push(c),
            Some(_) if chars.peek().is_none() => return Ok(value),
            Some(_) => return Err(format!("it ends early: {literal}")),
        }
    }
}

/// What PowerShell sets by itself, and what is set for a script block by whoever calls it.
const AUTOMATIC: [&str; 8] = ["args", "home", "null", "pid", "true", "false", "?", "_"];

/// What is wrong with the scripts by the rules that they follow: every command is one of their own functions, the
/// program, or written with its module; every variable is set before it is read, the global ones at the start;
/// functions are global, for the script may be evaluated within another.
pub fn broken_rules(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    let functions: BTreeSet<&str> = source.of_kind("function_name").into_iter().map(|node| source.text(node)).collect();
    let mut known = BTreeSet::new();
    for function in functions {
        match function.strip_prefix("global:") {
            Some(name) => _ = known.insert(name),
            None => broken.push(format!("the function {function} is not global")),
        }
    }
    for command in source.of_kind("command") {
        let name = children(command).into_iter().find(|node| node.kind().starts_with("command_name"));
        let name = name.map(|node| source.text(node)).unwrap_or_default();
        let module = name.strip_prefix("Microsoft.PowerShell.").and_then(|name| name.split_once('\\'));
        let block = name.starts_with('{');
        if !(known.contains(name)
            || module.is_some()
            || block
            || ["$global:__aws_sso_program", "$theirs"].contains(&name))
        {
            broken.push(format!("the command {name} could be anybody's"));
        }
    }
    let started = started(source);
    let assigned = assigned(source);
    for name in read(source) {
        let lower = name.to_ascii_lowercase();
        let set = match lower.split_once(':') {
            Some(("global", name)) => started.contains(name),
            Some(("env" | "function", _)) => true,
            Some(_) => false,
            None => assigned.contains(&lower) || AUTOMATIC.contains(&lower.as_str()),
        };
        if !set {
            broken.push(format!("the variable {name} may not be set"));
        }
    }
    broken
}

/// The global variables that are set outside of any function: by statements, and by the block at the start, which
/// sets those that its strings name.
fn started(source: &Source) -> BTreeSet<String> {
    let mut started: BTreeSet<String> = source.settings().into_iter().map(|(name, _)| name).collect();
    let loops = source.of_kind("foreach_statement").into_iter().next();
    let block = loops.filter(|node| source.text(*node).contains("Set-Variable -Name $name -Scope Global"));
    for node in source.of_kind("verbatim_string_characters") {
        if block.is_some_and(|block| block.byte_range().contains(&node.start_byte())) {
            started.extend(unquoted(source.text(node)));
        }
    }
    started.into_iter().map(|name| name.trim_start_matches("$global:").to_ascii_lowercase()).collect()
}

/// The variables of functions and blocks that are set anywhere.
fn assigned(source: &Source) -> BTreeSet<String> {
    let kinds = ["left_assignment_expression", "script_parameter", "foreach_statement"];
    let mut assigned = BTreeSet::new();
    for node in source.nodes().into_iter().filter(|node| kinds.contains(&node.kind())) {
        let held = source.of_kind("variable").into_iter().filter(|held| {
            let head = if node.kind() == "foreach_statement" { held.parent() == Some(node) } else { true };
            head && node.byte_range().contains(&held.start_byte())
        });
        assigned.extend(held.map(|held| variable_name(source.text(held)).to_ascii_lowercase()));
    }
    assigned
}

/// The variables that are read.
fn read(source: &Source) -> BTreeSet<String> {
    let left: Vec<_> = source.of_kind("left_assignment_expression").iter().map(Node::byte_range).collect();
    let variables = source.of_kind("variable").into_iter();
    let read = variables.filter(|node| !left.iter().any(|range| range.contains(&node.start_byte())));
    read.map(|node| variable_name(source.text(node)).to_owned()).collect()
}

fn variable_name(written: &str) -> &str {
    let name = written.trim_start_matches(['$', '@']);
    name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name)
}
