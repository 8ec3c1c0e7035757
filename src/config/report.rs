//! Everything that is found while a file is interpreted, and where.

use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::path::Path;

use crate::error::one_line;

use super::lines::Lines;

/// The way to a value: the keys from the top of the file, as they are written there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KeyPath(Vec<String>);

impl KeyPath {
    /// The path of `key` within this one.
    pub fn join(&self, key: impl Into<String>) -> Self {
        let mut keys = Vec::with_capacity(self.0.len() + 1);
        keys.extend_from_slice(&self.0);
        keys.push(key.into());
        Self(keys)
    }

    /// Whether this is the document itself.
    pub fn is_top(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shortened(&self.0.join("."), 200))
    }
}

/// `text` cut to `limit` characters, so that a message stays one that can be read.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

struct Finding {
    path: KeyPath,
    message: String,
}

/// The findings about one text.
pub(super) struct Report<'a> {
    text: &'a str,
    lines: OnceCell<Lines>,
    errors: RefCell<Vec<Finding>>,
    warnings: RefCell<Vec<Finding>>,
}

impl<'a> Report<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, lines: OnceCell::new(), errors: RefCell::default(), warnings: RefCell::default() }
    }

    /// What is at `path` makes the file unusable. `message` is whole and names the key.
    pub fn error(&self, path: &KeyPath, message: impl Into<String>) {
        self.errors.borrow_mut().push(Finding { path: path.clone(), message: message.into() });
    }

    /// The value at `path` is not what the key takes: `KEY is 'VALUE': HINT`.
    pub fn wrong(&self, path: &KeyPath, value: &str, hint: impl fmt::Display) {
        self.error(path, format!("{path} is '{}': {hint}", shortened(value, 80)));
    }

    /// What is at `path` is odd but harmless.
    pub fn warning(&self, path: &KeyPath, message: impl Into<String>) {
        self.warnings.borrow_mut().push(Finding { path: path.clone(), message: message.into() });
    }

    /// The line of what is at `path`, from 1.
    pub fn line(&self, path: &KeyPath) -> Option<usize> {
        self.lines().line(&path.0)
    }

    /// The scalar at `path` as the file spells it: YAML makes 1.1 of a tag's 1.10.
    pub fn source(&self, path: &KeyPath) -> Option<&str> {
        self.lines().source(&path.0)
    }

    /// The errors and the warnings, each as `FILE:LINE: message` and in the order of lines.
    pub fn finish(self, file: &Path) -> (Vec<String>, Vec<String>) {
        (self.placed(&self.errors.borrow(), file), self.placed(&self.warnings.borrow(), file))
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(self.text))
    }

    fn placed(&self, findings: &[Finding], file: &Path) -> Vec<String> {
        let mut placed: Vec<_> = findings.iter().map(|finding| (self.line(&finding.path), &finding.message)).collect();
        placed.sort_by_key(|(line, _)| *line);
        placed.into_iter().map(|(line, message)| at_line(file, line, message)).collect()
    }
}

/// `FILE:LINE: message`, without the line where it is not known.
pub(super) fn at_line(file: &Path, line: Option<usize>, message: &str) -> String {
    one_line(&match line {
        Some(line) => format!("{}:{line}: {message}", file.display()),
        None => format!("{}: {message}", file.display()),
    })
}
