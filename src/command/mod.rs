//! One file per command; each is a function of its arguments and the [`Context`]. Here is what they
//! share: reading the command line, and opening config, state file and instance.

mod allow;
mod asking_shell;
mod aws_profiles;
mod cache;
mod choose;
mod console;
mod credentials;
mod doctor;
mod eval;
mod exec;
mod flush;
mod hook;
mod list;
mod login;
mod logout;
mod process;
mod program;
mod role;
mod ruling;
mod setup;
mod shell_init;
mod status;
mod tagged;
mod tags;
mod time;
mod version;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::cli::{Cli, Command, FrequentCli, HookCli, ListArgs};
use crate::config::{self, Config, Instance, discover};
use crate::context::{Context, Globals};
use crate::index::{Index, IndexError, InstanceRow};
use crate::session::{Freshness, Manners, Session};
use crate::{Error, Result, ui};

/// A command line that was understood.
#[derive(Debug)]
pub enum Call {
    /// What a person typed.
    Command(Cli),
    /// What the script of a shell asks.
    Hook(HookCli),
}

/// Reads a command line. Help and version are printed and answer as done (none); everything else that
/// is wrong with it is one line.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Call>> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(hook) = hook::parse(&arguments) {
        return Ok(Some(Call::Hook(hook?)));
    }
    match read(&arguments) {
        Ok(cli) => Ok(Some(Call::Command(cli))),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            let printed = error.print().and_then(|()| std::io::stdout().flush());
            ui::wrote(printed).map(|()| None)
        }
        Err(error) => Err(Error::usage(usage_message(&error, &command_of(&arguments)))),
    }
}

fn read(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    if arguments.iter().any(|word| FrequentCli::COMMANDS.iter().any(|command| word == command))
        && let Ok(frequent) = FrequentCli::try_parse_from(arguments)
    {
        return Ok(frequent.into());
    }
    Cli::try_parse_from(arguments)
}

/// The command that a line is of, where its help is to be named: clap does not say it of every error.
fn command_of(arguments: &[OsString]) -> String {
    let all = Cli::command();
    let (mut command, mut name) = (&all, "aws-sso".to_owned());
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(found) = command.find_subcommand(word) {
            name = format!("{name} {}", found.get_name());
            command = found;
        }
    }
    name
}

/// clap's message without its layout: what is wrong, the tips, where to read on.
fn usage_message(error: &clap::Error, program: &str) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let told = text.lines().take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    let words: Vec<&str> = told.flat_map(str::split_whitespace).collect();
    let told = words.join(" ").replace(" tip:", ";");
    let command = text.lines().find_map(|line| line.strip_prefix("Usage: ")).unwrap_or(program);
    let command: Vec<&str> =
        command.split_whitespace().take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase())).collect();
    format!("{told}; see '{} --help'", command.join(" "))
}

/// Runs a command.
pub fn run(call: Option<Call>) -> Result<()> {
    let cli = match call {
        Some(Call::Command(cli)) => cli,
        Some(Call::Hook(hook)) => return hook::run(hook, &Context::of_process(Globals::default())),
        None => return Ok(()),
    };
    let context = Context::of_process(Globals::from(&cli.global));
    match cli.command.unwrap_or(Command::List(ListArgs::default())) {
        Command::Login(args) => login::run(&args, &context),
        Command::Logout(args) => logout::run(&args, &context),
        Command::Cache(args) => cache::run(&args, &context),
        Command::List(args) => list::run(&args, &context),
        Command::Tags(args) => tags::run(&args, &context),
        Command::Eval(args) => eval::run(&args, &context),
        Command::Exec(args) => exec::run(&args, &context),
        Command::Process(args) => process::run(&args, &context),
        Command::Console(args) => console::run(&args, &context),
        Command::Credentials(args) => credentials::run(&args, &context),
        Command::ShellInit(args) => shell_init::run(&args, &context),
        Command::Time => time::run(&context),
        Command::Allow(args) => allow::allow(&args, &context),
        Command::Deny(args) => allow::deny(&args, &context),
        Command::Status(args) => status::run(&args, &context),
        Command::Doctor(args) => doctor::run(&args, &context),
        Command::Flush(args) => flush::run(&args, &context),
        Command::Setup(args) => setup::run(&args, &context),
        Command::Completions(args) => setup::completions::run(&args, &context),
        Command::ConfigProfiles(args) => setup::profiles::run(&args, &context),
        Command::Config(args) => setup::wizard::run(&args, &context),
        Command::Version(args) => version::run(&args),
    }
}

/// Finds a file of ours in the surroundings of this process, as an absolute path: by another relative
/// name it is still the same file.
fn find_path(context: &Context, find: impl FnOnce(&discover::Surroundings<'_>) -> Result<PathBuf>) -> Result<PathBuf> {
    let path = surrounded(context, find)?;
    Ok(std::path::absolute(&path).unwrap_or(path))
}

/// Asks something of the surroundings of this process.
fn surrounded<T>(context: &Context, ask: impl FnOnce(&discover::Surroundings<'_>) -> T) -> T {
    let home = context.home();
    let env = |name: &str| context.env.get(name).map(OsString::from);
    ask(&discover::Surroundings { env: &env, home: home.as_deref(), is_dir: &|path| path.is_dir() })
}

/// Reads the config, starts the log, and says what is odd about the file.
fn load_config(context: &Context) -> Result<Config> {
    let path = find_path(context, |around| discover::config_path(context.globals.config.as_deref(), around))?;
    let loaded = config::load(&path)?;
    let mut config = loaded.config;
    if let Some(json) = &config.json_store {
        config.json_store = Some(find_path(context, |around| discover::expand_tilde(json, around))?);
    }
    let level = context.globals.level.unwrap_or(config.log_level);
    ui::start_log(level, context.globals.lines || config.log_lines, &context.env);
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    Ok(config)
}

/// Opens the state file and the row of an instance in it: for reading only where everything in it
/// agrees with the config, else for writing, to make it agree.
fn open_state(context: &Context, config: &Config, instance: &Instance) -> Result<(Index, InstanceRow)> {
    let path = find_path(context, discover::state_path)?;
    match Index::open_read_only(&path) {
        Ok(Some(index)) => {
            if let Some(row) = index.current_instance(config, instance)? {
                return Ok((index, row));
            }
        }
        // Whoever opens it for writing sets it aside.
        Ok(None) | Err(IndexError::Damaged { .. }) => {}
        Err(other) => return Err(other.into()),
    }
    let mut index = open_writable(&path)?;
    let row = index.instance(config, instance)?;
    Ok((index, row))
}

/// Opens the state file for writing, and says what became of it where that is news.
fn open_writable(path: &Path) -> Result<Index> {
    let (index, opened) = Index::open(path)?;
    if let Some(sentence) = opened.sentence(path) {
        ui::tell(&format!("aws-sso: {sentence}"));
    }
    Ok(index)
}

/// Opens a session with the instance that was asked for.
fn open_session<'a>(context: &'a Context, config: &'a Config, manners: Manners) -> Result<Session<'a>> {
    let instance = config.instance(context.wanted_instance())?;
    let state = open_state(context, config, instance)?;
    Session::new(context, config, instance, state, manners)
}

/// Fetches accounts and roles where none were fetched yet and the person can be asked; the AWS profiles follow.
fn fetch_if_never(session: &mut Session<'_>) -> Result<()> {
    if session.fetch_if_never()? {
        aws_profiles::after_refresh(session.context(), session.config(), false);
    }
    Ok(())
}

/// Fetches accounts and roles before a command that shows them; the AWS profiles follow.
fn refresh_first(context: &Context, config: &Config) -> Result<()> {
    open_session(context, config, Manners::MayAsk)?.refresh()?;
    aws_profiles::after_refresh(context, config, false);
    Ok(())
}

/// How fresh credentials must be for a command that only hands them out.
fn freshness(context: &Context) -> Freshness {
    if context.globals.sts_refresh { Freshness::New } else { Freshness::Valid }
}

/// The counts and changes of a refresh, in a sentence.
fn refresh_sentence(instance: &str, changes: &crate::index::Changes) -> String {
    format!(
        "{instance}: {} roles in {} accounts, {} new, {} gone",
        changes.roles,
        changes.accounts,
        changes.added.len(),
        changes.removed.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frequent_call_is_read_as_by_all_commands_together() {
        for line in [
            "process -p dev",
            "-u open -S Other process --arn arn:aws:iam::1:role/x",
            "process -p dev -L debug --sts-refresh --open x",
            "eval -p process --format json -n",
            "--lines eval -c",
            "-S process eval -A 1 -R x",
            "exec -p eval -- process eval",
            "-S process list",
            "-S eval",
            "eval",
            "status --json",
            "--no-input time",
            "-L error list time",
        ] {
            let words = || ["aws-sso"].into_iter().chain(line.split(' ')).map(OsString::from);
            let whole = Cli::try_parse_from(words()).expect(line);
            let read = read(&words().collect::<Vec<_>>()).expect(line);
            assert_eq!(format!("{read:?}"), format!("{whole:?}"), "{line}");
        }
        for line in [
            "process --nonsense",
            "process --help",
            "eval -V",
            "process -p a -a b",
            "help process",
            "eval x",
            "time 5",
            "status -V",
        ] {
            let words: Vec<OsString> = ["aws-sso"].into_iter().chain(line.split(' ')).map(OsString::from).collect();
            let whole = Cli::try_parse_from(&words).expect_err(line);
            let read = read(&words).expect_err(line);
            assert_eq!((read.kind(), read.to_string()), (whole.kind(), whole.to_string()), "{line}");
        }
    }
}
