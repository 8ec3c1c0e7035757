//! Credentials of others, for the console: in the environment, or under a profile of `~/.aws`.

use std::path::Path;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::command::aws_profiles::{config_path, credentials_path, text_of};
use crate::context::{Context, Env};
use crate::environment::foreign_credentials;
use crate::role::{RoleFlags, StaticKeys};
use crate::user_file::aws_config::{Kind, find_profile};
use crate::{Error, Result};

/// Keys of others, and the region that goes with them.
pub(super) struct Foreign {
    pub keys: StaticKeys,
    pub region: Option<String>,
}

/// What a `credential_process` asks this program for.
pub(super) struct Asked {
    /// The SSO instance that it names.
    pub sso: Option<String>,
    /// The role that it names.
    pub role: RoleFlags,
    /// It wants the role of the working directory.
    pub here: bool,
}

/// What a profile turned out to be.
pub(super) enum ForeignProfile {
    /// It asks this program for a role.
    Ours(Asked),
    /// It holds keys.
    Keys(Foreign),
}

/// Refuses a shell that says two things: a role of ours, and a profile or keys of others.
pub(super) fn refuse_mixture(env: &Env) -> Result<()> {
    let Some(ours) = env.get("AWS_SSO_PROFILE").filter(|_| env.get("AWS_SSO_ROLE_ARN").is_some()) else {
        return Ok(());
    };
    match foreign_credentials(env) {
        Some(variable) => Err(Error::failed(format!(
            "this shell has the role {ours}, and {variable} was set by someone else: name the role with -p PROFILE"
        ))),
        None => Ok(()),
    }
}

/// The keys in the environment: those of a user or of a session.
pub(super) fn foreign_keys(env: &Env) -> Option<Foreign> {
    crate::memory::expect_secrets();
    let keys = StaticKeys {
        access_key_id: env.get("AWS_ACCESS_KEY_ID")?.to_owned(),
        secret_access_key: env.get("AWS_SECRET_ACCESS_KEY")?.into(),
        session_token: env.get("AWS_SESSION_TOKEN").map(Into::into),
    };
    Some(Foreign { keys, region: None })
}

/// The profile `name` of the person's own files.
pub(super) fn foreign_profile(context: &Context, name: &str) -> Result<ForeignProfile> {
    crate::memory::expect_secrets();
    let (config, credentials) = (config_path(context)?, credentials_path(context)?);
    let keys_of = |path: &Path, kind| find_profile(&text_of(path), kind, name);
    let (in_credentials, in_config) = (keys_of(&credentials, Kind::Credentials), keys_of(&config, Kind::Config));
    let unknown = || no_such_profile(name, &config, &credentials);
    let settings = in_config.as_ref().or(in_credentials.as_ref()).ok_or_else(unknown)?;
    // As the SDKs have it, keys come before whatever else a profile says.
    let with_keys = in_credentials.iter().chain(&in_config).find_map(|settings| {
        Some(StaticKeys {
            access_key_id: settings.get("aws_access_key_id")?.to_owned(),
            secret_access_key: settings.get("aws_secret_access_key")?.into(),
            session_token: settings.get("aws_session_token").map(Into::into),
        })
    });
    if let Some(keys) = with_keys {
        return Ok(ForeignProfile::Keys(Foreign { keys, region: settings.get("region").map(str::to_owned) }));
    }
    if let Some(asked) = settings.credential_process().and_then(ours) {
        return Ok(ForeignProfile::Ours(asked));
    }
    Err(Error::failed(format!(
        "the profile '{name}' (AWS_PROFILE) in {} holds no keys and does not ask aws-sso for a role: name a role with \
         -p PROFILE, which 'aws-sso list' shows",
        config.display()
    )))
}

fn no_such_profile(name: &str, config: &Path, credentials: &Path) -> Error {
    Error::no_such_role(format!(
        "AWS_PROFILE is '{name}', which is no role here and no profile in {} or {}: name a role with -p PROFILE, which \
         'aws-sso list' shows",
        config.display(),
        credentials.display()
    ))
}

/// What a `credential_process` asks for where it is this program.
fn ours(command: &str) -> Option<Asked> {
    let words = shell_words::split(command).ok()?;
    let program = Path::new(words.first()?).file_stem()?;
    if program != "aws-sso" {
        return None;
    }
    match Cli::try_parse_from(words).ok()? {
        Cli { global, command: Some(Command::Process(args)) } => {
            Some(Asked { sso: global.sso, role: RoleFlags::from(&args.role), here: args.here })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_of_ours_names_its_role() {
        for (command, sso, arn, profile) in [
            ("aws-sso process -p dev", None, None, Some("dev")),
            (
                "'/opt/my tools/aws-sso' -S 'Other One' process --arn arn:aws:iam::1:role/x",
                Some("Other One"),
                Some("arn:aws:iam::1:role/x"),
                None,
            ),
            (
                "/usr/bin/aws-sso -u open -S Default process --arn arn:aws:iam::1:role/x",
                Some("Default"),
                Some("arn:aws:iam::1:role/x"),
                None,
            ),
        ] {
            let Asked { sso: found, role, here } = ours(command).expect(command);
            assert_eq!((found.as_deref(), role.arn.as_deref(), role.profile.as_deref()), (sso, arn, profile));
            assert!(!here, "{command}");
        }
        assert!(ours("/usr/bin/aws-sso process --here").expect("a call of ours").here);
        for other in ["", "aws-vault exec x", "aws-sso list", "'", "aws-sso process --nonsense", "rm process -p dev"] {
            assert!(ours(other).is_none(), "{other}");
        }
    }
}
