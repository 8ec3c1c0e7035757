use super::*;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

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
        ("A:\n  SecureStore: x\n  B: [SecureStore]\n", "A:\n  SecureStore: x\n  B: [SecureStore]\nSecureStore: pass\n"),
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
        "SSOConfig:\n  Default:\n    StartUrl: 'x\n\n      y'\n",
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

/// A value as people write it, with what may follow it on the line.
fn some_value() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        5 => Just("plain"), 2 => Just("'it''s # x'"), 2 => Just("\"a \\\"b\\\" # é\""), 1 => Just("日本"), 1 => Just(""),
        1 => Just("[a, 'b']"), 1 => Just("{a: b}"), 1 => Just("&a x"), 1 => Just("12"), 1 => Just("~"), 1 => Just("!!str x"),
    ];
    (value, prop_oneof![Just(""), Just(" # c"), Just("   # 'c': d"), Just(" ")]).prop_map(|(v, c)| format!("{v}{c}"))
}

/// A configuration with every habit that people have, nearly always sound.
fn some_config() -> impl Strategy<Value = String> {
    let between = || prop_oneof![4 => Just(""), 1 => Just("\n"), 1 => Just("# d: e\n"), 1 => Just("      # f\n\n")];
    let keys = proptest::sample::subsequence(vec!["StartUrl", "startUrl", "SSORegion", "Accounts"], 0..4);
    let instance = (keys, proptest::collection::vec((some_value(), between()), 4), 0..8);
    let names = proptest::sample::subsequence(vec!["Work", "Default", "default", "'Quoted'"], 0..4).prop_shuffle();
    let instances = (names, proptest::collection::vec((instance, between()), 4));
    let tops =
        proptest::sample::subsequence(vec!["A", "SSOConfig", "SecureStore", "securestore", "B"], 0..5).prop_shuffle();
    let tops = (tops, proptest::collection::vec((some_value(), between()), 5));
    (
        tops,
        instances,
        1..6_usize,
        1..6_usize,
        any::<bool>(),
        between(),
        prop_oneof![Just(""), Just("..."), Just("---\n")],
    )
        .prop_map(|((tops, values), (names, instances), step, inner, crlf, first, mark)| {
            let mut text = format!("{}{first}", if mark == "---\n" { mark } else { "" });
            for (top, (value, after)) in tops.iter().zip(&values) {
                if *top != "SSOConfig" {
                    text.push_str(&format!("{top}:  {value}\n{after}"));
                    continue;
                }
                text.push_str(&format!("SSOConfig:{}\n{after}", if value.contains('#') { " # s" } else { "" }));
                for (name, ((keys, values, style), after)) in names.iter().zip(&instances) {
                    let indent = " ".repeat(step);
                    match style {
                        0 => text.push_str(&format!("{indent}{name}: {{StartUrl: x}}\n{after}")),
                        _ => text.push_str(&format!("{indent}{name}:\n{after}")),
                    }
                    for (key, (value, after)) in keys.iter().zip(values).filter(|_| *style != 0) {
                        let indent = " ".repeat(step + inner);
                        text.push_str(&match (*key, style) {
                            ("Accounts", 1) => format!("{indent}{key}:\n{indent}- x # c\n{after}"),
                            ("Accounts", 2) => format!("{indent}{key}: |\n{indent}  x # no c\n\n{after}"),
                            ("Accounts", 3) => format!("{indent}{key}:\n{indent}    '1': {{Name: x}}\n{after}"),
                            _ => format!("{indent}{key} : {value}\n{after}"),
                        });
                    }
                }
            }
            text.push_str(if mark == "..." { "...\n" } else { "" });
            if crlf { text.replace('\n', "\r\n") } else { text }
        })
}

/// Something like a configuration, mostly broken.
fn some_text() -> impl Strategy<Value = String> {
    "([A-Za-z:#'\"{}\\[\\]&*|>.é \r\n-]|SSOConfig: |SecureStore: |\n  ){0,60}"
}

/// Checks a change, where there is one.
fn check(before: &str, new: &str, path: &[&str]) -> Result<bool, TestCaseError> {
    let Some(after) = with_value(before, path, &text(new)) else { return Ok(false) };
    let tree = tree::read(before).unwrap();
    let (_, written) = find(before, tree.as_ref(), path).unwrap();
    let keys: Vec<&str> = path.iter().enumerate().map(|(n, key)| written.get(n).map_or(*key, String::as_str)).collect();
    prop_assert!(differs_there(before, &after, &keys), "{before:?} became {after:?}");
    // Nothing is lost but the value, which holds no line of its own.
    let mut left = after.lines();
    for line in before.lines().filter(|line| line.trim().is_empty() || line.trim().starts_with('#')) {
        prop_assert!(
            left.any(|other| other.trim_end() == line.trim_end()),
            "{line:?} of {before:?} is gone: {after:?}"
        );
    }
    prop_assert!(after.lines().count() >= before.lines().count(), "{before:?} became {after:?}");
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn whatever_the_text_only_that_path_changes(before in prop_oneof![3 => some_config(), 1 => some_text()], new in "[a-z:' ]{0,6}") {
        for path in [&URL[..], &["SecureStore"], &["SSOConfig", "New", "SSORegion"]] {
            check(&before, &new, path)?;
        }
    }
}

#[test]
fn most_configurations_can_be_changed() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut changed, mut sound) = (0, 0);
    for _ in 0..300 {
        let before = some_config().new_tree(&mut runner).unwrap().current();
        if document::read(&before).is_ok() {
            sound += 1;
            changed += usize::from(check(&before, "new", &URL).unwrap());
        }
    }
    assert!(sound > 150 && changed * 3 > sound * 2, "{changed} of {sound}");
}
