//! `setup profiles`: a profile for every role in `~/.aws/config`.

use std::path::Path;

use crate::cli::ProfilesArgs;
use crate::command::aws_profiles::{Block, Change, Fetch, Plan, Roster, config_path, removal};
use crate::command::{find_path, load_config};
use crate::config::Config;
use crate::config::discover::expand_tilde;
use crate::context::Context;
use crate::{Error, Result, ui};

use super::shown;

/// Names that a line has room for.
const EXAMPLES: usize = 3;

pub(in crate::command) fn run(args: &ProfilesArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    if args.remove {
        return remove(args, &config, context);
    }
    let fetch = if args.no_cache { Fetch::Anew } else { Fetch::IfNever };
    let roster = Roster::read(context, &config, fetch)?;
    if args.print {
        let block = Block::alone(context, &config, &roster)?;
        tell_of_roles(&roster);
        tell_of_names(&block, &config);
        return ui::print(&block.render());
    }
    let plan = Plan::install(context, &config, args.aws_config.as_deref(), &roster)?;
    tell_of_roles(&roster);
    let name = name_of(args.aws_config.as_deref(), context)?;
    for (line, sso) in &plan.foreign {
        tracing::warn!(
            "{name}:{line}: this block of the Go tool is for the SSO instance {sso}, which {} does not have: it was left, \
             remove it if nobody uses it",
            config.path.display()
        );
    }
    let Some(change) = &plan.change else {
        ui::tell(&format!("{name} has these profiles already"));
        tell_of_names(&plan.block, &config);
        return Ok(());
    };
    if plan.of_other_config {
        ui::tell(&format!("{name} holds the profiles of another config file: this puts its own in their place"));
    }
    if plan.go_tool {
        ui::tell(&format!("{name} holds profiles that the Go tool wrote: this puts its own in their place"));
    }
    if !agreed(args, change, &name, context)? {
        return Ok(());
    }
    let backup = backup(change, context)?;
    let Block { profiles, instances, kept, .. } = plan.block;
    ui::tell(&match profiles {
        0 => format!("took the profiles out of {name}{backup}: AWS lists no roles for you"),
        _ => format!("wrote {} of {} to {name}{backup}", count(profiles, "profile"), count(instances, "SSO instance")),
    });
    if kept > 0 {
        ui::tell(&format!("kept {} of your own there, for the same role", count(kept, "profile")));
    }
    tell_of_names(&plan.block, &config);
    Ok(())
}

fn remove(args: &ProfilesArgs, config: &Config, context: &Context) -> Result<()> {
    let allowed = Roster::allowed(context, config)?;
    let name = name_of(args.aws_config.as_deref(), context)?;
    let Some(change) = removal(context, config, args.aws_config.as_deref(), &allowed)? else {
        ui::tell(&format!("there is no block of 'aws-sso setup profiles' in {name}"));
        return Ok(());
    };
    if !agreed(args, &change, &name, context)? {
        return Ok(());
    }
    let backup = backup(&change, context)?;
    let again = match config.auto_config_check {
        true => {
            format!(": AutoConfigCheck in {} writes them anew when roles are fetched", shown(&config.path, context))
        }
        false => String::new(),
    };
    ui::tell(&match change.new {
        Some(_) => format!("took the profiles out of {name}{backup}{again}"),
        None => format!("removed {name}, which held nothing else{backup}{again}"),
    });
    Ok(())
}

/// Shows the change to whoever wants to see it, and asks.
fn agreed(args: &ProfilesArgs, change: &Change, name: &str, context: &Context) -> Result<bool> {
    let (old, new) = (change.file.content(), change.new.as_deref());
    if args.diff {
        return ui::print_diff(name, old, new, &context.env).map(|()| false);
    }
    if context.interactive && ui::show_diff(name, old, new, &context.env) > 0 {
        ui::tell("(--diff prints the whole change)");
    }
    if args.force {
        return Ok(true);
    }
    if !context.interactive {
        return Err(Error::usage(format!(
            "nobody can be asked whether to write {name}: add --force to do it without a question, --diff to see the \
             change, or --print to see the block"
        )));
    }
    let question = if new.is_some() { format!("Write this to {name}?") } else { format!("Remove {name}?") };
    let agreed = ui::confirm(&question)?;
    if !agreed {
        ui::tell("nothing was changed");
    }
    Ok(agreed)
}

/// Makes the change, and names the backup.
fn backup(change: &Change, context: &Context) -> Result<String> {
    let backup = change.make()?;
    Ok(backup.map(|path| format!(" (backup: {})", shown(&path, context))).unwrap_or_default())
}

fn name_of(file: Option<&Path>, context: &Context) -> Result<String> {
    let path = match file {
        Some(file) => find_path(context, |around| expand_tilde(file, around))?,
        None => config_path(context)?,
    };
    Ok(shown(&path, context))
}

/// What is not known of the roles.
fn tell_of_roles(roster: &Roster) {
    for (name, command) in &roster.unknown {
        tracing::warn!("no roles of the SSO instance {name} were fetched yet, it is left out: run '{command}'");
    }
    if !roster.stale.is_empty() {
        ui::tell(&format!(
            "roles were fetched longer than CacheRefresh ago, newer ones may be missing: run '{}'",
            roster.stale.join("', '")
        ));
    }
}

fn tell_of_names(block: &Block, config: &Config) {
    if let Some(left_out) = block.left_out(config) {
        tracing::warn!("{left_out}");
    }
    if block.narrow.is_empty() {
        return;
    }
    let examples: Vec<String> = block.narrow.iter().take(EXAMPLES).map(|name| format!("'{name}'")).collect();
    let more = if block.narrow.len() > EXAMPLES { ", …" } else { "" };
    ui::tell(&format!(
        "the AWS CLI and boto3 find {} that other SDKs may not, which read letters, digits and _ - / . % @ : + alone \
         ({}{more}): change Profile or ProfileFormat in config.yaml",
        count(block.narrow.len(), "profile"),
        examples.join(", ")
    ));
}

fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}
