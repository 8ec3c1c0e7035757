//! What is to be written: the keys whose answers differ from what `config.yaml` says, and the text with them in it.

use crate::config::edit::{self, Value};

/// What stands at the top of a new file.
const HEADER: &str = "\
# Made by 'aws-sso setup wizard', and yours: what you write here is kept when that
# is run again, comments too. docs/configuration.md describes every key.

";

/// A text that no program can edit safely, and the lines that a person has to write into it.
#[derive(Debug, PartialEq, Eq)]
pub struct ByHand(pub Vec<String>);

/// Keys and their new values, in the order in which they were answered.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes(Vec<(Vec<String>, Value)>);

impl Changes {
    /// Notes an answer, unless the file, or a default, says so already.
    pub fn note(&mut self, path: &[&str], answer: Value, present: &Value) {
        if answer != *present {
            self.set(path, answer);
        }
    }

    /// Notes a value.
    pub fn set(&mut self, path: &[&str], value: Value) {
        self.0.push((path.iter().map(|key| (*key).to_owned()).collect(), value));
    }

    /// Whether all is as it was.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with all of them in it; none stands for a file that is not there.
    pub fn apply(&self, text: Option<&str>) -> Result<String, ByHand> {
        let mut new = text.unwrap_or(HEADER).to_owned();
        for (path, value) in &self.0 {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            new = edit::with_value(&new, &path, value).ok_or_else(|| self.by_hand())?;
        }
        Ok(new)
    }

    /// The lines of an empty file that would say it all.
    fn by_hand(&self) -> ByHand {
        let mut text = String::new();
        for (path, value) in &self.0 {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            text = edit::with_value(&text, &path, value).unwrap_or_else(|| {
                let lines = edit::lines_of(&path, value);
                format!("{text}{}\n", lines.join("\n"))
            });
        }
        ByHand(text.lines().map(str::to_owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use std::path::Path;

    fn instance(name: &str) -> Changes {
        let mut changes = Changes::default();
        changes.set(&["SSOConfig", name, "StartUrl"], Value::Text("https://d-1234567890.awsapps.com/start".to_owned()));
        changes.set(&["SSOConfig", name, "SSORegion"], Value::Text("us-east-1".to_owned()));
        changes
    }

    #[test]
    fn a_new_file_says_what_was_answered_and_no_more() {
        let mut changes = instance("Default");
        let word = |text: &str| Value::Word(text.to_owned());
        changes.note(&["CacheRefresh"], word("0"), &word("168"));
        changes.note(&["HistoryLimit"], word("10"), &word("10"));
        let text = changes.apply(None).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        assert_eq!(
            lines,
            [
                "SSOConfig:",
                "  Default:",
                "    StartUrl: https://d-1234567890.awsapps.com/start",
                "    SSORegion: us-east-1",
                "CacheRefresh: 0"
            ]
        );
        let loaded = config::parse(&text, Path::new("config.yaml")).unwrap();
        assert!(loaded.warnings.is_empty() && loaded.config.cache_refresh.is_none());
    }

    #[test]
    fn any_name_of_an_instance_is_read_back() {
        for name in ["Default", "true", "0123", "-", "@work", "a:b:", "~", "1e5", "x-y"] {
            let text = instance(name).apply(Some("A: 1\n")).unwrap();
            let loaded = config::parse(&text, Path::new("config.yaml")).unwrap();
            assert!(loaded.config.instances.contains_key(name), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_edited_is_told_as_lines() {
        let ByHand(lines) = instance("Work").apply(Some("SSOConfig: {Default: {SSORegion: x}}\n")).unwrap_err();
        assert_eq!(
            lines,
            [
                "SSOConfig:",
                "  Work:",
                "    StartUrl: https://d-1234567890.awsapps.com/start",
                "    SSORegion: us-east-1"
            ]
        );
    }
}
