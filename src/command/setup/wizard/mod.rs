//! `setup wizard`: questions whose answers become `config.yaml`.
//!
//! ```text
//! course    → which questions, in which order; knows no terminal, no file and no network
//! instance, settings, names, stores, urls → the questions
//! start_url, import, regions → what people paste, what ~/.aws/config knows, what there is
//! portal    → whether AWS agrees
//! changes   → what differs from the file, and the file with it
//! ```
//!
//! Nothing is written before the last question: whoever leaves has everything as it was.

mod changes;
mod course;
mod import;
mod instance;
mod names;
mod portal;
mod settings;
mod start_url;
mod stores;
#[cfg(test)]
mod tests;
mod urls;

use std::ffi::OsStr;
use std::path::Path;

use crate::browser;
use crate::cli::{LoginArgs, WizardArgs};
use crate::command::{aws_profiles, find_path, login, open_state};
use crate::config::{self, Config, ConfigError, discover};
use crate::context::Context;
use crate::role::Role;
use crate::ui::question::{Ask, Person};
use crate::user_file::UserFile;
use crate::{Error, Exit, Result, ui};

use super::shown;
use changes::{ByHand, Changes};
use course::{Outcome, Talk};
use names::Roles;
use portal::Aws;
use settings::Around;

pub(in crate::command) fn run(args: &WizardArgs, context: &Context) -> Result<()> {
    let Some(instance) = walk(args.advanced, context).inspect_err(say_that_nothing_changed)? else { return Ok(()) };
    let mut person = Person::new(&context.env);
    let signs_in = match settings::yes(&mut person, &format!("Sign in to {instance} now?"), "", true) {
        // All is written; who leaves now does not sign in.
        Err(error) if error.exit() == Exit::Interrupted => false,
        answer => answer?,
    };
    let mut next = vec![
        "'aws-sso setup completions --install' makes aws-sso a part of your shell".to_owned(),
        "'aws-sso setup profiles' writes your roles into ~/.aws/config".to_owned(),
    ];
    if signs_in {
        let mut context = context.clone();
        context.globals.sso = Some(instance);
        login::run(&LoginArgs { force: false, no_refresh: false }, &context)?;
    } else {
        let config = config::load(&config_path(context)?)?.config;
        next.insert(0, format!("'{}' signs in", config.command("login", &instance, context.env.get("AWS_SSO"))));
    }
    ui::tell(&format!("\nNext:\n  {}", next.join("\n  ")));
    Ok(())
}

/// The wizard on the way to a sign-in, where there is no configuration and somebody to ask.
pub(in crate::command) fn before_login(context: &Context) -> Result<()> {
    let path = config_path(context)?;
    if !context.interactive || !matches!(config::load(&path), Err(ConfigError::Missing(_))) {
        return Ok(());
    }
    ui::tell(&format!("There is no configuration at {} yet.", shown(&path, context)));
    walk(false, context).inspect_err(say_that_nothing_changed).map(drop)
}

fn say_that_nothing_changed(error: &Error) {
    if error.exit() == Exit::Interrupted {
        ui::tell("nothing was changed");
    }
}

fn config_path(context: &Context) -> Result<std::path::PathBuf> {
    find_path(context, |around| discover::config_path(context.globals.config.as_deref(), around))
}

/// Asks, and writes; the SSO instance that can be signed in to now.
fn walk(advanced: bool, context: &Context) -> Result<Option<String>> {
    let path = config_path(context)?;
    let loaded = match config::load(&path) {
        Ok(loaded) => Some(loaded.config),
        Err(ConfigError::Missing(_)) => None,
        Err(ConfigError::Invalid { .. }) if is_blank(&path) => None,
        Err(error) => return Err(error.into()),
    };
    if !context.interactive {
        return Err(nobody(&path, loaded.is_some(), context));
    }
    let level = context.globals.level.unwrap_or(loaded.as_ref().map(|config| config.log_level).unwrap_or_default());
    ui::start_log(level, context.globals.lines, &context.env);
    let file = UserFile::read(&path)?.made_private();
    // Nobody should answer in vain; where there is no file, nothing may be made before the last answer.
    if file.content().is_some() {
        drop(file.stage(file.content(), false)?);
    }
    let mut person = Person::new(&context.env);
    let outcome = talk(&mut person, advanced, loaded.as_ref(), context)?;
    if outcome.changes.is_empty() {
        ui::tell(&format!("\nnothing was changed: {} says all of this already", shown(&path, context)));
        return Ok(None);
    }
    Ok(if write(&mut person, &file, &outcome.changes, context)? { outcome.sign_in } else { None })
}

/// Whether a file has nothing in it but comments.
fn is_blank(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_else(|_| "unreadable".to_owned());
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

fn nobody(path: &Path, exists: bool, context: &Context) -> Error {
    let path = shown(path, context);
    Error::usage(match exists {
        true => format!(
            "the wizard asks questions, and nobody can be asked here: run it on a terminal, or edit {path} (docs/configuration.md)"
        ),
        false => format!(
            "the wizard asks questions, and nobody can be asked here: run it on a terminal, or create {path} with {}",
            config::EXAMPLE
        ),
    })
}

fn talk(ask: &mut dyn Ask, advanced: bool, loaded: Option<&Config>, context: &Context) -> Result<Outcome> {
    let defaults = Config::default();
    let config = loaded.unwrap_or(&defaults);
    let (roles, signed_in) = known_of(config, context);
    let candidates = stores::candidates(context);
    let around = Around {
        config,
        roles: &Roles::new(roles),
        stores: (!signed_in).then_some(&*candidates),
        finds: &|program| finds(program, context),
        advanced,
    };
    let mut portals = Aws::new(context);
    let known = import::find(&aws_config(context));
    let mut talk = Talk { ask, portals: &mut portals };
    match loaded {
        Some(_) => course::again(&mut talk, &around, &known, context.wanted_instance()),
        None => course::first(&mut talk, &around, &known, context.wanted_instance()),
    }
}

/// The roles of the instance that is meant, and whether secrets may lie in the present store.
fn known_of(config: &Config, context: &Context) -> (Vec<Role>, bool) {
    let (mut roles, mut signed_in) = (Vec::new(), false);
    // To look is not to make a state file.
    if !find_path(context, discover::state_path).is_ok_and(|path| path.exists()) {
        return (roles, signed_in);
    }
    let meant = config.instance(context.wanted_instance()).map(|instance| instance.name.as_str()).unwrap_or_default();
    for instance in config.instances.values() {
        match open_state(context, config, instance) {
            Ok((index, row)) => {
                signed_in |= row.session_expires_at.is_some();
                if instance.name == meant {
                    roles = index.roles(row.id).unwrap_or_default();
                }
            }
            Err(error) => {
                tracing::info!("{error}");
                signed_in = true;
            }
        }
    }
    (roles, signed_in)
}

fn finds(program: &str, context: &Context) -> bool {
    let directory = std::env::current_dir().unwrap_or_default();
    let path = context.env.get("PATH").map(OsStr::new);
    which::which_in(browser::expand(program, context), path, directory).is_ok()
}

/// `~/.aws/config`; empty where it cannot be read, for it is only looked at for suggestions.
fn aws_config(context: &Context) -> Vec<u8> {
    let file = aws_profiles::config_path(context).ok().and_then(|path| UserFile::read(&path).ok());
    file.and_then(|file| file.content().map(<[u8]>::to_vec)).unwrap_or_default()
}

/// Shows what changes, and writes it if the person agrees; whether they did.
fn write(ask: &mut dyn Ask, file: &UserFile, changes: &Changes, context: &Context) -> Result<bool> {
    let name = shown(file.path(), context);
    let text = file.content().map(|text| std::str::from_utf8(text).unwrap_or_default());
    let new = changes.apply(text).map_err(|ByHand(lines)| {
        ui::tell(&format!("\nThese lines say what you answered:\n\n{}\n", lines.join("\n")));
        Error::failed(format!(
            "{name} is written in a way that a program cannot change safely: write the lines above into it yourself"
        ))
    })?;
    config::parse(&new, file.path())
        .map_err(|error| Error::from(error).context("these answers do not fit together"))?;
    ui::tell("");
    ui::show_diff(&name, file.content(), Some(new.as_bytes()), &context.env);
    if !settings::yes(ask, &format!("Write this to {name}?"), "", true)? {
        ui::tell("nothing was changed");
        return Ok(false);
    }
    let backup = file.stage(Some(new.as_bytes()), true)?.commit()?;
    let backup = backup.map(|path| format!(" (backup: {})", shown(&path, context))).unwrap_or_default();
    ui::tell(&format!("wrote {name}{backup}"));
    Ok(true)
}
