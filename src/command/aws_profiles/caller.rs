//! How a profile calls this program.

use crate::command::find_path;
use crate::command::program::running_program;
use crate::config::{Config, discover};
use crate::context::Context;
use crate::user_file::aws_config::{Section, can_be_value};
use crate::{Error, Result};

/// This program as an SDK is to call it, with the config that it is to read.
pub struct Caller(String);

impl Caller {
    pub fn find(context: &Context, config: &Config) -> Result<Self> {
        let program = match &config.config_profiles_binary_path {
            Some(path) => find_path(context, |around| discover::expand_tilde(path, around))?.display().to_string(),
            None => running_program(context)?,
        };
        let elsewhere = context.globals.config.is_some() || context.env.get("AWS_SSO_CONFIG").is_some();
        let config = elsewhere.then(|| format!(" --config {}", quote(&config.path.to_string_lossy())));
        Ok(Self(quote(&program) + &config.unwrap_or_default()))
    }

    /// The call for a role of an instance.
    pub fn role(&self, sso: &str, arn: &str) -> String {
        format!("{} -S {} process --arn {}", self.0, quote(sso), quote(arn))
    }

    /// The call for the role of the working directory.
    pub fn here(&self) -> String {
        format!("{} process --here", self.0)
    }
}

/// A word of a call: SDKs split it as a POSIX shell does, on Windows as its C library does.
fn quote(word: &str) -> String {
    if cfg!(windows) { quote_for_windows(word) } else { shell_words::quote(word).into_owned() }
}

fn quote_for_windows(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "\\/:._-+=@,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    // What stands before a quote is doubled, and the quote escaped.
    let mut quoted = String::from('"');
    let mut backslashes = 0;
    for c in word.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => quoted.push_str(&"\\".repeat(backslashes * 2 + 1)),
            _ => quoted.push_str(&"\\".repeat(backslashes)),
        }
        if c != '\\' {
            backslashes = 0;
            quoted.push(c);
        }
    }
    quoted + &"\\".repeat(backslashes * 2) + "\""
}

/// Refuses a call that an SDK would not read to its end.
pub fn refuse_cut_off(profile: &str, command: &str) -> Result<()> {
    if can_be_value(command) {
        return Ok(());
    }
    Err(Error::failed(format!(
        "the profile '{profile}' cannot be written: there is a control character, or a comment to the SDKs (# or ; \
         after a blank), in {command}"
    )))
}

/// Whether a profile that is there already asks this program for a role, of the SSO instance that is `default` where
/// it names none.
pub fn asks_for(profile: &Section, default: Option<&str>, (sso, arn, name): (&str, &str, &str)) -> bool {
    let words = words(profile);
    words.iter().any(|word| word == "process")
        && words.iter().any(|word| word == arn || word == name)
        && instance_of(&words).or(default).is_some_and(|instance| instance == sso)
}

/// The instance of a call that names none.
pub fn default_instance(config: &Config) -> Option<&str> {
    config.instance(None).ok().map(|instance| instance.name.as_str())
}

/// The SSO instance that a profile asks this program for a role of.
pub fn instance(profile: &Section) -> Option<String> {
    instance_of(&words(profile)).map(str::to_owned)
}

fn words(profile: &Section) -> Vec<String> {
    profile.credential_process().and_then(|call| shell_words::split(call).ok()).unwrap_or_default()
}

fn instance_of(words: &[String]) -> Option<&str> {
    let at = words.iter().position(|word| word.starts_with("-S") || word.starts_with("--sso"))?;
    match words[at].strip_prefix("--sso").or(words[at].strip_prefix("-S")) {
        Some("") | None => words.get(at + 1).map(String::as_str),
        Some(value) => Some(value.strip_prefix('=').unwrap_or(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_file::aws_config::{Kind, find_profile, profile_lines};

    fn profile(call: &str) -> Section {
        let text = profile_lines("x", call);
        find_profile(text.as_bytes(), Kind::Config, "x").expect("a profile")
    }

    #[test]
    fn the_instance_of_a_call_is_read_in_every_spelling() {
        for (call, expected) in [
            ("/opt/aws-sso -u open -S \"My Org\" process --arn x", Some("My Org")),
            ("aws-sso -SWork process", Some("Work")),
            ("aws-sso --sso=Work process", Some("Work")),
            ("aws-sso process --sso Work", Some("Work")),
            ("aws-sso process --arn x", None),
            ("aws-sso process 'x", None),
            ("aws-sso -S", None),
        ] {
            assert_eq!(instance(&profile(call)).as_deref(), expected, "{call}");
        }
    }

    #[test]
    fn a_call_for_a_role_is_one_of_its_instance() {
        for (call, expected) in [
            ("x -S Work process --arn arn:1", true),
            ("x -S Other process --arn arn:1", false),
            ("x -S Work process --arn arn:2", false),
            ("x -S Work exec --arn arn:1", false),
        ] {
            assert_eq!(asks_for(&profile(call), None, ("Work", "arn:1", "dev")), expected, "{call}");
        }
        let without = profile("x process --profile dev");
        for (default, expected) in [(Some("Work"), true), (Some("Other"), false), (None, false)] {
            assert_eq!(asks_for(&without, default, ("Work", "arn:1", "dev")), expected, "{default:?}");
        }
    }

    #[test]
    fn a_word_for_windows_is_quoted_as_its_c_library_reads_it() {
        for (word, expected) in [
            (r"C:\bin\aws-sso.exe", r"C:\bin\aws-sso.exe"),
            (r"C:\Program Files\aws-sso.exe", r#""C:\Program Files\aws-sso.exe""#),
            (r#"a "b"\"#, r#""a \"b\"\\""#),
            (r#"\" x"#, r#""\\\" x""#),
            ("", "\"\""),
        ] {
            assert_eq!(quote_for_windows(word), expected, "{word}");
        }
    }
}
