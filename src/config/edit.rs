//! A change of one key of `config.yaml` that leaves every other byte as it was: comments, order, spelling.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::document::{self, Node};

/// The text with `key: value` at its top level. None where it cannot be done without touching more than
/// that; then a person has to.
///
/// `key` and `value` are words that mean themselves in YAML.
pub fn with_key(text: &str, key: &str, value: &str) -> Option<String> {
    let changed = match place(text, key)? {
        Place::Value(range) => format!("{}{value}{}", text.get(..range.start)?, text.get(range.end..)?),
        Place::End(at) => {
            let (before, after) = text.split_at_checked(at)?;
            let newline = if before.contains("\r\n") { "\r\n" } else { "\n" };
            let gap = if before.is_empty() || before.ends_with('\n') { "" } else { newline };
            format!("{before}{gap}{key}: {value}{newline}{after}")
        }
    };
    says_the_same(text, &changed, key, value).then_some(changed)
}

enum Place {
    /// The bytes of the key's value.
    Value(Range<usize>),
    /// Where another key may be written.
    End(usize),
}

/// Where the top level has `key`, or has room for it.
fn place(text: &str, key: &str) -> Option<Place> {
    let mut depth = 0_usize;
    let mut expects_key = true;
    let mut found = false;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let bytes = || Some(byte_of(text, span.start.index())?..byte_of(text, span.end.index())?);
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                // A whole in braces has no room at its end, and a list has no keys.
                if depth == 0 && text[bytes()?.start..].starts_with(['{', '[', '-']) {
                    return None;
                }
                if found {
                    return None;
                }
                depth += 1;
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => depth = depth.checked_sub(1)?,
            Event::Scalar(value, style, ..) if found => {
                return written(text, &bytes()?, &value, style == ScalarStyle::Plain).map(Place::Value);
            }
            Event::Alias(_) if found => return None,
            Event::Scalar(ref word, ..) if depth == 1 && expects_key => found = word == key,
            Event::Scalar(..) | Event::Alias(_) => {}
            _ => continue,
        }
        if depth == 1 {
            expects_key = !expects_key;
        }
    }
    // Before the marker that ends a document, if there is one.
    let end = text.lines().rev().map(str::trim_end).find(|line| !line.is_empty());
    Some(Place::End(if end == Some("...") { text.rfind("...")? } else { text.len() }))
}

/// The bytes of a scalar without what follows it: to the parser the end of a plain one is where the next thing
/// begins.
fn written(text: &str, span: &Range<usize>, value: &str, plain: bool) -> Option<Range<usize>> {
    let source = text.get(span.clone())?;
    if plain {
        return source.starts_with(value).then(|| span.start..span.start + value.len());
    }
    let quote = source.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let closed = source[1..].strip_prefix(value)?.starts_with(quote);
    closed.then(|| span.start..span.start + value.len() + 2)
}

/// The parser counts characters.
fn byte_of(text: &str, character: usize) -> Option<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(character)
}

/// Whether the changed text differs in that key alone.
fn says_the_same(text: &str, changed: &str, key: &str, value: &str) -> bool {
    let entries = |text: &str| match document::read(text) {
        Ok(Node::Map(entries)) => Some(entries),
        _ => None,
    };
    let (Some(mut before), Some(mut after)) = (entries(text), entries(changed)) else { return false };
    let is_set = after.iter().any(|(known, node)| known == key && *node == Node::Text(value.to_owned()));
    before.retain(|(known, _)| known != key);
    after.retain(|(known, _)| known != key);
    is_set && before == after
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_key_changes_and_nothing_else() {
        for (before, after) in [
            ("A: 1\nSecureStore: file # mine\nB: 2\n", "A: 1\nSecureStore: pass # mine\nB: 2\n"),
            ("SecureStore:   'file'  # x\r\nA: 1\r\n", "SecureStore:   pass  # x\r\nA: 1\r\n"),
            ("SecureStore: file   # a\n# b\n\nA: 1\n", "SecureStore: pass   # a\n# b\n\nA: 1\n"),
            ("\"SecureStore\": json", "\"SecureStore\": pass"),
            ("A: 1\n", "A: 1\nSecureStore: pass\n"),
            ("A: 1\r\nB: é", "A: 1\r\nB: é\r\nSecureStore: pass\r\n"),
            ("# é\nB: {SecureStore: x}\nSecureStore: file\n", "# é\nB: {SecureStore: x}\nSecureStore: pass\n"),
            ("---\nA: 1\n...\n", "---\nA: 1\nSecureStore: pass\n...\n"),
            (
                "A:\n  SecureStore: x\n  B: [SecureStore]\n",
                "A:\n  SecureStore: x\n  B: [SecureStore]\nSecureStore: pass\n",
            ),
            ("A: &x SecureStore\nB: *x\nSecureStore: file", "A: &x SecureStore\nB: *x\nSecureStore: pass"),
        ] {
            assert_eq!(with_key(before, "SecureStore", "pass").as_deref(), Some(after), "{before:?}");
        }
    }

    #[test]
    fn what_cannot_be_changed_alone_is_left_to_a_person() {
        for text in [
            "{A: 1}",
            "[A]",
            "- A",
            "SecureStore: [file]\n",
            "SecureStore: {a: b}\n",
            "A: &s file\nSecureStore: *s\n",
            "A: [",
            "A: |\n  x\n   y\n\n  # no comment",
        ] {
            if let Some(changed) = with_key(text, "SecureStore", "pass") {
                assert!(says_the_same(text, &changed, "SecureStore", "pass"), "{text:?} became {changed:?}");
            }
        }
        assert_eq!(with_key("{A: 1}", "SecureStore", "pass"), None);
        assert_eq!(with_key("SecureStore: [file]\n", "SecureStore", "pass"), None);
        assert_eq!(with_key("A: &s file\nSecureStore: *s\n", "SecureStore", "pass"), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "([A-Za-z:#'\"{}\\[\\]&*|>.é \r\n-]|SecureStore: ){0,60}") {
            let _ = with_key(&text, "SecureStore", "pass");
        }
    }
}
