//! TAB. Answered by the state file alone: no YAML, no key store, no network; nothing is written, asked or
//! said, and what cannot be answered is no candidate.
//!
//! The answer's first line is `words`, and candidates follow; or it is `files` or `command N`, where the

mod line;
mod values;

use std::ffi::OsString;
use std::sync::Arc;

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::CompletionCandidate;

use crate::cli::{ClearCli, Cli, HookComplete, UseCli};
use crate::context::Context;
use crate::error::one_line;
use crate::index::Candidate;
use crate::shell::{BashLine, Shell};

use line::Line;
use values::{Values, attach};

/// What bash says of a TAB that will only list, or cycle through, the candidates.
const LISTING: [u8; 2] = [63, 37];

/// Characters of a description; account names are as long as their owners like.
const DESCRIPTION: usize = 80;

pub(super) fn run(shell: Shell, call: &HookComplete, context: &Context) -> String {
    match &call.line {
        // Where a blank ends no word, readline would replace the command as well.
        Some(_) if shell == Shell::Bash && !call.breaks.contains(' ') => Answer::Words(Vec::new()).mode(),
        Some(line) if shell == Shell::Bash => {
            let line = BashLine::read(line, &call.breaks);
            let words: Vec<OsString> = line.words.iter().map(OsString::from).collect();
            let answer = complete(&words, context);
            let Answer::Words(candidates) = answer else { return answer.mode() };
            let values: Vec<String> = candidates.into_iter().map(|candidate| candidate.value).collect();
            let replies = line.replies(&values, LISTING.contains(&call.kind));
            std::iter::once("words".to_owned()).chain(replies).map(|line| line + "\n").collect()
        }
        _ => {
            let answer = complete(&call.words, context);
            let Answer::Words(candidates) = &answer else { return answer.mode() };
            let short = |text: &str| text.chars().take(DESCRIPTION).collect::<String>();
            let line = |candidate: &Candidate| match one_line(&short(&candidate.description)) {
                text if text.is_empty() => format!("{}\n", candidate.value),
                text => format!("{}\t{text}\n", candidate.value),
            };
            answer.mode() + &candidates.iter().map(line).collect::<String>()
        }
    }
}

/// What may stand at the cursor.
enum Answer {
    Words(Vec<Candidate>),
    Files,
    /// The words of another command, so many of them before the cursor.
    Command(usize),
}

impl Answer {
    fn mode(&self) -> String {
        match self {
            Self::Words(_) => "words\n".to_owned(),
            Self::Files => "files\n".to_owned(),
            Self::Command(before) => format!("command {before}\n"),
        }
    }
}

/// Completes the last of `words`, of which the first is the command.
fn complete(words: &[OsString], context: &Context) -> Answer {
    let none = Answer::Words(Vec::new());
    let Some(name) = words.first().and_then(|word| std::path::Path::new(word).file_name()) else { return none };
    let mut command = match name.to_str().unwrap_or_default() {
        "aws-sso-use" | "aws-sso-profile" => UseCli::command(),
        "aws-sso-clear" => ClearCli::command(),
        _ => Cli::command().disable_help_subcommand(true),
    };
    command.build();
    if let Some(before) = other_command(&command, words) {
        return Answer::Command(before);
    }
    let line = Line::read(words, context);
    let values = Arc::new(Values::new(line));
    let mut command = attach(command, &values);
    let mut asked = words.to_vec();
    if let Some(last) = asked.last_mut().filter(|last| *last == "-") {
        // The long spelling of each flag says more.
        last.push("-");
    }
    let found = clap_complete::engine::complete(&mut command, asked, words.len() - 1, None);
    if values.is_of_files() {
        return Answer::Files;
    }
    let typed_dash = words.last().is_some_and(|word| word.as_encoded_bytes().starts_with(b"-"));
    let candidate = |found: &CompletionCandidate| {
        let value = found.get_value().to_str()?.to_owned();
        // Options come when they are asked for. What a terminal would obey is no candidate.
        let unasked = value.starts_with('-') && !typed_dash;
        let description = found.get_help().map(ToString::to_string).unwrap_or_default();
        (!unasked && one_line(&value) == value).then_some(Candidate { value, description })
    };
    Answer::Words(found.unwrap_or_default().iter().filter_map(candidate).collect())
}

/// How many words of the command that `exec` is to run stand before the cursor; none where the cursor is at
/// a flag of `exec` or at its value.
fn other_command(command: &Command, words: &[OsString]) -> Option<usize> {
    let words: Vec<&str> = words.iter().map(|word| word.to_str().unwrap_or_default()).collect();
    let exec = words.iter().position(|word| *word == "exec")?;
    let flags = command.find_subcommand("exec")?;
    let cursor = words.len() - 1;
    let mut at = exec + 1;
    while at < cursor && words[at].starts_with('-') && words[at] != "--" {
        at += if takes_next(flags, words[at]) { 2 } else { 1 };
    }
    let escaped = at < cursor && words[at] == "--";
    at += usize::from(escaped);
    let at_flag = at == cursor && !escaped && words[cursor].starts_with('-');
    if at_flag { None } else { cursor.checked_sub(at) }
}

/// Whether a flag's value is the next word.
fn takes_next(command: &Command, flag: &str) -> bool {
    let is_this = |arg: &&Arg| match flag.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => flag.chars().count() == 2 && arg.get_short() == flag.chars().nth(1),
    };
    command.get_arguments().find(is_this).is_some_and(|arg| arg.get_action().takes_values())
}
