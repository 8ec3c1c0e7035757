//! `AutoConfigCheck`: the profiles of `~/.aws/config` follow the roles that were fetched.

use crate::command::setup::shown;
use crate::config::Config;
use crate::context::Context;
use crate::{Error, Result, ui};

use super::files::read_config;
use super::roles::{Plan, is_of};
use super::roster::{Fetch, Roster};

/// So often is the file read anew where somebody else changes it meanwhile.
const ATTEMPTS: usize = 3;

/// Brings the profiles up to date where the person wants that. Whatever comes of it, the command that fetched
/// the roles has done its work.
pub(in crate::command) fn after_refresh(context: &Context, config: &Config, silent: bool) {
    if !config.auto_config_check || context.globals.no_config_check {
        return;
    }
    // Nobody asked for this just now, so nobody is asked.
    let context = Context { interactive: false, ..context.clone() };
    match update(&context, config) {
        Ok(Some(told)) if !silent => ui::tell(&told),
        Ok(_) => {}
        Err(error) => tracing::warn!("the AWS profiles were left as they are (AutoConfigCheck): {error}"),
    }
}

/// What was written, in a sentence; none where nothing was to be.
fn update(context: &Context, config: &Config) -> Result<Option<String>> {
    let file = read_config(context, None)?;
    if !is_of(config, &file)? {
        return Err(Error::failed(format!(
            "those in {} are of another config file: 'aws-sso setup profiles' puts those of {} in their place",
            shown(file.path(), context),
            config.path.display()
        )));
    }
    let roster = Roster::read(context, config, Fetch::IfNever)?;
    let mut attempt = 1;
    let (plan, name, backup) = loop {
        let plan = Plan::install(context, config, None, &roster)?;
        let Some(change) = &plan.change else { return Ok(None) };
        let name = shown(change.file.path(), context);
        match change.make() {
            Ok(backup) => break (plan, name, backup),
            Err(error) if attempt == ATTEMPTS => return Err(error),
            Err(_) => attempt += 1,
        }
    };
    let backup = backup.map(|path| format!(" (backup: {})", shown(&path, context))).unwrap_or_default();
    let (added, removed, changed) = plan.counts();
    let changed = if changed > 0 { format!(", {changed} changed") } else { String::new() };
    let left_out = match plan.block.unfit.len() {
        0 => "",
        _ => "; some roles have none because of their names: 'aws-sso setup profiles' says which",
    };
    Ok(Some(format!("brought the profiles in {name} up to date (+{added} -{removed}{changed}){backup}{left_out}")))
}
