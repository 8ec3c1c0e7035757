//! The profiles that `AWS_PROFILE` names in shells ruled by a directory: a block with a profile for each role
//! that a role file was allowed to choose, and `here`. What the block of all roles has is not in it.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::context::Context;
use crate::index::Allowed;
use crate::user_file::aws_config::{Kind, Profiles, can_be_header, is_read_by_all, profile_lines};
use crate::user_file::{UserFile, block};
use crate::{Error, Result, ui};

use super::caller::{Caller, asks_for, default_instance, refuse_cut_off};
use super::change::{Change, compose};
use super::files::{Credentials, read_config};
use super::{DIRECTORIES, HERE, ROLES};

/// A change of `~/.aws/config` that was found to be possible.
pub(in crate::command) struct Planned {
    change: Change,
    /// The names that only some SDKs read.
    narrow: Vec<String>,
}

/// What makes the block hold the profiles of `allowed`; none where it does already.
pub(in crate::command) fn plan(context: &Context, config: &Config, allowed: &[Allowed]) -> Result<Option<Planned>> {
    let file = read_config(context, None)?;
    let surroundings = Surroundings {
        config,
        caller: &Caller::find(context, config)?,
        credentials: &Credentials::read(context)?,
        file: &file,
    };
    let text = file.content().unwrap_or_default();
    let roles = by_profile(allowed, config)?;
    let mut narrow = Vec::new();
    let mut profiles = Vec::new();
    let around = surroundings.around(text)?;
    for role in roles.values() {
        let lines = surroundings.profile(role, &around)?;
        if lines.is_some() && !is_read_by_all(&role.profile) {
            narrow.push(role.profile.clone());
        }
        profiles.extend(lines);
    }
    let lines = surroundings.with_here(&profiles, &roles, &around);
    let damaged = |damage| file.damaged(damage);
    let all_roles = block::contents(text, ROLES).map_err(damaged)?.pop().map(str::from_utf8);
    let new = match all_roles {
        None => compose(file.content(), Some(""), Some(&lines)),
        Some(kept) => compose(file.content(), kept.ok(), Some(&lines)),
    };
    let new = new.map_err(damaged)?;
    Ok(Change::of(file, new).map(|change| Planned { change, narrow }))
}

/// The lines of the block beside a text that holds the block of all roles. A profile that cannot be had is left out:
/// the file that asks for it is judged anew where it is used.
pub fn lines_beside(
    text: &[u8],
    file: &UserFile,
    (caller, credentials): (&Caller, &Credentials),
    config: &Config,
    allowed: &[Allowed],
) -> Result<String> {
    if allowed.is_empty() {
        return Ok(String::new());
    }
    let surroundings = Surroundings { config, caller, credentials, file };
    let around = surroundings.around(text)?;
    let roles: BTreeMap<&str, &Allowed> = allowed.iter().map(|role| (role.profile.as_str(), role)).collect();
    let profiles = roles.values().filter_map(|role| surroundings.profile(role, &around).ok().flatten());
    let profiles: Vec<String> = profiles.collect();
    Ok(surroundings.with_here(&profiles, &roles, &around))
}

fn by_profile<'a>(allowed: &'a [Allowed], config: &Config) -> Result<BTreeMap<&'a str, &'a Allowed>> {
    let mut roles: BTreeMap<&str, &Allowed> = BTreeMap::new();
    for role in allowed {
        if let Some(other) = roles.insert(&role.profile, role)
            && other.arn != role.arn
        {
            return Err(Error::failed(format!(
                "the profile '{}' would be two roles, {} ({}) and {} ({}): deny one of these files, or set another \
                 Profile for one of the roles in {}",
                role.profile,
                other.arn,
                other.path,
                role.arn,
                role.path,
                config.path.display()
            )));
        }
    }
    Ok(roles)
}

/// What a profile must agree with.
struct Surroundings<'a> {
    config: &'a Config,
    caller: &'a Caller,
    credentials: &'a Credentials,
    file: &'a UserFile,
}

/// The profiles that are not of this block: all of them, and those of the person.
struct Around {
    all: Profiles,
    own: Profiles,
}

impl Surroundings<'_> {
    fn around(&self, text: &[u8]) -> Result<Around> {
        let damaged = |damage| self.file.damaged(damage);
        let all = block::blanked(text, DIRECTORIES).map_err(damaged)?;
        let own = block::blanked(&all, ROLES).map_err(damaged)?;
        Ok(Around { all: Profiles::read(&all, Kind::Config), own: Profiles::read(&own, Kind::Config) })
    }

    /// The lines of a profile; none where there is one already.
    fn profile(&self, role: &Allowed, around: &Around) -> Result<Option<String>> {
        self.credentials.refuse(&role.profile)?;
        if let Some(theirs) = around.all.get(&role.profile) {
            if asks_for(theirs, default_instance(self.config), (&role.sso, &role.arn, &role.profile)) {
                return Ok(None);
            }
            let place = format!("{}:{}", self.file.path().display(), theirs.line);
            return Err(Error::failed(match around.own.get(&role.profile) {
                Some(_) => format!(
                    "{place}: the profile '{}' is not of aws-sso, and would answer in the place of {}: rename it, or \
                     set another Profile for the role in {}",
                    role.profile,
                    role.arn,
                    self.config.path.display()
                ),
                None => format!(
                    "{place}: the profile '{}' is of another role than {}: bring the profiles up to date with \
                     'aws-sso setup profiles' first",
                    role.profile, role.arn
                ),
            }));
        }
        if !can_be_header(&role.profile) {
            return Err(Error::failed(format!(
                "'{}' cannot be the name of an AWS profile: set another Profile for {} in {}",
                role.profile,
                role.arn,
                self.config.path.display()
            )));
        }
        let command = self.caller.role(&role.sso, &role.arn);
        refuse_cut_off(&role.profile, &command)?;
        Ok(Some(profile_lines(&role.profile, &command)))
    }

    /// The lines of the block, with `here` where that is free.
    fn with_here(&self, profiles: &[String], roles: &BTreeMap<&str, &Allowed>, around: &Around) -> String {
        let mut lines = profiles.concat();
        let free = around.all.get(HERE).is_none() && self.credentials.get(HERE).is_none();
        if !roles.is_empty() && free && !roles.contains_key(HERE) {
            lines += &profile_lines(HERE, &self.caller.here());
        }
        lines
    }
}

impl Planned {
    /// Shows the change to whoever is at the terminal, makes it, and says so.
    pub fn carry_out(&self, context: &Context) -> Result<()> {
        let name = self.change.file.path().display().to_string();
        if context.interactive {
            ui::show_diff(&name, self.change.file.content(), self.change.new.as_deref(), &context.env);
        }
        let backup = self.change.make()?;
        let backup = backup.map(|path| format!(" (backup: {})", path.display())).unwrap_or_default();
        ui::tell(&format!("aws-sso: brought its profiles in {name} up to date{backup}"));
        for profile in &self.narrow {
            ui::tell(&format!(
                "aws-sso: the AWS CLI and boto3 find the profile '{profile}', other SDKs may not: they read letters, \
                 digits and _ - / . % @ : + alone; change its Profile or ProfileFormat in config.yaml"
            ));
        }
        Ok(())
    }
}
