//! The block with a profile for every role, grouped by SSO instance and in the order of their ARNs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::config::Config;
use crate::context::Context;
use crate::error::one_line;
use crate::index::Allowed;
use crate::role::Role;
use crate::user_file::UserFile;
use crate::user_file::aws_config::{Kind, Profiles, can_be_header, can_be_value, is_read_by_all, profile_lines};
use crate::user_file::block::{self, Damage};
use crate::{Error, Result};

use super::caller::{Caller, asks_for, default_instance, instance, refuse_cut_off};
use super::change::{Change, compose};
use super::directories::lines_beside;
use super::files::{Credentials, config_path, read_config};
use super::roster::Roster;
use super::{HERE, ROLES, first_of, go_tool};

/// What the block is to hold.
pub(in crate::command) struct Block {
    pub lines: String,
    /// Profiles of roles in it.
    pub profiles: usize,
    /// SSO instances that they are of.
    pub instances: usize,
    /// Names that only some SDKs read.
    pub narrow: Vec<String>,
    /// Roles that have no profile because of their names, in words.
    pub unfit: Vec<String>,
    /// Profiles of the person's own that ask for the role of their name already.
    pub kept: usize,
}

/// How a file is to change.
pub(in crate::command) struct Plan {
    /// None where it is as it is to be already.
    pub change: Option<Change>,
    pub block: Block,
    /// The block that is there has the roles of another config file.
    pub of_other_config: bool,
    /// Blocks of the Go tool go out of it.
    pub go_tool: bool,
    /// Place and name of each of the Go tool's blocks that stay.
    pub foreign: Vec<(usize, String)>,
    /// What was in the blocks that go or change.
    before: Vec<u8>,
}

/// The names in a file that are taken.
struct Taken<'a> {
    own: Profiles,
    credentials: &'a Credentials,
    path: &'a Path,
}

impl Block {
    /// The block of a file that has nothing else in it.
    pub fn alone(context: &Context, config: &Config, roster: &Roster) -> Result<Self> {
        Self::beside(&Caller::find(context, config)?, config, roster, None)
    }

    /// The block as it stands between its markers, in a file of its own.
    pub fn render(&self) -> String {
        block::render(ROLES, &self.lines)
    }

    fn beside(caller: &Caller, config: &Config, roster: &Roster, taken: Option<&Taken<'_>>) -> Result<Self> {
        roster.check_names(config)?;
        let mut kept = BTreeSet::new();
        if let Some(taken) = taken {
            taken.refuse(config, roster, &mut kept)?;
        }
        let variables = variables(config)?;
        let unfit = roster.unfit();
        let mut block =
            Self { lines: origin(config), profiles: 0, instances: 0, narrow: Vec::new(), unfit, kept: kept.len() };
        for listed in &roster.listed {
            let wanted = |role: &&Role| !kept.contains(role.profile.as_str()) && can_be_header(&role.profile);
            let mut roles = listed.roles.iter().filter(wanted).peekable();
            if roles.peek().is_none() {
                continue;
            }
            block.instances += 1;
            block.lines += &format!("\n# SSO instance {}\n", one_line(&listed.name));
            for role in roles {
                block.push(role, caller, &variables)?;
            }
        }
        let free = taken.is_none_or(|taken| taken.own.get(HERE).is_none() && taken.credentials.get(HERE).is_none());
        if block.profiles > 0 && free && roster.roles().all(|role| role.profile != HERE) {
            block.lines += "\n# the role of the directory that it is used in\n\n";
            block.lines += &profile_lines(HERE, &caller.here());
        }
        if block.profiles == 0 {
            if let Some(why) = block.left_out(config).filter(|_| kept.is_empty()) {
                return Err(Error::failed(why));
            }
            block.lines.clear();
        }
        Ok(block)
    }

    /// Which roles have no profile, and why; none where all have one.
    pub fn left_out(&self, config: &Config) -> Option<String> {
        (!self.unfit.is_empty()).then(|| {
            format!(
                "no profile can have the name of {}: there must be no blank at either end and none of [ ] \" ' \\ # ; \
                 in it; set another Profile, or another ProfileFormat, in {}",
                first_of(self.unfit.clone()),
                config.path.display()
            )
        })
    }

    fn push(&mut self, role: &Role, caller: &Caller, variables: &BTreeMap<&str, &str>) -> Result<()> {
        let command = caller.role(&role.sso, &role.arn.to_string());
        refuse_cut_off(&role.profile, &command)?;
        if !is_read_by_all(&role.profile) {
            self.narrow.push(role.profile.clone());
        }
        self.profiles += 1;
        self.lines += "\n";
        self.lines += &profile_lines(&role.profile, &command);
        if let Some(region) = &role.region {
            self.lines += &format!("region = {region}\n");
        }
        for (name, value) in variables {
            // The region that is configured for a role is said already.
            if role.region.is_none() || !name.eq_ignore_ascii_case("region") {
                self.lines += &format!("{name} = {value}\n");
            }
        }
        Ok(())
    }
}

/// `ConfigVariables`, in their order. Which names may stand there, the config has checked.
fn variables(config: &Config) -> Result<BTreeMap<&str, &str>> {
    let variables = config.config_variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let variables: BTreeMap<&str, &str> = variables.collect();
    match variables.iter().find(|(_, value)| !can_be_value(value)) {
        None => Ok(variables),
        Some((name, value)) => Err(Error::failed(format!(
            "ConfigVariables.{name} in {} cannot be written: there is a blank at an end, or a comment to some SDKs (# or \
             ; after a blank), in '{value}'",
            config.path.display()
        ))),
    }
}

/// The first line of the block: whose roles they are, for the person and for [`is_of`].
fn origin(config: &Config) -> String {
    let path = one_line(&config.path.to_string_lossy());
    format!("# All roles of {path}: 'aws-sso setup profiles' writes these lines anew\n")
}

/// Whether there is no block in a file yet, or one that holds the roles of this config.
pub fn is_of(config: &Config, file: &UserFile) -> Result<bool> {
    let blocks = block::contents(file.content().unwrap_or_default(), ROLES).map_err(|damage| file.damaged(damage))?;
    let first = blocks.first().map(|lines| lines.split(|byte| *byte == b'\n').next().unwrap_or_default());
    Ok(first.is_none_or(|line| line.is_empty() || line.trim_ascii() == origin(config).trim_end().as_bytes()))
}

impl Taken<'_> {
    /// Refuses names that the person has given to something else; `kept` gets those that ask for the same role.
    fn refuse<'a>(&self, config: &Config, roster: &'a Roster, kept: &mut BTreeSet<&'a str>) -> Result<()> {
        let mut conflicts = Vec::new();
        for role in roster.roles() {
            let name = &role.profile;
            if let Some(found) = self.credentials.get(name) {
                conflicts.push((self.credentials.path(), found.line, name));
            } else if let Some(found) = self.own.get(name) {
                match asks_for(found, default_instance(config), (&role.sso, &role.arn.to_string(), name)) {
                    true => drop(kept.insert(name)),
                    false => conflicts.push((self.path, found.line, name)),
                }
            }
        }
        conflicts.sort();
        if conflicts.is_empty() {
            return Ok(());
        }
        let place = |(path, line, name): &(&Path, usize, &String)| format!("{}:{line} ('{name}')", path.display());
        Err(Error::failed(format!(
            "nothing was written, because {} would answer in the place of roles: {}; rename or remove them there, or the roles with \
             Profile or ProfileFormat in {}",
            match conflicts.len() {
                1 => "a profile of your own".to_owned(),
                several => format!("{several} profiles of your own"),
            },
            first_of(conflicts.iter().map(place).collect()),
            config.path.display()
        )))
    }
}

impl Plan {
    /// What lets a file (none: the one that the SDKs read) hold a profile for every role of `roster`.
    pub fn install(context: &Context, config: &Config, file: Option<&Path>, roster: &Roster) -> Result<Self> {
        let file = read_config(context, file)?;
        let caller = Caller::find(context, config)?;
        let credentials = Credentials::read(context)?;
        let damaged = |damage| file.damaged(damage);
        let own = own_profiles(&file, config).map_err(damaged)?;
        let taken = Taken { own, credentials: &credentials, path: file.path() };
        let block = Block::beside(&caller, config, roster, Some(&taken))?;
        let stripped = Stripped::of(&file, config).map_err(damaged)?;
        refuse_loss(&stripped.before, roster)?;
        let text = stripped.rest.as_deref();
        let draft = put(text, &block.lines).map_err(damaged)?;
        let directories = match is_the_sdks_own(context, &file)? {
            true => Some(lines_beside(
                draft.as_deref().unwrap_or_default(),
                &file,
                (&caller, &credentials),
                config,
                &roster.allowed,
            )?),
            false => None,
        };
        let new = compose(text, Some(&block.lines), directories.as_deref()).map_err(damaged)?;
        let of_other_config = !is_of(config, &file)?;
        let foreign = go_tool::of_others(file.content().unwrap_or_default(), config);
        let change = Change::of(file, new);
        Ok(Self { change, block, of_other_config, go_tool: stripped.go_tool, foreign, before: stripped.before })
    }

    /// How many profiles come, go, and change otherwise.
    pub fn counts(&self) -> (usize, usize, usize) {
        let (before, after) = (written_profiles(&self.before), written_profiles(self.block.lines.as_bytes()));
        let in_both = after.iter().filter_map(|(name, lines)| Some((lines, before.get(name)?)));
        let (mut common, mut changed) = (0, 0);
        for (new, old) in in_both {
            common += 1;
            changed += usize::from(new != old);
        }
        (after.len() - common, before.len() - common, changed)
    }
}

/// What takes the block out of a file again.
pub(in crate::command) fn removal(
    context: &Context,
    config: &Config,
    file: Option<&Path>,
    allowed: &[Allowed],
) -> Result<Option<Change>> {
    let file = read_config(context, file)?;
    let damaged = |damage| file.damaged(damage);
    let Some(text) = file.content() else { return Ok(None) };
    if block::contents(text, ROLES).map_err(damaged)?.is_empty() {
        return Ok(None);
    }
    let draft = put(Some(text), "").map_err(damaged)?.unwrap_or_default();
    let directories = match is_the_sdks_own(context, &file)? {
        true => {
            let own = (&Caller::find(context, config)?, &Credentials::read(context)?);
            Some(lines_beside(&draft, &file, own, config, allowed)?)
        }
        false => None,
    };
    let new = compose(Some(text), Some(""), directories.as_deref()).map_err(damaged)?;
    Ok(Change::of(file, new))
}

/// A text with the block of all roles as it is to be.
fn put(text: Option<&[u8]>, lines: &str) -> Result<Option<Vec<u8>>, Damage> {
    compose(text, Some(lines), None)
}

/// Whether a file is the one that shells with `AWS_PROFILE` look at.
fn is_the_sdks_own(context: &Context, file: &UserFile) -> Result<bool> {
    Ok(config_path(context)? == file.path())
}

/// A file without the Go tool's blocks, and what was in those and in ours.
struct Stripped {
    rest: Option<Vec<u8>>,
    before: Vec<u8>,
    go_tool: bool,
}

impl Stripped {
    fn of(file: &UserFile, config: &Config) -> Result<Self, Damage> {
        let Some(text) = file.content() else { return Ok(Self { rest: None, before: Vec::new(), go_tool: false }) };
        let stripped = go_tool::strip(text, config)?;
        let go_tool = !stripped.taken.is_empty() || stripped.rest.len() != text.len();
        let mut before = stripped.taken;
        for lines in block::contents(text, ROLES)? {
            before.extend(lines);
        }
        Ok(Self { rest: Some(stripped.rest.into_owned()), before, go_tool })
    }
}

/// The profiles that no program of this name wrote.
fn own_profiles(file: &UserFile, config: &Config) -> Result<Profiles, Damage> {
    let text = go_tool::blanked(file.content().unwrap_or_default(), config)?;
    let text = block::blanked(&text, ROLES)?;
    let text = block::blanked(&text, super::DIRECTORIES)?;
    Ok(Profiles::read(&text, Kind::Config))
}

/// Refuses to take profiles away whose roles are not known here.
fn refuse_loss(before: &[u8], roster: &Roster) -> Result<()> {
    if roster.unknown.is_empty() {
        return Ok(());
    }
    let profiles = Profiles::read(before, Kind::Config);
    let instances: BTreeSet<String> = profiles.iter().filter_map(|(_, profile)| instance(profile)).collect();
    match roster.unknown.iter().find(|(name, _)| instances.contains(name)) {
        Some((name, command)) => Err(Error::sign_in_needed(format!(
            "no roles of the SSO instance {name} were fetched yet, and its profiles would be lost: run '{command}'"
        ))),
        None => Ok(()),
    }
}

/// The profiles of lines that a program wrote: header, and what is below it.
fn written_profiles(lines: &[u8]) -> BTreeMap<&[u8], Vec<&[u8]>> {
    let mut found: BTreeMap<&[u8], Vec<&[u8]>> = BTreeMap::new();
    let mut header: &[u8] = b"";
    for line in lines.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.starts_with(b"[") {
            header = line;
            found.insert(header, Vec::new());
        } else if !line.is_empty()
            && !line.starts_with(b"#")
            && let Some(body) = found.get_mut(header)
        {
            body.push(line);
        }
    }
    found
}
