//! The profiles that `AWS_PROFILE` names in shells ruled by a directory: one block in `~/.aws/config`,
//! with a profile for each role that a role file was allowed to choose, and `here`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::config::{Config, discover};
use crate::context::Context;
use crate::index::Allowed;
use crate::user_file::UserFile;
use crate::user_file::aws_config::{
    Kind, Profile, can_be_header, can_be_value, find_profile, is_read_by_all, profile_lines,
};
use crate::user_file::block::{self, Markers};
use crate::{Error, Result, ui};

use super::find_path;
use super::program::running_program;

const MARKERS: Markers<'_> = Markers { begin: "# >>> aws-sso directories >>>", end: "# <<< aws-sso directories <<<" };

/// The profile that asks for the role of whatever directory it is used in.
const HERE: &str = "here";

/// Where the SDKs read profiles.
pub(super) fn config_path(context: &Context) -> Result<PathBuf> {
    let file = context.env.get("AWS_CONFIG_FILE").unwrap_or("~/.aws/config");
    find_path(context, |around| discover::expand_tilde(file.as_ref(), around))
}

/// Where the SDKs read keys.
pub(super) fn credentials_path(context: &Context) -> Result<PathBuf> {
    let file = context.env.get("AWS_SHARED_CREDENTIALS_FILE").unwrap_or("~/.aws/credentials");
    find_path(context, |around| discover::expand_tilde(file.as_ref(), around))
}

/// A change of `~/.aws/config` that was found to be possible.
pub(super) struct Planned {
    file: UserFile,
    new: Option<Vec<u8>>,
    /// The names that only some SDKs read.
    narrow: Vec<String>,
}

/// What makes the block hold the profiles of `allowed`; none where it does already.
pub(super) fn plan(context: &Context, config: &Config, allowed: &[Allowed]) -> Result<Option<Planned>> {
    let file = UserFile::read(&config_path(context)?)?;
    let damaged = |damage| file.damaged(damage);
    let text = file.content().unwrap_or_default();
    let around = block::uninstall(text, MARKERS).map_err(damaged)?.unwrap_or_default();
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
    let caller = caller(context, config)?;
    let credentials = Credentials::read(context)?;
    let mut lines = String::new();
    let mut narrow = Vec::new();
    for role in roles.values() {
        credentials.refuse(&role.profile)?;
        match find_profile(&around, Kind::Config, &role.profile) {
            Some(theirs) if asks_for(&theirs, role) => {}
            Some(theirs) => {
                return Err(Error::failed(format!(
                    "{}:{}: the profile '{}' is not of aws-sso, and would answer in the place of {}: rename it, or \
                     set another Profile for the role in {}",
                    file.path().display(),
                    theirs.line,
                    role.profile,
                    role.arn,
                    config.path.display()
                )));
            }
            None if !can_be_header(&role.profile) => {
                return Err(Error::failed(format!(
                    "'{}' cannot be the name of an AWS profile: set another Profile for {} in {}",
                    role.profile,
                    role.arn,
                    config.path.display()
                )));
            }
            None => {
                let command = format!("{caller} -S {} process --arn {}", quote(&role.sso), quote(&role.arn));
                if !can_be_value(&command) {
                    return Err(Error::failed(format!(
                        "the profile '{}' cannot be written: there is a control character, or a comment to the SDKs \
                         (# or ; after a blank), in {command}",
                        role.profile
                    )));
                }
                if !is_read_by_all(&role.profile) {
                    narrow.push(role.profile.clone());
                }
                lines += &profile_lines(&role.profile, &command);
            }
        }
    }
    let free = find_profile(&around, Kind::Config, HERE).is_none() && credentials.refuse(HERE).is_ok();
    if !roles.is_empty() && free && !roles.contains_key(HERE) {
        lines += &profile_lines(HERE, &format!("{caller} process --here"));
    }
    let new = match lines.is_empty() {
        true => block::uninstall(text, MARKERS).map_err(damaged)?,
        false => Some(block::install(file.content(), MARKERS, &lines).map_err(damaged)?),
    };
    let same = new.as_deref() == file.content() || (new.is_none() && file.content().is_none());
    Ok((!same).then_some(Planned { file, new, narrow }))
}

impl Planned {
    /// Shows the change to whoever is at the terminal, makes it, and says so.
    pub fn carry_out(&self, context: &Context) -> Result<()> {
        let name = self.file.path().display().to_string();
        if context.interactive {
            ui::show_diff(&name, self.file.content(), self.new.as_deref(), &context.env);
        }
        let backup = self.file.stage(self.new.as_deref(), true)?.commit()?;
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

/// This program as an SDK is to call it.
fn caller(context: &Context, config: &Config) -> Result<String> {
    let program = match &config.config_profiles_binary_path {
        Some(path) => find_path(context, |around| discover::expand_tilde(path, around))?.display().to_string(),
        None => running_program(context)?,
    };
    let elsewhere = context.globals.config.is_some() || context.env.get("AWS_SSO_CONFIG").is_some();
    let config = elsewhere.then(|| format!(" --config {}", quote(&config.path.to_string_lossy())));
    Ok(quote(&program) + &config.unwrap_or_default())
}

fn quote(word: &str) -> String {
    shell_words::quote(word).into_owned()
}

/// Whether a profile that is there already asks this program for the same role.
fn asks_for(profile: &Profile, role: &Allowed) -> bool {
    let Some(command) = &profile.credential_process else { return false };
    let Ok(words) = shell_words::split(command) else { return false };
    words.iter().any(|word| word == "process") && words.iter().any(|word| *word == role.arn || *word == role.profile)
}

/// `~/.aws/credentials`: keys there win over a process of the same name.
struct Credentials {
    path: PathBuf,
    text: Vec<u8>,
}

impl Credentials {
    fn read(context: &Context) -> Result<Self> {
        let path = credentials_path(context)?;
        let text = std::fs::read(&path).unwrap_or_default();
        Ok(Self { path, text })
    }

    /// Refuses a profile that has keys there.
    fn refuse(&self, profile: &str) -> Result<()> {
        let Some(found) = find_profile(&self.text, Kind::Credentials, profile) else { return Ok(()) };
        Err(Error::failed(format!(
            "{}:{}: there are credentials under the name '{profile}', which would win over the role: rename them",
            self.path.display(),
            found.line
        )))
    }
}
