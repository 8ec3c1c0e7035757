//! A change of one key of `config.yaml` that leaves every other byte as it was: comments, order, spelling.
//!
//! [`tree`] knows where everything stands, [`value`] how a value is written. What was changed is read again, and
//! is refused unless it differs in that one place alone.

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
            "SecureStore: {a: b}\n",
            "A: &s file\nSecureStore: *s\n",
            "A: [",
            "A: |\n  x\n   y\n\n  # no comment",
        ] {
            if let Some(changed) = with_key(text, "SecureStore", "pass") {
                assert!(differs_there(text, &changed, &["SecureStore"]), "{text:?} became {changed:?}");
            }
        }
        assert_eq!(with_key("{A: 1}", "SecureStore", "pass"), None);
        assert_eq!(with_key("A: &s file\nSecureStore: *s\n", "SecureStore", "pass"), None);
    }

    /// Whether two texts say the same but for what is at a path.
    fn differs_there(before: &str, after: &str, path: &[&str]) -> bool {
        let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        let tree = |text: &str| {
            let mut node = document::read(text.trim_start_matches('\u{feff}')).unwrap();
            put(&mut node, &path, Node::Null).then_some(sorted(node))
        };
        tree(before) == tree(after)
    }

    const URL: [&str; 3] = ["SSOConfig", "Default", "StartUrl"];

    fn text(value: &str) -> Value {
        Value::Text(value.to_owned())
    }

    #[test]
    fn values_deep_in_the_file_change_in_their_place() {
        for (before, after) in [
            (
                "# a\nSSOConfig: # b\n    Default:\n        # c\n        StartUrl:   'it''s' # d\n        SSORegion: x\n\n# e\nA: 1\n",
                "# a\nSSOConfig: # b\n    Default:\n        # c\n        StartUrl:   new # d\n        SSORegion: x\n\n# e\nA: 1\n",
            ),
            (
                "SSOConfig:\n  Default:\n    SSORegion: x # c\n\n# about A\nA: 1\n",
                "SSOConfig:\n  Default:\n    SSORegion: x # c\n    StartUrl: new\n\n# about A\nA: 1\n",
            ),
            (
                "SSOConfig:\r\n    Work:\r\n        StartUrl: \"a\\\"b\"\r\nA: 1",
                "SSOConfig:\r\n    Work:\r\n        StartUrl: \"a\\\"b\"\r\n    Default:\r\n        StartUrl: new\r\nA: 1",
            ),
            ("A: 1\nSSOConfig: # none yet\n", "A: 1\nSSOConfig: # none yet\n  Default:\n    StartUrl: new\n"),
            ("SSOConfig:\n  Default:\nA: 1", "SSOConfig:\n  Default:\n    StartUrl: new\nA: 1"),
            ("SSOConfig:\n  Default:\n    StartUrl:\nA: 1", "SSOConfig:\n  Default:\n    StartUrl: new\nA: 1"),
            ("# only a comment\n", "# only a comment\nSSOConfig:\n  Default:\n    StartUrl: new\n"),
            ("\u{feff}A: 1\n", "\u{feff}A: 1\nSSOConfig:\n  Default:\n    StartUrl: new\n"),
            (
                "SSOConfig:\n  Default:\n    starturl: old\n  default:\n    StartUrl: other\n",
                "SSOConfig:\n  Default:\n    starturl: new\n  default:\n    StartUrl: other\n",
            ),
            (
                "SSOConfig:\n  Default:\n    Accounts:\n      '1': {Tags: {a: b}} # c\n  # about Work\n  Work: {StartUrl: x}\n",
                "SSOConfig:\n  Default:\n    Accounts:\n      '1': {Tags: {a: b}} # c\n    StartUrl: new\n  # about Work\n  Work: {StartUrl: x}\n",
            ),
            (
                "B: &b\n  StartUrl: old\nSSOConfig:\n  Default:\n    <<: *b\n    SSORegion: x\n",
                "B: &b\n  StartUrl: old\nSSOConfig:\n  Default:\n    <<: *b\n    SSORegion: x\n    StartUrl: new\n",
            ),
            (
                "SSOConfig:\n  Default:\n    Name: |\n      two\n      lines\nA: 1\n",
                "SSOConfig:\n  Default:\n    Name: |\n      two\n      lines\n    StartUrl: new\nA: 1\n",
            ),
        ] {
            assert_eq!(with_value(before, &URL, &text("new")).as_deref(), Some(after), "{before}");
        }
    }

    #[test]
    fn a_list_is_replaced_as_a_whole() {
        let list = Value::List(vec!["curl".to_owned(), "%s".to_owned()]);
        for (before, after) in [
            ("U: [firefox, \"%s\"] # c\nA: 1\n", "U: [curl, '%s'] # c\nA: 1\n"),
            ("U: firefox %s\nA: 1\n", "U: [curl, '%s']\nA: 1\n"),
            ("U:\n  - firefox\n  - '%s' # c\nA: 1\n", "U:\n  [curl, '%s'] # c\nA: 1\n"),
            ("A: 1\n", "A: 1\nU: [curl, '%s']\n"),
        ] {
            assert_eq!(with_value(before, &["U"], &list).as_deref(), Some(after), "{before}");
        }
        assert_eq!(with_value("U:\n  - a # why\n  - b\n", &["U"], &list), None, "a comment would go");
    }

    #[test]
    fn what_others_share_is_not_changed() {
        for text in [
            "B: &b {StartUrl: x}\nSSOConfig:\n  Default: *b\n",
            "SSOConfig: {Default: {StartUrl: x}}\n",
            "SSOConfig:\n  Default: &d\n    StartUrl: x\n  Work: *d\n",
            "SSOConfig:\n  Default: {StartUrl: x}\n",
            "SSOConfig:\n  Default:\n    StartUrl: !!str x\n",
            "SSOConfig:\n  Default:\n    StartUrl: >\n      x\n",
            "SSOConfig:\n  Default:\n    StartUrl: x\n      y\n",
            "SSOConfig:\n  - Default\n",
            "SSOConfig: text\n",
        ] {
            assert_eq!(with_value(text, &URL, &self::text("new")), None, "{text}");
        }
    }

    #[test]
    fn lines_are_what_a_person_would_write() {
        assert_eq!(lines_of(&URL, &text("https://x")), ["SSOConfig:", "  Default:", "    StartUrl: https://x"]);
    }

    /// Something like a configuration, often broken.
    fn some_yaml() -> impl Strategy<Value = String> {
        let line = "( {0,3}|  {0,4})(SSOConfig|Default|StartUrl|Work|A|- x|<<)(: ?)(|x|'x'|\"y\\\\\"\"|é|&a|\\*a|\\{a: b\\}|\\[x, y\\]|\\||&a x)( # c|)(\n|\r\n|\n\n|\n# d\n|)";
        let structured = proptest::collection::vec(line, 0..8).prop_map(|lines| lines.concat());
        prop_oneof![structured, "([A-Za-z:#'\"{}\\[\\]&*|>.é \r\n-]|SSOConfig: |SecureStore: |\n  ){0,60}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn whatever_the_text_only_that_path_changes(before in some_yaml(), new in "[a-z:' ]{0,6}", deep in proptest::bool::ANY) {
            let path: &[&str] = if deep { &URL } else { &["SecureStore"] };
            if let Some(after) = with_value(&before, path, &text(&new)) {
                let spelled: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
                let tree = tree::read(&before).unwrap();
                let (_, written) = find(&before, tree.as_ref(), path).unwrap();
                let keys: Vec<&str> = spelled.iter().enumerate().map(|(n, key)| written.get(n).unwrap_or(key).as_str()).collect();
                prop_assert!(differs_there(&before, &after, &keys), "{before:?} became {after:?}");
                prop_assert_eq!(before.matches('#').count(), after.matches('#').count());
            }
        }
    }
}
