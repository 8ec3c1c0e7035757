//! `~/.aws/config` and `~/.aws/credentials` as they are, and what in them is the person's own.

use std::path::{Path, PathBuf};

use crate::command::find_path;
use crate::config::discover;
use crate::context::Context;
use crate::user_file::UserFile;
use crate::user_file::aws_config::{Kind, Profiles, Section};
use crate::{Error, Result};

/// Where the SDKs read profiles.
pub fn config_path(context: &Context) -> Result<PathBuf> {
    in_home(context, context.env.get("AWS_CONFIG_FILE").unwrap_or("~/.aws/config").as_ref())
}

/// Where the SDKs read keys.
pub fn credentials_path(context: &Context) -> Result<PathBuf> {
    in_home(context, context.env.get("AWS_SHARED_CREDENTIALS_FILE").unwrap_or("~/.aws/credentials").as_ref())
}

fn in_home(context: &Context, file: &Path) -> Result<PathBuf> {
    find_path(context, |around| discover::expand_tilde(file, around))
}

/// The file that holds profiles: the one that is named, else the one that the SDKs read.
pub fn read_config(context: &Context, named: Option<&Path>) -> Result<UserFile> {
    let path = match named {
        Some(file) => in_home(context, file)?,
        None => config_path(context)?,
    };
    Ok(UserFile::read(&path)?.made_private())
}

/// What is in a file that is only looked at: nothing where it cannot be read. To open a pipe is to wait.
pub fn text_of(path: &Path) -> Vec<u8> {
    if path.is_file() { std::fs::read(path).unwrap_or_default() } else { Vec::new() }
}

/// `~/.aws/credentials`: keys there win over a process of the same name.
pub struct Credentials {
    path: PathBuf,
    profiles: Profiles,
}

impl Credentials {
    pub fn read(context: &Context) -> Result<Self> {
        let path = credentials_path(context)?;
        let profiles = Profiles::read(&text_of(&path), Kind::Credentials);
        Ok(Self { path, profiles })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn get(&self, profile: &str) -> Option<&Section> {
        self.profiles.get(profile)
    }

    /// Refuses a profile that has keys there.
    pub fn refuse(&self, profile: &str) -> Result<()> {
        let Some(found) = self.get(profile) else { return Ok(()) };
        Err(Error::failed(format!(
            "{}:{}: there are credentials under the name '{profile}', which would win over the role: rename them",
            self.path.display(),
            found.line
        )))
    }
}
