//! The roles of every SSO instance of the config, as they are to be written.

use std::collections::HashMap;

use crate::command::open_state;
use crate::config::Config;
use crate::context::Context;
use crate::index::Allowed;
use crate::profile::{ProfileFields, ProfileTemplate};
use crate::role::Role;
use crate::session::{Manners, Session};
use crate::user_file::aws_config::can_be_header;
use crate::{Error, Result};

/// The longest format that a message shows, in bytes.
const LONGEST_FORMAT: usize = 200;

/// Which instances are asked for their roles first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetch {
    /// Those that never were, where the person can be asked to sign in.
    IfNever,
    /// All of them.
    Anew,
}

/// An instance with roles that were fetched.
pub struct Listed {
    /// Its name in the config.
    pub name: String,
    /// Its roles by ARN, chained ones too.
    pub roles: Vec<Role>,
}

/// All instances of a config.
#[derive(Default)]
pub struct Roster {
    pub listed: Vec<Listed>,
    /// Instances whose roles were never fetched, each with the command that fetches them.
    pub unknown: Vec<(String, String)>,
    /// The commands that fetch roles anew which were fetched longer than `CacheRefresh` ago.
    pub stale: Vec<String>,
    /// The role files that may choose a role.
    pub allowed: Vec<Allowed>,
}

impl Roster {
    /// Reads the roles of all instances, whichever the context asks for. Some must have been fetched.
    pub fn read(context: &Context, config: &Config, fetch: Fetch) -> Result<Self> {
        let mut roster = Self::default();
        for instance in config.instances.values() {
            let state = open_state(context, config, instance)?;
            let mut session = Session::new(context, config, instance, state, Manners::MayAsk)?;
            match fetch {
                Fetch::IfNever => drop(session.fetch_if_never()?),
                Fetch::Anew => drop(session.refresh()?),
            }
            roster.allowed = session.index.allowed(session.row.config_id)?;
            if session.row.refreshed_at.is_none() {
                let signed_in = session.row.session_expires_at.is_some();
                let command = session.command(if signed_in { "cache" } else { "login" });
                roster.unknown.push((instance.name.clone(), command));
                continue;
            }
            if let Some(problem) = &session.row.problem {
                return Err(Error::failed(format!("the SSO instance {}: {problem}", instance.name)));
            }
            if session.is_stale() {
                roster.stale.push(session.command("cache"));
            }
            let mut roles = session.index.roles(session.row.id)?;
            roles.sort_by_cached_key(|role| role.arn.to_string());
            roster.listed.push(Listed { name: instance.name.clone(), roles });
        }
        match roster.unknown.first().filter(|_| roster.listed.is_empty()) {
            Some((name, command)) => {
                Err(Error::sign_in_needed(format!("no roles of {name} were fetched yet: run '{command}'")))
            }
            None => Ok(roster),
        }
    }

    /// The role files that may choose a role; nothing else is read.
    pub fn allowed(context: &Context, config: &Config) -> Result<Vec<Allowed>> {
        let Some(instance) = config.instances.values().next() else { return Ok(Vec::new()) };
        let (index, row) = open_state(context, config, instance)?;
        Ok(index.allowed(row.config_id)?)
    }

    /// Every role, by instance and ARN.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.listed.iter().flat_map(|listed| &listed.roles)
    }

    /// Refuses names that two instances have.
    pub fn check_names(&self, config: &Config) -> Result<()> {
        let mut seen: HashMap<&str, &Role> = HashMap::new();
        let mut clashes = Vec::new();
        for role in self.roles() {
            match seen.get(role.profile.as_str()) {
                Some(other) => clashes.push((*other, role)),
                None => drop(seen.insert(&role.profile, role)),
            }
        }
        if let Some((one, other)) = clashes.first() {
            return Err(clash(config, one, other, clashes.len() - 1));
        }
        Ok(())
    }

    /// The roles whose names no header of `~/.aws/config` can hold, in words: names are made of those that the owners of
    /// accounts choose, and one must not take everybody's profiles away.
    pub fn unfit(&self) -> Vec<String> {
        let unfit = self.roles().filter(|role| !can_be_header(&role.profile));
        unfit.map(|role| format!("'{}' ({} of {})", role.profile, role.arn, role.sso)).collect()
    }
}

/// Two instances have one name.
fn clash(config: &Config, one: &Role, other: &Role, more: usize) -> Error {
    let more = if more > 0 { format!(", and so it is with {more} other names") } else { String::new() };
    let advice = match qualified_format(config, one, other) {
        Some(format) => format!(
            "tell them apart with ProfileFormat: '{}' in {}, or give one of them a Profile of its own",
            // As YAML writes a quote between quotes.
            format.replace('\'', "''"),
            config.path.display()
        ),
        None => format!("give one of them another Profile in {}", config.path.display()),
    };
    Error::failed(format!(
        "two SSO instances have a profile '{}': {} of {} and {} of {}{more}; {advice}",
        one.profile, one.arn, one.sso, other.arn, other.sso
    ))
}

/// The person's format with the instance in front, where it makes the names and both roles follow it.
fn qualified_format(config: &Config, one: &Role, other: &Role) -> Option<String> {
    let format = &config.profile_format;
    if format.len() > LONGEST_FORMAT || format.contains(char::is_control) {
        return None;
    }
    let candidates = ["{{ .SSO }}", "{{ SSO }}"].map(|sso| format!("{sso}:{format}"));
    candidates.into_iter().find(|candidate| {
        let Ok(template) = ProfileTemplate::parse(candidate) else { return false };
        [one, other].iter().all(|role| {
            let name = template.render(&ProfileFields::of(role)).ok();
            name.is_some_and(|name| name == format!("{}:{}", role.sso, role.profile))
        })
    })
}
