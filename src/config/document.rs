//! YAML text as a tree: every key as it is written, aliases and merge keys resolved, nothing twice.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// A value of the document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file. Keys are text whatever YAML would make of them: an account id keeps
    /// its leading zeros, and none of its spellings is read as octal.
    Map(Vec<(String, Node)>),
}

/// What is wrong with a text as YAML.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    /// Counted from 1, none where the parser knows no place.
    pub line: Option<usize>,
    pub message: String,
}

impl Node {
    /// What a person would call a value of this kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// The tree of a text that holds one YAML document.
pub(crate) fn read(text: &str) -> Result<Node, SyntaxError> {
    if is_bottomless(text) {
        return Err(SyntaxError { line: None, message: TOO_DEEP.to_owned() });
    }
    // Literal content costs at most its own length several times over, so only aliases that multiply
    // content can exhaust this.
    let budget = Cell::new(text.len() * 4 + (1 << 20));
    Grow { budget: &budget }
        .deserialize(serde_yaml::Deserializer::from_str(text))
        .map_err(|error| explain(&error, text))
}

fn explain(error: &serde_yaml::Error, text: &str) -> SyntaxError {
    let line = error.location().map(|place| place.line());
    let full = error.to_string();
    let message = full.find(" at line ").map_or(full.as_str(), |end| &full[..end]);
    let tab = line
        .and_then(|line| text.lines().nth(line - 1))
        .is_some_and(|line| line.trim_start_matches(' ').starts_with('\t'));
    let message = match message {
        m if m.contains("more than one document") => {
            "this is more than one YAML document: remove the line ---".to_owned()
        }
        m if m.contains("recursion limit") => TOO_DEEP.to_owned(),
        m if m.contains("repetition limit") || m.ends_with(TOO_MUCH) => TOO_MUCH.to_owned(),
        m if m.ends_with(GIVEN_TWICE) || m.ends_with(BAD_MERGE) => m.to_owned(),
        _ if tab => "this line is indented with a tab: YAML wants spaces".to_owned(),
        m => format!("this is no YAML: {m}"),
    };
    SyntaxError { line, message }
}

/// Whether more brackets are open at once than any file has a use for. The parser keeps to a depth
/// itself, but only after a scan whose time grows with the square of the depth.
fn is_bottomless(text: &str) -> bool {
    let depths = text.bytes().scan(0_usize, |depth, byte| {
        match byte {
            b'[' | b'{' => *depth += 1,
            b']' | b'}' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    depths.max().unwrap_or_default() > 1000
}

const TOO_DEEP: &str = "this is nested too deeply";
const TOO_MUCH: &str = "its aliases (*name) repeat too much";
const GIVEN_TWICE: &str = "is given twice";
const BAD_MERGE: &str = "<< must name a mapping (<<: *name)";

/// Grows one node from a deserializer, at the cost of `budget`.
#[derive(Clone, Copy)]
struct Grow<'a> {
    budget: &'a Cell<usize>,
}

impl Grow<'_> {
    fn pay<E: serde::de::Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.budget.get().checked_sub(bytes + 1).ok_or_else(|| E::custom(TOO_MUCH))?;
        self.budget.set(left);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Grow<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Grow<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value without a tag of its own")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Node, E> {
        self.pay(0).map(|()| Node::Null)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Node, E> {
        self.visit_unit()
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Node, E> {
        self.pay(0).map(|()| Node::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Node, E> {
        self.visit_i128(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Node, E> {
        self.visit_i128(value.into())
    }

    fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<Node, E> {
        self.pay(0).map(|()| Node::Integer(value))
    }

    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Node, E> {
        // Beyond any number that a key takes; as a text it keeps its digits.
        i128::try_from(value).map_or_else(|_| self.visit_str(&value.to_string()), |value| self.visit_i128(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Node, E> {
        self.pay(0).map(|()| Node::Float(value))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Node, E> {
        self.pay(value.len()).map(|()| Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        self.pay(0)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        self.pay(0)?;
        let (mut map, mut merged, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        while let Some(key) = entries.next_key_seed(FreshKey { seen: &seen })? {
            self.pay(key.len())?;
            let value = entries.next_value_seed(self)?;
            seen.insert(key.clone());
            if key == "<<" {
                merged = merge_source(value).ok_or_else(|| A::Error::custom(BAD_MERGE))?;
            } else {
                map.push((key, value));
            }
        }
        // What the mapping says itself wins, then what was merged first.
        map.extend(merged.into_iter().filter(|(key, _)| seen.insert(key.clone())));
        Ok(Node::Map(map))
    }
}

/// The entries that a merge key brings: a mapping, or a list of mappings.
fn merge_source(value: Node) -> Option<Vec<(String, Node)>> {
    match value {
        Node::Map(entries) => Some(entries),
        Node::List(items) => {
            let maps = items.into_iter().map(|item| match item {
                Node::Map(entries) => Some(entries),
                _ => None,
            });
            Some(maps.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// A key as text, refused where it stands if the mapping has it already.
struct FreshKey<'a> {
    seen: &'a HashSet<String>,
}

impl<'de> DeserializeSeed<'de> for FreshKey<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FreshKey<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<String, E> {
        if self.seen.contains(key) {
            return Err(E::custom(format_args!("the key {key} {GIVEN_TWICE}")));
        }
        Ok(key.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn map(entries: &[(&str, Node)]) -> Node {
        Node::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    }

    #[test]
    fn keys_stay_as_they_are_written() {
        for key in ["012345670123", "123456789012", "7.2668187369e+10", "0x10", "true", "~", "1_000"] {
            assert_eq!(read(&format!("{key}: 1")).unwrap(), map(&[(key, Node::Integer(1))]));
        }
    }

    #[test]
    fn merge_keys_and_aliases_are_resolved() {
        let text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 9\nd: *a";
        let Node::Map(entries) = read(text).unwrap() else { panic!() };
        let one = |n| Node::Integer(n);
        assert_eq!(entries[2].1, map(&[("x", one(9)), ("y", one(2)), ("z", one(4))]));
        assert_eq!(entries[3].1, map(&[("x", one(1)), ("y", one(2))]));
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_line() {
        for (text, line, message) in [
            ("a: 1\nb: 2\na: 3", Some(3), "the key a is given twice"),
            ("a:\n  b: 1\n  c: 2\n  b: 3", Some(4), "the key b is given twice"),
            ("a: 1\n---\nb: 2", None, "more than one YAML document"),
            ("a:\n\tb: 1", Some(2), "indented with a tab"),
            ("a: [1", Some(2), "this is no YAML"),
            ("a: *none", Some(1), "unknown anchor"),
            ("<<: 1", Some(1), "<< must name a mapping"),
            ("? [a]\n: 1", Some(1), "expected a key"),
            ("a: !odd 1", Some(1), "this is no YAML"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.message.contains(message), "{text}: {error:?}");
            assert!(line.is_none() || error.line.is_none_or(|found| Some(found) == line), "{text}: {error:?}");
        }
    }

    #[test]
    fn hostile_documents_end_in_an_error() {
        let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for i in 1..12 {
            let before = vec![format!("*a{}", i - 1); 9].join(", ");
            laughs.push_str(&format!("a{i}: &a{i} [{before}]\n"));
        }
        assert!(read(&laughs).is_err());

        let long = format!("a: &a {}\nb: [{}]", "x".repeat(100_000), vec!["*a"; 5000].join(","));
        assert_eq!(read(&long).unwrap_err().message, TOO_MUCH);

        for opening in ["[", "{a: ", "- ", "? "] {
            for depth in [200, 10_000, 100_000] {
                assert!(read(&opening.repeat(depth)).is_err(), "{opening}");
            }
        }
        assert!(read("a: &a [*a]").is_err(), "a node that holds itself");
        assert!(read("a: &a {<<: *a}").is_err(), "a node that merges itself");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,200}") {
            let _ = read(&text);
        }
    }
}
