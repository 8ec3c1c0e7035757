//! How a value is written in YAML, so that it is read as itself.

use std::fmt;

use super::super::document::{self, Node};

/// A value to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number, true or false, or a word of a few: written as it is.
    Word(String),
    /// Any text.
    Text(String),
    /// A list of texts, in brackets.
    List(Vec<String>),
}

impl Value {
    /// What YAML makes of it.
    pub(super) fn node(&self) -> Node {
        match self {
            Self::Word(word) => document::read(word).unwrap_or(Node::Null),
            Self::Text(text) => Node::Text(text.clone()),
            Self::List(items) => Node::List(items.iter().cloned().map(Node::Text).collect()),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Text(text) => f.write_str(&scalar(text)),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| scalar(item)).collect();
                write!(f, "[{}]", items.join(", "))
            }
        }
    }
}

/// A text as a scalar of one line: plain where it means itself anywhere, else in the quotes that need the fewest
/// escapes.
fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let needs_escape = |c: char| c.is_control() || crate::error::is_format_control(c) || c == '\u{85}';
    if !text.contains(needs_escape) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if needs_escape(c) => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a text is read as itself, bare, as a key and within a list too.
fn is_plain(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "_-./:@+=~ ".contains(c);
    let first = |c: char| c.is_ascii_alphanumeric() || "_/".contains(c);
    // Some readers take numbers where others do not (0123, 1:30).
    let number = |c: char| c.is_ascii_digit() || "_-.:+".contains(c);
    let flag = text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_alphabetic());
    text.chars().all(inside)
        && !text.chars().all(number)
        && (text.starts_with(first) || flag)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && document::read(&format!("[{text}]")) == Ok(Node::List(vec![Node::Text(text.to_owned())]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_quoted_only_where_they_must_be() {
        for (text, written) in [
            ("https://d-1234567890.awsapps.com/start", "https://d-1234567890.awsapps.com/start"),
            ("us-east-1", "us-east-1"),
            ("firefox", "firefox"),
            ("/opt/my browser", "/opt/my browser"),
            ("--new-tab", "--new-tab"),
            ("- a", "'- a'"),
            ("---", "'---'"),
            ("%s", "'%s'"),
            ("{{ .AccountIdPad }}:{{ .RoleName }}", "'{{ .AccountIdPad }}:{{ .RoleName }}'"),
            ("it's", "'it''s'"),
            ("true", "'true'"),
            ("0123", "'0123'"),
            ("", "''"),
            ("a #b", "'a #b'"),
            ("a\nb\"", "\"a\\U0000000Ab\\\"\""),
        ] {
            assert_eq!(Value::Text(text.to_owned()).to_string(), written);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(texts in proptest::collection::vec(".{0,12}|[-a-z0-9:#'\"%{}\\[\\], ~&*!|>@`]{0,8}", 0..4)) {
            for text in &texts {
                let written = format!("key: {}\nother: 1\n", Value::Text(text.clone()));
                let Node::Map(entries) = document::read(&written).unwrap() else { panic!() };
                prop_assert_eq!(&entries[0].1, &Node::Text(text.clone()));
            }
            let written = Value::List(texts.clone());
            prop_assert_eq!(document::read(&written.to_string()).unwrap(), written.node());
        }
    }
}
