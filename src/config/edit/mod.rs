//! A change of one key of `config.yaml` that leaves every other byte as it was: comments, order, spelling.
//!
//! [`tree`] knows where everything stands, [`value`] how a value is written. What was changed is read again, and
//! is refused unless it differs in that one place alone.

#[cfg(test)]
mod tests;
mod tree;
mod value;

use std::ops::Range;

use super::document::{self, Node};
use tree::{Kind, Spot};

pub use value::Value;

/// The text with `key: value` at its top level; see [`with_value`]. `value` is a word that means itself in YAML.
pub fn with_key(text: &str, key: &str, value: &str) -> Option<String> {
    with_value(text, &[key], &Value::Word(value.to_owned()))
}

/// The text with a value at a path of keys; mappings on the way are made where there are none. None where it cannot
/// be done without touching more than that: then a person has to.
pub fn with_value(text: &str, path: &[&str], value: &Value) -> Option<String> {
    let (mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let root = tree::read(text)?;
    let (place, written) = find(text, root.as_ref(), path)?;
    let changed = match place {
        Place::Value(range) => splice(text, range, &value.to_string())?,
        Place::Nothing(at) => splice(text, at..at, &format!(" {value}"))?,
        Place::Line { at, indent, step } => {
            let missing = &path[written.len()..];
            insert_lines(text, at, &lines(missing, value, &indent, step))?
        }
    };
    let mut keys = written;
    keys.extend(path[keys.len()..].iter().map(|key| (*key).to_owned()));
    says_the_same(text, &changed, &keys, value).then(|| format!("{mark}{changed}"))
}

/// The lines that say a value at a path, as a person would write them into an empty file.
pub fn lines_of(path: &[&str], value: &Value) -> Vec<String> {
    lines(path, value, "", USUAL_STEP)
}

/// How far a mapping is indented below its key, where the file does not tell.
const USUAL_STEP: usize = 2;

enum Place {
    /// The bytes of the value.
    Value(Range<usize>),
    /// Behind the colon of a key without a value.
    Nothing(usize),
    /// Where a line may be inserted, and how far it is indented.
    Line { at: usize, indent: String, step: usize },
}

/// Where to write, and the keys of the path that are there already, as they are spelled in the file.
fn find(text: &str, root: Option<&Spot>, path: &[&str]) -> Option<(Place, Vec<String>)> {
    let mut written = Vec::new();
    let end = Place::Line { at: end_of(text)?, indent: String::new(), step: USUAL_STEP };
    let Some(root) = root.filter(|root| !root.is_nothing()) else { return Some((end, written)) };
    let step = root.step(text);
    let (mut spot, mut outer) = (root, None::<&Spot>);
    for (depth, key) in path.iter().enumerate() {
        let entries = match &spot.kind {
            Kind::Map { flow: false, entries } => entries,
            // A key without a value: a mapping that nobody has begun.
            Kind::Scalar { .. } if spot.is_nothing() => {
                let key = outer?;
                let at = line_after(text, key.colon(text)?)?;
                let indent = format!("{}{}", key.indent(text)?, " ".repeat(step));
                return Some((Place::Line { at, indent, step }, written));
            }
            _ => return None,
        };
        // What is named below SSOConfig are names, which differ by their case.
        let is_name = depth == 1 && path[0] == "SSOConfig";
        let Some((found, value)) = entry(entries, key, !is_name) else {
            let (first, _) = entries.first()?;
            let at = if depth == 0 { end_of(text)? } else { line_after(text, spot.end(text)?)? };
            return Some((Place::Line { at, indent: first.indent(text)?.to_owned(), step }, written));
        };
        written.push(found.text()?.to_owned());
        (spot, outer) = (value, Some(found));
    }
    let place = if spot.is_nothing() { Place::Nothing(outer?.colon(text)?) } else { Place::Value(spot.value(text)?) };
    Some((place, written))
}

/// The entry of that key, or of the only one that differs by its case.
fn entry<'a>(entries: &'a [(Spot, Spot)], key: &str, any_case: bool) -> Option<&'a (Spot, Spot)> {
    let exact = entries.iter().find(|(known, _)| known.text() == Some(key));
    exact.or_else(|| {
        let alike = |(known, _): &&(Spot, Spot)| known.text().is_some_and(|known| known.eq_ignore_ascii_case(key));
        entries.iter().find(alike).filter(|_| any_case)
    })
}

/// The end of the document: before the marker that ends it, if there is one.
fn end_of(text: &str) -> Option<usize> {
    let last = text.lines().rev().map(str::trim_end).find(|line| !line.is_empty());
    if last == Some("...") { text.rfind("...") } else { Some(text.len()) }
}

/// Where the line after a place begins, if nothing but a comment follows on its own.
fn line_after(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let line = rest.split_inclusive('\n').next().unwrap_or_default();
    let more = line.trim_start_matches([' ', '\t']);
    let comment = more.starts_with('#') && more.len() < line.len();
    (comment || more.trim().is_empty()).then_some(at + line.len())
}

fn lines(path: &[&str], value: &Value, indent: &str, step: usize) -> Vec<String> {
    let last = path.len().saturating_sub(1);
    let keys = path.iter().enumerate().map(|(depth, key)| {
        let key = Value::Text((*key).to_owned());
        let end = if depth == last { format!(" {value}") } else { String::new() };
        format!("{indent}{}{key}:{end}", " ".repeat(depth * step))
    });
    keys.collect()
}

fn insert_lines(text: &str, at: usize, lines: &[String]) -> Option<String> {
    let (before, after) = text.split_at_checked(at)?;
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { newline };
    let lines: String = lines.iter().map(|line| format!("{line}{newline}")).collect();
    Some(format!("{before}{gap}{lines}{after}"))
}

fn splice(text: &str, range: Range<usize>, new: &str) -> Option<String> {
    Some(format!("{}{new}{}", text.get(..range.start)?, text.get(range.end..)?))
}

/// Whether the changed text differs at that path alone.
fn says_the_same(text: &str, changed: &str, path: &[String], value: &Value) -> bool {
    let (Ok(mut expected), Ok(after)) = (document::read(text), document::read(changed)) else { return false };
    put(&mut expected, path, value.node()) && sorted(expected) == sorted(after)
}

/// Puts a node at a path; false where there is something else on the way.
fn put(node: &mut Node, path: &[String], value: Node) -> bool {
    let Some((key, rest)) = path.split_first() else {
        *node = value;
        return true;
    };
    if *node == Node::Null {
        *node = Node::Map(Vec::new());
    }
    let Node::Map(entries) = node else { return false };
    let at = entries.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
        entries.push((key.clone(), Node::Null));
        entries.len() - 1
    });
    put(&mut entries[at].1, rest, value)
}

/// The same with all mappings in the order of their keys: what a merge key brings comes last.
fn sorted(node: Node) -> Node {
    match node {
        Node::Map(entries) => {
            let mut entries: Vec<_> = entries.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Node::Map(entries)
        }
        Node::List(items) => Node::List(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
