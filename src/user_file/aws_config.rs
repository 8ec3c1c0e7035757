//! `~/.aws/config` and `~/.aws/credentials` as the SDKs read them: which profiles there are, and where.
//! Only looked at here; what is written is one [`block`](super::block).

/// A profile of one of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Line of its header, from 1.
    pub line: usize,
    /// Its `credential_process`, where it has one.
    pub credential_process: Option<String>,
}

/// Which of the two files a text is: their headers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `[profile NAME]`
    Config,
    /// `[NAME]`
    Credentials,
}

/// A profile of `~/.aws/config`, as far as it says where its credentials come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Line of its header, from 1.
    pub line: usize,
    /// Its `credential_process`, where it has one.
    pub credential_process: Option<String>,
    /// Whether the SDK signs in by itself (`sso_session`, `sso_start_url`).
    pub uses_sso: bool,
}

/// All profiles of a config file, in order.
pub fn entries(text: &[u8]) -> Vec<Entry> {
    let text = String::from_utf8_lossy(text);
    let mut entries: Vec<Entry> = Vec::new();
    let mut within = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            let name = profile_name(header.split(']').next().unwrap_or_default().trim(), Kind::Config);
            within = name.is_some();
            entries.extend(name.map(|name| Entry { name, line: at + 1, credential_process: None, uses_sso: false }));
        } else if let Some(entry) = entries.last_mut().filter(|_| within)
            && let Some((key, value)) = line.split_once('=')
        {
            match key.trim() {
                "credential_process" => entry.credential_process = Some(value.trim().to_owned()),
                "sso_session" | "sso_start_url" => entry.uses_sso = true,
                _ => {}
            }
        }
    }
    entries
}

/// The first profile `name` of a text, which need not be UTF-8 throughout.
pub fn find_profile(text: &[u8], kind: Kind, name: &str) -> Option<Profile> {
    let text = String::from_utf8_lossy(text);
    let mut found: Option<Profile> = None;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            let header = header.split(']').next().unwrap_or_default().trim();
            if profile_name(header, kind).is_some_and(|found| found == name) {
                found = Some(Profile { line: at + 1, credential_process: None });
            }
        } else if let Some(profile) = &mut found
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == "credential_process"
        {
            profile.credential_process = Some(value.trim().to_owned());
        }
    }
    found
}

fn profile_name(header: &str, kind: Kind) -> Option<String> {
    if kind == Kind::Credentials {
        return Some(header.to_owned());
    }
    if header == "default" {
        return Some(header.to_owned());
    }
    // As botocore takes it: quotes as in a shell, or none.
    let rest = header.strip_prefix("profile").filter(|rest| rest.starts_with([' ', '\t']))?.trim();
    match shell_words::split(rest) {
        Ok(words) if words.len() == 1 => words.into_iter().next(),
        _ => Some(rest.to_owned()),
    }
}

/// Whether a name can stand in a header that the AWS CLI and boto3 read as it is.
pub fn can_be_header(name: &str) -> bool {
    !name.is_empty() && name.trim() == name && !name.chars().any(|c| c.is_control() || "[]\"'\\#;".contains(c))
}

/// Whether every SDK reads a profile of that name: the stricter ones, that for Rust among them, pass over
/// names with any other character.
pub fn is_read_by_all(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c))
}

/// Whether a value reaches every SDK whole: some take a comment to begin after a blank.
pub fn can_be_value(value: &str) -> bool {
    let begins_comment = |pair: &[char]| pair[0].is_whitespace() && matches!(pair[1], '#' | ';');
    let chars: Vec<char> = value.chars().collect();
    value.trim() == value && !value.contains(char::is_control) && !chars.windows(2).any(begins_comment)
}

/// The lines of a profile that asks `command` for credentials.
pub fn profile_lines(name: &str, command: &str) -> String {
    let name = if name.contains(char::is_whitespace) { format!("\"{name}\"") } else { name.to_owned() };
    format!("[profile {name}]\ncredential_process = {command}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_found_as_the_sdks_find_them() {
        let text =
            b"[default]\nregion = x\n[profile dev]\n# c\ncredential_process = a b\n\n[ profile  \"two words\" ]\r\n\
                     [profile three words]\ncredential_process=c\n[sso-session dev2]\n[dev3]\n\xff\n";
        let found = |name: &str| find_profile(text, Kind::Config, name).map(|p| (p.line, p.credential_process));
        assert_eq!(found("dev"), Some((3, Some("a b".to_owned()))));
        assert_eq!(found("two words"), Some((7, None)));
        assert_eq!(found("three words"), Some((8, Some("c".to_owned()))));
        assert_eq!(found("default"), Some((1, None)));
        for name in ["dev2", "dev3", "de", "profile dev", ""] {
            assert_eq!(found(name), None, "{name}");
        }
        let of_credentials = find_profile(b"[dev]\naws_access_key_id = x\n", Kind::Credentials, "dev");
        assert_eq!(of_credentials.map(|profile| profile.line), Some(1));
    }

    #[test]
    fn entries_say_where_credentials_come_from() {
        let text =
            b"[default]\nsso_session = s\n[sso-session s]\nsso_start_url = x\n[profile a]\ncredential_process = b c\n";
        let found = entries(text);
        let names: Vec<_> = found.iter().map(|e| (e.name.as_str(), e.line, e.uses_sso)).collect();
        assert_eq!(names, [("default", 1, true), ("a", 5, false)]);
        assert_eq!(found[1].credential_process.as_deref(), Some("b c"));
    }

    #[test]
    fn what_is_written_is_found_again() {
        for name in ["dev", "000000000001:Admin", "two words", "a&b$(x)`y`", "é", "a=b%c"] {
            assert!(can_be_header(name));
            let found = find_profile(profile_lines(name, "x -p 'y'").as_bytes(), Kind::Config, name).expect(name);
            assert_eq!(found.credential_process.as_deref(), Some("x -p 'y'"));
        }
        for name in ["", " a", "a ", "a]b", "a\nb", "a\"b", "a'b", "a#b", "a;b", "a\\b"] {
            assert!(!can_be_header(name), "{name:?}");
        }
    }

    #[test]
    fn the_strictest_sdks_read_plain_names_alone() {
        for (name, expected) in [
            ("000000000001:Admin", true),
            ("a_b-c/d.e%f@g+h", true),
            ("two words", false),
            ("é", false),
            ("a=b", false),
            ("a&b", false),
        ] {
            assert_eq!(is_read_by_all(name), expected, "{name}");
        }
    }

    #[test]
    fn a_value_that_an_sdk_would_cut_off_is_found() {
        for (value, expected) in [
            ("aws-sso -S Work process --arn arn:aws:iam::1:role/x", true),
            ("aws-sso -S a#b;c process", true),
            ("aws-sso -S 'a #b' process", false),
            ("aws-sso -S 'a\u{a0};b' process", false),
            ("aws-sso -S 'a\tb' process", false),
            ("aws-sso\nx", false),
            (" x", false),
        ] {
            assert_eq!(can_be_value(value), expected, "{value:?}");
        }
    }
}
