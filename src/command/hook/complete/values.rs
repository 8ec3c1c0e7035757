//! Where the values of every flag and argument come from.

use std::ffi::OsStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use clap::{Arg, ArgAction, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, ValueCompleter};

use crate::command::list;
use crate::config::UrlAction;
use crate::index::{Candidate, Completions, Index, IndexError};
use crate::role::{Partition, regions};
use crate::ui;

use super::line::Line;

/// Where the values of flags come from.
pub(super) struct Values {
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
    /// Profile names with commas between them.
    Profiles,
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
    Region,
    UrlAction,
    Words(&'static [&'static str]),
}

impl Values {
    pub fn new(line: Line) -> Self {
        let index = line.state.as_ref().and_then(|state| Index::open_at_once(state).ok().flatten());
        let instance = index
            .as_ref()
            .zip(line.config.as_ref())
            .and_then(|(index, config)| index.instance_id(config, line.sso.as_deref()).ok().flatten());
        Self { line, index: index.map(Mutex::new), instance, files: AtomicBool::new(false) }
    }

    /// Whether what was asked for is a file's name, for the shell to find.
    pub fn is_of_files(&self) -> bool {
        self.files.load(Ordering::Relaxed)
    }

    fn index(&self) -> Option<MutexGuard<'_, Index>> {
        self.index.as_ref()?.lock().ok()
    }

    /// The values that start with `typed`, or hold it.
    fn of(&self, kind: Kind, typed: &str) -> Vec<Candidate> {
        match kind {
            Kind::Profile => self.ask(|roles| roles.profiles(typed)),
            Kind::Profiles => self.profiles(typed),
            Kind::Query => self.query(typed),
            Kind::Tag => self.tags(typed),
            Kind::Arn => self.ask(|roles| roles.arns(typed)),
            Kind::Account => self.ask(|roles| roles.accounts(typed)),
            Kind::RoleName => self.ask(|roles| roles.role_names(typed)),
            Kind::Instance => self.instances(typed),
            Kind::Field => fields(typed, ""),
            Kind::FieldPrefix => self.prefixes(typed),
            Kind::File => {
                // An argument is asked for flags too, and for the values behind their `=`.
                self.files.fetch_or(!typed.starts_with('-'), Ordering::Relaxed);
                Vec::new()
            }
            Kind::Region => self.regions(typed),
            Kind::UrlAction => {
                let known = UrlAction::ALL.iter().map(|action| action.as_str());
                known.filter(|word| word.starts_with(typed)).map(plain).collect()
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

    /// The last of several names; a name may hold a comma itself.
    fn profiles(&self, typed: &str) -> Vec<Candidate> {
        let found = self.of(Kind::Profile, typed);
        match typed.rsplit_once(',') {
            Some((before, last)) if found.is_empty() => {
                let named: Vec<&str> = before.split(',').collect();
                let others = self.of(Kind::Profile, last).into_iter().filter(|one| !named.contains(&&*one.value));
                others.map(|one| Candidate { value: format!("{before},{}", one.value), ..one }).collect()
            }
            _ => found,
        }
    }

    /// Those of the partition that the roles are in; of all where none of those fits.
    fn regions(&self, typed: &str) -> Vec<Candidate> {
        let role = self.ask(|roles| roles.arns("")).into_iter().next();
        let own = role.and_then(|role| Partition::from_name(role.value.split(':').nth(1)?));
        let within = |wanted: &dyn Fn(Partition) -> bool| -> Vec<Candidate> {
            let partitions = regions::PARTITIONS.iter().map(|(partition, ..)| *partition);
            let all = partitions.filter(|partition| wanted(*partition)).flat_map(regions::of);
            let fit = all.filter(|(region, _)| region.starts_with(typed));
            fit.map(|(region, name)| Candidate { value: (*region).to_owned(), description: (*name).to_owned() })
                .collect()
        };
        let found = within(&|partition| Some(partition) == own);
        if found.is_empty() { within(&|_| true) } else { found }
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
pub(super) fn attach(command: Command, values: &Arc<Values>) -> Command {
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
    const DURATIONS: &[&str] = &["15", "30", "60", "120", "240", "480", "720"];
    const ALL_SHELLS: &[&str] = &["bash", "zsh", "fish", "powershell", "sh", "xonsh"];
    Some(match arg.get_id().as_str() {
        "profile" if matches!(arg.get_action(), ArgAction::Append) => Kind::Profiles,
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
        "url_action" => Kind::UrlAction,
        "region" if arg.get_action().takes_values() => Kind::Region,
        "duration" => Kind::Words(DURATIONS),
        _ => return None,
    })
}
