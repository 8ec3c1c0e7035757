//! What a role file says: one line with a profile name or an ARN, or a YAML mapping. It is data: nothing
//! in it names another file or a command.

use crate::config::document::{self, Node};
use crate::config::suggest;
use crate::role::{AccountId, Selection};

use super::Problem;

const KEYS: [&str; 6] = ["profile", "arn", "account", "role", "sso", "region"];

/// The role that a file asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The role.
    pub selection: Selection,
    /// `sso`: the SSO instance; none is the default one.
    pub sso: Option<String>,
    /// `region`: the region in place of the one that is configured for the role.
    pub region: Option<String>,
}

impl Wish {
    /// Reads the content of a role file.
    pub fn parse(content: &[u8]) -> Result<Self, Problem> {
        let text = std::str::from_utf8(content).map_err(|error| {
            let line = content[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            Problem::Content(line, "this is not UTF-8".to_owned())
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some(line) = text.lines().position(|line| line.chars().any(|c| c.is_control() && c != '\t')) {
            return Err(Problem::Content(line + 1, "there is a control character in this line".to_owned()));
        }
        let mut lines = text.lines().enumerate().filter_map(|(at, line)| {
            let line = without_comment(line);
            (!line.is_empty()).then_some((at + 1, line))
        });
        let Some((first, line)) = lines.next() else {
            return Err(Problem::Content(1, format!("it names no role: write a profile name, or {}", mapping_hint())));
        };
        if looks_like_yaml(line) {
            return mapping(text);
        }
        if let Some((second, _)) = lines.next() {
            return Err(Problem::Content(
                second,
                format!("a second line: write one profile name, or {}", mapping_hint()),
            ));
        }
        let name = unquoted(line);
        if name.is_empty() {
            return Err(Problem::Content(first, "this names no role".to_owned()));
        }
        Ok(Self { selection: by_name(name), sso: None, region: None })
    }
}

fn mapping_hint() -> &'static str {
    "'account:' and 'role:', a line each"
}

/// A comment is the rest of a line from a `#` on that begins it or follows a blank, as in YAML.
fn without_comment(line: &str) -> &str {
    let hash = line.char_indices().find(|(at, c)| *c == '#' && (*at == 0 || line[..*at].ends_with([' ', '\t'])));
    line[..hash.map_or(line.len(), |(at, _)| at)].trim()
}

/// Names hold colons; a key is followed by a blank, or by nothing.
fn looks_like_yaml(line: &str) -> bool {
    line.starts_with(['{', '[', '&', '*', '!', '|', '>', '%', '?'])
        || line.starts_with("- ")
        || line.starts_with("---")
        || (!line.starts_with(['\'', '"']) && (line.contains(": ") || line.contains(":\t") || line.ends_with(':')))
        || (line.starts_with(['\'', '"']) && unquoted(line) == line)
}

fn unquoted(line: &str) -> &str {
    ['\'', '"'].iter().find_map(|quote| line.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(line)
}

fn by_name(name: &str) -> Selection {
    match name.starts_with("arn:") {
        true => Selection::Arn(name.to_owned()),
        false => Selection::Profile(name.to_owned()),
    }
}

fn mapping(text: &str) -> Result<Wish, Problem> {
    let node = document::read(text).map_err(|error| Problem::Content(error.line.unwrap_or(1), error.message))?;
    let Node::Map(entries) = node else {
        return Err(Problem::Content(
            1,
            format!("this is {}: write a profile name, or {}", node.kind(), mapping_hint()),
        ));
    };
    let line_of = |key: &str| {
        let line = text.lines().position(|line| line.trim_start_matches([' ', '"', '\'']).starts_with(key));
        line.map_or(1, |at| at + 1)
    };
    let mut values: [Option<String>; 6] = Default::default();
    for (key, value) in &entries {
        let wrong = |why: String| Err(Problem::Content(line_of(key), why));
        let Some(at) = KEYS.iter().position(|known| known == key) else {
            let near = suggest(key, KEYS).map(|near| format!(", did you mean {near}?"));
            return wrong(format!(
                "unknown key '{key}'{}",
                near.unwrap_or_else(|| format!(": use {}", KEYS.join(", ")))
            ));
        };
        values[at] = match value {
            Node::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Node::Integer(number) => Some(number.to_string()),
            Node::Text(_) | Node::Null => return wrong(format!("'{key}' has no value")),
            other => return wrong(format!("'{key}' must be a text, not {}", other.kind())),
        };
    }
    let [profile, arn, account, role, sso, region] = values;
    if let Some(region) = &region
        && !region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    {
        return Err(Problem::Content(
            line_of("region"),
            format!("'{region}' is no region: write one like eu-central-1"),
        ));
    }
    let account = match account {
        Some(id) => {
            Some(id.parse::<AccountId>().map_err(|error| Problem::Content(line_of("account"), error.to_string()))?)
        }
        None => None,
    };
    let selection = match (profile, arn, account, role) {
        (Some(profile), None, None, None) => Selection::Profile(profile),
        (None, Some(arn), None, None) => Selection::Arn(arn),
        (None, None, Some(account), Some(role)) => Selection::AccountRole(account, role),
        (None, None, Some(_), None) => {
            return Err(Problem::Content(line_of("account"), "'account' needs 'role' as well".to_owned()));
        }
        (None, None, None, Some(_)) => {
            return Err(Problem::Content(line_of("role"), "'role' needs 'account' as well".to_owned()));
        }
        (None, None, None, None) => {
            return Err(Problem::Content(
                1,
                format!("it names no role: write 'profile:', 'arn:', or {}", mapping_hint()),
            ));
        }
        _ => {
            let why = "it names the role in more than one way: keep 'profile', 'arn', or 'account' with 'role'";
            return Err(Problem::Content(1, why.to_owned()));
        }
    };
    Ok(Wish { selection, sso, region })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Wish, (usize, String)> {
        Wish::parse(text.as_bytes()).map_err(|problem| match problem {
            Problem::Content(line, why) => (line, why),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn one_line_names_a_role() {
        for (text, name) in [
            ("payments-dev", "payments-dev"),
            ("\u{feff}# the role\r\n\r\n  payments-dev  # of this place\r\n", "payments-dev"),
            ("123456789012:AdministratorAccess\n", "123456789012:AdministratorAccess"),
            ("000123:Admin", "000123:Admin"),
            ("a name with #1 in it", "a name with"),
            ("a#b", "a#b"),
            ("'a: b'", "a: b"),
            ("\"quoted\"", "quoted"),
            ("$(touch x)`y`", "$(touch x)`y`"),
            ("-S", "-S"),
        ] {
            let wish = read(text).unwrap();
            assert_eq!(wish.selection, Selection::Profile(name.to_owned()), "{text:?}");
            assert_eq!((wish.sso, wish.region), (None, None));
        }
        let arn = "arn:aws:iam::123456789012:role/Admin";
        assert_eq!(read(arn).unwrap().selection, Selection::Arn(arn.to_owned()));
    }

    #[test]
    fn a_mapping_names_a_role_its_instance_and_a_region() {
        let wish =
            read("# here\naccount: 012345678901\nrole: Admin # all of it\nsso: Work\nregion: eu-central-1\n").unwrap();
        assert_eq!(wish.selection, Selection::AccountRole("12345678901".parse().unwrap(), "Admin".into()));
        assert_eq!((wish.sso.as_deref(), wish.region.as_deref()), (Some("Work"), Some("eu-central-1")));
        assert_eq!(read("{profile: 'a: b'}").unwrap().selection, Selection::Profile("a: b".into()));
        assert_eq!(read("profile: 123456789012\n").unwrap().selection, Selection::Profile("123456789012".into()));
        assert_eq!(read("arn: 000123:Admin\n").unwrap().selection, Selection::Arn("000123:Admin".into()));
    }

    #[test]
    fn anything_else_is_an_error_with_its_line() {
        for (text, line, expected) in [
            ("", 1, "it names no role"),
            ("# nothing\n\n", 1, "it names no role"),
            ("''", 1, "this names no role"),
            ("dev\nprod\n", 2, "a second line"),
            ("\n\ndev\n\n# x\nprod\n", 6, "a second line"),
            ("# x\nprofle: dev\n", 2, "unknown key 'profle', did you mean profile?"),
            ("profile: dev\ninclude: /etc/passwd\n", 2, "unknown key 'include': use profile"),
            ("account: 1\n", 1, "'account' needs 'role'"),
            ("\nrole: Admin\n", 2, "'role' needs 'account'"),
            ("region: eu-west-1\n", 1, "it names no role"),
            ("profile: a\narn: b\n", 1, "more than one way"),
            ("profile:\n", 1, "'profile' has no value"),
            ("profile: [a]\n", 1, "'profile' must be a text, not a list"),
            ("profile: dev\nregion: Frankfurt\n", 2, "'Frankfurt' is no region"),
            ("account: dev\nrole: x\n", 1, ""),
            ("- dev\n", 1, "this is a list"),
            ("profile: a\nprofile: b\n", 2, "is given twice"),
            ("profile: a\n---\nprofile: b\n", 1, "more than one YAML document"),
            ("profile: \"a\n", 1, "this is no YAML"),
            ("dev\u{1b}[31m", 1, "a control character"),
            ("profile: x\narn: !!python/object:os.system x\n", 1, ""),
        ] {
            let (at, why) = read(text).unwrap_err();
            assert!(why.contains(expected), "{text:?}: {why}");
            if !expected.is_empty() {
                assert!(
                    at == line || why.contains("no YAML") || why.contains("document"),
                    "{text:?}: line {at}: {why}"
                );
            }
        }
        assert!(matches!(Wish::parse(b"a\n\xff\n"), Err(Problem::Content(2, _))));
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let mut bomb = String::from("profile: x\na0: &a0 [x, x]\n");
        for n in 1..60 {
            bomb += &format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1);
        }
        assert!(read(&bomb).is_err());
        assert!(read(&format!("profile: {}", "[".repeat(8000))).is_err());
    }

    proptest! {
        #[test]
        fn no_content_panics_or_brings_control_characters(content in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(Wish { selection: Selection::Profile(name) | Selection::Arn(name), .. }) = Wish::parse(&content) {
                prop_assert!(!name.is_empty() && !name.contains('\n'));
            }
        }

        #[test]
        fn every_name_without_a_comment_is_itself(name in "[A-Za-z0-9][A-Za-z0-9:/_@+.=,()$`&;<>!*?~ -]{0,30}[A-Za-z0-9]") {
            prop_assume!(!name.contains(": "));
            prop_assert_eq!(read(&name).unwrap().selection, by_name(&name));
        }
    }
}
