//! `~/.aws/config` and `~/.aws/credentials` as the SDKs read them: which profiles there are, and where.
//! Only looked at here; what is written is one [`block`](super::block).

use std::collections::HashMap;

/// A section of one of the files: its header and the settings below it. Some settings are keys, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Section {
    /// Line of its header, from 1.
    pub line: usize,
    header: String,
    /// By key in lower case, in their order.
    settings: Vec<(String, String)>,
}

/// Which of the two files a text is: their headers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `[profile NAME]`
    Config,
    /// `[NAME]`
    Credentials,
}

impl Section {
    /// The name of a profile.
    pub fn profile_name(&self, kind: Kind) -> Option<String> {
        profile_name(&self.header, kind)
    }

    /// The name of an `[sso-session NAME]`.
    pub fn session_name(&self) -> Option<&str> {
        let rest = self.header.strip_prefix("sso-session")?;
        rest.starts_with([' ', '\t']).then(|| rest.trim())
    }

    /// The value of a setting, which is not one of a nested group. An empty one counts as absent.
    pub fn get(&self, key: &str) -> Option<&str> {
        let found = self.settings.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The command that a profile gets its credentials from.
    pub fn credential_process(&self) -> Option<&str> {
        self.get("credential_process")
    }
}

/// The sections of a text, which need not be UTF-8 throughout.
pub fn sections(text: &[u8]) -> Vec<Section> {
    let text = String::from_utf8_lossy(text);
    let mut sections: Vec<Section> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if let Some(header) = line.trim().strip_prefix('[') {
            let header = header.split(']').next().unwrap_or_default().trim().to_owned();
            sections.push(Section { line: at + 1, header, settings: Vec::new() });
        } else if let Some(section) = sections.last_mut()
            // What is indented is of the group above it.
            && !line.starts_with([' ', '\t', '#', ';'])
            && let Some((key, value)) = line.split_once('=')
        {
            section.settings.push((key.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    sections
}

/// The profiles of a text by their names, the first of each name. Read once, for files with thousands of them.
#[derive(Default)]
pub struct Profiles(HashMap<String, Section>);

impl Profiles {
    /// Reads a text.
    pub fn read(text: &[u8], kind: Kind) -> Self {
        let mut found = HashMap::new();
        for section in sections(text) {
            if let Some(name) = section.profile_name(kind) {
                found.entry(name).or_insert(section);
            }
        }
        Self(found)
    }

    /// The first profile of a name.
    pub fn get(&self, name: &str) -> Option<&Section> {
        self.0.get(name)
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Section)> {
        self.0.iter().map(|(name, section)| (name.as_str(), section))
    }
}

/// The first profile `name` of a text.
pub fn find_profile(text: &[u8], kind: Kind, name: &str) -> Option<Section> {
    sections(text).into_iter().find(|section| section.profile_name(kind).as_deref() == Some(name))
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
        let found = |name: &str| {
            let found = find_profile(text, Kind::Config, name)?;
            Some((found.line, found.credential_process().map(str::to_owned)))
        };
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
    fn a_section_says_what_stands_below_its_header() {
        let text = b"[sso-session mine]\nSSO_Region = eu-west-1\n# a = b\ns3 =\n  region = x\n[profile dev]\nx=1=2\r\n";
        let [session, profile] = &sections(text)[..] else { panic!("two sections") };
        assert_eq!((session.session_name(), session.profile_name(Kind::Config)), (Some("mine"), None));
        assert_eq!(
            (session.get("sso_region"), session.get("region"), session.get("s3")),
            (Some("eu-west-1"), None, None)
        );
        assert_eq!((profile.line, profile.session_name(), profile.get("x")), (6, None, Some("1=2")));
    }

    #[test]
    fn what_is_written_is_found_again() {
        for name in ["dev", "000000000001:Admin", "two words", "a&b$(x)`y`", "é", "a=b%c"] {
            assert!(can_be_header(name));
            let found = find_profile(profile_lines(name, "x -p 'y'").as_bytes(), Kind::Config, name).expect(name);
            assert_eq!(found.credential_process(), Some("x -p 'y'"));
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
