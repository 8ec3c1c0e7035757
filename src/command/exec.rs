//! `exec`: a command, or a shell, as a role. It takes our place, so that its signals, its terminal and
//! its status are its own.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::process::Command;

use crate::cli::ExecArgs;
use crate::config::{Config, ShellSettings, discover};
use crate::context::Context;
use crate::environment::{Delivery, Means, RegionRequest, foreign_credentials, role_changes, without_foreign};
use crate::finder::Query;
use crate::private::private_directory;
use crate::role::{Role, RoleFlags};
use crate::session::{Manners, Session};
use crate::shell::{self, Shell, Start};
use crate::{Error, Result};

use super::program::running_program;
use super::ruling::{self, View};
use super::{choose, fetch_if_never, find_path, freshness, load_config, open_session, role};

pub(super) fn run(args: &ExecArgs, context: &Context) -> Result<()> {
    if !args.overwrite_env
        && let Some(variable) = foreign_credentials(&context.env)
    {
        return Err(Error::failed(format!(
            "{variable} is set and was not set by aws-sso, so it is conflicting with the role: unset it, or replace it with -O"
        )));
    }
    let config = load_config(context)?;
    let mut command = command(&args.command, context)?;
    let here = args.here.then(|| ruling::file_here(context, &config)).transpose()?;
    let around = here.as_ref().map_or(context, |(_, around)| around);
    let mut session = open_session(around, &config, Manners::MayAsk)?;
    let role = if let Some((file, _)) = &here {
        let settings = ShellSettings::of(&config);
        ruling::permitted(file, View::new(&session.index, &session.row, &config, &settings))?
    } else {
        role_of(&mut session, &config, context, &RoleFlags::from(&args.role))?
    };
    let credentials = session.credentials(&role, freshness(context))?;
    session.record_use(&role);
    drop(session);

    let region = match (args.no_region, args.overwrite_env) {
        (true, _) => RegionRequest::Leave,
        (_, true) => RegionRequest::Overwrite,
        _ => RegionRequest::Manage,
    };
    let means = Means::Keys(&credentials);
    let directory = here.as_ref().map(|(file, _)| file.path.as_str());
    let delivery = Delivery { role: &role, means, directory, env_var_tags: &config.env_var_tags, region };
    let (env, mut changes) =
        if args.overwrite_env { without_foreign(&context.env) } else { (context.env.clone(), Vec::new()) };
    changes.extend(role_changes(&delivery, &env));
    for change in changes {
        match change.value() {
            Some(value) => command.env(&change.name, value),
            None => command.env_remove(&change.name),
        };
    }
    replace_process(command)
}

/// The role that was typed, or that the environment names, or that the person chooses: among all roles, or among
/// those of the account or of the name that was typed alone.
fn role_of(session: &mut Session<'_>, config: &Config, context: &Context, typed: &RoleFlags) -> Result<Role> {
    let narrow = Query { account: typed.account, role: typed.role.clone(), ..Query::default() };
    let half = typed.profile.is_none() && typed.arn.is_none() && typed.account.is_some() != typed.role.is_some();
    let variables = context.role_variables();
    fetch_if_never(session)?;
    if context.interactive && (half || typed.select(Some(&variables))?.is_none()) {
        return choose::choose(session, config, context, "", &narrow);
    }
    role::resolve(session, config, typed, Some(&variables))
}

/// The command that was given, else the person's shell with the suite in it. Found before a role is
/// fetched for it.
fn command(words: &[OsString], context: &Context) -> Result<Command> {
    let Some((program, arguments)) = words.split_first() else { return shell(context) };
    let mut command = found(program)?;
    command.args(arguments);
    Ok(command)
}

fn found(program: &OsStr) -> Result<Command> {
    let path = which::which(program).map_err(|_| Error::failed(not_found(program)))?;
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix gives a program its own name"))]
    let mut command = Command::new(path);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, program);
    Ok(command)
}

fn shell(context: &Context) -> Result<Command> {
    let fallback = cfg!(windows).then_some("cmd.exe");
    let program = context.env.get("SHELL").or(fallback).ok_or_else(|| {
        Error::usage(
            "there is no command, and SHELL is not set: add the command, as in 'aws-sso exec -p PROFILE -- COMMAND'",
        )
    })?;
    let mut command = found(program.as_ref())?;
    match Shell::from_name(program).map(|shell| suite(shell, context)).transpose() {
        Ok(start) => {
            let start = start.unwrap_or_default();
            command.args(start.arguments).envs(start.variables);
        }
        // It is still the shell that was asked for.
        Err(error) => tracing::warn!("the shell starts without aws-sso-use: {error}"),
    }
    Ok(command)
}

/// What the shell needs to start with the suite; its file is written where it is missing or old.
fn suite(shell: Shell, context: &Context) -> Result<Start> {
    let directory = find_path(context, discover::state_path)?.with_file_name("shell");
    let text = directory.to_str().ok_or_else(|| {
        Error::failed(format!("the path of the state file is not UTF-8: {}", directory.to_string_lossy()))
    })?;
    let start = shell::start(shell, &running_program(context)?, text, context.env.get("ZDOTDIR"));
    if let Some((name, content)) = &start.file {
        let path = directory.join(name);
        if std::fs::read(&path).ok().as_deref() != Some(content.as_bytes()) {
            // Whole or not at all: another shell may be reading it.
            let written = private_directory(&directory).and_then(|()| {
                let mut file = tempfile::NamedTempFile::new_in(&directory)?;
                file.write_all(content.as_bytes())?;
                file.persist(&path).map_err(|error| error.error).map(drop)
            });
            written.map_err(|error| Error::failed(format!("could not write {}: {error}", path.display())))?;
        }
    }
    Ok(start)
}

fn not_found(program: &OsStr) -> String {
    format!("the command '{}' was not found: check its spelling and PATH", program.to_string_lossy())
}

#[cfg(unix)]
fn replace_process(mut command: Command) -> Result<()> {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    Err(Error::failed(format!("could not run {}: {error}", command.get_program().to_string_lossy())))
}

#[cfg(not(unix))]
fn replace_process(mut command: Command) -> Result<()> {
    let status = command.status().map_err(|error| {
        Error::failed(format!("could not run {}: {error}", command.get_program().to_string_lossy()))
    })?;
    match status.code() {
        Some(0) => Ok(()),
        #[expect(clippy::disallowed_methods, reason = "the status of the command is ours, and has no place in Exit")]
        code => std::process::exit(code.unwrap_or(1)),
    }
}
