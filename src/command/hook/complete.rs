//! TAB. Answered by the state file alone: no YAML, no key store, no network; nothing is written, asked or
//! said, and what cannot be answered is no candidate.
//!
//! The answer's first line is `words`, and candidates follow; or it is `files` or `command N`, where the
//! shell knows better (N words of another command stand before the cursor).

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, ValueCompleter};

use crate::cli::{ClearCli, Cli, HookComplete, UseCli};
use crate::config::discover;
use crate::context::Context;
use crate::error::one_line;
use crate::index::{Candidate, Completions, Index, IndexError, RoleFilter};
use crate::shell::{BashLine, Shell};
use crate::ui;

use super::super::{find_path, list};

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
    if values.files.load(Ordering::Relaxed) {
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

/// What the flags that are on the line already say.
struct Line {
    config: Option<PathBuf>,
    state: Option<PathBuf>,
    sso: Option<String>,
    filter: RoleFilter,
}

impl Line {
    fn read(words: &[OsString], context: &Context) -> Self {
        let words: Vec<&str> = words[..words.len() - 1].iter().map(|word| word.to_str().unwrap_or_default()).collect();
        let flag = |short: Option<&str>, long: &str| value_of(&words, short, long);
        let config = flag(None, "--config").map(PathBuf::from);
        Self {
            config: find_path(context, |around| discover::config_path(config.as_deref(), around)).ok(),
            state: find_path(context, discover::state_path).ok(),
            sso: flag(Some("-S"), "--sso").or_else(|| context.env.get("AWS_SSO").map(str::to_owned)),
            filter: RoleFilter {
                account: flag(Some("-A"), "--account").and_then(|account| account.parse().ok()),
                role: flag(Some("-R"), "--role"),
            },
        }
    }
}

/// The value of a flag in any of its spellings: `-S x`, `-Sx`, `-S=x`, `--sso x`, `--sso=x`. The last one wins.
fn value_of(words: &[&str], short: Option<&str>, long: &str) -> Option<String> {
    let mut value = None;
    for (at, word) in words.iter().enumerate() {
        if *word == "--" {
            break;
        }
        let next = || words.get(at + 1).map(|next| (*next).to_owned());
        if Some(*word) == short || *word == long {
            value = next().or(value);
        } else if let Some(rest) = word.strip_prefix(long).and_then(|rest| rest.strip_prefix('=')) {
            value = Some(rest.to_owned());
        } else if let Some(rest) = short.and_then(|short| word.strip_prefix(short)) {
            value = Some(rest.strip_prefix('=').unwrap_or(rest).to_owned());
        }
    }
    value
}

/// Where the values of flags come from.
struct Values {
    line: Line,
    /// The connection is used by one thread after the other; clap_complete wants it to be shared.
    index: Option<Mutex<Index>>,
    instance: Option<i64>,
    /// Whether the value is a file's name.
    files: AtomicBool,
}

/// What an argument takes.
#[derive(Clone, Copy)]
enum Kind {
    Profile,
    /// A word of `aws-sso-use`: a profile name, or a tag.
    Query,
    Tag,
    Arn,
    Account,
    RoleName,
    Instance,
    Field,
    FieldPrefix,
    File,
    Words(&'static [&'static str]),
}

impl Values {
    fn new(line: Line) -> Self {
        let index = line.state.as_ref().and_then(|state| Index::open_at_once(state).ok().flatten());
        let instance = index
            .as_ref()
            .zip(line.config.as_ref())
            .and_then(|(index, config)| index.instance_id(config, line.sso.as_deref()).ok().flatten());
        Self { line, index: index.map(Mutex::new), instance, files: AtomicBool::new(false) }
    }

    fn index(&self) -> Option<MutexGuard<'_, Index>> {
        self.index.as_ref()?.lock().ok()
    }

    /// The values that start with `typed`, or hold it.
    fn of(&self, kind: Kind, typed: &str) -> Vec<Candidate> {
        match kind {
            Kind::Profile => self.ask(|roles| roles.profiles(typed)),
            Kind::Query => self.query(typed),
            Kind::Tag => self.tags(typed),
            Kind::Arn => self.ask(|roles| roles.arns(typed)),
            Kind::Account => self.ask(|roles| roles.accounts(typed)),
            Kind::RoleName => self.ask(|roles| roles.role_names(typed)),
            Kind::Instance => self.instances(typed),
            Kind::Field => fields(typed, ""),
            Kind::FieldPrefix => self.prefixes(typed),
            Kind::File => {
                self.files.store(true, Ordering::Relaxed);
                Vec::new()
            }
            Kind::Words(words) => words.iter().filter(|word| word.starts_with(typed)).map(|word| plain(word)).collect(),
        }
    }

    fn ask(&self, question: impl FnOnce(&Completions<'_>) -> Result<Vec<Candidate>, IndexError>) -> Vec<Candidate> {
        let (Some(index), Some(instance)) = (self.index(), self.instance) else { return Vec::new() };
        let now = jiff::Timestamp::now().as_second();
        let left = |at: i64| ui::time_left(at, now);
        question(&index.completions(instance, self.line.filter.clone(), &left)).unwrap_or_default()
    }

    /// `Key=`, or `Key=value` from the first `=` on.
    fn tags(&self, typed: &str) -> Vec<Candidate> {
        if let Some((key, value)) = typed.split_once('=') {
            return prefixed(key, self.ask(|roles| roles.tag_values(key, value)));
        }
        let keys = self.ask(|roles| roles.tag_keys(typed));
        keys.into_iter().map(|key| Candidate { value: format!("{}=", key.value), ..key }).collect()
    }

    /// Names of profiles; a tag where its key stands there, or begins to.
    fn query(&self, typed: &str) -> Vec<Candidate> {
        let mut found = self.of(Kind::Profile, typed);
        if typed.is_empty() {
            return found;
        }
        let is_tag = typed.contains('=');
        let tags = self.tags(typed).into_iter().filter(|tag| is_tag || tag.value.starts_with(typed));
        let tags: Vec<Candidate> = tags.collect();
        if !tags.is_empty() {
            // What only holds the word comes where nothing starts with it.
            found.retain(|profile| profile.value.starts_with(typed));
        }
        found.extend(tags);
        found
    }

    /// `Field=`, or `Field=prefix` where the values of a field are known.
    fn prefixes(&self, typed: &str) -> Vec<Candidate> {
        let Some((field, value)) = typed.split_once('=') else { return fields(typed, "=") };
        let known = match field.to_lowercase().as_str() {
            "profile" => self.of(Kind::Profile, value),
            "arn" => self.of(Kind::Arn, value),
            "accountidpad" => self.of(Kind::Account, value),
            "rolename" => self.of(Kind::RoleName, value),
            "emailaddress" => self.ask(|roles| roles.tag_values("Email", value)),
            "accountalias" | "accountname" | "defaultregion" => self.ask(|roles| roles.tag_values(field, value)),
            _ => Vec::new(),
        };
        prefixed(field, known)
    }

    fn instances(&self, typed: &str) -> Vec<Candidate> {
        let (Some(index), Some(config)) = (self.index(), &self.line.config) else { return Vec::new() };
        let all = index.complete_instances(config).unwrap_or_default();
        all.into_iter().filter(|candidate| candidate.value.starts_with(typed)).collect()
    }
}

fn fields(typed: &str, suffix: &str) -> Vec<Candidate> {
    let fits = |name: &str| name.to_lowercase().starts_with(&typed.to_lowercase());
    let all = list::fields().filter(|(name, _)| fits(name));
    all.map(|(name, meaning)| Candidate { value: format!("{name}{suffix}"), description: meaning.to_owned() }).collect()
}

/// `key=` in front of values.
fn prefixed(key: &str, values: Vec<Candidate>) -> Vec<Candidate> {
    values.into_iter().map(|found| Candidate { value: format!("{key}={}", found.value), ..found }).collect()
}

fn plain(word: &str) -> Candidate {
    Candidate { value: word.to_owned(), description: String::new() }
}

/// Tells clap_complete where the values of every argument come from, by the argument's name.
fn attach(command: Command, values: &Arc<Values>) -> Command {
    let command = command.mut_args(|arg| match kind_of(&arg) {
        Some(kind) => arg.add(ArgValueCompleter::new(Completer { kind, values: Arc::clone(values) })),
        None => arg,
    });
    command.mut_subcommands(|subcommand| attach(subcommand, values))
}

/// The values of one argument, as clap_complete asks for them.
struct Completer {
    kind: Kind,
    values: Arc<Values>,
}

impl ValueCompleter for Completer {
    fn complete(&self, typed: &OsStr) -> Vec<CompletionCandidate> {
        let found = typed.to_str().map(|typed| self.values.of(self.kind, typed)).unwrap_or_default();
        let candidate = |(order, found): (usize, Candidate)| {
            let help = (!found.description.is_empty()).then(|| found.description.into());
            CompletionCandidate::new(found.value).help(help).display_order(Some(order))
        };
        found.into_iter().enumerate().map(candidate).collect()
    }
}

fn kind_of(arg: &Arg) -> Option<Kind> {
    const SHELLS: &[&str] = &["bash", "zsh", "fish", "powershell"];
    const URL_ACTIONS: &[&str] =
        &["open", "clip", "ansi-osc52", "print", "printurl", "exec", "granted-containers", "open-url-in-container"];
    const ALL_SHELLS: &[&str] = &["bash", "zsh", "fish", "powershell", "sh", "xonsh"];
    Some(match arg.get_id().as_str() {
        "profile" => Kind::Profile,
        "query" => Kind::Query,
        "tags" => Kind::Tag,
        "arn" => Kind::Arn,
        "account" => Kind::Account,
        "role" => Kind::RoleName,
        "sso" => Kind::Instance,
        "fields" | "sort" => Kind::Field,
        "prefix" => Kind::FieldPrefix,
        "config" | "browser" | "shell_script" | "path" | "aws_config" => Kind::File,
        "shell" => Kind::Words(if arg.is_positional() { SHELLS } else { ALL_SHELLS }),
        "level" => Kind::Words(&["error", "warn", "info", "debug", "trace"]),
        "url_action" => Kind::Words(URL_ACTIONS),
        _ => return None,
    })
}
