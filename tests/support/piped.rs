//! Interactive zsh that reads its lines from a file: hooks and prompts as at a terminal, no line editor.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs::File;

use super::support::{Answer, Home};

/// The documented line.
pub const INIT: &str = "eval \"$(aws-sso shell-init zsh)\"\n";

/// What an interactive zsh without rc files makes of `lines`. Its prompts are part of standard error.
pub fn zsh(home: &Home, options: &[&str], lines: &str) -> Answer {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(&file, lines).expect("the lines");
    let mut command = home.program("zsh");
    command.args(["-f", "-i", "-s"]).args(options).env("TERM", "xterm-256color");
    command.stdin(File::open(&file).expect("the lines"));
    Answer::of(command)
}

/// The same with the documented line first and an empty prompt, so that standard error is what was said.
pub fn quiet_zsh(home: &Home, before: &str, lines: &str) -> Answer {
    zsh(home, &["-o", "no_prompt_sp", "-o", "no_prompt_cr"], &format!("PROMPT=\n{before}\n{INIT}{lines}"))
}

/// A line that prints a variable.
pub fn show(name: &str) -> String {
    format!("builtin printf '{name}=%s\\n' \"${{{name}-}}\"\n")
}
