//! One mapping of the file, read key by key: values come out typed, what is wrong goes to the report.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::document::Node;
use super::report::{KeyPath, Report, shortened};
use super::suggest::suggest;

/// A mapping whose keys are known.
pub(super) struct Section<'a> {
    pub report: &'a Report<'a>,
    pub path: KeyPath,
    /// By known name: the spelling in the file, and the value.
    entries: BTreeMap<&'static str, (&'a str, &'a Node)>,
}

impl<'a> Section<'a> {
    /// Reads the mapping at `path`; nothing there counts as an empty one. Keys are matched exactly, and
    /// without regard to case where that fails.
    pub fn open(report: &'a Report<'a>, path: KeyPath, node: &'a Node, known: &'static [&'static str]) -> Self {
        let mut section = Self { report, path, entries: BTreeMap::new() };
        let written = match node {
            Node::Map(entries) => entries.as_slice(),
            Node::Null => &[],
            other => {
                let what = if section.path.is_top() { "the file".to_owned() } else { section.path.to_string() };
                report.error(&section.path, format!("{what} must be a mapping of keys, not {}", other.kind()));
                &[]
            }
        };
        for (key, value) in written {
            if let Some(name) = known.iter().find(|name| *name == key) {
                section.entries.insert(name, (key, value));
            }
        }
        for (key, value) in written.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            section.fall_back(key, value, known);
        }
        section
    }

    /// A key that is not written exactly as any known one.
    fn fall_back(&mut self, key: &'a str, value: &'a Node, known: &'static [&'static str]) {
        let path = self.path.join(key);
        if let Some(name) = known.iter().find(|name| name.eq_ignore_ascii_case(key)) {
            if let Some((other, _)) = self.entries.get(name) {
                self.report.error(&path, format!("{path} is given twice: it is the same key as {other}"));
            } else {
                self.report.warning(&path, format!("{path} is understood, but write {name}"));
                self.entries.insert(name, (key, value));
            }
        } else if !key.starts_with("x-") {
            let near = suggest(key, known.iter().copied()).map(|near| format!(", did you mean {near}?"));
            self.report.warning(&path, format!("unknown key {path}{}", near.unwrap_or_default()));
        }
    }

    /// The path of a known key, in the file's spelling where it has the key.
    pub fn path_of(&self, key: &'static str) -> KeyPath {
        self.path.join(self.entries.get(key).map_or(key, |(written, _)| written))
    }

    /// Whether the file has the key at all.
    pub fn has(&self, key: &'static str) -> bool {
        self.entries.contains_key(key)
    }

    /// The value of a key as it is, none where the key is absent or has no value.
    pub fn node(&self, key: &'static str) -> Option<&'a Node> {
        self.entries.get(key).map(|(_, node)| *node).filter(|node| **node != Node::Null)
    }

    /// The mapping under a key, with the keys that it knows.
    pub fn section(&self, key: &'static str, known: &'static [&'static str]) -> Self {
        Self::open(self.report, self.path_of(key), self.node(key).unwrap_or(&Node::Null), known)
    }

    /// A text, trimmed; an empty one counts as absent.
    pub fn text(&self, key: &'static str) -> Option<String> {
        let text = scalar(self.report, &self.path_of(key), self.node(key)?)?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A text that `read` understands. What `read` says instead follows `KEY is 'VALUE': `.
    pub fn checked<T, E: std::fmt::Display>(
        &self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(key)?;
        read(&text).map_err(|hint| self.report.wrong(&self.path_of(key), &text, hint)).ok()
    }

    /// A word of a few.
    pub fn choice<T: std::str::FromStr<Err: std::fmt::Display>>(&self, key: &'static str) -> Option<T> {
        self.checked(key, str::parse)
    }

    /// True or false, also as the texts and numbers that Go's `strconv.ParseBool` takes.
    pub fn boolean(&self, key: &'static str) -> Option<bool> {
        if let Node::Bool(value) = self.node(key)? {
            return Some(*value);
        }
        self.checked(key, |text| match text {
            "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
            "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
            _ => Err("write true or false"),
        })
    }

    /// A whole number within `range`.
    pub fn integer(&self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let hint = || format!("write a whole number from {} to {}", range.start(), range.end());
        let value = match self.node(key)? {
            Node::Integer(value) => i64::try_from(*value).ok(),
            Node::Text(text) if text.trim().is_empty() => return None,
            Node::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        match value.filter(|value| range.contains(value)) {
            Some(value) => Some(value),
            None => self.checked(key, |_| Err(hint())),
        }
    }

    /// A number above 0.
    pub fn positive(&self, key: &'static str) -> Option<f64> {
        self.checked(key, |text| match text.parse::<f64>() {
            Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
            _ => Err("write a number above 0"),
        })
    }

    /// A list of texts: a YAML list, or one text with commas. Items are trimmed, empty ones are dropped.
    pub fn list(&self, key: &'static str) -> Option<Vec<String>> {
        self.list_by(key, |text| Ok(at_commas(text)))
    }

    /// The same, where `split` takes one text apart.
    pub fn list_by(
        &self,
        key: &'static str,
        split: impl FnOnce(&str) -> Result<Vec<String>, String>,
    ) -> Option<Vec<String>> {
        let path = self.path_of(key);
        let items = match self.node(key)? {
            Node::List(items) => {
                let texts = items.iter().enumerate();
                texts.filter_map(|(i, item)| scalar(self.report, &path.join(i.to_string()), item)).collect()
            }
            _ => self.checked(key, split)?,
        };
        Some(items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
    }

    /// Names and texts: a mapping, or a list of mappings that are joined. A name without a value has
    /// the empty text.
    pub fn table(&self, key: &'static str) -> BTreeMap<String, String> {
        let mut table = BTreeMap::new();
        let path = self.path_of(key);
        match self.node(key) {
            None => {}
            Some(Node::List(items)) => {
                for (i, item) in items.iter().enumerate() {
                    self.add_rows(&mut table, &path.join(i.to_string()), item);
                }
            }
            Some(node) => self.add_rows(&mut table, &path, node),
        }
        table
    }

    fn add_rows(&self, table: &mut BTreeMap<String, String>, path: &KeyPath, node: &Node) {
        let Node::Map(rows) = node else {
            self.report.error(path, format!("{path} must be a mapping of names and texts, not {}", node.kind()));
            return;
        };
        for (name, value) in rows {
            let row = path.join(name.as_str());
            if name.trim().is_empty() {
                self.report.error(&row, format!("{path} has a name that is empty: give it a name or remove it"));
            }
            let text = if *value == Node::Null { Some(String::new()) } else { scalar(self.report, &row, value) };
            if let Some(text) = text {
                table.insert(name.trim().to_owned(), text);
            }
        }
    }
}

/// A list key that is written as one text: split at commas.
pub(super) fn at_commas(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

/// A single value as text, spelled as in the file; none for nothing.
pub(super) fn scalar(report: &Report<'_>, path: &KeyPath, node: &Node) -> Option<String> {
    let canonical = match node {
        Node::Text(text) => return Some(text.clone()),
        Node::Bool(value) => value.to_string(),
        Node::Integer(value) => value.to_string(),
        Node::Float(value) => value.to_string(),
        Node::Null => return None,
        Node::List(_) | Node::Map(_) => {
            let path_text = shortened(&path.to_string(), 200);
            report.error(path, format!("{path_text} must be a single value, not {}", node.kind()));
            return None;
        }
    };
    Some(report.source(path).map_or(canonical, str::to_owned))
}
