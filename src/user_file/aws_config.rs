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

/// Whether a name can stand in a header that every SDK reads.
pub fn can_be_header(name: &str) -> bool {
    !name.is_empty() && name.trim() == name && !name.chars().any(|c| c.is_control() || "[]\"'\\#;".contains(c))
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
}
